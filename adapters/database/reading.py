"""Reads a history that may not, or must not, be written to: for checking it and for taking it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Dialect

from adapters.database.address import read_address
from adapters.database.rows import WHOLE, entry_of
from adapters.database.schema import entries
from bot.history import Entry


class Reading(Protocol):
    """A history as it is at one moment."""

    @property
    def dialect(self) -> Dialect: ...

    def rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """One after the other; memory stays flat."""

    def has(self, table: str) -> bool: ...


def read_only(url: str, *, raw: bool = False) -> AbstractContextManager[Reading]:
    """A reading that changes nothing; `HistoryError` where there is no history. `raw` gives texts as their bytes."""
    address = read_address(url)
    if isinstance(address, Path):
        from adapters.database.sqlite.reading import file_reading

        return file_reading(address, raw=raw)
    from adapters.database.postgres.reading import server_reading  # only who uses PostgreSQL waits for its driver

    return server_reading(address, raw=raw)


def read_entries(url: str, after: int = 0) -> Iterator[Entry]:
    """All entries in sequence, as they were when the reading began."""
    statement = WHOLE.where(entries.c.seq > after)
    with read_only(url) as reading:
        text = str(statement.compile(dialect=reading.dialect, compile_kwargs={"literal_binds": True}))
        for row in reading.rows(text):
            yield entry_of(row)
