"""The database as a whole: opened, its ports handed out, closed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from adapters.database.history import DatabaseHistory
from adapters.database.ledger import Ledger
from adapters.database.orders import DatabaseOrders
from adapters.database.pending import DatabasePending
from adapters.database.readers import Readers
from adapters.database.registrations import DatabaseRegistrations
from adapters.database.roster import DatabaseRoster
from adapters.database.sessions import DatabaseSessions
from adapters.database.store import Store, new_worker, open_store
from adapters.database.stripes import StripedLocks
from adapters.database.writer import Writer
from bot.ports import Clock

PATIENCE = 5.0  # seconds: with a lock and two writes, a command still answers within 15
READERS = 3


@dataclass(frozen=True, slots=True)
class Database:
    """What `open` gives: the ports on one database."""

    worker: str
    history: DatabaseHistory
    roster: DatabaseRoster
    pending: DatabasePending
    orders: DatabaseOrders
    sessions: DatabaseSessions
    registrations: DatabaseRegistrations
    locks: StripedLocks
    _store: Store
    _writer: Writer
    _readers: Readers

    @classmethod
    def open(
        cls, url: str, *, server: str, clock: Clock, worker: str | None = None, patience: float = PATIENCE
    ) -> Database:
        """Open the database at the address and bring its schema up to date; blocks for some milliseconds.

        `server` is the id of the LiveKit project in entries and grants. `worker` must be a name that was never used
        before, and is made up when not given. `patience` bounds each wait for other processes, in seconds.
        """
        store = open_store(url, worker or new_worker(), readers=READERS, patience=patience)
        return cls._assembled(store, Ledger(store.workers.name, server, clock))

    @classmethod
    def _assembled(cls, store: Store, ledger: Ledger) -> Database:
        writer, readers = Writer(store), Readers(store.engine, READERS)
        return cls(
            worker=ledger.worker,
            history=DatabaseHistory(writer, readers, ledger, store.workers),
            roster=DatabaseRoster(readers, ledger.server),
            pending=DatabasePending(writer, readers, ledger.clock),
            orders=DatabaseOrders(writer, readers, ledger),
            sessions=DatabaseSessions(writer, readers, ledger),
            registrations=DatabaseRegistrations(writer, readers, ledger.clock),
            locks=store.locks,
            _store=store,
            _writer=writer,
            _readers=readers,
        )

    def claim_run(self) -> None:
        """Serve this database as `usher run`, for as long as it is open; `HistoryError` where another one does.

        A file is served by one. On a PostgreSQL server any number of them share the work.
        """
        self._store.claim_run()

    async def aclose(self) -> None:
        """Finish what is queued, then let go of everything."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.close()
        self._readers.close()
        self._store.close()
