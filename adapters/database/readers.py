"""A few threads for reading, so that the event loop never waits for the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.sql import ClauseElement

from adapters.database.engine import BEGIN_READ, driver_error, lent
from adapters.database.errors import translating
from adapters.database.transaction import Row, Statements
from bot.errors import HistoryError

T = TypeVar("T")


class Readers:
    def __init__(self, engine: Engine, threads: int) -> None:
        self._engine = engine
        self._statements = Statements(engine)
        self._error = driver_error(engine)
        self._begin = BEGIN_READ[engine.dialect.name]
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="usher-history-read")

    async def run(self, question: Callable[[Connection], T]) -> T:
        """The answer, all of it from one moment of the database."""
        return await self._elsewhere(self._ask, question)

    async def rows(self, statement: ClauseElement, asked: Sequence[Row]) -> list[Any]:
        """All rows for each of the parameters, from one moment of the database.

        For what every command asks: the statement is compiled once and goes to the driver as it is, which takes a
        fifth of the time (docs/benchmarks.md).
        """
        return await self._elsewhere(self._fetch, statement, asked)

    async def _elsewhere(self, work: Callable[..., T], *arguments: Any) -> T:
        try:
            ending = asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        except RuntimeError:  # the threads have ended
            raise HistoryError("Usher is stopping; nothing more is read.") from None
        return await ending

    def close(self) -> None:
        """Blocks until the last question has been answered."""
        self._threads.shutdown()

    def _ask(self, question: Callable[[Connection], T]) -> T:
        with translating(self._error), self._engine.connect() as connection:
            return question(connection)

    def _fetch(self, statement: ClauseElement, asked: Sequence[Row]) -> list[Any]:
        text, constants = self._statements.compiled(statement)
        with translating(self._error), lent(self._engine) as (_, cursor):
            if len(asked) > 1:
                cursor.execute(self._begin)  # ended by the pool when the connection goes back
            found: list[Any] = []
            for parameters in asked:
                cursor.execute(text, {**constants, **parameters})
                found += cursor.fetchall()
            return found
