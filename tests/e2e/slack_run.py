"""`usher run` as its own process: a stand-in Slack before it, a gate to the real livekit-server behind it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.database.reading import read_entries
from adapters.slack.views import Kept
from bot.history import Entry
from tests.clocks import PATIENCE, eventually
from tests.e2e.console import ROOT, environment, usher
from tests.e2e.gate import Gate, gate_to
from tests.livekit_server import API_SECRET, RunningServer
from tests.slack_stand_in import Shown, SlackStandIn, View, stand_in

MODES = ("socket", "http")
SOCKET, HTTP = (pytest.mark.parametrize("bot", [mode], indirect=True, scope="module") for mode in MODES)
REASONS = "shouting,spam"
STARTED = "Slack: started, "


class Process:
    """`usher run`, or a module in its place; what it says is kept in files, which several of them may share."""

    def __init__(self, env: Mapping[str, str], folder: Path, module: str = "adapters.cli") -> None:
        self._out, self._log = folder / "stdout.log", folder / "stderr.log"
        self._before = self._out.stat().st_size if self._out.exists() else 0
        with self._out.open("ab") as out, self._log.open("ab") as log:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", module, "run"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=log, env=dict(env), cwd=ROOT,
            )  # fmt: skip

    @property
    def said(self) -> list[str]:
        """The lines that it has printed so far."""
        return self._out.read_bytes()[self._before :].decode().splitlines()

    @property
    def log(self) -> str:
        """What all those of this folder have logged so far."""
        return self._log.read_text(errors="replace")

    @property
    def url(self) -> str:
        """Where it listens, once it has printed that; "" before, and in Socket Mode."""
        line = next((line for line in self.said if line.startswith(STARTED)), "")
        return line.partition(" on ")[2]

    async def ended(self, seconds: float = PATIENCE) -> int:
        """Its exit status, once it has one."""
        return await asyncio.to_thread(self.popen.wait, seconds)

    def kill(self) -> None:
        self.popen.kill()
        self.popen.wait()


class Bot:
    """The process, and what the people in Slack see of it. Ann is its admin; its moderation channel is #mods."""

    def __init__(
        self, server: RunningServer, gate: Gate, slack: SlackStandIn, folder: Path, mode: str, more: Mapping[str, str]
    ) -> None:
        self.server, self.gate, self.slack, self.folder, self.mode = server, gate, slack, folder, mode
        self.env = environment(
            folder / "usher.db",
            f"ws://127.0.0.1:{gate.port}",
            **(slack.environment if mode == "socket" else slack.http_environment),
            USHER_HTTP="127.0.0.1:0",
            USHER_ADMINS=f"slack:{slack.world.team}/{slack.world.user('ann').id}",
            USHER_SLACK_CHANNEL=slack.world.channel("mods").id,
            USHER_REASONS=REASONS,
            USHER_LOG_LEVEL="debug",
        ) | dict(more)
        self.processes: list[Process] = []
        self._since = ""

    @property
    def process(self) -> Process:
        return self.processes[-1]

    @property
    def database(self) -> str:
        return self.env["DATABASE_URL"]

    def launch(self, module: str = "adapters.cli", **more: str) -> Process:
        self.processes.append(Process(self.env | more, self.folder, module))
        return self.process

    async def start(self, module: str = "adapters.cli", **more: str) -> None:
        """Launch it, and wait until it serves."""
        self.launch(module, **more)
        await self.serving()

    async def serving(self, seconds: float = PATIENCE) -> None:
        """Wait until it has a websocket open, or answers behind the address that it has printed."""
        if self.mode == "socket":
            await self.slack.connected(seconds=seconds)
            return
        url = await self.slack.until(lambda: self.process.url, seconds)
        async with asyncio.timeout(seconds):
            while (await self.slack.ssl_check(url)).status != 200:
                await asyncio.sleep(0.02)
        self.slack.use_http(url)

    async def kill(self) -> None:
        """Until Slack has noticed that its websocket is gone."""
        self.process.kill()
        await self.slack.connected(0)

    async def terminate(self) -> int:
        """Ask it to end; its exit status."""
        self.process.popen.terminate()
        return await self.process.ended()

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

    def entries(self, room: str = "") -> list[Entry]:
        """Of that room; the whole history without one."""
        return [
            entry
            for entry in read_entries(self.database)
            if not room or (entry.content is not None and entry.content.room == room)
        ]

    def cases(self, room: str) -> dict[int, list[tuple[str, str]]]:
        """Of that room: each case with its entries, as (kind, outcome)."""
        found: dict[int, list[tuple[str, str]]] = {}
        for entry in self.entries(room):
            found.setdefault(entry.case, []).append((entry.kind.value, entry.outcome.value if entry.outcome else ""))
        return found

    def shell(self, *words: str) -> str:
        """What `usher WORDS` prints; it has to end well."""
        done = usher(*words, env=self.env)
        assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout.decode()

    def check(self) -> None:
        """Nothing that Slack would refuse; no secret and no traceback in whatever was printed or logged."""
        app = self.slack.app
        written = (self.folder / "stdout.log").read_text() + (self.folder / "stderr.log").read_text(errors="replace")
        for secret in (app.bot_token, app.app_token, app.signing_secret, API_SECRET, "Bearer ey", "ticket="):
            assert secret not in written.replace("ticket=(removed)", ""), secret
        assert "Traceback" not in written, written[-4000:]
        assert "Bug " not in written, written[-4000:]
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
