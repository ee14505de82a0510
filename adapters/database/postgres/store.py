"""A history on a PostgreSQL server, which any number of processes on any number of machines share."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import cast

import psycopg
from sqlalchemy import URL, Engine, inspect, select, text
from sqlalchemy import bindparam as bind
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.pool import PoolProxiedConnection

from adapters.database.engine import lent
from adapters.database.errors import AWAY, translating
from adapters.database.postgres.engine import open_engine
from adapters.database.postgres.keys import APPEND
from adapters.database.postgres.locks import AdvisoryStripes, AdvisoryWorkers
from adapters.database.postgres.session import Connection, Session
from adapters.database.schema import entries
from adapters.database.stripes import StripedLocks
from adapters.database.transaction import Statements, Transaction
from adapters.database.upgrade import upgrade
from bot.chain import Head
from bot.errors import HistoryError

log = logging.getLogger(__name__)

# The lock first, and each statement sees what was committed before it: then the head that is read stays the head.
BEGIN_WRITE = f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({APPEND})"
BEGIN_UPGRADE = (  # however long another process takes for its upgrade
    f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({APPEND})"
)
GRACE = 5.0  # seconds from a start of the server until whoever lives has found it again
PAUSE = 0.1
_DIGEST = select(entries.c.digest).where(entries.c.seq == bind("of_seq"))
_MAY_CREATE = "SELECT has_schema_privilege(current_schema(), 'CREATE')"


def open_server(address: URL, worker: str, *, readers: int, patience: float) -> ServerStore:
    """Blocks for some milliseconds; for longer while another process brings the schema up to date."""
    engine = open_engine(address, readers=readers, patience=patience)
    try:
        upgrade(engine, BEGIN_UPGRADE)
        with translating(psycopg.Error):
            session = Session(lambda: _of_its_own(engine), worker)
    except BaseException:
        engine.dispose()
        raise
    locks = StripedLocks(AdvisoryStripes(session), patience=patience)
    workers = AdvisoryWorkers(session, worker, grace=GRACE)
    return ServerStore(engine, locks, workers, Statements(engine), session, patience)


def is_empty(address: URL) -> bool:
    """Whether the database holds nothing yet, and the tables could be made."""
    engine = open_engine(address, readers=0, patience=1.0)
    try:
        with translating(psycopg.Error), engine.connect() as connection:
            return not inspect(connection).get_table_names() and bool(connection.scalar(text(_MAY_CREATE)))
    finally:
        engine.dispose()


def _of_its_own(engine: Engine) -> Connection:
    """A connection like the engine's that belongs to none of its threads."""
    lent_out = engine.raw_connection()
    connection = cast("Connection", lent_out.driver_connection)
    lent_out.detach()
    return connection


@dataclass(frozen=True, slots=True)
class ServerStore:
    engine: Engine
    locks: StripedLocks
    workers: AdvisoryWorkers
    _statements: Statements
    _session: Session
    _patience: float

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        with lent(self.engine) as (connection, cursor):
            try:
                cursor.execute(BEGIN_WRITE)
                transaction = Transaction(cursor, self._statements)
                yield transaction
                with cast("Connection", connection.driver_connection).pipeline():  # all of it in one round trip
                    transaction.flush()
                self._commit(connection, cursor, transaction.appended)
            except BaseException:
                with suppress(psycopg.Error):  # of a connection that has ended, the server takes everything back
                    connection.rollback()
                raise

    def claim_run(self) -> None:
        """Several may."""

    def close(self) -> None:
        self._session.close()
        self.engine.dispose()

    def _commit(self, connection: PoolProxiedConnection, cursor: DBAPICursor, appended: Head | None) -> None:
        """Where the connection ends just then, the entries themselves say whether they have been committed."""
        try:
            cursor.execute("COMMIT")
        except psycopg.Error as error:
            driver = cast("Connection", connection.driver_connection)
            if not driver.closed or appended is None or not self._stands(appended, error):
                raise
            log.warning("A connection to the database ended while entries were committed; they are.")

    def _stands(self, appended: Head, error: psycopg.Error) -> bool:
        """Whether the entry stands; asked under the lock, which the connection that ended keeps until it is decided."""
        until = time.monotonic() + self._patience
        while True:
            try:
                with lent(self.engine) as (_, cursor):
                    cursor.execute(BEGIN_WRITE)
                    rows = Transaction(cursor, self._statements).fetch(_DIGEST, {"of_seq": appended.seq})
                    return [tuple(row) for row in rows] == [(appended.digest,)]
            except psycopg.Error:
                if time.monotonic() > until:
                    said = "The database server went away meanwhile; nobody can tell whether this was written."
                    raise HistoryError(said, AWAY) from error
                time.sleep(PAUSE)
