"""What a worker that died has left open is looked up and closed with what is observed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from adapters.livekit.calls import Call
from adapters.livekit.wire import Json
from bot.history import Content, Draft, EntryKind, Outcome
from bot.reconcile import reconcile
from bot.state import Change, Difference
from tests.core.faults import UNREACHABLE, CarryOut
from tests.core.histories import failing, settle
from tests.database_fixtures import opened
from tests.house import SERVER, STANDUP, House, told


async def died(house: House, tmp_path: Path, *contents: tuple[Content, Difference]) -> int:
    """Leave these intents open by a worker that is dead; the number of the case."""
    async with opened(tmp_path / "usher.db", server=SERVER, clock=house.clock) as database:
        drafts = [
            Draft(EntryKind.INTENT, Content(**{**as_dict(content), "difference": changes.encode()}))
            for content, changes in contents
        ]
        return (await database.history.append(drafts))[0].case


def as_dict(content: Content) -> dict[str, str]:
    return {name: getattr(content, name) for name in Content.__slots__}


def about(house: House, identity: str = "bob", sid: str = "") -> Content:
    sid = sid or house.person(identity).sid
    return Content(actor="console:mia", command="mute", room=STANDUP, identity=identity, sid=sid)


async def observed(house: House, case: int) -> list[str]:
    entries = (await house.case(case)).entries
    found = [entry for entry in entries if entry.kind is EntryKind.RECONCILED]
    assert all(entry.outcome is Outcome.UNKNOWN for entry in found)
    return [entry.content.detail for entry in found if entry.content]


async def closed(house: House) -> int:
    return await reconcile(house.service, house.database.history, house.clock)


async def test_an_intent_that_a_dead_worker_left_open_is_unknown_with_what_is_observed(
    house: House, tmp_path: Path
) -> None:
    field = f"track.{house.track('bob').sid}.muted"
    case = await died(house, tmp_path, (about(house), Difference((Change(field, False, True),))))
    assert await closed(house) == 1
    assert await observed(house, case) == ["observed: does not hold"]
    house.rooms.set_muted(STANDUP, "bob", house.track("bob").sid, True)
    case = await died(house, tmp_path, (about(house), Difference((Change(field, False, True),))))
    await closed(house)
    assert await observed(house, case) == ["observed: holds"]
    assert "unknown (observed: holds)" in told(await house.say("history"))
    assert await closed(house) == 0
    assert not house.writes


async def test_a_person_who_has_left_or_come_back_is_said_to_have(house: House, tmp_path: Path) -> None:
    change = Difference((Change("permission.can_publish", True, False),))
    case = await died(house, tmp_path, (about(house, sid="PA_old"), change))
    await closed(house)
    assert "another session" in (await observed(house, case))[0]
    case = await died(house, tmp_path, (about(house, "gone", "PA_1"), change))
    await closed(house)
    assert "has left" in (await observed(house, case))[0]


async def test_a_removal_holds_when_that_session_is_gone(house: House, tmp_path: Path) -> None:
    sid = house.person("bob").sid
    removal = Difference((Change("session", sid, None),))
    case = await died(house, tmp_path, (about(house), removal))
    await closed(house)
    assert await observed(house, case) == ["observed: does not hold"]
    house.rooms.rejoin(STANDUP, "bob")
    case = await died(house, tmp_path, (about(house, sid=sid), removal))
    await closed(house)
    assert await observed(house, case) == ["observed: holds"]


async def test_a_move_is_looked_for_in_both_rooms(cloud: House, tmp_path: Path) -> None:
    move = Difference((Change("room", STANDUP, "backstage"),))
    cloud.rooms.move(STANDUP, "anna", "backstage")
    content = about(cloud, "anna", cloud.person("anna", "backstage").sid)
    first = await died(cloud, tmp_path, (content, move))
    second = await died(cloud, tmp_path, (about(cloud, "bob"), move))
    await closed(cloud)
    assert await observed(cloud, first) == ["observed: holds"]
    assert await observed(cloud, second) == ["observed: does not hold"]


async def test_a_room_is_looked_up_too(house: House, tmp_path: Path) -> None:
    sid = house.rooms.rooms[STANDUP].sid
    content = Content(command="close", room=STANDUP, sid=sid)
    case = await died(house, tmp_path, (content, Difference((Change("open", True, False),))))
    await closed(house)
    assert await observed(house, case) == ["observed: does not hold"]
    house.rooms.delete(STANDUP)
    case = await died(house, tmp_path, (content, Difference((Change("open", True, False),))))
    other = await died(house, tmp_path, (content, Difference((Change("room.metadata", "a", "b"),))))
    await closed(house)
    assert await observed(house, case) == ["observed: holds"]
    assert "has ended" in (await observed(house, other))[0]


async def test_it_is_tried_again_until_livekit_answers_and_the_history_takes_it(house: House, tmp_path: Path) -> None:
    change = Difference((Change("permission.can_publish", True, False),))
    case = await died(house, tmp_path, (about(house), change))
    unreachable = 2

    async def down(call: Call, carry_out: CarryOut) -> Json:
        nonlocal unreachable
        unreachable -= 1
        if unreachable >= 0:
            raise UNREACHABLE
        return await carry_out()

    house.service.around = down
    history = failing(house, EntryKind.RECONCILED)
    closing = asyncio.create_task(reconcile(house.service, history, house.clock))
    for step in range(6):
        await settle()
        history.down = step < 4
        house.clock.advance(61)
    assert await closing == 1
    assert await observed(house, case) == ["observed: does not hold"]


async def test_an_intent_whose_content_was_erased_says_no_more_than_that(house: House, tmp_path: Path) -> None:
    change = Difference((Change("permission.can_publish", True, False),))
    case = await died(house, tmp_path, (about(house), change))
    await house.database.history.erase([(await house.case(case)).first.seq], Content(actor="console:alice"))
    await closed(house)
    assert await observed(house, case) == ["observed: erased"]


async def test_of_what_changed_only_without_orders_the_room_shows_nothing(house: House, tmp_path: Path) -> None:
    changes = Difference((Change("base.can_publish", True, False), Change("orders", ["4"], [])))
    case = await died(house, tmp_path, (about(house), changes))
    await closed(house)
    assert await observed(house, case) == ["observed: nothing that the room would show"]
    changes = Difference((*changes.changes, Change("permission.can_publish", False, True)))
    case = await died(house, tmp_path, (about(house), changes))
    await closed(house)
    assert await observed(house, case) == ["observed: holds"]
