"""The port `Pending`: buttons and questions, so that they outlive a restart and are used once across processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam as bind
from sqlalchemy import delete, insert, select, update

from adapters.database.ledger import spelled
from adapters.database.readers import Readers
from adapters.database.rows import storable
from adapters.database.schema import claims, pending
from adapters.database.transaction import Transaction
from adapters.database.writer import Writer
from bot.pending import PendingItem
from bot.ports import Clock

KEPT = timedelta(days=1)  # how long "this has expired" can still be said of an item
CLAIMED = timedelta(days=7)  # far longer than any platform delivers an event again

_ADD = insert(pending)
_GET = select(pending).where(pending.c.token == bind("of_token"))
_SPEND = update(pending).where(pending.c.token == bind("of_token"), pending.c.spent == 0).values(spent=1)
_SPEND_ALL = update(pending).where(pending.c.question == bind("of_question")).values(spent=1)
_PRUNE = delete(pending).where(pending.c.expires < bind("before"))
_PRUNE_CLAIMS = delete(claims).where(claims.c.at < bind("before"))


class DatabasePending:
    def __init__(self, writer: Writer, readers: Readers, clock: Clock) -> None:
        self._writer = writer
        self._readers = readers
        self._clock = clock
        self._unwritten: dict[str, PendingItem] = {}

    async def put(self, items: Sequence[PendingItem]) -> None:
        """Returns at once, since every answer has buttons; a press that comes before the commit finds them here."""
        put = {item.token: item for item in items}
        if put:
            self._unwritten.update(put)
            self._writer.post(partial(_put, [_row(item) for item in items]), partial(self._written, put))

    async def get(self, token: str) -> PendingItem | None:
        if token in self._unwritten:
            return self._unwritten[token]
        asked = {"of_token": storable(token)}
        row = await self._readers.run(lambda connection: connection.execute(_GET, asked).one_or_none())
        return None if row is None else _item(*row)

    async def spend(self, token: str) -> bool:
        """An item without a group may be pressed again, so it is never spent."""
        return await self._writer.run(partial(_spend, storable(token)))

    async def prune(self) -> None:
        """Forget what expired long ago, and event keys that nothing can deliver again."""
        now = self._clock.now()
        await self._writer.run(partial(_prune, spelled(now - KEPT), spelled(now - CLAIMED)))

    def _written(self, put: dict[str, PendingItem]) -> None:
        for token in put:
            self._unwritten.pop(token, None)


def _put(rows: Sequence[dict[str, Any]], transaction: Transaction) -> None:
    transaction.run_all(_ADD, rows)


def _spend(token: str, transaction: Transaction) -> bool:
    found = transaction.fetch(_GET, {"of_token": token})
    if not found:
        return False
    question = _item(*found[0]).group
    if not question:
        return True
    if not transaction.run(_SPEND, {"of_token": token}):
        return False
    transaction.run(_SPEND_ALL, {"of_question": question})
    return True


def _prune(expired: str, claimed: str, transaction: Transaction) -> None:
    transaction.run(_PRUNE, {"before": expired})
    transaction.run(_PRUNE_CLAIMS, {"before": claimed})


def _row(item: PendingItem) -> dict[str, Any]:
    return {
        "token": storable(item.token),
        "owner": storable(item.owner),
        "channel": storable(item.channel),
        "bound": storable(item.bound),
        "expires": spelled(item.expires),
        "question": storable(item.group),
        "spent": int(item.spent),
    }


def _item(token: str, owner: str, channel: str, bound: str, expires: str, question: str, spent: int) -> PendingItem:
    return PendingItem(token, owner, channel, bound, datetime.fromisoformat(expires), question, bool(spent))
