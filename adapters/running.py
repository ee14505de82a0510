"""`usher run`: the chat adapters whose credentials are set, side by side, until somebody asks for the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import TextIO

from adapters.chat import Adapter, Candidate, Way
from adapters.endpoints import Endpoints
from adapters.http import HttpServer
from adapters.settings import Settings
from adapters.slack.manifest import EVENTS_PATH
from adapters.stopping import Stop
from adapters.wiring import House, from_settings
from bot.errors import BotError

STOP_SECONDS = 10.0
MORE_SECONDS = 0.5  # for those who take all of it
ENFORCED = "Orders: enforced"
NO_CHAT = "No chat is served: orders are enforced all the same, and the log has what nobody can be told."
log = logging.getLogger(__name__)


def _slack(settings: Settings, house: House, http: HttpServer) -> Adapter:
    from adapters.slack.adapter import slack_adapter  # only who serves Slack pays for its libraries

    return slack_adapter(settings, house, http)


def _discord(settings: Settings, house: House, http: HttpServer) -> Adapter:
    from adapters.discord.adapter import discord_adapter

    return discord_adapter(settings, house, http)


ADAPTERS: tuple[Candidate, ...] = (
    Candidate(
        "Slack",
        (
            Way("Socket Mode", ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")),
            Way("HTTP mode", ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"), EVENTS_PATH),
        ),
        _slack,
    ),
    Candidate("Discord", (Way("gateway", ("DISCORD_TOKEN",)),), _discord),
)


async def run(settings: Settings, out: TextIO, candidates: Iterable[Candidate] = ADAPTERS) -> int:
    """Serve until SIGTERM or SIGINT; 0 then. `out` is told, a line each, who is started, who is not, and why.

    Where no chat has credentials it serves none, and does the rest.

    `SettingsError`, `HistoryError` (another `usher run` has the history) and `BotError` before anything is served.
    """
    settings.require()
    ways = {candidate: candidate.way(settings) for candidate in candidates}
    for candidate, way in ways.items():
        if way is None:
            _say(out, f"{candidate.name}: not started: {candidate.missing(settings)}")
    chosen = {candidate: way for candidate, way in ways.items() if way is not None}
    with Stop() as stop:
        async with from_settings(settings) as house:
            house.database.claim_run()
            await _Served(settings, house, stop, out).until_asked(chosen)
    return 0


class _Served:
    """The adapters of one run, and the HTTP server that they and the endpoints share."""

    def __init__(self, settings: Settings, house: House, stop: Stop, out: TextIO) -> None:
        self._settings = settings
        self._house = house
        self._stop = stop
        self._out = out
        self._http = HttpServer(settings["USHER_HTTP"])
        self._kept: list[_Kept] = []

    async def until_asked(self, chosen: dict[Candidate, Way]) -> None:
        made = {candidate: candidate.make(self._settings, self._house, self._http) for candidate in chosen}
        endpoints = Endpoints(self._settings, self._house, self._http, [*made.values()], self._stop.asked.is_set)
        await self._http.start()
        try:
            for candidate, way in chosen.items():
                self._begin(candidate.name, made[candidate], way)
            if not chosen:
                _say(self._out, NO_CHAT)
            self._house.enforcement.start(self._house.supervisor)
            _say(self._out, ENFORCED)
            for line in endpoints.said:
                _say(self._out, line)
            await self._stop.asked.wait()
            _say(self._out, "Stopping: what is under way is finished first")
        finally:
            await self._end()

    def _begin(self, name: str, adapter: Adapter, way: Way) -> None:
        kept = _Kept(adapter, self._stop)
        self._kept.append(kept)
        self._house.channels.join(adapter)
        self._house.supervisor.start(name, kept.serve)
        _say(self._out, f"{name}: started, {way.how}" + (f" on {self._http.url}{way.path}" if way.path else ""))

    async def _end(self) -> None:
        """The adapters stop at the same time. Until they have, whoever asks over HTTP is told so, by them."""
        loop = asyncio.get_running_loop()
        until = loop.time() + STOP_SECONDS
        await _ended({kept.adapter.name: kept.end(STOP_SECONDS) for kept in self._kept}, STOP_SECONDS)
        left = max(0.0, until - loop.time())
        await _ended({"The HTTP server": self._http.aclose(left)}, left)


async def _ended(ends: dict[str, Awaitable[None]], seconds: float) -> None:
    """Wait for all of them, and a moment longer; who has not ended then, or not well, is named in the log."""
    tasks = {name: asyncio.ensure_future(end) for name, end in ends.items()}
    if tasks:
        await asyncio.wait(tasks.values(), timeout=seconds + MORE_SECONDS)
    for name, task in tasks.items():
        if not task.done():
            log.error("%s did not stop in time; what it had under way is cut off.", name)
            task.cancel()
        elif (error := task.exception()) is not None:
            log.error("%s did not stop as it should (%s).", name, type(error).__name__)


@dataclass(slots=True)
class _Kept:
    """An adapter in the supervisor's care."""

    adapter: Adapter
    stop: Stop
    begun: bool = False

    async def serve(self) -> None:
        if self.stop.asked.is_set():
            return
        self.begun = True
        await self.adapter.serve()
        if not self.stop.asked.is_set():
            raise BotError("It ended, although nobody had asked it to.")

    async def end(self, seconds: float) -> None:
        if self.begun:
            await self.adapter.stop(seconds)


def _say(out: TextIO, line: str) -> None:
    print(line, file=out, flush=True)
