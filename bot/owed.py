"""Outcomes that the history could not take yet: kept, and written as soon as it can."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from bot.errors import HistoryError
from bot.history import Draft
from bot.ports import Clock, History

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
log = logging.getLogger(__name__)


class Owed:
    """Retries with back-off. What is still owed when the process ends is found as an open intent at the next start."""

    def __init__(self, history: History, clock: Clock) -> None:
        self._history = history
        self._clock = clock
        self._drafts: list[tuple[asyncio.Future[Any], tuple[Draft, ...]]] = []
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._drafts)

    async def settled(self, recording: asyncio.Future[Any], drafts: Sequence[Draft], seconds: float) -> bool:
        """Whether the append under way succeeds within the time; otherwise it is owed.

        An append that is merely slow is waited for in the background and not repeated while it may still succeed:
        an outcome stands once.
        """
        timer = asyncio.ensure_future(self._clock.sleep(seconds))
        await asyncio.wait({recording, timer}, return_when=asyncio.FIRST_COMPLETED)
        timer.cancel()
        if recording.done() and recording.exception() is None:
            return True
        log.warning("The history has not taken %d entries yet; they are retried.", len(drafts))
        self._drafts.append((recording, tuple(drafts)))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._retry())
        return False

    async def flush(self) -> bool:
        """Write what is owed; False when the history still does not take it.

        An append goes on when whoever waits for it is cancelled, so that it is waited for again and not repeated.
        """
        while self._drafts:
            recording, drafts = self._drafts[0]
            if recording.done() and (recording.cancelled() or recording.exception() is not None):
                recording = asyncio.ensure_future(self._history.append(drafts))
                self._drafts[0] = (recording, drafts)
            try:
                await asyncio.shield(recording)
            except HistoryError:
                return False
            self._drafts.pop(0)
        return True

    async def _retry(self) -> None:
        wait = FIRST_WAIT
        await self._clock.sleep(wait)
        while not await self.flush():
            wait = min(2 * wait, LONGEST_WAIT)
            await self._clock.sleep(wait)

    async def aclose(self) -> None:
        """Stop retrying, after one last try."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()
