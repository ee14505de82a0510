"""A few threads for reading, so that the event loop never waits for the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

from adapters.database.errors import translating
from bot.errors import HistoryError

T = TypeVar("T")


class Readers:
    def __init__(self, engine: Engine, threads: int) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="usher-history-read")

    async def run(self, question: Callable[[Connection], T]) -> T:
        """The answer, all of it from one moment of the database."""
        try:
            ending = asyncio.get_running_loop().run_in_executor(self._threads, self._ask, question)
        except RuntimeError:  # the threads have ended
            raise HistoryError("Usher is stopping; nothing more is read.") from None
        return await ending

    def close(self) -> None:
        """Blocks until the last question has been answered."""
        self._threads.shutdown()

    def _ask(self, question: Callable[[Connection], T]) -> T:
        with translating(), self._engine.connect() as connection:
            return question(connection)
