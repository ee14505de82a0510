"""What `DATABASE_URL` says: a file of SQLite's, or a database on a PostgreSQL server."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import HistoryError

WANTED = "DATABASE_URL should look like sqlite:////var/lib/usher/usher.db or postgresql://user:password@host/database."
_POSTGRES = ("postgresql", "postgres")  # hosts of databases write the latter, which is libpq's other name for it
_PLACE = re.compile(r"(\w+://)(?:[^@?]*@)?([\w.:\[\]-]*(?:/[\w-]*)?)(?:\?[^@]*)?")


def read_address(url: str) -> Path | URL:
    """A path of a file, or the address of a server with the driver that Usher uses; `HistoryError` for all else."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # whose text may hold the password
        raise HistoryError(f"DATABASE_URL is not an address. {WANTED}", "database_url") from None
    if parsed.get_backend_name() in _POSTGRES:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        raise HistoryError(f"Usher keeps its history in SQLite or in PostgreSQL. {WANTED}", "database_url")
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise HistoryError(f"Usher's history needs a file. {WANTED}", "database_url")
    return Path(parsed.database)


def shown_address(url: str) -> str:
    """Where it leads, without what may be secret: no login and no options. What could be both is not shown at all."""
    if url.startswith("sqlite:"):
        return url
    found = _PLACE.fullmatch(url)
    return f"{found[1]}{found[2]}" if found else "(not shown)"
