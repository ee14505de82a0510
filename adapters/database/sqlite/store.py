"""A history in a file: SQLite for what is in it, lock files beside it for what its processes must not do at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from adapters.database.engine import lent
from adapters.database.sqlite.engine import enter_wal, open_engine
from adapters.database.sqlite.locks import FileLock, FileStripes, lock_directory
from adapters.database.sqlite.workers import FileWorkers
from adapters.database.stripes import StripedLocks
from adapters.database.transaction import Statements, Transaction
from adapters.database.upgrade import upgrade
from bot.errors import HistoryError

BEGIN_WRITE = "BEGIN IMMEDIATE"  # the write lock first: then the head that is read stays the head


def open_file(path: Path, worker: str, *, readers: int, patience: float) -> FileStore:
    """Blocks for some milliseconds; for longer while another process brings the schema up to date."""
    engine = open_engine(path, readers=readers, patience=patience)
    try:
        directory = lock_directory(path)
        with closing(FileLock(directory / "migrate")) as migrating:
            migrating.take(wait=True)
            enter_wal(engine)
            upgrade(engine, BEGIN_WRITE)
        workers = FileWorkers(directory, worker)
    except BaseException:
        engine.dispose()
        raise
    workers.sweep()
    locks = StripedLocks(FileStripes(directory), patience=patience)
    return FileStore(engine, locks, workers, Statements(engine), FileLock(directory / "run"))


@dataclass(frozen=True, slots=True)
class FileStore:
    engine: Engine
    locks: StripedLocks
    workers: FileWorkers
    _statements: Statements
    _runner: FileLock

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        with lent(self.engine) as (connection, cursor):
            try:
                cursor.execute(BEGIN_WRITE)
                transaction = Transaction(cursor, self._statements)
                yield transaction
                transaction.flush()
                cursor.execute("COMMIT")
            except BaseException:
                connection.rollback()  # does nothing where SQLite has done it by itself (a full disk)
                raise

    def claim_run(self) -> None:
        if not self._runner.take():
            raise HistoryError("Usher is running on this history already.", "already_running")

    def close(self) -> None:
        self.engine.dispose()
        self.workers.close()
        self.locks.close()
        self._runner.close()
