"""Which workers live: each holds a `flock` on a file of its own for as long as its process runs."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from adapters.database.sqlite.locks import FileLock
from bot.errors import HistoryError

_PREFIX = "worker-"


class FileWorkers:
    def __init__(self, directory: Path, worker: str) -> None:
        self.name = worker
        self._directory = directory
        self._path = directory / f"{_PREFIX}{worker}"
        self._lock = self._live()

    async def settled(self) -> None:
        """At any time: a lock goes with its process, and with nothing else."""

    def is_dead(self, worker: str) -> bool:
        """Also of one that ended in order, which leaves no file; its file is swept away with it."""
        path = self._directory / f"{_PREFIX}{worker}"
        if path == self._path:
            return False
        if not path.exists():
            return True
        lock = FileLock(path)
        try:
            dead = lock.take()
            if dead and lock.same_file(path):
                path.unlink()
            return dead
        finally:
            lock.close()

    def sweep(self) -> None:
        """Remove the files of those who were killed."""
        for path in self._directory.glob(f"{_PREFIX}*"):
            self.is_dead(path.name.removeprefix(_PREFIX))

    def close(self) -> None:
        with suppress(FileNotFoundError):
            self._path.unlink()
        self._lock.close()

    def _live(self) -> FileLock:
        """Somebody's sweep may remove the file between its making and its locking: then it is made again."""
        while True:
            lock = FileLock(self._path)
            if not lock.take():
                lock.close()
                raise HistoryError("Another process runs under this worker's name.", "worker_taken")
            if lock.same_file(self._path):
                return lock
            lock.close()
