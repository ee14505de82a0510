"""Exclusion between tasks and between processes of one machine, by `flock` on files beside the database.

The kernel gives a `flock` back when its process ends, however it ends, so nothing is ever left locked. Locks of one
process exclude each other only by way of separate open files; its own tasks are kept apart by asyncio's locks.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from zlib import crc32

from bot.errors import BotError, HistoryError

STRIPES = 64


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


class StripedLocks:
    """The port `Locks`: each (room, identity) belongs to one of 64 stripes, which are taken in order."""

    def __init__(self, directory: Path, *, patience: float) -> None:
        self._directory = directory
        self._patience = patience
        self._tasks = [asyncio.Lock() for _ in range(STRIPES)]
        self._files: dict[int, FileLock] = {}

    @asynccontextmanager
    async def hold(self, *keys: tuple[str, str]) -> AsyncIterator[None]:
        """Not to be nested: somebody who holds one key waits in vain for another of the same stripe."""
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._patience):
                    for stripe in sorted({stripe_of(room, identity) for room, identity in keys}):
                        await held.enter_async_context(self._tasks[stripe])
                        await self._take(stripe)
                        held.callback(self._files[stripe].release)
            except TimeoutError:
                raise BotError("Somebody else is changing this person just now. Try again.", "busy") from None
            yield

    async def _take(self, stripe: int) -> None:
        """Ask again and again, ever less often: no thread waits, and a cancelled command leaves nothing behind."""
        lock = self._files.get(stripe)
        if lock is None:
            lock = self._files[stripe] = FileLock(self._directory / f"stripe-{stripe:02}")
        pause = 0.002
        while not lock.take():
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.05)

    def close(self) -> None:
        for lock in self._files.values():
            lock.close()
        self._files.clear()


def stripe_of(room: str, identity: str) -> int:
    """The same in every process (Python's own hash is not)."""
    return crc32(f"{room}\0{identity}".encode("utf-8", "surrogatepass")) % STRIPES
