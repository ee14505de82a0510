"""Reads a history that may not, or must not, be written to: for checking it and for taking it elsewhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.dialects import sqlite

from adapters.database.engine import database_path
from adapters.database.errors import translating
from adapters.database.rows import WHOLE, entry_of
from adapters.database.schema import entries
from bot.errors import HistoryError
from bot.history import Entry


@contextmanager
def read_only(url: str) -> Iterator[sqlite3.Connection]:
    """A connection that changes nothing, also to a file, or in a directory, that cannot be written to."""
    path = database_path(url)
    if not path.is_file():
        raise HistoryError(f"There is no history at {path}.", "history_unreachable")
    with translating(), closing(_connect(path)) as connection:
        yield connection


def read_entries(url: str, after: int = 0) -> Iterator[Entry]:
    """All entries in sequence, as they were when the reading began."""
    statement = WHOLE.where(entries.c.seq > after)
    text = str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with read_only(url) as connection:
        for row in connection.execute(text):
            yield entry_of(row)


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
