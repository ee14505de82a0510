"""Doing several things at once, bounded, and doing one thing within a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.ports import Clock

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Failure = TypeVar("Failure", bound=Exception)
Timeout = Callable[[float], AbstractAsyncContextManager[object]]


async def gather_bounded(
    work: Callable[[Item], Awaitable[Answer]], items: Sequence[Item], at_once: int, failure: type[Failure]
) -> list[Answer | Failure]:
    """The answer, or the expected failure, for each item in order; never more than `at_once` under way."""
    if len(items) == 1:
        return [await _caught(work, items[0], failure)]
    gate = asyncio.Semaphore(at_once)

    async def one(item: Item) -> Answer | Failure:
        async with gate:
            return await _caught(work, item, failure)

    return list(await asyncio.gather(*(one(item) for item in items)))


async def _caught(work: Callable[[Item], Awaitable[Answer]], item: Item, failure: type[Failure]) -> Answer | Failure:
    try:
        return await work(item)
    except failure as error:
        return error


@dataclass(frozen=True, slots=True)
class Budget:
    """The seconds that one command has: a moderator waits for an answer, and no answer is the worst one.

    Each phase ends at a fixed moment after the start, so that a slow one leaves less to itself and never takes what
    looking and recording need. An answer is due within 15 s.
    """

    clock: Clock
    started: float
    bound: float = 4.5
    read: float = 6.5
    written: float = 10.5
    looked: float = 12.5
    recorded: float = 14.0
    least: float = 0.05

    def left(self, moment: float) -> float:
        """Seconds until that moment, at least a little."""
        return max(self.least, self.started + moment - self.clock.monotonic())


async def within(clock: Clock, seconds: float, work: Coroutine[Any, Any, Answer]) -> Answer:
    """The answer of `work`; TimeoutError, and `work` cancelled, when it takes longer.

    A clock that has a `timeout` of its own (the system's: `asyncio.timeout`) needs no task and no timer for it.
    """
    timeout: Timeout | None = getattr(clock, "timeout", None)
    if timeout is not None:
        async with timeout(seconds):
            return await work
    task = asyncio.ensure_future(work)
    timer = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise TimeoutError
    finally:
        timer.cancel()
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
