"""A server's database that is read, also by somebody who may not write to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, cast

import psycopg
from psycopg.adapt import Buffer, Loader
from sqlalchemy import URL, Dialect
from sqlalchemy.pool import NullPool

from adapters.database.engine import BEGIN_READ
from adapters.database.errors import translating
from adapters.database.postgres.engine import engine_of
from adapters.database.postgres.session import Connection
from bot.errors import HistoryError

CHUNK = 2000  # rows in memory at once
_numbers = count()


class _Bytes(Loader):
    """A text as its bytes."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


@dataclass(frozen=True, slots=True)
class ServerReading:
    dialect: Dialect
    _connection: Connection

    def rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        with self._connection.cursor(f"usher_{next(_numbers)}") as cursor:
            cursor.itersize = CHUNK
            yield from cursor.execute(cast("Any", statement))

    def has(self, table: str) -> bool:
        return self._connection.execute("SELECT to_regclass(%s)", [table]).fetchone() != (None,)


@contextmanager
def server_reading(address: URL, *, raw: bool) -> Iterator[ServerReading]:
    engine = engine_of(address, poolclass=NullPool)
    with translating(psycopg.Error), closing(engine.raw_connection()) as lent_out:
        connection = cast("Connection", lent_out.driver_connection)
        connection.execute(BEGIN_READ["postgresql"])
        reading = ServerReading(engine.dialect, connection)
        if not reading.has("head"):
            raise HistoryError("The database holds no history of Usher's.", "history_foreign")
        if raw:
            connection.adapters.register_loader("text", _Bytes)
        yield reading
