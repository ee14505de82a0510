"""What a dead worker left open is looked up in the room, and closed with what is observed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.database.database import Database
from adapters.livekit.calls import Call
from adapters.livekit.simulator.lively import lively_rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.livekit.wire import Json
from bot.errors import HistoryError, RoomError, Unavailable
from bot.history import Case, Content, Draft, Entry, EntryKind, Outcome, canonical
from bot.reconcile import LONGEST_WAIT, reconcile
from tests.clocks import ManualClock
from tests.core.faults import CarryOut
from tests.database_fixtures import opened


class Scene:
    """The lively rooms, and a worker that died; `leave` writes an intent of its, `reconciled` starts the next."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = ManualClock()
        self.rooms = lively_rooms(self.clock.now, cloud=True)
        self.service = SimulatedRoomService(self.rooms, clock=self.clock, wait_seconds=0)

    async def leave(self, room: str, identity: str, *changes: tuple[str, Any, Any], sid: str = "") -> int:
        """The case of an intent that nobody has closed."""
        sid = sid or self.sid(room, identity)
        difference = canonical([list(change) for change in changes])
        content = Content(command="mute", room=room, identity=identity, sid=sid, difference=difference)
        async with opened(self.path) as database:
            (entry,) = await database.history.append([Draft(EntryKind.INTENT, content)])
        return entry.case

    async def reconciled(self, number: int) -> tuple[int, str]:
        """How many were closed, and what was observed in this case."""
        async with opened(self.path) as database:
            closed = await reconcile(self.service, database.history, self.clock)
            return closed, await self.observed(database, number)

    async def observed(self, database: Database, number: int) -> str:
        case = await database.history.case(number)
        assert isinstance(case, Case)
        (entry,) = (entry for entry in case.entries if entry.kind is EntryKind.RECONCILED)
        assert (entry.outcome, entry.code, entry.refers) == (Outcome.UNKNOWN, "reconciled", case.first.seq)
        assert entry.content is not None
        return entry.content.detail

    def sid(self, room: str, identity: str) -> str:
        here = self.rooms.rooms[room]
        return here.people[identity].sid if identity else here.sid

    def microphone(self, identity: str) -> str:
        tracks = self.rooms.person("standup", identity).tracks.values()
        return next(track.sid for track in tracks if track.source == "MICROPHONE")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "usher.db")


@pytest.mark.parametrize(("muted", "observed"), [(True, "holds"), (False, "does not hold")])
async def test_a_change_is_looked_up_in_the_room(scene: Scene, muted: bool, observed: str) -> None:
    track = scene.microphone("bob")
    number = await scene.leave("standup", "bob", (f"track.{track}.muted", False, True))
    scene.rooms.set_muted("standup", "bob", track, muted)
    assert await scene.reconciled(number) == (1, f"observed: {observed}")


async def test_every_field_of_a_change_has_to_be_there(scene: Scene) -> None:
    changes = (("attributes.a", None, "1"), ("attributes.b", None, "2"))
    number = await scene.leave("standup", "bob", *changes)
    scene.rooms.set_attributes("standup", "bob", {"a": "1"})
    assert await scene.reconciled(number) == (1, "observed: does not hold")


async def test_of_somebody_who_has_left_nothing_can_be_said(scene: Scene) -> None:
    number = await scene.leave("standup", "bob", ("permission.can_publish", True, False))
    scene.rooms.leave("standup", "bob")
    assert await scene.reconciled(number) == (1, "observed: the person has left")


async def test_another_session_is_not_the_one_that_was_meant(scene: Scene) -> None:
    number = await scene.leave("standup", "bob", ("permission.can_publish", False, True))
    scene.rooms.rejoin("standup", "bob")
    assert await scene.reconciled(number) == (1, "observed: the person is in another session")


@pytest.mark.parametrize(("then", "observed"), [("gone", "holds"), ("back", "holds"), ("there", "does not hold")])
async def test_a_removal_holds_when_that_session_is_gone(scene: Scene, then: str, observed: str) -> None:
    number = await scene.leave("standup", "bob", ("session", scene.sid("standup", "bob"), None))
    if then == "gone":
        scene.rooms.leave("standup", "bob")
    elif then == "back":
        scene.rooms.rejoin("standup", "bob")
    assert await scene.reconciled(number) == (1, f"observed: {observed}")


@pytest.mark.parametrize(("moved", "observed"), [(True, "holds"), (False, "does not hold")])
async def test_a_move_is_looked_up_in_both_rooms(scene: Scene, moved: bool, observed: str) -> None:
    number = await scene.leave("standup", "bob", ("room", "standup", "backstage"))
    if moved:
        await scene.service.move_participant("standup", "bob", "backstage")
    assert await scene.reconciled(number) == (1, f"observed: {observed}")


