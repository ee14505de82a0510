"""What went wrong in the database, as a sentence that may be shown in a chat: no path, no SQL, no values."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import HistoryError

LOCKED = "history_locked"

# By the beginning of SQLite's own name of the error (https://www.sqlite.org/rescode.html).
_SENTENCES = (
    ("SQLITE_FULL", "history_full", "The disk that holds Usher's history is full."),
    ("SQLITE_IOERR", "history_disk", "The disk that holds Usher's history is full or failing."),
    ("SQLITE_READONLY", "history_read_only", "Usher's history cannot be written: its file is read-only."),
    ("SQLITE_CANTOPEN", "history_unreachable", "Usher's history cannot be opened: its file cannot be reached."),
    ("SQLITE_BUSY", LOCKED, "Usher's history is locked by another program."),
    ("SQLITE_LOCKED", LOCKED, "Usher's history is locked by another program."),
    ("SQLITE_NOTADB", "history_damaged", "The file of Usher's history is not a database."),
    ("SQLITE_CORRUPT", "history_damaged", "The file of Usher's history is damaged."),
)


def translated(error: Exception) -> HistoryError:
    """The error as what people are told."""
    if isinstance(error, HistoryError):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(cause, "sqlite_errorname", "")
    for prefix, code, sentence in _SENTENCES:
        if name.startswith(prefix):
            return HistoryError(sentence, code)
    return HistoryError("Usher's history did not accept this; the log says why.")


@contextmanager
def translating() -> Iterator[None]:
    """Let nothing of the database's own errors through."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise translated(error) from error
