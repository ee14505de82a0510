"""How a server's database is reached: what each connection is set to, and what Usher cannot work with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from adapters.database.engine import begin, driver_error, lent
from adapters.database.errors import translating
from bot.errors import HistoryError

OLDEST = 14  # the oldest that PostgreSQL's makers still mend

# What libpq takes (https://www.postgresql.org/docs/current/libpq-connect.html); an address may say otherwise. A server
# that went away without a word is noticed within 25 seconds, and within 5 by whoever asks it something.
_ASKED = {
    "application_name": "usher",
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 5_000,
}

# The same for a client that went away, so that what it held is free again; and a commit that has been answered survives
# a power cut, whatever the server does by default.
_SETTINGS = """
    SET lock_timeout = '{patience}ms'; SET idle_in_transaction_session_timeout = '15s'; SET idle_session_timeout = 0;
    SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""

_FACTS = """
    SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding'),
           pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean
"""


def open_engine(address: URL, *, readers: int, patience: float) -> Engine:
    """An engine on the database; `HistoryError` where it cannot be reached, or is none that Usher can use.

    `patience` is how many seconds a statement waits for another process's lock. One connection more than the threads
    need is for the process's own locks, while it is opened.
    """
    # pre_ping: connections outlive a restart of the server
    engine = engine_of(address, pool_size=readers + 2, max_overflow=0, pool_pre_ping=True)
    event.listen(engine, "connect", _prepare_for(patience))
    event.listen(engine, "begin", begin)
    try:
        with translating(driver_error(engine)):
            _check(engine)
    except HistoryError:
        engine.dispose()
        raise
    return engine


def engine_of(address: URL, **more: Any) -> Engine:
    """An engine whose connections are as the driver makes them, with what was asked for above."""
    asked = {name: value for name, value in _ASKED.items() if name not in address.query}
    given = {**asked, "client_encoding": "utf8", "autocommit": True}
    return create_engine(address, use_native_hstore=False, hide_parameters=True, connect_args=given, **more)


def _prepare_for(patience: float) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    settings = _SETTINGS.format(patience=max(1, round(patience * 1000)))

    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(settings)
        cursor.close()

    return prepare


def _check(engine: Engine) -> None:
    with lent(engine) as (_, cursor):
        cursor.execute(_FACTS)
        version, encoding, read_only = cursor.fetchall()[0]
    if version < OLDEST:
        raise HistoryError(f"Usher needs PostgreSQL {OLDEST} or newer; this is {version}.", "database_url")
    if encoding != "UTF8":
        raise HistoryError(f"Usher's database must have the encoding UTF8; this one has {encoding}.", "database_url")
    if read_only:
        raise HistoryError("Usher's history cannot be written: its database is read-only.", "history_read_only")
