"""What a benchmark measures with and what it hands back: samples side by side, and aims that are met or missed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

TICK = 0.005


@dataclass(frozen=True, slots=True)
class Sample:
    """Percentiles of one thing that was measured."""

    p50: float
    p99: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Sample:
        ranked = sorted(values)
        return cls(_rank(ranked, 0.50), _rank(ranked, 0.99))

    @classmethod
    def single(cls, value: float) -> Sample:
        return cls(value, value)


def _rank(ranked: Sequence[float], part: float) -> float:
    """The nearest rank; of an even number the lower middle."""
    return ranked[max(0, min(len(ranked) - 1, round(part * len(ranked)) - 1))]


@dataclass(frozen=True, slots=True)
class Aim:
    """`of` is what is compared: `ratio` (measured to baseline, at the median), `speed-up` (the other way round),
    `p50` or `p99` of what is measured. It shall be at most, or at least, `number`."""

    of: str
    number: float
    at_least: bool = False

    def __str__(self) -> str:
        return f"{self.of} {'>=' if self.at_least else '<='} {self.number:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report."""

    name: str
    unit: str
    measured: Sample
    baseline: Sample | None = None
    aim: Aim | None = None
    note: str = ""
    ratios: Sequence[float] = ()

    @property
    def ratio(self) -> float | None:
        """The median of `ratios` where neighbouring turns were compared; else that of the medians."""
        if self.ratios:
            return Sample.of(self.ratios).p50
        return self.measured.p50 / self.baseline.p50 if self.baseline and self.baseline.p50 else None

    @property
    def reached(self) -> float | None:
        """The number that the aim is about."""
        if self.aim is None:
            return None
        if self.aim.of == "speed-up":
            return 1 / self.ratio if self.ratio else None
        if self.aim.of == "ratio":
            return self.ratio
        return self.measured.p50 if self.aim.of == "p50" else self.measured.p99

    @property
    def met(self) -> bool | None:
        if self.aim is None or self.reached is None:
            return None
        return self.reached >= self.aim.number if self.aim.at_least else self.reached <= self.aim.number

    @property
    def margin(self) -> float | None:
        """How much better than the aim, as a part of it: 0.25 is a quarter better, -0.25 a quarter worse."""
        if self.aim is None or self.reached is None:
            return None
        better = self.reached - self.aim.number if self.aim.at_least else self.aim.number - self.reached
        return better / self.aim.number


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is done: the whole of it, or little to see that it runs."""

    quick: bool = False

    def of(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole


Benchmark = Callable[[Scale], Awaitable[list[Row]]]
Step = Callable[[int], Awaitable[Any]]


@dataclass(slots=True)
class Pair:
    """Seconds of what is measured and of its baseline, taken in turns."""

    measured: list[float] = field(default_factory=list)
    baseline: list[float] = field(default_factory=list)

    def row(self, name: str, aim: Aim | None = None, note: str = "") -> Row:
        milliseconds = ([1e3 * s for s in taken] for taken in (self.measured, self.baseline))
        measured, baseline = (Sample.of(taken) for taken in milliseconds)
        return Row(name, "ms", measured, baseline, aim, note)


async def nothing(_: int) -> None:
    """No preparation is needed."""


async def paired(measured: Step, baseline: Step, rounds: int, *, before: Step = nothing, warm: int = 5) -> Pair:
    """Both steps in turns, each first in every other round; `before` goes before each of them and is not timed."""
    pair = Pair()
    for number in range(warm + rounds):
        order = [(measured, pair.measured), (baseline, pair.baseline)]
        for step, taken in order if number % 2 else reversed(order):
            await before(number)
            started = time.perf_counter()
            await step(number)
            if number >= warm:
                taken.append(time.perf_counter() - started)
    return pair


@asynccontextmanager
async def lag() -> AsyncIterator[list[float]]:
    """How late, in seconds, a tick of 5 ms came while the block ran: what the event loop was kept from."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            started = time.perf_counter()
            await asyncio.sleep(TICK)
            late.append(max(0.0, time.perf_counter() - started - TICK))

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0)
    try:
        yield late
    finally:
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)
        late.append(0.0)


def lag_row(name: str, late: Sequence[float], baseline: Sequence[float] | None = None) -> Row:
    """The p99 and, in the note, the worst lateness."""
    other = Sample.of([1e3 * s for s in baseline]) if baseline else None
    worst = f"worst {1e3 * max(late):.1f} ms" + (f", baseline {1e3 * max(baseline):.1f} ms" if baseline else "")
    return Row(name, "ms", Sample.of([1e3 * s for s in late]), other, note=worst)
