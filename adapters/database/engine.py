"""What both kinds of database have in common below their ports: how one is read, and how a cursor is lent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.pool import PoolProxiedConnection

BEGIN_READ = {
    "sqlite": "BEGIN",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",  # all of it from one moment of the database
}
BEGIN = "usher_begin"  # the execution option that has another way to begin


def begin(connection: Connection) -> None:
    """The drivers themselves would begin a transaction for writes only, or one of another kind."""
    statement = connection.get_execution_options().get(BEGIN, BEGIN_READ[connection.dialect.name])
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(statement)


def driver_error(engine: Engine) -> type[Exception]:
    """What the driver raises, when it is not SQLAlchemy that calls it."""
    found: type[Exception] = engine.dialect.loaded_dbapi.Error
    return found


@contextmanager
def lent(engine: Engine) -> Iterator[tuple[PoolProxiedConnection, DBAPICursor]]:
    """A cursor of the driver's own, and its connection; one that has ended does not go back to the others."""
    with closing(engine.raw_connection()) as connection:
        try:
            with closing(connection.cursor()) as cursor:
                yield connection, cursor
        except driver_error(engine) as error:
            error.args = (str(error).partition("\n")[0],)  # what PostgreSQL adds in more lines may hold values
            if engine.dialect.is_disconnect(error, connection.dbapi_connection, None):  # type: ignore[arg-type]
                connection.invalidate(error)
            raise
