"""The port `Locks`: each (room, identity) belongs to one of 64 stripes, which are taken in order.

The tasks of this process are kept apart by asyncio's locks, processes by what the kind of database has for it. Since
stripes are taken in order, and all of the former before any of the latter, no two ever wait for each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Protocol
from zlib import crc32

from bot.errors import BotError

STRIPES = 64
FIRST_PAUSE, LONGEST_PAUSE, LONGER = 0.002, 0.05, 1.5  # between two tries to take what another process holds


class Stripes(Protocol):
    """Exclusion among processes."""

    def taken(self, stripes: Sequence[int]) -> AbstractAsyncContextManager[Callable[[], None]]:
        """Wait for these, which are in order and which no other task of this process has or wants; then hold them.

        What it gives raises `HistoryError` where they are not held any more.
        """

    def close(self) -> None: ...


class StripedLocks:
    def __init__(self, stripes: Stripes, *, patience: float) -> None:
        self._stripes = stripes
        self._patience = patience
        self._tasks = [asyncio.Lock() for _ in range(STRIPES)]

    @asynccontextmanager
    async def hold(self, *keys: tuple[str, str]) -> AsyncIterator[Callable[[], None]]:
        """Not to be nested: somebody who holds one key waits in vain for another of the same stripe."""
        wanted = sorted({stripe_of(room, identity) for room, identity in keys})
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._patience):
                    for stripe in wanted:
                        await held.enter_async_context(self._tasks[stripe])
                    ensure_held = await held.enter_async_context(self._stripes.taken(wanted))
            except TimeoutError:
                raise BotError("Somebody else is changing this person just now. Try again.", "busy") from None
            yield ensure_held

    def close(self) -> None:
        self._stripes.close()


def stripe_of(room: str, identity: str) -> int:
    """The same in every process (Python's own hash is not)."""
    return crc32(f"{room}\0{identity}".encode("utf-8", "surrogatepass")) % STRIPES
