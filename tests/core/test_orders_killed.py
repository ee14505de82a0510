"""A process that is killed before or after any of its calls: while it carries out an order, or gives back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.history import Content, EntryKind, Outcome
from bot.model import ALL_SOURCES, Permissions, Source
from bot.orders import Amendment, Order, Who
from bot.people import Grant, Role
from bot.perform import Performer
from bot.policy import Policy
from bot.standing import Standing
from tests.house import STANDUP, House

ANN = Grant("console:ann", Role.MODERATOR)
BAN, LOCK = Amendment(absent=True), Amendment(take=frozenset({Source.MICROPHONE}))
MOST_CALLS = 60


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


@dataclass
class Life:
    """So many moments, two for each call; then the process is killed."""

    left: int

    def of(self, port: Any) -> Any:
        """The port, each call of which may be the last, before it does anything or after."""
        life = self

        class Mortal:
            def __getattr__(self, name: str) -> Any:
                found = getattr(port, name)
                return life._calling(found) if callable(found) and name != "hold" else found

        return Mortal()

    def _calling(self, call: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        async def called(*given: Any, **more: Any) -> Any:
            self._moment()
            answer = await call(*given, **more)
            self._moment()
            return answer

        return called

    def _moment(self) -> None:
        if not self.left:
            raise Killed
        self.left -= 1


def standing(house: House, life: Life | None = None) -> Standing:
    """What carries out orders in a process with that life; None: for ever."""
    mortal: Callable[[Any], Any] = life.of if life is not None else lambda port: port
    rooms, history = mortal(house.service), mortal(house.database.history)
    performer = Performer(rooms, history, house.database.locks, house.clock)
    orders, sessions = mortal(house.database.orders), mortal(house.database.sessions)
    return Standing(rooms, orders, sessions, performer, house.clock, Policy())


def use(house: House, life: Life) -> None:
    """Commands are those of a process with that life."""
    rooms, history, orders = map(life.of, (house.service, house.database.history, house.database.orders))
    performer = Performer(rooms, history, house.database.locks, house.clock)
    house.use(rooms=rooms, history=history, orders=orders, performer=performer, standing=standing(house, life))


async def give(house: House, what: Amendment) -> Order:
    order = Order(what, Who("bob"), (STANDUP,), (ANN,))
    return await house.database.orders.append(order, Content(actor=ANN.subject))


async def permission(house: House) -> Permissions:
    return (await house.service.get_participant(STANDUP, "bob")).permission


@asynccontextmanager
async def house_number(folder: Path, number: int) -> AsyncIterator[House]:
    where = folder / str(number)
    where.mkdir()
    async with House.opened(where) as house:
        yield house


async def survives(folder: Path, step: Callable[[House, Life], Awaitable[None]]) -> int:
    """Try the step with lives that are a moment longer each time, until one is long enough; how many were too short."""
    for number in range(MOST_CALLS):
        async with house_number(folder, number) as house:
            try:
                await step(house, Life(number))
            except Killed:
                continue
            return number
    pytest.fail("it never came to an end")


async def test_killed_at_any_call_a_lock_is_carried_out_by_the_next_process_and_leaves_no_trace_in_the_end(
    tmp_path: Path,
) -> None:
    async def step(house: House, life: Life) -> None:
        before = await permission(house)
        lock = await give(house, LOCK)
        try:
            await standing(house, life).person(STANDUP, "bob")
        finally:
            await standing(house).person(STANDUP, "bob")
            locked = await permission(house)
            assert locked.effective_sources == ALL_SOURCES - {Source.MICROPHONE}
            await house.database.orders.end([lock.id], Content(actor=ANN.subject))
            await standing(house).person(STANDUP, "bob")
            assert await permission(house) == before

    assert await survives(tmp_path, step) > 10


async def test_killed_at_any_call_while_giving_back_the_next_process_gives_back(tmp_path: Path) -> None:
    async def step(house: House, life: Life) -> None:
        before = await permission(house)
        lock = await give(house, LOCK)
        await standing(house).person(STANDUP, "bob")
        await house.database.orders.end([lock.id], Content(actor=ANN.subject))
        try:
            await standing(house, life).person(STANDUP, "bob")
        finally:
            await standing(house).person(STANDUP, "bob")
            assert await permission(house) == before
            assert await standing(house).person(STANDUP, "bob") is None

    assert await survives(tmp_path, step) > 10


async def test_killed_at_any_call_a_promotion_has_ended_the_lock_or_the_lock_holds(tmp_path: Path) -> None:
    """Never does the microphone come back from a promotion that was not done."""

    async def step(house: House, life: Life) -> None:
        lock = await give(house, LOCK)
        await standing(house).person(STANDUP, "bob")
        use(house, life)
        try:
            assert (await house.say("promote bob microphone")).outcome is Outcome.DONE
        finally:
            await standing(house).person(STANDUP, "bob")
            held = [order.id for order in await house.database.orders.active()] == [lock.id]
            may = Source.MICROPHONE in (await permission(house)).effective_sources
            assert held is not may
            case = await house.database.history.case(lock.case + 1)
            outcomes = [entry.outcome for entry in case.entries if entry.outcome is not None] if case else []
            assert outcomes in ([], [Outcome.DONE])
            assert not (outcomes and held), "done, and taken again"

    assert await survives(tmp_path, step) > 20


async def test_killed_at_any_call_a_demotion_that_holds_already_counts_or_was_never_done(tmp_path: Path) -> None:
    async def step(house: House, life: Life) -> None:
        away = await give(house, Amendment({"can_publish": False}))
        await standing(house).person(STANDUP, "bob")
        use(house, life)
        try:
            assert (await house.say("demote bob")).outcome is Outcome.DONE
        finally:
            await house.database.orders.end([away.id], Content(actor=ANN.subject))
            await standing(house).person(STANDUP, "bob")
            case = await house.database.history.case(away.case + 1)
            done = any(entry.outcome is Outcome.DONE for entry in case.entries) if case else False
            assert not (done and (await permission(house)).can_publish), "done, and forgotten"

    assert await survives(tmp_path, step) > 10


async def test_killed_at_any_call_a_ban_is_carried_out_once(tmp_path: Path) -> None:
    async def step(house: House, life: Life) -> None:
        ban = await give(house, BAN)
        try:
            await standing(house, life).person(STANDUP, "bob")
        finally:
            await standing(house).person(STANDUP, "bob")
            assert "bob" not in house.rooms.rooms[STANDUP].people
            removals = [call for call in house.service.calls if call.method == "RemoveParticipant"]
            assert len(removals) == 1
            entries = (await house.case(ban.case)).entries
            assert [entry.kind for entry in entries].count(EntryKind.ORDER) == 1
            done = [entry for entry in entries if entry.kind is EntryKind.OUTCOME and entry.outcome is Outcome.DONE]
            assert len(done) <= 1

    assert await survives(tmp_path, step) > 5
