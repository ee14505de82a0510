"""The calls of the enforcer: so many a minute, and whatever waits for one gets its turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.wire import Json
from bot.due import Allowance, Due
from bot.orders import Amendment
from tests.clocks import PATIENCE, ManualClock
from tests.core.faults import CarryOut
from tests.enforced import Enforced, enforced
from tests.house import House

BAN = Amendment(absent=True)


@pytest.fixture
async def run(house: House) -> AsyncIterator[Enforced]:
    async with enforced(house) as running:
        await running.pass_(1)
        yield running


async def trickle(run: Enforced, seconds: float) -> None:
    """Let so much time go by, in which some of what is due may have to wait for calls."""
    enforcer = run.enforcer
    for _ in range(int(seconds * 10)):
        rounds = 0
        async with asyncio.timeout(PATIENCE):
            while rounds < 10:
                busy = enforcer._at_work or enforcer._under_way or enforcer._sweeping
                rounds = 0 if busy else rounds + 1
                await asyncio.sleep(0.001 if busy else 0)
        run.house.clock.advance(0.1)


def looked_at(run: Enforced) -> list[str]:
    return [call.body["room"] for call in run.house.service.calls if call.method == "ListParticipants"]


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
