"""Usher's Slack adapter in this process: a stand-in Slack before it, simulated rooms behind it, real sockets between.

Ann is admin by the settings, Ben moderates `standup`, Cat has no role.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.clock import SystemClock
from adapters.http import HttpServer
from adapters.livekit.calls import Call
from adapters.livekit.simulator.lively import STANDUP, lively_rooms
from adapters.livekit.simulator.people import LivePerson
from adapters.livekit.simulator.rooms import Rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.livekit.wire import Json
from adapters.settings import load
from adapters.slack.adapter import SlackAdapter, slack_adapter
from adapters.slack.manifest import EVENTS_PATH
from adapters.wiring import House, Plan, assembled
from bot.history import Case, CaseQuery, Content, Draft, EntryKind
from bot.people import Grant, Role
from bot.policy import Policy
from tests.fresh import fresh
from tests.slack_stand_in import Shown, SlackStandIn, View

REASONS = ("shouting", "spam")
MODES = ("socket", "http")


@dataclass
class Usher:
    slack: SlackStandIn
    rooms: Rooms
    service: SimulatedRoomService
    house: House
    adapter: SlackAdapter

    @property
    def home(self) -> str:
        return self.slack.world.enterprise or self.slack.world.team

    def subject(self, name: str) -> str:
        return f"slack:{self.home}/{self.slack.world.user(name).id}"

    def key(self, channel: str) -> str:
        return f"slack:{self.home}/{self.slack.world.channel(channel).id}"

    async def grant(self, subject: str, role: Role, *rooms: str) -> None:
        given = Grant(subject, role, rooms or ("*",), self.service.server, "test", self.house.services.clock.now())
        await self.house.database.history.append([Draft(EntryKind.GRANT, Content(), projection=given)])

    def person(self, identity: str, room: str = STANDUP) -> LivePerson:
        return self.rooms.person(room, identity)

    def open(self, identity: str, room: str = STANDUP) -> bool:
        """Whether one of this person's microphones is open."""
        tracks = self.person(identity, room).tracks.values()
        return any(track.source == "MICROPHONE" and not track.muted for track in tracks)

    def here(self, identity: str, room: str = STANDUP) -> bool:
        return identity in self.rooms.rooms[room].people

    @contextmanager
    def slow(self, method: str, seconds: float) -> Iterator[None]:
        """LiveKit takes so long for this call."""

        async def wait(call: Call, carry_out: Callable[[], Awaitable[Json]]) -> Json:
            if call.method == method:
                await asyncio.sleep(seconds)
            return await carry_out()

        self.service.around = wait
        try:
            yield
        finally:
            self.service.around = None

    async def cases(self) -> tuple[Case, ...]:
        """Of rooms, newest first."""
        found = await self.house.database.history.cases(CaseQuery(everywhere=True, limit=1000))
        return tuple(case for case in found.cases if case.opening.command)

    async def seen(self, who: str, words: str, channel: str = "") -> Shown:
        """Our newest message on that person's screen with these words in it, once it is there.

        In that channel; without one, no public line of the moderation channel.
        """
        told = self.slack.world.channel("mods").id
        wanted = self.slack.world.channel(channel).id if channel else ""

        def found() -> list[Shown]:
            said = self.slack.seen_by(who).saying(words)
            shown = [one for one in said if one.author == self.slack.app.user]
            return [one for one in shown if (one.channel == wanted if wanted else one.ephemeral or one.channel != told)]

        shown: list[Shown] = await self.slack.until(found)
        return shown[-1]


@asynccontextmanager
async def usher_for(
    slack: SlackStandIn,
    where: Path,
    *,
    mode: str = "socket",
    channel: str = "",
    cloud: bool = False,
    clock: SystemClock | None = None,
    **policy: Any,
) -> AsyncIterator[Usher]:
    """Usher, connected to this Slack; `channel` is the moderation channel's name."""
    clock = clock or SystemClock()
    rooms = lively_rooms(clock.now, cloud=cloud)
    service = SimulatedRoomService(rooms, clock=clock, wait_seconds=0)
    home = slack.world.enterprise or slack.world.team
    ann = f"slack:{home}/{slack.world.user('ann').id}"
    plan = Plan(service, fresh(where), Policy(**{"admins": (ann,), "reasons": REASONS, **policy}), clock=clock)
    settings = load(
        {
            **(slack.environment if mode == "socket" else slack.http_environment),
            "USHER_HTTP": "127.0.0.1:0",
            "USHER_SLACK_CHANNEL": slack.world.channel(channel).id if channel else "",
        }
    )
    async with assembled(plan) as house:
        http = HttpServer(settings["USHER_HTTP"])
        adapter = slack_adapter(settings, house, http)
        serving = asyncio.create_task(adapter.serve())
        if mode == "http":
            host, port = await http.start()
            slack.use_http(f"http://{host}:{port}{EVENTS_PATH}")
        try:
            await slack.until(lambda: adapter.ready or serving.done())
            usher = Usher(slack, rooms, service, house, adapter)
            await usher.grant(usher.subject("ben"), Role.MODERATOR, STANDUP)
            yield usher
        finally:
            await adapter.stop(5)
            await serving
            await http.aclose(1)


def opened(slack: SlackStandIn, who: str) -> list[View]:
    """The modals that somebody has open, once none of them says only that it is being worked on.

    That is what a modal opens with where its room took longer than a second to look at: on a machine that stands still.
    """
    found = slack.seen_by(who).views
    return [] if any("Working on it" in view.text for view in found) else found
