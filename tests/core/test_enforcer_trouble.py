"""What the enforcer does when something fails, when somebody comes back, when it is killed, and when a clock jumps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.livekit.calls import Call
from adapters.livekit.simulator.people import JoinGrant
from adapters.livekit.wire import Json
from bot.errors import HistoryError
from bot.history import Content, EntryKind
from bot.model import Kind, Permissions, Source
from bot.orders import Amendment, Order, Who
from bot.people import Grant, Role
from bot.retried import AGAIN_SECONDS
from bot.steady import BELIEVED, Steady
from tests.clocks import PATIENCE, ManualClock, until
from tests.core.faults import REFUSED, UNREACHABLE, CarryOut, failing, lying
from tests.enforced import SAID, Enforced, enforced
from tests.house import STANDUP, House

ALICE = Grant("console:alice", Role.ADMIN)
BAN = Amendment(absent=True)
LOCK = Amendment(take=frozenset({Source.MICROPHONE}))


@pytest.fixture
async def run(house: House) -> AsyncIterator[Enforced]:
    async with enforced(house) as running:
        await running.pass_(1)
        yield running


def in_minutes(run: Enforced, minutes: int) -> datetime:
    return run.house.clock.now() + timedelta(minutes=minutes)


def there(run: Enforced, identity: str = "bob") -> bool:
    return identity in run.house.rooms.rooms[STANDUP].people


async def test_a_removal_that_fails_is_tried_again_until_it_works_and_is_reported_as_stuck_meanwhile(
    run: Enforced,
) -> None:
    run.house.service.around = failing(REFUSED, "RemoveParticipant", after=False)
    ban = await run.give(BAN)
    await run.pass_(10)
    assert there(run)
    assert run.pulse.stuck == {ban.id}
    stuck = [line for line in run.told if "is stuck" in line]
    assert len(stuck) == 1
    assert "LiveKit refused it." in stuck[0]
    await run.pass_(600)
    assert len([line for line in run.told if "is stuck" in line]) == 1
    run.house.service.around = None
    await run.pass_(40)
    assert not there(run)
    assert run.pulse.stuck == frozenset()
    assert len([line for line in run.told if "is not stuck any more" in line]) == 1


async def outcomes(run: Enforced, order: Order) -> list[tuple[str, str]]:
    """What became of each try on record, with its code; the intents are counted apart."""
    case = await run.house.services.history.case(order.case)
    assert case is not None
    return [
        (entry.outcome.value, entry.code) for entry in case.entries if entry.kind is EntryKind.OUTCOME and entry.outcome
    ]


async def intents(run: Enforced, order: Order) -> int:
    case = await run.house.services.history.case(order.case)
    assert case is not None
    return len(case.intents)


async def test_what_fails_in_the_same_way_again_is_recorded_once_and_what_changes_is_too(run: Enforced) -> None:
    run.house.service.around = failing(REFUSED, "RemoveParticipant", after=False)
    ban = await run.give(BAN)
    await run.pass_(300)
    assert await outcomes(run, ban) == [("failed", "invalid_argument")]
    run.house.service.around = lying("RemoveParticipant")
    await run.pass_(100)
    assert [outcome for outcome, _ in await outcomes(run, ban)] == ["failed", "not_effective"]
    assert run.pulse.stuck == {ban.id}
    run.house.service.around = None
    await run.pass_(40)
    assert not there(run)
    assert [outcome for outcome, _ in await outcomes(run, ban)] == ["failed", "not_effective", "done"]
    assert await intents(run, ban) == 1


async def test_what_fails_for_hours_is_recorded_each_hour(run: Enforced) -> None:
    run.house.service.around = failing(REFUSED, "RemoveParticipant", after=False)
    ban = await run.give(BAN)
    await run.pass_(10)
    run.house.clock.advance(AGAIN_SECONDS)
    await run.pass_(100)
    assert len(await outcomes(run, ban)) == await intents(run, ban) == 2


async def test_what_livekit_accepts_and_does_not_do_is_not_taken_for_done(run: Enforced) -> None:
    run.house.service.around = lying("RemoveParticipant")
    ban = await run.give(BAN)
    await run.pass_(10)
    assert run.pulse.stuck == {ban.id}
    assert any("accepted it, but the room does not show it" in line for line in run.told)


async def test_somebody_who_leaves_while_their_order_is_stuck_is_no_trouble_any_more(run: Enforced) -> None:
    run.house.service.around = failing(REFUSED, "RemoveParticipant", after=False)
    await run.give(BAN)
    await run.pass_(10)
    assert run.pulse.stuck
    run.house.rooms.leave(STANDUP, "bob")
    await run.pass_(40)
    assert run.pulse.stuck == frozenset()


async def test_a_room_that_cannot_be_looked_at_is_reported_once_and_looked_at_again(run: Enforced) -> None:
    run.house.service.around = failing(UNREACHABLE, "ListParticipants", after=False)
    await run.give(BAN)
    await run.pass_(30)
    assert there(run)
    unseen = [line for line in run.told if "cannot be looked at" in line]
    assert len(unseen) == 1
    assert "1 order is not carried out there" in unseen[0]
    run.house.service.around = None
    await run.pass_(40)
    assert not there(run)


async def test_rooms_that_cannot_be_listed_are_listed_again(run: Enforced) -> None:
    run.house.service.around = failing(UNREACHABLE, "ListRooms", after=False)
    await run.pass_(20)
    assert run.pulse.failing
    run.house.service.around = None
    await run.pass_(10)
    assert run.pulse.failing == ""


async def test_where_rooms_cannot_be_listed_those_with_orders_are_looked_at_one_by_one(run: Enforced) -> None:
    await run.give(LOCK)
    await run.pass_(1)
    run.house.service.around = failing(UNREACHABLE, "ListRooms", after=False)
    run.house.rooms.leave(STANDUP, "bob")
    run.house.rooms.join(STANDUP, JoinGrant("bob", "Bob", Permissions()))
    await run.pass_(20)
    assert run.pulse.failing
    assert run.house.sources("bob")  # an empty list would mean all of them
    assert "MICROPHONE" not in run.house.sources("bob")


async def test_that_livekit_is_away_is_told_of_each_room_with_orders_and_of_five_at_most(run: Enforced) -> None:
    rooms = [f"hall-{number}" for number in range(8)]
    for room in rooms:
        await run.give(BAN, "eve", rooms=(room,))
    await run.pass_(1)
    run.house.service.around = failing(UNREACHABLE, "ListRooms", "ListParticipants", after=False)
    await run.pass_(120)
    away = [line for line in run.told if "cannot be looked at: LiveKit cannot be reached." in line]
    assert len(away) == 5
    assert ["/orders shows them" in line for line in away] == [False] * 4 + [True]
    assert len(run.pulse.stuck) == 8
    run.house.service.around = None
    await run.pass_(60)
    assert (run.pulse.failing, run.pulse.stuck) == ("", frozenset())


async def test_an_order_that_ends_while_livekit_is_away_gives_back_once_it_is_there_again(run: Enforced) -> None:
    lock = await run.give(LOCK, ends=run.house.clock.now() + timedelta(seconds=30))
    await run.pass_(1)
    assert "MICROPHONE" not in run.house.sources("bob")
    run.house.service.around = failing(UNREACHABLE, after=False)
    await run.pass_(60)
    assert (await run.house.database.orders.get(lock.case))[0].how == "expired"
    assert run.house.sources("bob")
    run.house.service.around = None
    await run.pass_(60)
    assert run.house.sources("bob") == []


async def test_a_history_that_cannot_be_read_ends_the_loop_for_its_supervisor_to_start_it_again(house: House) -> None:
    run = Enforced(house)

    async def broken() -> Any:
        raise HistoryError("The history cannot be read.")

    in_force = run.enforcer._in_force
    with patch.object(in_force, "read", broken), pytest.raises(HistoryError):
        await run.enforcer.serve()
    await run.give(BAN)
    task = asyncio.create_task(run.enforcer.serve())
    await run.pass_(1)
    assert not there(run)
    task.cancel()


async def test_who_was_removed_and_is_back_is_reported_once_with_one_tap_to_keep_them_out(run: Enforced) -> None:
    removed = await run.house.sure("/kick bob")
    run.house.clock.advance(60)
    run.house.rooms.rejoin(STANDUP, "bob")
    run.enforcer.webhook(STANDUP)
    await run.pass_(3)
    await run.pass_(20)
    back = [(room, reply) for room, reply in run.lines if "is back" in run.told[run.lines.index((room, reply))]]
    assert [room for room, _ in back] == [STANDUP]
    (reply,) = [reply for _, reply in back]
    assert f"case {removed.case} removed them" in run.told[run.lines.index(back[0])]
    (button,) = reply.buttons
    assert button.label == "Keep out"
    assert (button.press.command, button.press.target.identity) == ("ban", "bob")  # type: ignore[union-attr]


async def test_of_two_processes_one_tells_who_is_back(house: House) -> None:
    async with enforced(house) as one, enforced(house) as other:
        await one.pass_(1)
        await house.sure("/kick bob")
        house.clock.advance(60)
        house.rooms.rejoin(STANDUP, "bob")
        await one.pass_(10)
        await other.idle()
        assert len([line for line in (*one.told, *other.told) if "is back" in line]) == 1


async def test_who_is_back_is_told_of_although_the_history_did_not_answer_for_a_moment(run: Enforced) -> None:
    await run.house.sure("/kick bob")
    run.house.clock.advance(60)
    history = run.house.database.history
    append, failed = history.append, []

    async def broken(drafts: Any, event_key: str | None = None) -> Any:
        failed.append(event_key)
        raise HistoryError("The history cannot be written.")

    run.house.rooms.rejoin(STANDUP, "bob")
    with patch.object(history, "append", broken):
        await run.pass_(3)
    assert failed
    assert history.append == append
    await run.pass_(40)
    assert len([line for line in run.told if "is back" in line]) == 1


async def test_who_was_removed_and_does_not_come_back_is_not_reported(run: Enforced) -> None:
    await run.house.sure("/kick bob")
    await run.pass_(20)
    assert not [line for line in run.told if "is back" in line]


async def test_who_is_banned_and_was_removed_before_is_not_reported_as_back(run: Enforced) -> None:
    await run.house.sure("/kick bob")
    await run.give(BAN)
    await run.pass_(1)
    run.house.rooms.rejoin(STANDUP, "bob")
    run.enforcer.webhook(STANDUP)
    await run.pass_(20)
    assert not there(run)
    assert not [line for line in run.told if "is back" in line]


async def test_of_a_caller_who_is_back_no_number_is_told(run: Enforced) -> None:
    await run.house.say("/participants", "alice")
    await run.house.sure("/kick sip_+15550100 --force", "alice")
    run.house.clock.advance(60)
    run.house.rooms.rejoin(STANDUP, "sip_+15550100")
    run.enforcer.webhook(STANDUP)
    await run.pass_(3)
    (line,) = [line for line in run.told if "is back" in line]
    assert "555" not in line


async def test_the_name_of_a_room_is_no_callers_number(run: Enforced) -> None:
    room = "20260102"
    run.house.rooms.open(room)
    run.house.rooms.join(room, JoinGrant("sip_+15550100", "Phone +15550100", kind=Kind.SIP))
    await run.house.sure(f"/kick sip_+15550100 in:{room} --force", "alice")
    run.house.clock.advance(60)
    run.house.rooms.join(room, JoinGrant("sip_+15550100", "Phone +15550100", kind=Kind.SIP))
    run.enforcer.webhook(room)
    await run.pass_(3)
    (line,) = [line for line in run.told if "is back" in line]
    assert room in line
    assert "555" not in line


async def test_of_a_caller_whose_order_has_their_number_for_a_name_no_number_is_told(run: Enforced) -> None:
    run.house.rooms.join(STANDUP, JoinGrant("caller-1", "4155550100", kind=Kind.SIP))
    order = Order(LOCK, Who("caller-1", "4155550100"), (STANDUP,), (ALICE,), ends=in_minutes(run, 10))
    await run.house.database.orders.append(order, SAID)
    await run.pass_(1)
    run.house.rooms.leave(STANDUP, "caller-1")
    await run.pass_(610)
    (line,) = [line for line in run.told if "time is over" in line]
    assert "lock of" in line
    assert "4155550100" not in line


async def test_of_a_caller_who_was_gone_before_the_start_no_number_is_told_either(run: Enforced) -> None:
    order = Order(LOCK, Who("caller-1", "4155550100"), (STANDUP,), (ALICE,), ends=in_minutes(run, 10))
    await run.house.database.orders.append(order, SAID)
    await run.pass_(610)
    (line,) = [line for line in run.told if "time is over" in line]
    assert "lock of" in line
    assert "4155550100" not in line


async def test_who_is_free_again_while_the_room_is_looked_at_is_not_removed(run: Enforced) -> None:
    """The answer about the room may come seconds later: a ban that has ended meanwhile is no ban."""
    ban = await run.give(BAN)
    await run.pass_(1)
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(call: Call, carry_out: CarryOut) -> Json:
        answer = await carry_out()
        if call.method == "ListParticipants":
            asked.set()
            await go_on.wait()
        return answer

    run.house.rooms.rejoin(STANDUP, "bob")
    run.house.service.around = slow
    run.enforcer.webhook(STANDUP)
    await asyncio.wait_for(asked.wait(), PATIENCE)
    await run.end(ban)
    go_on.set()
    await run.pass_(2)
    assert there(run)


async def test_nothing_is_told_of_the_time_of_an_order_on_somebody_who_was_hidden(run: Enforced) -> None:
    """Nobody has seen them since the start, and the order is about many rooms."""
    await run.give(LOCK, "ghost", rooms=("*",), ends=in_minutes(run, 1), hidden=True)
    await run.pass_(70)
    assert run.told == []


async def test_a_line_that_cannot_be_told_while_the_history_does_not_answer_is_told_later(run: Enforced) -> None:
    tell, failed = run.telling._tell, []

    async def broken(room: str, reply: object) -> None:
        failed.append(reply)
        raise HistoryError("The history cannot be written.")

    run.telling._tell = broken
    await run.give(BAN)
    await run.pass_(1)
    await until(lambda: failed)
    run.telling._tell = tell
    await run.pass_(10)
    await until(lambda: run.told)
    assert "was removed" in run.told[0]


async def test_nothing_is_told_of_somebody_hidden(run: Enforced) -> None:
    run.house.person("bob").permission["hidden"] = True
    await run.give(BAN, grant=run.house.policy.admin_grants("console:alice")[0])
    await run.pass_(1)
    assert not there(run)
    assert run.told == []


async def test_killed_after_the_order_is_written_it_is_carried_out_at_the_next_start_and_once(house: House) -> None:
    async with enforced(house) as run:
        await run.pass_(1)
        await run.give(LOCK)
    async with enforced(house) as run:
        await run.pass_(1)
        await run.pass_(10)
        assert "MICROPHONE" not in house.sources("bob")
    updates = [call for call in house.service.calls if call.method == "UpdateParticipant"]
    assert len(updates) == 1


async def test_an_order_whose_content_is_erased_is_gone_and_gives_back(run: Enforced) -> None:
    lock = await run.give(LOCK)
    await run.pass_(1)
    assert run.house.sources("bob")
    await run.house.database.history.erase([lock.id], Content(actor="console:alice"))
    await run.pass_(1)
    assert run.house.sources("bob") == []
    assert run.pulse.orders == 0


async def test_giving_back_that_fails_is_reported_as_stuck_too(run: Enforced) -> None:
    lock = await run.give(LOCK)
    await run.pass_(1)
    run.house.service.around = failing(REFUSED, "UpdateParticipant", after=False)
    await run.end(lock)
    await run.pass_(10)
    assert run.pulse.stuck == {lock.id}
    run.house.service.around = None
    await run.pass_(40)
    assert run.house.sources("bob") == []
    assert run.pulse.stuck == frozenset()


async def test_asked_to_end_it_finishes_what_is_under_way_and_begins_nothing_more(house: House) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(call: Call, carry_out: CarryOut) -> Json:
        if call.method == "RemoveParticipant":
            asked.set()
            await go_on.wait()
        return await carry_out()

    house.service.around = slow
    run = Enforced(house)
    await run.give(BAN)
    serving = asyncio.create_task(run.enforcer.serve())
    await asyncio.wait_for(asked.wait(), 30)
    run.enforcer.end()
    run.enforcer.webhook(STANDUP)
    go_on.set()
    await asyncio.wait_for(serving, 30)
    assert not there(run)
    assert run.pulse.begun is None
    assert await house.database.history.take_open_intents() == ()
    kinds = [entry.kind for entry in (await house.cases())[0].entries]
    assert kinds == [EntryKind.ORDER, EntryKind.INTENT, EntryKind.OUTCOME]


async def test_a_history_that_cannot_be_read_for_a_moment_cuts_off_nothing_that_is_under_way(house: House) -> None:
    asked, go_on, failed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(call: Call, carry_out: CarryOut) -> Json:
        if call.method == "RemoveParticipant":
            asked.set()
            await go_on.wait()
        return await carry_out()

    async def broken() -> Any:
        failed.set()
        raise HistoryError("The history cannot be read.")

    house.service.around = slow
    run = Enforced(house)
    await run.give(BAN)
    serving = asyncio.create_task(run.enforcer.serve())
    await asyncio.wait_for(asked.wait(), PATIENCE)
    with patch.object(run.enforcer._in_force, "read", broken):
        house.clock.advance(0.5)
        await asyncio.wait_for(failed.wait(), PATIENCE)
        go_on.set()
        with pytest.raises(HistoryError):
            await asyncio.wait_for(serving, PATIENCE)
    assert not there(run)
    assert await house.database.history.take_open_intents() == ()
    kinds = [entry.kind for entry in (await house.cases())[0].entries]
    assert kinds == [EntryKind.ORDER, EntryKind.INTENT, EntryKind.OUTCOME]


async def test_two_loops_on_one_database_do_everything_once(house: House) -> None:
    async with enforced(house) as one, enforced(house) as other:
        await one.pass_(1)
        ban = await one.give(BAN)
        lock = await one.give(LOCK, "anna", ends=house.clock.now() + timedelta(seconds=20))
        await one.pass_(2)
        await other.idle()
        await one.pass_(30)
        await other.idle()
    removals = [call for call in house.service.calls if call.method == "RemoveParticipant"]
    assert len(removals) == 1
    kinds = [entry.kind for entry in (await house.case(ban.case)).entries]
    assert kinds == [EntryKind.ORDER, EntryKind.INTENT, EntryKind.OUTCOME]
    kinds = [entry.kind for entry in (await house.case(lock.case)).entries]
    assert kinds.count(EntryKind.ENDED) == 1
    assert len([line for line in (*one.told, *other.told) if "time is over" in line]) == 1
    assert house.sources("anna") == []


def test_a_clock_that_jumps_is_not_believed_until_it_has_stood_by_that() -> None:
    clock = ManualClock()
    steady = Steady(clock)
    begun = clock.at
    clock.advance(10)
    assert steady.now() == begun + timedelta(seconds=10)
    clock.jump(86400)
    assert steady.now() == begun + timedelta(seconds=10)
    clock.advance(BELIEVED / 2)
    assert steady.now() == begun + timedelta(seconds=10 + BELIEVED / 2)
    clock.advance(BELIEVED)
    assert steady.now() == clock.at


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(-86400, 86400)), max_size=8))
def test_a_clock_that_jumps_to_and_fro_within_a_minute_changes_no_time(jumps: list[tuple[int, int]]) -> None:
    clock = ManualClock()
    steady, begun = Steady(clock), clock.at
    gone = 0
    for seconds, jump in jumps:
        clock.jump(jump)
        assert abs(steady.now() - (begun + timedelta(seconds=gone))) <= timedelta(seconds=5)
        clock.jump(-jump)
        clock.advance(seconds)
        gone += seconds
        assert abs(steady.now() - (begun + timedelta(seconds=gone))) < timedelta(milliseconds=1)


async def test_a_clock_that_jumps_ends_no_order_before_its_time(run: Enforced) -> None:
    await run.give(LOCK, ends=run.house.clock.now() + timedelta(minutes=10))
    await run.pass_(1)
    run.house.clock.jump(3600)
    await run.pass_(5)
    assert "MICROPHONE" not in run.house.sources("bob")
    run.house.clock.jump(-3600)
    await run.pass_(70)
    assert "MICROPHONE" not in run.house.sources("bob")
    await run.pass_(600)
    assert run.house.sources("bob") == []
