"""The one thread that writes: everything that waits is committed together, with one fsync.

Each job keeps its own success or failure. Jobs share a transaction on the assumption that all of them will do; when
one of them makes it fail, they are tried again one by one, so that nobody fails for another's sake.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

from adapters.database.errors import FOR_ALL, translated
from adapters.database.store import Store
from adapters.database.transaction import Job, Transaction
from bot.errors import BotError, HistoryError

log = logging.getLogger(__name__)

T = TypeVar("T")
MOST = 500  # jobs in one transaction: readers and other processes get their turn


@dataclass(eq=False, slots=True)
class _Order:
    """A job on its way, and where its end is awaited."""

    job: Job
    future: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None


class Writer:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: SimpleQueue[_Order | None] = SimpleQueue()
        self._closed = False
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="usher-history", daemon=True)
        self._thread.start()

    async def run(self, job: Callable[[Transaction], T]) -> T:
        """What the job returned, once it is on the disk. A caller that is cancelled does not take its job back."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._put(_Order(job, future))
        return await future

    def post(self, job: Job, done: Callable[[], None]) -> None:
        """Write without waiting; `done` is called on the loop either way, a failure is logged."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        future.add_done_callback(partial(_settle, done))
        self._put(_Order(job, future))

    def close(self) -> None:
        """Finish what is queued, then end. Blocks."""
        with self._guard:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _put(self, order: _Order) -> None:
        with self._guard:  # nothing may be queued behind the end
            if self._closed:
                raise HistoryError("Usher is stopping; nothing more is written.")
            self._queue.put(order)

    def _work(self) -> None:
        going = True
        while going:
            orders, going = self._gather()
            self._carry_out(orders)
            _deliver(orders)

    def _gather(self) -> tuple[list[_Order], bool]:
        """Everything that waits, and whether more can come."""
        first = self._queue.get()
        orders: list[_Order] = []
        while first is not None:
            orders.append(first)
            if len(orders) == MOST or self._queue.empty():
                return orders, True
            first = self._queue.get()
        return orders, False

    def _carry_out(self, orders: list[_Order]) -> None:
        if not orders:
            return
        try:
            self._commit(orders)
        except Exception as error:  # the boundary: whatever happened is told to those who wait
            told = translated(error)
            if len(orders) > 1 and told.code not in FOR_ALL:
                for order in orders:
                    self._carry_out([order])
                return
            log.warning("the history could not be written", exc_info=error)
            for order in orders:
                order.result, order.error = None, told

    def _commit(self, orders: Iterable[_Order]) -> None:
        with self._store.writing() as transaction:
            for order in orders:
                order.result = order.error = None
                try:
                    order.result = order.job(transaction)
                except BotError as error:  # this one's own affair; it has written nothing
                    order.error = error


def _deliver(orders: Iterable[_Order]) -> None:
    """Wake those who wait, once for each loop."""
    ends: dict[asyncio.AbstractEventLoop, list[_Order]] = {}
    for order in orders:
        ends.setdefault(order.future.get_loop(), []).append(order)
    for loop, ended in ends.items():
        try:
            loop.call_soon_threadsafe(_end, ended)
        except RuntimeError:  # the loop has been closed: nobody waits any more
            log.warning("%d writes ended after their event loop", len(ended))


def _end(orders: Iterable[_Order]) -> None:
    for order in orders:
        if order.future.done():  # cancelled
            continue
        if order.error is not None:
            order.future.set_exception(order.error)
        else:
            order.future.set_result(order.result)


def _settle(done: Callable[[], None], future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()  # it has been logged where it happened
    done()
