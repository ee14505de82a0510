"""What the history could not take yet is written as soon as it can, and stands there once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from bot.errors import HistoryError
from bot.history import Draft, Entry, EntryKind
from bot.owed import LONGEST_WAIT, Owed
from bot.ports import History
from tests.clocks import ManualClock
from tests.house import House, SteppedClock, told

FULL = HistoryError("The disk is full.", "history_full")
DRAFTS = (cast("Draft", "an outcome"),)


class Store:
    """A history that refuses so many appends, and can be held."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.held = False
        self.go = asyncio.Event()
        self.asked = 0
        self.written: list[object] = []

    async def append(self, drafts: Sequence[Draft], event_key: str | None = None) -> tuple[Entry, ...]:
        self.asked += 1
        if self.held:
            await self.go.wait()
        if self.asked <= self.refusals:
            raise FULL
        self.written.extend(drafts)
        return ()

    def recording(self) -> asyncio.Future[Any]:
        return asyncio.ensure_future(self.append(DRAFTS))


def owed_to(store: Store, clock: ManualClock | SteppedClock) -> Owed:
    return Owed(cast("History", store), clock)


async def turns(count: int = 50) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


class Never(ManualClock):
    """For an append that is to win against the timer."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()


async def test_an_append_that_succeeds_in_time_owes_nothing() -> None:
    store = Store()
    owed = owed_to(store, Never())
    assert await owed.settled(store.recording(), DRAFTS, 5)
    assert (len(owed), store.written) == (0, list(DRAFTS))


async def test_what_fails_is_tried_again_later_each_time_until_it_is_written_once() -> None:
    store, clock = Store(refusals=9), SteppedClock()
    owed = owed_to(store, clock)
    assert not await owed.settled(store.recording(), DRAFTS, 5)
    assert len(owed) == 1
    await turns()
    waits, wait = [], 0.0
    while owed:
        before = store.asked
        clock.advance(0.25)
        wait += 0.25
        await turns(10)
        if store.asked > before:
            waits.append(wait)
            wait = 0.0
    assert waits == [0.5, 1, 2, 4, 8, 16, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]
    assert store.written == list(DRAFTS)


async def test_a_slow_append_is_waited_for_and_not_repeated() -> None:
    store, clock = Store(), SteppedClock()
    store.held = True
    owed = owed_to(store, clock)
    settling = asyncio.create_task(owed.settled(store.recording(), DRAFTS, 5))
    await turns()
    clock.advance(5)
    assert not await settling
    clock.advance(60)
    await turns()
    store.go.set()
    await turns()
    assert (len(owed), store.asked, store.written) == (0, 1, list(DRAFTS))


async def test_a_slow_append_that_succeeds_before_the_first_retry_is_not_repeated() -> None:
    store, clock = Store(), SteppedClock()
    store.held = True
    owed = owed_to(store, clock)
    settling = asyncio.create_task(owed.settled(store.recording(), DRAFTS, 5))
    await turns()
    clock.advance(5)
    assert not await settling
    store.go.set()
    await turns()
    clock.advance(60)
    await turns()
    assert (len(owed), store.asked, store.written) == (0, 1, list(DRAFTS))


async def test_a_slow_append_that_fails_after_all_is_tried_again() -> None:
    store, clock = Store(refusals=1), SteppedClock()
    store.held = True
    owed = owed_to(store, clock)
    settling = asyncio.create_task(owed.settled(store.recording(), DRAFTS, 5))
    await turns()
    clock.advance(5)
    assert not await settling
    store.go.set()
    await turns()
    clock.advance(60)
    await turns()
    clock.advance(60)
    await turns()
    assert (len(owed), store.asked, store.written) == (0, 2, list(DRAFTS))


async def test_an_append_that_was_given_up_is_tried_again() -> None:
    store, clock = Store(), SteppedClock()
    recording: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    owed = owed_to(store, clock)
    settling = asyncio.create_task(owed.settled(recording, DRAFTS, 5))
    await turns()
    clock.advance(5)
    assert not await settling
    recording.cancel()
    clock.advance(60)
    await turns()
    assert (len(owed), store.written) == (0, list(DRAFTS))


async def test_closing_while_a_retry_is_under_way_writes_it_once() -> None:
    store, clock = Store(refusals=1), SteppedClock()
    owed = owed_to(store, clock)
    assert not await owed.settled(store.recording(), DRAFTS, 5)
    await turns()
    store.held = True
    clock.advance(60)
    await turns()
    assert store.asked == 2
    closing = asyncio.create_task(owed.aclose())
    await turns()
    store.go.set()
    await closing
    assert (len(owed), store.asked, store.written) == (0, 2, list(DRAFTS))


async def test_closing_tries_once_more_and_does_not_wait_for_a_history_that_is_ill() -> None:
    for refusals, left in ((1, 0), (2, 1)):
        store = Store(refusals=refusals)
        owed = owed_to(store, SteppedClock())
        assert not await owed.settled(store.recording(), DRAFTS, 5)
        await owed.aclose()
        assert (len(owed), store.asked) == (left, 2)


async def test_closing_with_nothing_owed_asks_nothing() -> None:
    store = Store()
    await owed_to(store, SteppedClock()).aclose()
    assert store.asked == 0


async def test_what_is_owed_is_written_in_its_order_and_by_one_retry() -> None:
    store, clock = Store(refusals=3), SteppedClock()
    owed = owed_to(store, clock)
    for number in range(3):
        drafts = (cast("Draft", number),)
        assert not await owed.settled(asyncio.ensure_future(store.append(drafts)), drafts, 5)
    await turns()
    clock.advance(60)
    await turns()
    assert store.written == [0, 1, 2]
    assert not await owed.settled(asyncio.ensure_future(_failing()), DRAFTS, 5)
    await turns()
    clock.advance(60)
    await turns()
    assert store.written == [0, 1, 2, *DRAFTS]


async def _failing() -> None:
    raise FULL


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House.opened(tmp_path) as house:
        yield house


async def test_an_outcome_that_could_not_be_written_is_in_the_case_later_and_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, ill = house.database.history.append, True

    async def stubborn(drafts: Sequence[Draft], event_key: str | None = None) -> tuple[Entry, ...]:
        if ill and any(draft.kind is EntryKind.OUTCOME for draft in drafts):
            raise FULL
        return await append(drafts, event_key)

    monkeypatch.setattr(type(house.database.history), "append", lambda _, *given: stubborn(*given))
    reply = await house.say("/mute bob")
    assert "Record pending" in told(reply)
    assert await house.outcomes(reply.case) == []
    ill = False
    await house.performer.owed.aclose()
    assert [outcome.value for outcome in await house.outcomes(reply.case) if outcome] == ["done"]
