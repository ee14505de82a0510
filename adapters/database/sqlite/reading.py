"""A file that is read, also one that cannot be written to, or that lies in a directory that cannot."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.dialects import sqlite

from adapters.database.errors import translating
from bot.errors import HistoryError


@dataclass(frozen=True, slots=True)
class FileReading:
    dialect: Dialect
    _connection: sqlite3.Connection

    def rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        return self._connection.execute(statement)

    def has(self, table: str) -> bool:
        (found,) = self._connection.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        return bool(found)


@contextmanager
def file_reading(path: Path, *, raw: bool) -> Iterator[FileReading]:
    if not path.is_file():
        raise HistoryError(f"There is no history at {path}.", "history_unreachable")
    with translating(), closing(_connect(path)) as connection:
        if raw:
            connection.text_factory = bytes  # what is stored, also where somebody has made it no text at all
        connection.execute("BEGIN")
        yield FileReading(sqlite.dialect(), connection)


def _connect(path: Path) -> sqlite3.Connection:
    """SQLite reads a WAL file only with shared memory beside it, which it cannot make in a read-only directory;
    `immutable` reads without, and is right where no log waits to be merged."""
    address = path.resolve().as_uri()
    log = path.with_name(path.name + "-wal")
    modes = ["mode=ro"] if log.exists() and log.stat().st_size else ["mode=ro", "immutable=1"]
    for mode in modes:
        connection = sqlite3.connect(f"{address}?{mode}", uri=True, isolation_level=None)
        try:
            if connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'head'").fetchone() == (1,):
                return connection
            connection.close()
            raise HistoryError("The file holds no history of Usher's.", "history_foreign")
        except sqlite3.OperationalError:
            connection.close()
            if mode == modes[-1]:
                raise
        except sqlite3.DatabaseError:
            connection.close()
            raise
    raise AssertionError("there is always a mode")
