"""Decides at start whether the schema must be brought up to date, and refuses a database that is not Usher's."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, inspect, text

from adapters.database.engine import driver_error
from adapters.database.errors import translating
from adapters.database.schema import REVISION
from bot.errors import HistoryError

_FOREIGN = {
    "sqlite": "The file holds another program's database.",
    "postgresql": "The database holds another program's tables. Usher needs one, or a schema, of its own.",
}


def upgrade(engine: Engine, begin: str) -> None:
    """One process at a time, or none of them finds anything left to do once it has its turn to `begin`."""
    with translating(driver_error(engine)):
        with engine.connect() as connection:
            found = revision(connection)
        if found == REVISION:
            return
        # Alembic takes longer to import than all the rest to start, and is hardly ever needed.
        from adapters.database.migrate import migrate, revisions

        if found is not None and found not in revisions():
            raise HistoryError("Usher's history was written by a newer Usher than this one.", "history_newer")
        migrate(engine, begin)


def revision(connection: Connection) -> str | None:
    """The step that the database is at; None for an empty one."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables and ("head" in tables or len(tables) == 1):
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found
    if tables:
        raise HistoryError(_FOREIGN[connection.dialect.name], "history_foreign")
    return None
