"""The database as a whole: opened, its ports handed out, closed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from adapters.database.engine import database_path, open_engine
from adapters.database.history import DatabaseHistory
from adapters.database.ledger import Ledger
from adapters.database.locks import FileLock, StripedLocks, lock_directory
from adapters.database.orders import DatabaseOrders
from adapters.database.pending import DatabasePending
from adapters.database.readers import Readers
from adapters.database.roster import DatabaseRoster
from adapters.database.sessions import DatabaseSessions
from adapters.database.upgrade import upgrade
from adapters.database.workers import Workers, new_worker
from adapters.database.writer import Writer
from bot.errors import HistoryError
from bot.ports import Clock

PATIENCE = 5.0  # seconds: with a lock and two writes, a command still answers within 15
READERS = 3


@dataclass(frozen=True, slots=True)
class Database:
    """What `open` gives: the ports on one file."""

    worker: str
    history: DatabaseHistory
    roster: DatabaseRoster
    pending: DatabasePending
    orders: DatabaseOrders
    sessions: DatabaseSessions
    locks: StripedLocks
    _engine: Engine
    _writer: Writer
    _readers: Readers
    _workers: Workers
    _runner: FileLock

    @classmethod
    def open(
        cls, url: str, *, server: str, clock: Clock, worker: str | None = None, patience: float = PATIENCE
    ) -> Database:
        """Open the file of the address and bring its schema up to date; blocks for some milliseconds.

        `server` is the id of the LiveKit project in entries and grants. `worker` must be a name that was never used
        before, and is made up when not given. `patience` bounds each wait for other processes, in seconds.
        """
        path = database_path(url)
        engine = open_engine(path, readers=READERS, patience=patience)
        try:
            locks = lock_directory(path)
            upgrade(engine, locks)
            workers = Workers(locks, worker or new_worker())
        except BaseException:
            engine.dispose()
            raise
        workers.sweep()
        return cls._assembled(engine, locks, workers, Ledger(workers.name, server, clock), patience)

    @classmethod
    def _assembled(cls, engine: Engine, locks: Path, workers: Workers, ledger: Ledger, patience: float) -> Database:
        writer, readers = Writer(engine), Readers(engine, READERS)
        return cls(
            worker=ledger.worker,
            history=DatabaseHistory(writer, readers, ledger, workers),
            roster=DatabaseRoster(readers, ledger.server),
            pending=DatabasePending(writer, readers, ledger.clock),
            orders=DatabaseOrders(writer, readers, ledger),
            sessions=DatabaseSessions(writer, readers, ledger),
            locks=StripedLocks(locks, patience=patience),
            _engine=engine,
            _writer=writer,
            _readers=readers,
            _workers=workers,
            _runner=FileLock(locks / "run"),
        )

    def claim_run(self) -> None:
        """Be the only `usher run` on this file for as long as it is open; `HistoryError` when there is one."""
        if not self._runner.take():
            raise HistoryError("Usher is running on this history already.", "already_running")

    async def aclose(self) -> None:
        """Finish what is queued, then let go of everything."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.close()
        self._readers.close()
        self._engine.dispose()
        self._workers.close()
        self.locks.close()
        self._runner.close()
