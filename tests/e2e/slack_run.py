"""`usher run` as its own process: a stand-in Slack before it, a gate to the real livekit-server behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.views import Kept
from tests.clocks import PATIENCE, eventually
from tests.e2e.chat_run import ChatBot
from tests.e2e.gate import Gate, gate_to
from tests.livekit_server import RunningServer
from tests.slack_stand_in import Shown, SlackStandIn, View, stand_in

MODES = ("socket", "http")
SOCKET, HTTP = (pytest.mark.parametrize("bot", [mode], indirect=True, scope="module") for mode in MODES)


class Bot(ChatBot):
    """The process, and what the people in Slack see of it. Ann is its admin; its moderation channel is #mods."""

    def __init__(
        self, server: RunningServer, gate: Gate, slack: SlackStandIn, folder: Path, mode: str, more: Mapping[str, str]
    ) -> None:
        own = {
            "USHER_ADMINS": f"slack:{slack.world.team}/{slack.world.user('ann').id}",
            "USHER_SLACK_CHANNEL": slack.world.channel("mods").id,
        }
        chat = slack.environment if mode == "socket" else slack.http_environment
        super().__init__(server, gate, folder, {**chat, **own, **more})
        self.slack, self.mode = slack, mode
        self._since = ""

    @property
    def url(self) -> str:
        """Where it listens, once it has printed that; "" before, and in Socket Mode."""
        return self.process.started("Slack").partition(" on ")[2]

    async def start(self, module: str = "adapters.cli", **more: str) -> None:
        """Launch it, and wait until it serves."""
        self.launch(module, **more)
        await self.serving()

    async def serving(self, seconds: float = PATIENCE) -> None:
        """Wait until it has a websocket open, or answers behind the address that it has printed."""
        if self.mode == "socket":
            await self.slack.connected(seconds=seconds)
            return
        url = await self.slack.until(lambda: self.url, seconds)
        async with asyncio.timeout(seconds):
            while (await self.slack.ssl_check(url)).status != 200:
                await asyncio.sleep(0.02)
        self.slack.use_http(url)

    async def kill(self) -> None:
        """Until Slack has noticed that its websocket is gone."""
        self.process.kill()
        await self.slack.connected(0)

    def new_page(self) -> None:
        """What has been said in Slack up to now is of no interest any more; neither are windows left open."""
        self._since = self.slack.say("ann", "random", "-").ts
        self.slack.trouble.clear()
        for view in [view for who in self.slack.world.users for view in self.slack.seen_by(who).views]:
            self.slack._desk.views.close(view)

    async def knows(self, room: str) -> None:
        """Wait until it offers that room: what it has seen of LiveKit is used for a second."""

        async def offered() -> bool:
            await self.slack.open_home("ann")
            home = await self.slack.until(lambda: self.slack.seen_by("ann").home)
            return room in home.text

        await eventually(offered)

    def messages(self, who: str, words: str = "", channel: str = "") -> list[Shown]:
        """Ours on that screen, oldest first, with these words: in that channel, else all but public lines."""
        wanted, told = self.slack.world.channel(channel).id if channel else "", self.slack.world.channel("mods").id
        return [
            one
            for one in self.slack.seen_by(who).saying(words)
            if one.author == self.slack.app.user and one.ts > self._since
            and (one.channel == wanted if wanted else one.ephemeral or one.channel != told)
        ]  # fmt: skip

    async def seen(self, who: str, words: str, channel: str = "") -> Shown:
        """The newest such message, once it is there."""
        try:
            shown: list[Shown] = await self.slack.until(lambda: self.messages(who, words, channel))
        except AssertionError as error:
            screen = [one.text for one in self.messages(who)]
            raise AssertionError(f"{who} sees no {words!r} but {screen}, {error}; {self.process.log[-2000:]}") from None
        return shown[-1]

    async def view(self, who: str, words: str = "") -> View:
        """The modal on top, once these words stand in it."""

        def top() -> View | None:
            views = self.slack.seen_by(who).views
            return views[-1] if views and words in views[-1].text else None

        found: View = await self.slack.until(top)
        return found

    async def in_room(self, who: str, view: View, room: str) -> str:
        """The search for the people of that room in the modal: it is chosen there, unless it was the only one."""
        before = person_input(view)
        if Kept.decode(view.body["private_metadata"]).room != room:
            await self.slack.press(who, view, room)
            await self.slack.until(lambda: person_input(view) != before)
        return person_input(view)

    async def offered(self, who: str, view: View, text: str) -> str:
        """The only option that this search has, made again until there is one: a look at LiveKit may be late."""
        found: list[str] = []

        async def any_is() -> bool:
            found[:] = (await self.slack.search(who, view, person_input(view), text)).options
            return bool(found)

        await eventually(any_is)
        [option] = found
        return option

    def check(self) -> None:
        """Nothing that Slack would refuse, and no secret of its app in the log."""
        app = self.slack.app
        self.holds_no((app.bot_token, app.app_token, app.signing_secret))
        log = self.process.log
        assert "ticket=" not in log.replace("ticket=(removed)", "")
        self.slack.failures.check()


def person_input(view: View) -> str:
    """The block of its search for people: another one for each room."""
    return next((str(b["block_id"]) for b in view.blocks if str(b["block_id"]).startswith("person:")), "")


@asynccontextmanager
async def bot_for(
    server: RunningServer, folder: Path, mode: str, *, start: bool = True, **more: Any
) -> AsyncIterator[Bot]:
    """A bot with a Slack of its own; `more` are settings. What still runs in the end is killed."""
    folder.mkdir(exist_ok=True)
    async with gate_to(server.port) as gate, stand_in() as slack:
        bot = Bot(server, gate, slack, folder, mode, more)
        try:
            if start:
                await bot.start()
            yield bot
            if bot.process.popen.poll() is None:
                assert await bot.terminate() == 0
            bot.check()
        finally:
            for process in bot.processes:
                process.kill()
