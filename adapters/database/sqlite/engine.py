"""How a file is opened: the pragmas, and the ways in which opening can fail."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from adapters.database.engine import begin
from adapters.database.errors import translating
from bot.errors import HistoryError

_PRAGMAS = (
    "PRAGMA synchronous = FULL",  # a commit that has been answered survives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA case_sensitive_like = ON",  # room names differ by case
    "PRAGMA secure_delete = ON",  # what is erased on request is overwritten
    "PRAGMA wal_autocheckpoint = 4000",  # 16 MiB: at 1,000,000 entries an append dirties pages all over the file
    "PRAGMA cache_size = -8192",
)


def open_engine(path: Path, *, readers: int, patience: float) -> Engine:
    """An engine on the file, which is made (for its owner only) where there is none.

    `patience` is how many seconds a statement waits for another process's lock.
    """
    _make_file(path)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        paramstyle="named",
        hide_parameters=True,
        pool_size=readers + 1,
        max_overflow=0,
        connect_args={"timeout": patience, "isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", begin)
    return engine


def _make_file(path: Path) -> None:
    where = path.parent
    if not where.is_dir():
        raise HistoryError(f"There is no directory {where} to keep Usher's history in.", "database_url")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        why = os.strerror(error.errno or 0).lower()
        raise HistoryError(f"Usher's history cannot be written to {path}: {why}.", "history_read_only") from error
    if not os.access(where, os.W_OK | os.X_OK):  # SQLite keeps its write-ahead log beside the file
        raise HistoryError(f"Usher must be able to write to the directory {where}.", "history_read_only")


def enter_wal(engine: Engine) -> None:
    """Bring the file into WAL mode. One process at a time: SQLite may turn the others away at once, however long they
    would wait."""
    with translating(), engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        (mode,) = raw.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise HistoryError("Usher's history must be on a disk of this machine: SQLite offers no WAL mode there.")


def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
