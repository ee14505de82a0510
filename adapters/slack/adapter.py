"""The Slack adapter: its parts put together, in Socket Mode or behind the built-in HTTP server."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path

from aiohttp import web as http_web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.http import HttpServer, body_of
from adapters.settings import Settings
from adapters.slack import limits, socket
from adapters.slack.announcing import Announcer
from adapters.slack.app import Account, Front, bolt_app
from adapters.slack.delivery import Delivery
from adapters.slack.desk import Desk
from adapters.slack.groups import Groups
from adapters.slack.manifest import EVENTS_PATH
from adapters.slack.membership import Members
from adapters.slack.modals import LOOK_SECONDS
from adapters.slack.web import Web
from adapters.slack.wire import SlackError
from adapters.under_way import unless
from adapters.wiring import House
from bot.errors import BotError
from bot.groups import granted_groups
from bot.reply import Reply
from bot.suggest import Suggestions

UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError)
"""What Bolt fails with over a body that is no payload. Anybody can post one: it is read before it is verified."""

# Bolt fails over others, too, instead of refusing them.
_SIGNED = {"x-slack-request-timestamp": re.compile(r"[0-9]{1,15}"), "x-slack-signature": re.compile(r"v0=[0-9a-f]+")}


class SlackAdapter:
    """Serves until `stop`; without an app-level token it is behind the HTTP server."""

    name = "Slack"

    def __init__(
        self, web: Web, desk: Desk, app_client: AsyncWebClient | None, signing_secret: str, proxy: str
    ) -> None:
        self._web = web
        self._desk = desk
        self._app_client = app_client
        self._secret = signing_secret
        self._proxy = proxy
        self._stopped = asyncio.Event()
        self._ended = asyncio.Event()
        self._app: AsyncApp | None = None
        self._account: Account | None = None
        self.ready = False

    async def serve(self) -> None:
        """Until `stop`. Whatever Slack refuses at the start, and a connection that stays away, is raised."""
        self._ended.clear()
        try:
            found = await unless(self._stopped, self._web.call("auth.test"))
            if found is None:
                return
            self._account = account = Account.read(found)
            front = Front(self._desk, account)
            app = bolt_app(self._web.client, account, front, self._secret)
            if self._app_client is not None:
                await socket.serve(
                    app, self._app_client, self._proxy, self._stopped, self._said, front.unsent, self._desk.under_way
                )
            else:
                self._app, self.ready = app, True
                await self._stopped.wait()
        except SlackError as error:
            said = f"{error.method}: {error.why or error.error}"
            raise BotError(f"Slack refused, or did not answer ({said}); usher doctor looks closer.") from None
        finally:
            self.ready = False
            self._ended.set()

    async def stop(self, seconds: float) -> None:
        """Take nothing new, give what is under way that long, then leave."""
        await self._desk.under_way.settle(seconds)
        await self._desk.under_way.aclose()
        await self._desk.suggestions.aclose()
        self._stopped.set()
        await self._ended.wait()
        self._account = None
        await self._web.aclose()

    async def tell(self, room: str, line: Reply) -> bool:
        """Post a line that nobody asked for; whether any channel took it."""
        return self._account is not None and await self._desk.tell(self._account.home, room, line)

    async def receive(self, request: http_web.Request) -> http_web.Response:
        """A request of Slack's in HTTP mode; Bolt verifies it."""
        if request.method == "GET":
            return http_web.Response(status=200 if "ssl_check" in request.query else 404)
        if self._app is None or not self.ready:
            return http_web.Response(status=503)
        try:
            body = (await body_of(request)).decode()
            asked = AsyncBoltRequest(body=body, query=request.query_string, headers=_readable(request.headers))
        except UNREADABLE:
            return http_web.Response(status=400)
        return await to_aiohttp_response(await self._app.async_dispatch(asked))

    def _said(self, connected: bool) -> None:
        self.ready = connected


def _readable(headers: Mapping[str, str]) -> dict[str, str | Sequence[str]]:
    """The headers without a timestamp and a signature that are none."""
    return {
        name: value
        for name, value in headers.items()
        if (form := _SIGNED.get(name.lower())) is None or form.fullmatch(value)
    }


def slack_adapter(settings: Settings, house: House, http: HttpServer) -> SlackAdapter:
    """The adapter on these settings; in HTTP mode its route is added to the server."""
    address, proxy, ca_file = settings["SLACK_API_URL"], settings["USHER_PROXY"], settings["USHER_CA_FILE"]
    web = Web(settings["SLACK_BOT_TOKEN"], base_url=address, proxy=proxy, ca_file=ca_file)
    app_client = None
    if token := settings["SLACK_APP_TOKEN"]:
        trusted = ssl.create_default_context(cafile=Path(ca_file)) if ca_file else None
        app_client = AsyncWebClient(token=token, base_url=address, ssl=trusted)
        app_client.proxy = proxy or None  # only the settings count: without one it takes the environment's
    adapter = SlackAdapter(web, _desk(settings, house, web), app_client, settings["SLACK_SIGNING_SECRET"], proxy)
    if app_client is None:
        http.add("POST", EVENTS_PATH, adapter.receive)
        http.add("GET", EVENTS_PATH, adapter.receive)
    return adapter


def _desk(settings: Settings, house: House, web: Web) -> Desk:
    services = house.services
    clock, roster, policy = services.clock, services.roster, services.policy

    async def granted(home: str) -> tuple[str, ...]:
        return await granted_groups(roster, policy, f"slack:{home}/")

    return Desk(
        house.dispatcher,
        Suggestions(house.dispatcher, deadline_seconds=LOOK_SECONDS, longest_value=limits.OPTION_VALUE),
        web,
        Members(web, clock),
        Groups(web, clock, granted),
        Delivery(web),
        Announcer(web, roster, clock, settings["USHER_SLACK_CHANNEL"]),
        settings["USHER_SLACK_COMMANDS"],
    )
