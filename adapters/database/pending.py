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
from adapters.database.schema import GROUPED, claims, pending
from adapters.database.transaction import FIND_CLAIM, Transaction
from adapters.database.writer import Writer
from bot.pending import PendingItem
from bot.ports import Clock

KEPT = timedelta(days=1)  # how long "this has expired" can still be said of an item
CLAIMED = timedelta(days=7)  # far longer than any platform delivers an event again

_ADD = insert(pending)
_GET = select(pending).where(pending.c.token == bind("of_token"))
_SPEND = update(pending).where(pending.c.token == bind("of_token"), pending.c.spent == 0).values(spent=1)
_SPEND_ALL = update(pending).where(pending.c.question == bind("of_question")).values(spent=1)
WAITING = (
    select(pending)
    .where(pending.c.owner == bind("of_owner"), pending.c.channel == bind("of_channel"), GROUPED)
    .where(pending.c.spent == 0, pending.c.expires > bind("now"))
    .order_by(pending.c.question, pending.c.token)
)
_PROLONG = (
    update(pending).where(pending.c.question == bind("of_question"), pending.c.spent == 0).values(expires=bind("until"))
)
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
            self._writer.post(partial(_put, tuple(items)), partial(self._written, put))

    async def get(self, token: str) -> PendingItem | None:
        if token in self._unwritten:
            return self._unwritten[token]
        asked = {"of_token": storable(token)}
        row = await self._readers.run(lambda connection: connection.execute(_GET, asked).one_or_none())
        return None if row is None else _item(*row)

    async def spend(self, token: str, event_key: str = "") -> bool:
        """An item without a group may be pressed again, so it is never spent."""
        claim = _claim(token, event_key) if event_key else ""
        return await self._writer.run(partial(_spend, storable(token), claim, spelled(self._clock.now())))

    async def spent_by(self, token: str, event_key: str) -> bool:
        asked = {"event_key": _claim(token, event_key)}
        return await self._readers.run(lambda connection: connection.execute(FIND_CLAIM, asked).first() is not None)

    async def waiting(self, owner: str, channel: str) -> tuple[PendingItem, ...]:
        now = self._clock.now()
        asked = {"of_owner": storable(owner), "of_channel": storable(channel), "now": spelled(now)}
        found = {item.token: item for item in self._unwritten.values() if _waits(item, owner, channel, now)}
        rows = await self._readers.rows(WAITING, [asked])  # second: what is written meanwhile is found here or there
        found |= {item.token: item for item in (_item(*row) for row in rows)}
        return tuple(sorted(found.values(), key=lambda item: (item.group, item.token)))

    async def prolong(self, group: str, expires: datetime) -> bool:
        return bool(group) and await self._writer.run(partial(_prolong, storable(group), spelled(expires)))

    async def prune(self) -> None:
        """Forget what expired long ago, and event keys that nothing can deliver again."""
        now = self._clock.now()
        await self._writer.run(partial(_prune, spelled(now - KEPT), spelled(now - CLAIMED)))

    def _written(self, put: dict[str, PendingItem]) -> None:
        for token in put:
            self._unwritten.pop(token, None)


def _put(items: Sequence[PendingItem], transaction: Transaction) -> None:
    transaction.run_all(_ADD, [_row(item) for item in items])


def _claim(token: str, event_key: str) -> str:
    """What is claimed beside the event itself, which stands for what it wrote into the history."""
    return storable(f"{event_key} {token}")


def _spend(token: str, claim: str, at: str, transaction: Transaction) -> bool:
    found = transaction.fetch(_GET, {"of_token": token})
    if not found:
        return False
    question = _item(*found[0]).group
    if not question:
        return True
    if not transaction.run(_SPEND, {"of_token": token}):
        return False
    transaction.run(_SPEND_ALL, {"of_question": question})
    if claim:
        transaction.claim(claim, at)
    return True


def _waits(item: PendingItem, owner: str, channel: str, now: datetime) -> bool:
    return bool(item.group) and (item.owner, item.channel) == (owner, channel) and item.expires > now


def _prolong(group: str, until: str, transaction: Transaction) -> bool:
    return bool(transaction.run(_PROLONG, {"of_question": group, "until": until}))


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
