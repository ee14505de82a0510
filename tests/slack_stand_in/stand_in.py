"""The whole stand-in: one object that a test talks to, and a process or an app that is pointed at its address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.ports import Clock
from tests.clocks import PATIENCE, WallClock, until
from tests.slack_stand_in.calls import Call, Troubles
from tests.slack_stand_in.deliveries import Attempt, Delivery
from tests.slack_stand_in.desk import Desk
from tests.slack_stand_in.people import People
from tests.slack_stand_in.sending import ACCEPTING, Sending
from tests.slack_stand_in.server import Server
from tests.slack_stand_in.signed import Answered
from tests.slack_stand_in.sockets import Sockets
from tests.slack_stand_in.world import App, World


class SlackStandIn(People):
    """`people`, `world` and `trouble` may be changed at any time; `stand_in()` starts and ends it."""

    def __init__(
        self, world: World | None = None, *, clock: Clock | None = None, accepting: frozenset[str] = ACCEPTING
    ) -> None:
        desk = Desk(world or World.usual(), clock or WallClock())
        self.sockets = Sockets(desk.world.app.id, desk.failures)
        self.sending = Sending(desk, self.sockets, accepting)
        super().__init__(desk, self.sending)
        self.world = desk.world
        self.failures, self.checks = desk.failures, desk.checks
        self.trouble = Troubles()
        self._server = Server(desk, self.sockets, self.trouble)

    @property
    def app(self) -> App:
        return self.world.app

    @property
    def api_url(self) -> str:
        """What `SLACK_API_URL` and slack_sdk's `base_url` take; it ends in `/api/`."""
        return f"{self.sending.base}/api/"

    @property
    def environment(self) -> dict[str, str]:
        """The settings that point a whole process here, for Socket Mode."""
        return {
            "SLACK_API_URL": self.api_url,
            "SLACK_BOT_TOKEN": self.app.bot_token,
            "SLACK_APP_TOKEN": self.app.app_token,
        }

    @property
    def http_environment(self) -> dict[str, str]:
        """The same for HTTP mode; then `use_http` says where the process listens."""
        socket_only = {"SLACK_APP_TOKEN"}
        kept = {name: value for name, value in self.environment.items() if name not in socket_only}
        return {**kept, "SLACK_SIGNING_SECRET": self.app.signing_secret}

    @property
    def calls(self) -> list[Call]:
        """Every Web API call, and every post to a response address (`response_url`), in their order."""
        return self._server.calls

    @property
    def deliveries(self) -> list[Delivery]:
        return self.sending.deliveries

    def called(self, method: str) -> list[Call]:
        return [one for one in self.calls if one.method == method]

    def use_http(self, url: str) -> None:
        """From now on everything is posted there, signed; "" goes back to Socket Mode."""
        self.sending.http_url = url

    async def redeliver(self, delivery: Delivery, reason: str = "timeout") -> Attempt | None:
        """Send the same thing once more, acknowledged or not: with retry_attempt, or X-Slack-Retry-Num."""
        return await self.sending.send(delivery, reason)

    async def deliver_http(self, url: str, payload: Any, kind: str = "events_api", **options: Any) -> Answered:
        """A post of one's own making; the options are `Sending.deliver_http`'s."""
        return await self.sending.deliver_http(url, payload, kind, **options)

    async def ssl_check(self, url: str, *, method: str = "POST") -> Answered:
        """What Slack asks of a command's URL now and then; it wants a 200."""
        return await self.sending.ssl_check(url, method=method)

    async def url_verification(self, url: str) -> Answered:
        """What Slack asks when a request URL is set; it wants the challenge back."""
        return await self.sending.url_verification(url)

    def revoke(self, word: str = "token_revoked", *, app: bool = False) -> None:
        """The bot's token is worth nothing from now on (the app-level one with `app`)."""
        self._server.tokens.revoked[self.app.app_token if app else self.app.bot_token] = word

    def restore(self) -> None:
        """Tokens are good again."""
        self._server.tokens.revoked.clear()

    async def connected(self, count: int = 1, seconds: float = PATIENCE) -> None:
        """Wait until the app has so many websockets open; TimeoutError."""
        await self.sockets.connected(count, seconds)

    async def until(self, wanted: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """The first true value of this, looked at again and again; AssertionError when there is none in time."""
        return await until(wanted, seconds, self._so_far)

    def _so_far(self) -> str:
        return f"the last calls: {self.calls[-5:]}; failures: {self.failures.found}"

    async def start(self, port: int = 0) -> None:
        self.sending.base = await self._server.start(port)

    async def stop(self) -> None:
        await self.sending.poster.close()
        await self._server.stop()


@asynccontextmanager
async def stand_in(
    world: World | None = None,
    *,
    clock: Clock | None = None,
    port: int = 0,
    accepting: frozenset[str] = ACCEPTING,
) -> AsyncIterator[SlackStandIn]:
    """Serve on 127.0.0.1 for the length of the block; raises what a client did wrong (AssertionError) at its end."""
    slack = SlackStandIn(world, clock=clock, accepting=accepting)
    await slack.start(port)
    try:
        yield slack
    finally:
        await slack.stop()
    slack.failures.check()
