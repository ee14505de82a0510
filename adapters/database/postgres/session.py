"""One connection for as long as the process lives: what it holds, the server gives back when the connection ends.

A thread owns it. It watches the connection, says when it has ended, and opens it anew; what was held is not held any
more then, and nobody is told otherwise.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from adapters.database.errors import AWAY, translated
from adapters.database.postgres.keys import worker_key
from bot.errors import HistoryError

log = logging.getLogger(__name__)

T = TypeVar("T")
Connection = psycopg.Connection[Any]

WATCH = 0.25  # seconds between two looks at a connection that is not used; such a look costs the server nothing
FIRST_WAIT, LONGEST_WAIT = 0.25, 2.0  # between two tries to open it anew

_TRY = "SELECT n, pg_try_advisory_lock(key) FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted (key, n)"
_RELEASE = "SELECT pg_advisory_unlock(key) FROM unnest(%s::bigint[]) AS held (key)"
_HOLDERS = """
    SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32) | objid::bigint = %s
"""
_END_HOLDERS = f"SELECT pg_terminate_backend(pid, 1000) FROM ({_HOLDERS}) AS held"  # noqa: S608 - constants
_SINCE_START = "SELECT extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float"


class Session:
    def __init__(self, connect: Callable[[], Connection], worker: str) -> None:
        """`HistoryError` where the server does not answer, or another process lives under this worker's name."""
        self._connect = connect
        self._key = worker_key(worker)
        self._held: set[int] = set()
        self._connection: Connection | None = self._opened(connect())
        self._wait, self._due = FIRST_WAIT, 0.0
        self._closed = False
        self._guard = threading.Lock()
        self._jobs: SimpleQueue[tuple[Callable[[Connection], Any], Future[Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="usher-locks", daemon=True)
        self._thread.start()

    def take(self, keys: Sequence[int]) -> Future[bool]:
        """Whether all of these are held now. Of those that follow one that somebody else has, none is."""
        return self._run(lambda connection: self._take(connection, keys))

    def ensure_held(self, keys: Sequence[int]) -> None:
        """`HistoryError` where the connection that they were taken on has ended since."""
        if not self._held.issuperset(keys):
            raise HistoryError("The connection to Usher's database was lost meanwhile. Nothing was done.", AWAY)

    def release(self, keys: Sequence[int]) -> None:
        """Let go of those of these that are held. Whoever asks for one later finds it free."""
        try:
            self._run(lambda connection: self._release(connection, keys))
        except HistoryError:
            return  # it is closed, and holds nothing

    def holds(self, worker: str) -> Future[bool]:
        """Whether any process lives under this name."""
        return self._run(lambda connection: bool(connection.execute(_HOLDERS, [worker_key(worker)]).fetchall()))

    def server_age(self) -> Future[float]:
        """For how many seconds the server has been running."""
        return self._run(lambda connection: float(connection.execute(_SINCE_START).fetchall()[0][0]))

    def close(self) -> None:
        """Give everything back. Blocks."""
        with self._guard:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _run(self, work: Callable[[Connection], T]) -> Future[T]:
        future: Future[T] = Future()
        with self._guard:
            if self._closed:
                raise HistoryError("Usher is stopping; nothing more is locked.")
            self._jobs.put((work, future))
        return future

    # --- in the thread ------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=WATCH)
            except Empty:
                self._watch()
                continue
            if job is None:
                break
            self._do(*job)
        if self._connection is not None:
            self._connection.close()

    def _do(self, work: Callable[[Connection], Any], future: Future[Any]) -> None:
        """Once more where it turns out that the connection had ended: then nothing has come of it."""
        if not future.set_running_or_notify_cancel():
            return
        for again in (True, False):
            try:
                if self._connection is None:
                    self._reopen()
                assert self._connection is not None
                future.set_result(work(self._connection))
                return
            except Exception as error:  # noqa: BLE001 - the boundary: whatever happened is told to those who wait
                if self._connection is not None:
                    again = again and self._connection.closed
                    self._lose()  # also one that goes on: nobody knows what the statement has taken
                if not again:
                    future.set_exception(translated(error))
                    return

    def _watch(self) -> None:
        try:
            if self._connection is None:
                self._reopen()
            else:
                self._connection.pgconn.consume_input()  # finds the end that the server has sent, and sends nothing
                if self._connection.closed:
                    self._lose()
        except psycopg.Error:
            self._lose()
        except HistoryError:
            return  # it is tried again

    def _lose(self) -> None:
        """Whatever happened to it: the server has given back, or will, what it held."""
        if self._connection is not None:
            self._connection.close()
        self._connection, held = None, len(self._held)
        self._held.clear()
        self._wait, self._due = FIRST_WAIT, 0.0
        log.error("The connection with this process's locks has ended; %d in use are not held any more.", held)

    def _reopen(self) -> None:
        if time.monotonic() < self._due:
            raise HistoryError("Usher's history cannot be reached: its database server does not answer.", AWAY)
        try:
            self._connection = self._opened(self._connect(), again=True)
        except (psycopg.Error, SQLAlchemyError, HistoryError) as error:
            told = translated(error)
            if self._wait == FIRST_WAIT:
                log.warning("It cannot be opened again yet: %s", told.user_text)
            self._due = time.monotonic() + self._wait
            self._wait = min(2 * self._wait, LONGEST_WAIT)
            raise told from error
        log.warning("The connection with this process's locks is there again.")

    def _opened(self, connection: Connection, *, again: bool = False) -> Connection:
        """The connection, once it says that this process lives.

        A session of before that the server still takes for living would be in the way, and is ended.
        """
        try:
            if again:
                connection.execute(_END_HOLDERS, [self._key])
            if self._try(connection, [self._key]):
                return connection
            raise HistoryError("Another process runs under this worker's name.", "worker_taken")
        except BaseException:
            connection.close()
            raise

    def _take(self, connection: Connection, keys: Sequence[int]) -> bool:
        wanted = [key for key in keys if key not in self._held]
        if not wanted:
            return True
        got = self._try(connection, wanted)
        first = next((at for at, key in enumerate(wanted) if key not in got), len(wanted))
        self._held.update(wanted[:first])
        if beyond := [key for key in wanted[first:] if key in got]:
            connection.execute(_RELEASE, [beyond])
        return first == len(wanted)

    def _release(self, connection: Connection, keys: Sequence[int]) -> None:
        mine = [key for key in keys if key in self._held]
        self._held.difference_update(mine)
        if mine:
            connection.execute(_RELEASE, [mine])

    @staticmethod
    def _try(connection: Connection, keys: Sequence[int]) -> set[int]:
        rows = connection.execute(_TRY, [list(keys)]).fetchall()
        return {keys[n - 1] for n, taken in rows if taken}