async def test_of_somebody_who_left_both_rooms_nothing_can_be_said(scene: Scene) -> None:
    number = await scene.leave("standup", "bob", ("room", "standup", "backstage"))
    scene.rooms.leave("standup", "bob")
    assert await scene.reconciled(number) == (1, "observed: the person has left")


@pytest.mark.parametrize(("then", "observed"), [("closed", "holds"), ("anew", "holds"), ("", "does not hold")])
async def test_a_closing_holds_when_that_life_of_the_room_has_ended(scene: Scene, then: str, observed: str) -> None:
    number = await scene.leave("backstage", "", ("open", True, False))
    if then:
        del scene.rooms.rooms["backstage"]
    if then == "anew":
        scene.rooms.open("backstage")
    assert await scene.reconciled(number) == (1, f"observed: {observed}")


@pytest.mark.parametrize(
    ("then", "observed"),
    [
        ("written", "holds"),
        ("", "does not hold"),
        ("closed", "the room has ended"),
        ("anew", "the room has ended, and one of its name was opened"),
    ],
)
async def test_a_rooms_metadata_is_looked_up_in_that_life_of_it(scene: Scene, then: str, observed: str) -> None:
    number = await scene.leave("backstage", "", ("room.metadata", "old", "new"))
    if then in ("closed", "anew"):
        del scene.rooms.rooms["backstage"]
    if then == "anew":
        scene.rooms.open("backstage", "new")
    if then == "written":
        scene.rooms.rooms["backstage"].metadata = "new"
    assert await scene.reconciled(number) == (1, f"observed: {observed}")


async def test_an_intent_whose_content_was_erased_is_closed_without_looking(scene: Scene) -> None:
    number = await scene.leave("standup", "bob", ("name", "a", "b"))
    async with opened(scene.path) as database:
        await database.history.erase([1], Content(reason="asked for it"))
    assert await scene.reconciled(number) == (1, "observed: erased")
    assert scene.service.calls == []


async def test_with_nothing_open_nothing_is_asked(scene: Scene) -> None:
    await scene.leave("standup", "bob", ("name", "a", "b"))
    async with opened(scene.path) as database:
        assert await reconcile(scene.service, database.history, scene.clock) == 1
    calls = len(scene.service.calls)
    async with opened(scene.path) as database:
        assert await reconcile(scene.service, database.history, scene.clock) == 0
    assert len(scene.service.calls) == calls
    assert scene.clock.slept == []


DOWN = Unavailable("LiveKit cannot be reached.", "refused", sent=False)


async def test_while_livekit_is_down_it_is_asked_again_later_each_time(scene: Scene) -> None:
    number = await scene.leave("standup", "bob", ("name", "Bob Stone", "Bob Stone"))
    left = 8

    async def around(call: Call, carry_out: CarryOut) -> Json:
        nonlocal left
        left -= 1
        if left >= 0:
            raise DOWN
        return await carry_out()

    scene.service.around = around
    assert await scene.reconciled(number) == (1, "observed: holds")
    assert scene.clock.slept == [1, 2, 4, 8, 16, 32, LONGEST_WAIT, LONGEST_WAIT]


async def test_one_that_cannot_be_looked_up_holds_up_no_other(scene: Scene) -> None:
    await scene.leave("standup", "bob", ("name", "a", "b"))
    other = await scene.leave("standup", "anna", ("name", "Anna", "Anna"))

    async def around(call: Call, carry_out: CarryOut) -> Json:
        if call.body["identity"] == "bob":
            raise RoomError("LiveKit does not want to.", "internal")
        return await carry_out()

    scene.service.around = around
    async with opened(scene.path) as database, stopped(scene, database):
        assert await scene.observed(database, other) == "observed: holds"
    scene.service.around = None
    assert (await scene.reconciled(other))[0] == 1  # the next worker takes over what this one could not close


@asynccontextmanager
async def stopped(scene: Scene, database: Database) -> AsyncIterator[None]:
    """After some rounds of reconciling, which are ended with the block."""
    running = asyncio.create_task(reconcile(scene.service, database.history, scene.clock))
    while len(scene.clock.slept) < 3:
        await asyncio.sleep(0)
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_history_that_cannot_be_written_is_tried_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    number = await scene.leave("standup", "bob", ("name", "Bob Stone", "Bob Stone"))
    refusals = 2
    async with opened(scene.path) as database:
        append = database.history.append

        async def full(_: object, drafts: list[Draft]) -> tuple[Entry, ...]:
            nonlocal refusals
            refusals -= 1
            if refusals >= 0:
                raise HistoryError("The disk is full.", "history_full")
            return await append(drafts)

        monkeypatch.setattr(type(database.history), "append", full)
        assert await reconcile(scene.service, database.history, scene.clock) == 1
        assert await scene.observed(database, number) == "observed: holds"
    assert scene.clock.slept == [1, 2]
