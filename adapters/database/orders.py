"""The port `Orders`: the standing orders of one LiveKit server, each read from the entry that gave it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam as bind
from sqlalchemy import func, select

from adapters.database.ledger import Ledger
from adapters.database.readers import Readers
from adapters.database.rows import MOST, storable
from adapters.database.schema import contents, entries, orders
from adapters.database.transaction import Transaction
from adapters.database.writer import Writer
from bot.chain import unseal
from bot.history import Content, Entry
from bot.orders import Order, ended_draft, order_draft, order_of

REMEMBERED = 4096  # orders
log = logging.getLogger(__name__)

_ending = entries.alias("ending")
_ORDERS = (
    select(entries.c.sealed, contents.c.body, _ending.c.sealed)
    .select_from(
        orders.join(entries, entries.c.seq == orders.c.seq)
        .join(contents, contents.c.seq == orders.c.seq)  # none of those whose content was erased
        .outerjoin(_ending, _ending.c.seq == orders.c.ended)
    )
    .where(orders.c.server == bind("of_server"))
    .order_by(orders.c.seq)
)
ACTIVE = _ORDERS.where(orders.c.ended.is_(None))
_ONE = _ORDERS.where(orders.c.seq == bind("of_order"))
_OF_CASE = _ORDERS.where(entries.c.case_number == bind("of_case"))
CHANGED = _ORDERS.where(orders.c.changed > bind("after"))
MARK = select(func.coalesce(func.max(orders.c.changed), 0)).where(orders.c.server == bind("of_server"))


class DatabaseOrders:
    def __init__(self, writer: Writer, readers: Readers, ledger: Ledger) -> None:
        self._writer = writer
        self._readers = readers
        self._ledger = ledger
        self._mine = {"of_server": storable(ledger.server)}

    async def append(
        self,
        order: Order,
        content: Content,
        *,
        case: int | None = None,
        instead: Sequence[int] = (),
        event_key: str | None = None,
    ) -> Order:
        def job(transaction: Transaction) -> Order:
            ending = [ended_draft(old, content, "replaced") for old in self._still(transaction, instead)]
            drafts = [order_draft(order, content, case), *ending]
            return order_of(self._ledger.append(transaction, drafts, event_key)[0])

        return await self._writer.run(job)

    async def put_back(
        self,
        orders: Sequence[Order],
        content: Content,
        *,
        instead: Mapping[int, str],
        event_key: str | None = None,
    ) -> tuple[Order, ...]:
        def job(transaction: Transaction) -> tuple[Order, ...]:
            ending = self._still(transaction, [*instead])
            drafts = [order_draft(order, content, order.case) for order in orders]
            drafts += [ended_draft(old, content, instead[old.id]) for old in ending]
            late = len(ending) < len(instead) or any(self._is_back(transaction, order) for order in orders)
            written = self._ledger.append(transaction, () if late else drafts, event_key)
            return tuple(order_of(entry) for entry in written[: len(orders)])

        return await self._writer.run(job)

    async def narrow(
        self, order: Order, content: Content, old: Sequence[int], by: Content, *, event_key: str | None = None
    ) -> Order | None:
        def job(transaction: Transaction) -> Order | None:
            if not (still := self._still(transaction, old)):
                return None
            drafts = [order_draft(order, content, order.case), *(ended_draft(one, by, "replaced") for one in still)]
            return order_of(self._ledger.append(transaction, drafts, event_key)[0])

        return await self._writer.run(job)

    async def end(
        self, orders: Sequence[int], content: Content, *, how: str = "", event_key: str | None = None
    ) -> tuple[Order, ...]:
        def job(transaction: Transaction) -> tuple[Order, ...]:
            ending = self._still(transaction, orders)
            drafts = [ended_draft(order, content, how) for order in ending]
            written = self._ledger.append(transaction, drafts, event_key)
            return tuple(_ended(order, entry) for order, entry in zip(ending, written, strict=True))

        return await self._writer.run(job)

    async def active(self, room: str | None = None) -> tuple[Order, ...]:
        rows = await self._readers.rows(ACTIVE, [self._mine])
        return tuple(order for order in _read(rows) if room is None or order.covers(room))

    async def get(self, case: int) -> tuple[Order, ...]:
        if case > MOST:
            return ()
        return tuple(_read(await self._readers.rows(_OF_CASE, [{**self._mine, "of_case": case}])))

    async def given(self, orders: Sequence[int]) -> tuple[Order, ...]:
        wanted = [{**self._mine, "of_order": order} for order in sorted(set(orders))]
        return tuple(_read(await self._readers.rows(_ONE, wanted))) if wanted else ()

    async def changed(self, after: int = 0) -> tuple[int, tuple[Order, ...]]:
        ((mark,),) = await self._readers.rows(MARK, [self._mine])
        if mark <= after:
            return mark, ()
        rows = await self._readers.rows(CHANGED, [{**self._mine, "after": after}])
        return mark, tuple(_read(rows))

    def _still(self, transaction: Transaction, wanted: Sequence[int]) -> list[Order]:
        """Those of these orders that nobody has ended, oldest first; also of what other jobs have just added."""
        transaction.flush()
        active = [seq for seq in sorted(set(wanted)) if self._ledger.is_active(transaction, seq)]
        return [order for seq in active for order in _read(transaction.fetch(_ONE, {**self._mine, "of_order": seq}))]

    def _is_back(self, transaction: Transaction, order: Order) -> bool:
        """Whether what had ended is in force again, or has been; `_still` has flushed."""
        rows = transaction.fetch(_OF_CASE, {**self._mine, "of_case": order.case})
        return any(one.again == order.again for one in _read(rows))


def _read(rows: Sequence[Any]) -> Iterator[Order]:
    """The orders of these rows. One that cannot be read keeps no other from being carried out."""
    for sealed, body, ending in rows:
        try:
            order = _order(sealed, body)
        except ValueError:
            log.error("the order of entry %d cannot be read", _unsealed(sealed, body).seq, exc_info=True)
            continue
        yield order if ending is None else _ended(order, _unsealed(ending, None))


@lru_cache(REMEMBERED)
def _order(sealed: str, body: str) -> Order:
    """Orders are read again and again, all that are in force; what an entry says does not change."""
    return order_of(_unsealed(sealed, body))


def _unsealed(sealed: str, body: str | None) -> Entry:
    return unseal(sealed, body, content="", previous="", digest="")


def _ended(order: Order, entry: Entry) -> Order:
    return replace(order, ended=entry.at, how=entry.code)
