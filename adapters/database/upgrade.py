"""Decides at start whether the schema must be brought up to date, and refuses a file that is not Usher's to touch."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from adapters.database.errors import translating
from adapters.database.locks import FileLock
from adapters.database.schema import REVISION
from bot.errors import HistoryError


def upgrade(engine: Engine, locks: Path) -> None:
    """One process at a time; the others wait until it is done."""
    lock = FileLock(locks / "migrate")
    try:
        lock.take(wait=True)
        with translating():
            found = _revision(engine)
            if found == REVISION:
                return
            # Alembic takes longer to import than all the rest to start, and is hardly ever needed.
            from adapters.database.migrate import migrate, revisions

            if found is not None and found not in revisions():
                raise HistoryError("Usher's history was written by a newer Usher than this one.", "history_newer")
            migrate(engine)
    finally:
        lock.close()


def _revision(engine: Engine) -> str | None:
    """The step that the database is at; None for an empty one."""
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        if "alembic_version" in tables and ("head" in tables or len(tables) == 1):
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return found
    if tables:
        raise HistoryError("The file holds another program's database.", "history_foreign")
    return None
