"""The supervisor starts again what fails, later each time, and ends with everything that it started."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC

import pytest

from adapters.clock import SystemClock
from adapters.supervisor import LONGEST_WAIT, WELL_SECONDS, Supervisor
from bot.errors import HistoryError
from tests.clocks import ManualClock


class Loop:
    """Fails so many times, then returns, or runs for ever."""

    def __init__(self, failures: int, *, for_ever: bool = False) -> None:
        self.failures, self.for_ever = failures, for_ever
        self.runs = 0
        self.cancelled = False

    async def __call__(self) -> None:
        self.runs += 1
        if self.runs <= self.failures:
            raise RuntimeError("with a s3cret in it")
        if self.for_ever:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise


async def turns(count: int = 200) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_loop_that_fails_starts_again_later_each_time_up_to_a_minute() -> None:
    clock, loop = ManualClock(), Loop(10)
    supervisor = Supervisor(clock)
    supervisor.start("feed", loop)
    await supervisor.settle("feed", 10)
    assert clock.slept == [0.5, 1, 2, 4, 8, 16, 32, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]
    assert loop.runs == 11
    await supervisor.aclose()


async def test_a_loop_that_is_needed_soon_waits_no_longer_than_that() -> None:
    clock, loop = ManualClock(), Loop(8)
    supervisor = Supervisor(clock)
    supervisor.start("feed", loop, longest=2.0)
    await supervisor.settle("feed", 10)
    assert clock.slept == [0.5, 1, 2, 2, 2, 2, 2, 2]
    await supervisor.aclose()


async def test_what_fails_is_named_until_it_has_come_round() -> None:
    class Held(ManualClock):
        def __init__(self) -> None:
            super().__init__()
            self.go = asyncio.Event()

        async def sleep(self, seconds: float) -> None:
            await self.go.wait()

    clock, loop = Held(), Loop(1)
    supervisor = Supervisor(clock)
    supervisor.start("feed", loop)
    supervisor.start("other", Loop(0))
    await turns()
    assert supervisor.failing == {"feed"}
    clock.go.set()
    await supervisor.settle("feed", 10)
    assert supervisor.failing == set()
    await supervisor.aclose()


async def test_a_loop_that_runs_on_after_a_failure_is_well_again_after_a_while() -> None:
    begun = asyncio.Event()

    async def loop() -> None:
        if not begun.is_set():
            begun.set()
            raise RuntimeError
        await asyncio.Event().wait()

    clock = ManualClock()
    supervisor = Supervisor(clock)
    supervisor.start("feed", loop)
    await turns()
    assert supervisor.failing == {"feed"}
    clock.advance(WELL_SECONDS)
    assert supervisor.failing == set()
    await supervisor.aclose()


async def test_a_failure_is_logged_by_its_kind_and_not_by_its_words(caplog: pytest.LogCaptureFixture) -> None:
    supervisor = Supervisor(ManualClock())
    with caplog.at_level(logging.DEBUG):
        supervisor.start("feed", Loop(1))
        await supervisor.settle("feed", 10)
    assert "The loop 'feed' failed (RuntimeError); it starts again in 0.5 s." in caplog.text
    assert "s3cret" not in caplog.text
    await supervisor.aclose()


async def test_words_that_are_meant_for_anybody_are_logged_with_the_kind(caplog: pytest.LogCaptureFixture) -> None:
    failures = [HistoryError("The disk is full.")]

    async def loop() -> None:
        if failures:
            raise failures.pop()

    supervisor = Supervisor(ManualClock())
    supervisor.start("feed", loop)
    await supervisor.settle("feed", 10)
    assert "The loop 'feed' failed (HistoryError: The disk is full.); it starts again in 0.5 s." in caplog.text
    await supervisor.aclose()


async def test_a_loop_that_was_well_for_long_starts_again_as_soon_as_at_first() -> None:
    clock, runs = ManualClock(), 0

    async def loop() -> None:
        nonlocal runs
        runs += 1
        clock.advance(LONGEST_WAIT + 1 if runs == 4 else 0)
        if runs < 7:
            raise RuntimeError

    supervisor = Supervisor(clock)
    supervisor.start("feed", loop)
    await supervisor.settle("feed", 10)
    assert clock.slept == [0.5, 1, 2, 0.5, 1, 2]
    await supervisor.aclose()


async def test_one_loop_that_fails_stops_no_other() -> None:
    good, bad = Loop(0, for_ever=True), Loop(10**9)
    supervisor = Supervisor(ManualClock())
    supervisor.start("good", good)
    supervisor.start("bad", bad)
    await turns()
    assert (good.runs, good.cancelled, bad.runs > 5) == (1, False, True)
    await supervisor.aclose()


async def test_closing_ends_every_loop() -> None:
    loops = [Loop(0, for_ever=True), Loop(0), Loop(3, for_ever=True)]
    supervisor = Supervisor(ManualClock())
    for number, loop in enumerate(loops):
        supervisor.start(str(number), loop)
    await turns()
    await supervisor.aclose()
    assert [loop.cancelled for loop in loops] == [True, False, True]
    runs = [loop.runs for loop in loops]
    await turns()
    assert [loop.runs for loop in loops] == runs


async def test_settling_waits_no_longer_than_told_and_takes_nothing_away() -> None:
    loop = Loop(0, for_ever=True)
    supervisor = Supervisor(ManualClock())
    supervisor.start("feed", loop)
    await supervisor.settle("feed", 0)
    await supervisor.settle("no such loop", 10)
    await turns()
    assert not loop.cancelled
    await supervisor.aclose()


async def test_the_systems_clock_tells_aware_time_and_never_goes_back() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    before = clock.monotonic()
    await clock.sleep(0)
    assert clock.monotonic() >= before
