"""A whole Usher for tests: the real dispatcher and SQLite history over the simulated rooms, and a clock to turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.channels import Chats
from adapters.database.database import Database
from adapters.enforcement import Enforcement
from adapters.livekit.simulator.lively import lively_rooms
from adapters.livekit.simulator.people import LivePerson
from adapters.livekit.simulator.rooms import Rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.supervisor import Supervisor
from adapters.wiring import House as Assembled
from bot.command import Invocation
from bot.context import Services
from bot.dispatch import Dispatcher
from bot.history import Case, CaseQuery, Content, Draft, Entry, EntryKind, Outcome
from bot.lasting import Calendar
from bot.people import ChatUser, Grant, Role
from bot.perform import Performer
from bot.plain import plain
from bot.policy import Policy
from bot.registry import load
from bot.reply import Button, Choices, Reply
from bot.standing import Standing
from bot.tasks import Budget
from tests.fresh import fresh

SERVER = "test"
STANDUP, BACKSTAGE = "standup", "backstage"
REGISTRY = load()
TYPED = Calendar(datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC), UTC)
"""When tests type, unless they turn the clock."""


class SteppedClock:
    """Stands still until `advance`; whoever sleeps wakes when the time has come."""

    def __init__(self) -> None:
        self._now = TYPED.now
        self._start = self._now
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waiting = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + timedelta(seconds=seconds), waiting))
        await waiting

    @property
    def sleepers(self) -> int:
        """How many sleep now."""
        return len(self._sleepers)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        for due, waiting in self._sleepers:
            if due <= self._now and not waiting.done():
                waiting.set_result(None)
        self._sleepers = [(due, waiting) for due, waiting in self._sleepers if not waiting.done()]

    def jump(self, seconds: float) -> None:
        """Show another time from now on; no more seconds have gone by than before."""
        by = timedelta(seconds=seconds)
        self._now += by
        self._start += by
        self._sleepers = [(due + by, waiting) for due, waiting in self._sleepers]


class House:
    """alice is admin everywhere; mia moderates `standup`, vera may look at it; bea is admin of `backstage` alone.

    `standup` and `backstage` are the lively rooms of the demo. What is said is said as mia in `standup`.
    """

    def __init__(self, rooms: Rooms, database: Database, clock: SteppedClock, policy: Policy) -> None:
        self.rooms, self.database, self.clock = rooms, database, clock
        self.service = SimulatedRoomService(rooms, clock=clock, server=SERVER, wait_seconds=0)
        self.performer = Performer(self.service, database.history, database.locks, clock)
        self.last: Reply | None = None
        self.policy = policy
        self.use()

    @classmethod
    @asynccontextmanager
    async def opened(cls, where: Path, *, cloud: bool = False, **policy: Any) -> AsyncIterator[House]:
        clock = SteppedClock()
        database = Database.open(fresh(where), server=SERVER, clock=clock)
        given = {"admins": ("console:alice",), **policy}
        house = cls(lively_rooms(clock.now, cloud=cloud), database, clock, Policy(**given))
        try:
            await house.grant("console:mia", Role.MODERATOR, STANDUP)
            await house.grant("console:vera", Role.VIEWER, STANDUP)
            await house.grant("console:bea", Role.ADMIN, BACKSTAGE)
            yield house
        finally:
            await house.performer.owed.aclose()
            await database.aclose()

    def use(self, policy: Policy | None = None, **more: Any) -> None:
        """Assemble the dispatcher (again), with these parts in the place of the real ones."""
        self.policy = policy or self.policy
        database = self.database
        standing = Standing(self.service, database.orders, database.sessions, self.performer, self.clock, self.policy)
        services = Services(
            self.service, database.history, database.roster, database.pending, database.orders, standing, self.clock,
            self.policy, self.performer, REGISTRY,
        )  # fmt: skip
        self.services = replace(services, **more)
        self.dispatcher = Dispatcher(self.services)
        self.channels = Chats(self.dispatcher, self.clock)
        self.enforcement = Enforcement.of(self.services, self.database, self.channels.tell)

    def whole(self) -> Assembled:
        """The same as adapters get it; nothing in it runs by itself."""
        supervisor = Supervisor(self.clock)
        return Assembled(self.dispatcher, self.services, supervisor, self.database, self.channels, self.enforcement)

    async def grant(self, subject: str, role: Role, *rooms: str) -> None:
        given = Grant(subject, role, rooms or ("*",), SERVER, "console:alice", self.clock.now())
        await self.database.history.append([Draft(EntryKind.GRANT, Content(), projection=given)])

    async def say(
        self,
        line: str,
        as_: str = "mia",
        *,
        room: str = STANDUP,
        channel: str = "c",
        event_key: str = "",
        options: Mapping[str, str] | None = None,
        groups: Sequence[str] = (),
        menus: bool = False,
    ) -> Reply:
        user = ChatUser(subject_of(as_), as_, tuple(groups))
        invocation = Invocation(user, channel, line, event_key, room, options, menus)
        self.last = await self.dispatcher.handle(invocation)
        return self.last

    async def press(self, label: str | int, as_: str = "mia", *, of: Reply | None = None, event_key: str = "") -> Reply:
        """Press the button of that label, or the choice of that number (from 1), of the last reply."""
        return await self.tap(button(of or self.last, label), as_, event_key=event_key)

    async def tap(self, one: Button, as_: str = "mia", *, event_key: str = "", menus: bool = False) -> Reply:
        """Press this button, or pick this entry of a menu."""
        user = ChatUser(subject_of(as_), as_)
        self.last = await self.dispatcher.press(user, "c", one.token, event_key, menus=menus)
        return self.last

    async def yes(self, as_: str = "mia") -> Reply:
        assert self.last is not None
        assert self.last.question, plain(self.last)
        return await self.press(self.last.buttons[0].label, as_)

    async def sure(self, line: str, as_: str = "mia", **more: Any) -> Reply:
        """Say it, and say yes."""
        await self.say(line, as_, **more)
        return await self.yes(as_)

    def budget(self) -> Budget:
        return Budget(self.clock, self.clock.monotonic())

    def person(self, identity: str, room: str = STANDUP) -> LivePerson:
        return self.rooms.person(room, identity)

    def sources(self, identity: str, room: str = STANDUP) -> list[str]:
        """What stands in the permission on the wire, where an empty list means all four."""
        return sorted(self.person(identity, room).permission["can_publish_sources"])

    def track(self, identity: str, source: str = "MICROPHONE", room: str = STANDUP) -> Any:
        return next((t for t in self.person(identity, room).tracks.values() if t.source == source), None)

    @property
    def writes(self) -> list[str]:
        """The calls that could have changed a room, in order."""
        return [call.method for call in self.service.calls if not call.reads]

    async def case(self, number: int | None) -> Case:
        assert number is not None
        case = await self.database.history.case(number)
        assert case is not None
        return case

    async def entries(self) -> list[Entry]:
        return [entry async for entry in self.database.history.entries()]

    async def refusals(self) -> list[Entry]:
        return [entry for entry in await self.entries() if entry.kind is EntryKind.REFUSED]

    async def cases(self) -> tuple[Case, ...]:
        return (await self.database.history.cases(CaseQuery(everywhere=True, limit=1000))).cases

    async def outcomes(self, number: int | None) -> list[Outcome | None]:
        return [entry.outcome for entry in (await self.case(number)).entries if entry.kind is EntryKind.OUTCOME]


def subject_of(name: str) -> str:
    return name if ":" in name else f"console:{name}"


def button(reply: Reply | None, label: str | int) -> Button:
    assert reply is not None
    if isinstance(label, int):
        return options(reply)[label - 1]
    found = [one for one in (*reply.buttons, *options(reply)) if one.label == label]
    assert found, f"no button {label!r} in {[one.label for one in reply.buttons]}\n{plain(reply)}"
    return found[0]


def options(reply: Reply) -> list[Button]:
    """What there is to choose from."""
    return [option.button for part in reply.parts if isinstance(part, Choices) for option in part.options]


def labels(reply: Reply) -> list[str]:
    return [one.label for one in (*options(reply), *reply.buttons)]


def told(reply: Reply) -> str:
    """The whole answer."""
    return plain(reply)
