"""Exclusion between processes of one machine, by `flock` on files beside the database.

The kernel gives a `flock` back when its process ends, however it ends, so nothing is ever left locked. Locks of one
process exclude each other only by way of separate open files.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

from adapters.database.stripes import FIRST_PAUSE, LONGER, LONGEST_PAUSE
from bot.errors import HistoryError


def lock_directory(database: Path) -> Path:
    """The directory of the lock files, made where there is none."""
    where = database.with_name(database.name + ".locks")
    try:
        where.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise HistoryError(f"Usher must be able to write to the directory {where}.", "history_read_only") from error
    return where


class FileLock:
    """One lock file, opened once; held until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HistoryError("Usher cannot write its lock files.", "history_read_only") from error

    def take(self, *, wait: bool = False) -> bool:
        """Whether it is ours now; `wait` blocks until it is."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def same_file(self, path: Path) -> bool:
        """Whether what we hold open is still what stands at the path."""
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(self._file), os.stat(path))
        return False

    def release(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._file)


class FileStripes:
    """A file for each stripe, made when it is first wanted."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files: dict[int, FileLock] = {}

    @asynccontextmanager
    async def taken(self, stripes: Sequence[int]) -> AsyncIterator[Callable[[], None]]:
        with ExitStack() as held:
            for stripe in stripes:
                held.callback((await self._take(stripe)).release)
            yield _always

    async def _take(self, stripe: int) -> FileLock:
        """Ask again and again, ever less often: no thread waits, and a cancelled command leaves nothing behind."""
        lock = self._files.get(stripe)
        if lock is None:
            lock = self._files[stripe] = FileLock(self._directory / f"stripe-{stripe:02}")
        pause = FIRST_PAUSE
        while not lock.take():
            await asyncio.sleep(pause)
            pause = min(pause * LONGER, LONGEST_PAUSE)
        return lock

    def close(self) -> None:
        for lock in self._files.values():
            lock.close()
        self._files.clear()


def _always() -> None:
    """A lock file is held for as long as its process lives."""
