"""What went wrong in the database, as a sentence that may be shown in a chat: no path, no SQL, no values."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import HistoryError

LOCKED, AWAY, LOGIN = "history_locked", "history_unreachable", "history_login"
_READ_ONLY = "history_read_only"

FOR_ALL = (LOCKED, AWAY, LOGIN)
"""What befalls all that is to be written, and not one of several."""

_BUSY = "Usher's history is locked by another program."
_SILENT = "Usher's history cannot be reached: its database server does not answer."
_REFUSED = "Usher's history cannot be opened: the database server does not take the login of DATABASE_URL."
_FULL = "The disk that holds Usher's history is full."
_FAILING = "The disk that holds Usher's history is full or failing."

Table = tuple[tuple[str, str, str], ...]

# By the beginning of SQLite's own name of the error (https://www.sqlite.org/rescode.html).
_SQLITE: Table = (
    ("SQLITE_FULL", "history_full", _FULL),
    ("SQLITE_IOERR", "history_disk", _FAILING),
    ("SQLITE_READONLY", _READ_ONLY, "Usher's history cannot be written: its file is read-only."),
    ("SQLITE_CANTOPEN", AWAY, "Usher's history cannot be opened: its file cannot be reached."),
    ("SQLITE_BUSY", LOCKED, _BUSY),
    ("SQLITE_LOCKED", LOCKED, _BUSY),
    ("SQLITE_NOTADB", "history_damaged", "The file of Usher's history is not a database."),
    ("SQLITE_CORRUPT", "history_damaged", "The file of Usher's history is damaged."),
)

# By the beginning of PostgreSQL's code (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_POSTGRES: Table = (
    ("08", AWAY, _SILENT),
    ("25006", _READ_ONLY, "Usher's history cannot be written: its database is read-only."),
    ("25P03", AWAY, "The database server has given up waiting for Usher."),
    ("28", LOGIN, _REFUSED),
    ("3D000", AWAY, "Usher's history cannot be opened: there is no database of the name in DATABASE_URL."),
    ("40", LOCKED, _BUSY),
    ("42501", _READ_ONLY, "Usher's login may not do what it needs to in its database."),
    ("53100", "history_full", _FULL),
    ("53300", AWAY, "Usher's history cannot be reached: its database server takes no more connections."),
    ("53", AWAY, "Usher's history cannot be written: its database server has run out of memory."),
    ("55P03", LOCKED, _BUSY),
    ("57014", LOCKED, "The database server has cut off what took too long."),
    ("57P", AWAY, _SILENT),
    ("58", "history_disk", _FAILING),
    ("XX00", "history_damaged", "The database of Usher's history is damaged."),
)

# A connection that is refused has no code. What the server says then is in its language; these are its English words.
_REFUSALS = (
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("no pg_hba.conf entry", "28000"),
    ("permission denied", "28000"),
    ('role "', "28000"),
    ('database "', "3D000"),
    ("too many", "53300"),
    ("remaining connection slots", "53300"),
)


def translated(error: Exception) -> HistoryError:
    """The error as what people are told."""
    if isinstance(error, HistoryError):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    name: str = getattr(cause, "sqlite_errorname", "")
    table = _SQLITE if name else _POSTGRES
    if not name and hasattr(cause, "sqlstate"):  # psycopg's, which is not there where nobody uses it
        name = _state(cause)
    for prefix, code, sentence in table:
        if name.startswith(prefix):
            return HistoryError(sentence, code)
    return HistoryError("Usher's history did not accept this; the log says why.")


def _state(error: BaseException | None) -> str:
    found: str | None = getattr(error, "sqlstate", None)
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if found or not kinds & {"OperationalError", "InterfaceError"}:
        return found or ""
    return next((state for words, state in _REFUSALS if words in str(error)), "08000")


@contextmanager
def translating(driver: type[Exception] = sqlite3.Error) -> Iterator[None]:
    """Let nothing of the database's own errors through."""
    try:
        yield
    except (SQLAlchemyError, driver) as error:
        raise translated(error) from error
