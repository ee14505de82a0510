"""What a chat adapter has begun and not finished: so that a stop can wait for it, and no failure goes unseen."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from adapters.boundary import logged

Answer = TypeVar("Answer")

GIVEN_UP_SECONDS = 0.5  # so long somebody has who is cancelled


async def unless(stopped: asyncio.Event, work: Coroutine[Any, Any, Answer]) -> Answer | None:
    """What the work comes to; None, and the work given up, when `stopped` comes first.

    It is cancelled again if it goes on: discord.py does where it is cancelled while it connects anew (`Shard.reconnect`
    and `reidentify` take that for the end of the attempt alone).
    """
    task, stop = asyncio.ensure_future(work), asyncio.ensure_future(stopped.wait())
    try:
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        stop.cancel()
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=GIVEN_UP_SECONDS)
        await asyncio.gather(task, stop, return_exceptions=True)


class UnderWay:
    """`closing` is true from the moment on which nothing new is to be begun."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self.closing = False

    def __len__(self) -> int:
        return len(self._tasks)

    def begin(self, work: Coroutine[Any, Any, Answer]) -> asyncio.Task[Answer]:
        """Its task, kept until it is done; a failure is logged."""
        return self.keep(asyncio.create_task(work))

    def keep(self, task: asyncio.Task[Answer]) -> asyncio.Task[Answer]:
        """The same for a task that somebody else began."""
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def settle(self, seconds: float) -> bool:
        """Wait until all is done, also what is begun meanwhile; False when it takes longer than that."""
        self.closing = True
        end = asyncio.get_running_loop().time() + seconds
        while self._tasks:
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            await asyncio.wait(self._tasks, timeout=left)
        return True

    async def aclose(self) -> None:
        """Give up what is left."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logged(error)
