"""The calls of the enforcer: so many a minute, and whatever waits for one gets its turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.wire import Json
from bot.due import Allowance, Due
from bot.orders import Amendment
from tests.clocks import PATIENCE, ManualClock, until
from tests.core.faults import REFUSED, UNREACHABLE, CarryOut, failing
from tests.enforced import Enforced, enforced
from tests.house import STANDUP, House

BAN = Amendment(absent=True)


@pytest.fixture
async def run(house: House) -> AsyncIterator[Enforced]:
    async with enforced(house) as running:
        await running.pass_(1)
        yield running


async def trickle(run: Enforced, seconds: float) -> None:
    """Let so much time go by, in which some of what is due may have to wait for calls."""
    enforcer = run.enforcer
    for step in range(int(seconds * 10) + 1):
        rounds = 0
        async with asyncio.timeout(PATIENCE):
            while rounds < 10:
                busy = enforcer._at_work or enforcer._under_way or enforcer._sweeping
                rounds = 0 if busy else rounds + 1
                await asyncio.sleep(0.001 if busy else 0)
        if step < int(seconds * 10):
            run.house.clock.advance(0.1)


async def flow(run: Enforced, seconds: int) -> None:
    """Let so much time go by, while some calls hang."""
    for _ in range(seconds * 2):
        for _ in range(30):
            await asyncio.sleep(0)
        run.house.clock.advance(0.5)
        await asyncio.sleep(0.002)


def test_calls_that_are_used_up_come_back_while_nobody_asks_for_one() -> None:
    clock = ManualClock()
    calls = Allowance(clock, 60, 2)
    assert calls.take()
    assert calls.take()
    assert not calls.take()
    assert calls.wait == pytest.approx(1)
    clock.advance(0.25)
    assert calls.wait == pytest.approx(0.75)
    clock.advance(0.75)
    assert calls.wait == 0
    assert calls.take()


def test_whoever_leaves_some_to_others_waits_for_longer() -> None:
    clock = ManualClock()
    calls = Allowance(clock, 60, 4)
    assert calls.take(spare=2)
    assert calls.take(spare=2)
    assert not calls.take(spare=2)
    assert calls.wait_for(2) == pytest.approx(1)
    assert calls.take()


def test_of_rooms_in_which_something_happens_so_many_are_kept_of_those_that_a_sweep_names_all() -> None:
    due = Due(ManualClock(), most=2)
    for number in range(4):
        due.mark(f"swept-{number}", swept=True)
    assert not due.everything
    for number in range(3):
        due.mark(f"happened-{number}")
    assert due.everything
    order = []
    while (room := due.next(())) is not None:
        due.take(room)
        order.append(room)
    assert order == ["happened-0", "happened-1", "swept-0", "swept-1", "swept-2", "swept-3"]


async def test_rooms_that_no_call_is_left_for_are_looked_at_as_calls_come_back_and_not_at_the_next_sweep(
    run: Enforced,
) -> None:
    rooms = [f"hall-{number:03}" for number in range(100)]
    for room in rooms:
        run.house.rooms.join(room, "guest")
    run.enforcer.webhook("elsewhere")  # webhooks come: the next sweep is a minute away
    await run.pass_(10)
    await run.give(BAN, "guest", rooms=("hall-*",))
    await trickle(run, 10)
    assert not [room for room in rooms if run.house.rooms.rooms[room].people]


async def test_a_sweep_of_many_rooms_leaves_calls_to_a_room_in_which_something_happens(run: Enforced) -> None:
    for number in range(100):
        run.house.rooms.join(f"hall-{number:03}", "guest")
    await run.give(BAN, "bob", rooms=("hall-*", "standup"))
    await trickle(run, 1)
    run.house.rooms.rejoin(STANDUP, "bob")
    run.enforcer.webhook(STANDUP)
    await trickle(run, 0)
    assert "bob" not in run.house.rooms.rooms[STANDUP].people


async def test_rooms_that_hang_hold_up_no_other_room(run: Enforced) -> None:
    hanging = [f"hall-{number:02}" for number in range(20)]
    for room in hanging:
        run.house.rooms.join(room, "guest")

    async def around(call: Call, carry_out: CarryOut) -> Json:
        if call.method == "ListParticipants" and call.body["room"] in hanging:
            await asyncio.Event().wait()
        return await carry_out()

    run.house.service.around = around
    await run.give(BAN, "guest", rooms=("hall-*",))
    await run.give(BAN)
    async with asyncio.timeout(PATIENCE):
        while not set(hanging) <= set(run.enforcer._failing):
            await flow(run, 1)
    for _ in range(20):
        run.house.rooms.rejoin(STANDUP, "bob")
        run.enforcer.webhook(STANDUP)
        await until(lambda: "bob" not in run.house.rooms.rooms[STANDUP].people)
        await flow(run, 1)


async def test_what_fails_is_tried_again_at_its_own_pace_however_often_its_room_is_marked(run: Enforced) -> None:
    tries = []

    async def refusing(call: Call, carry_out: CarryOut) -> Json:
        if call.method == "RemoveParticipant":
            tries.append(call)
            raise REFUSED
        return await carry_out()

    run.house.service.around = refusing
    await run.give(BAN)
    await run.pass_(70)
    for _ in range(20):
        run.enforcer.webhook(STANDUP)
        await run.pass_(1)
    assert 3 < len(tries) < 10
    run.house.service.around = None
    await run.give(BAN, reason="again")
    await run.pass_(1)
    assert "bob" not in run.house.rooms.rooms[STANDUP].people


async def test_how_long_it_took_counts_from_the_first_try(run: Enforced) -> None:
    run.house.service.around = failing(REFUSED, "RemoveParticipant", after=False)
    await run.give(BAN)
    await run.pass_(5)
    run.house.service.around = None
    await run.pass_(10)
    (delay,) = run.pulse.delays
    assert delay >= 4


async def test_an_order_that_is_stuck_and_ended_is_stuck_no_more_although_the_person_stays(run: Enforced) -> None:
    run.house.service.around = failing(REFUSED, "RemoveParticipant", after=False)
    ban = await run.give(BAN)
    await run.pass_(10)
    assert run.pulse.stuck == {ban.id}
    await run.end(ban)
    await run.pass_(40)
    assert run.pulse.stuck == frozenset()


async def test_orders_in_a_room_that_cannot_be_looked_at_are_stuck_until_it_can_or_they_end(run: Enforced) -> None:
    run.house.service.around = failing(UNREACHABLE, "ListParticipants", after=False)
    ban, other = await run.give(BAN), await run.give(BAN, "guest", rooms=("nowhere",))
    await run.pass_(30)
    assert run.pulse.stuck == {ban.id, other.id}
    await run.end(other)
    await run.pass_(40)
    assert run.pulse.stuck == {ban.id}
    run.house.service.around = None
    await run.pass_(40)
    assert run.pulse.stuck == frozenset()
    assert list(run.enforcer._failing) == []
