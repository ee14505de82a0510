"""Clocks for tests (`bot.ports.Clock`), and waiting for what comes by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds until what is waited for has failed: a busy machine is no failure, and what has come is not waited for."""


class WallClock:
    """The real one."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ManualClock:
    """Stands still; `sleep` moves it and returns at once. `slept` keeps what was asked for."""

    def __init__(self, at: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) -> None:
        self.at = at
        self.slept: list[float] = []
        self._start = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def jump(self, seconds: float) -> None:
        """Show another time from now on; no more seconds have gone by than before."""
        self.at += timedelta(seconds=seconds)
        self._start += timedelta(seconds=seconds)


async def eventually(look: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> None:
    """Look until it is so; TimeoutError when it never is. What clients do reaches the server a moment later."""
    async with asyncio.timeout(seconds):
        while not await look():
            await asyncio.sleep(0.05)


async def until(wanted: Callable[[], T], seconds: float = PATIENCE, telling: Callable[[], str] | None = None) -> T:
    """The first true value of this, looked at again and again.

    TimeoutError when there is none in time; with `telling`, an AssertionError that says what was there instead.
    """
    try:
        async with asyncio.timeout(seconds):
            while not (found := wanted()):
                await asyncio.sleep(0.005)
            return found
    except TimeoutError:
        if telling is None:
            raise
        raise AssertionError(f"not in {seconds} s; {telling()}") from None
