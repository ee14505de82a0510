"""What an append does inside a write transaction: claim, seal, and keep the tables beside the chain in step."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam as bind
from sqlalchemy import delete, insert, select

from adapters.database.rows import content_row, entry_row, storable
from adapters.database.schema import defaults, grants, orders
from adapters.database.transaction import (
    ADD_CONTENT,
    ADD_ENTRY,
    ADD_OPEN,
    ADD_ORDER,
    CLOSE,
    END_ORDER,
    TOUCH_ORDER,
    Transaction,
)
from bot.chain import Head, seal
from bot.errors import AlreadyHandled, HistoryError, Refused
from bot.history import ChannelDefault, Draft, Entry, EntryKind
from bot.orders import read_order
from bot.people import Grant, Role
from bot.ports import Clock

_CLOSING = (EntryKind.OUTCOME, EntryKind.RECONCILED)

_DROP_GRANT = delete(grants).where(grants.c.server == bind("of_server"), grants.c.subject == bind("of_subject"))
_ADD_GRANT = insert(grants)
_GRANTS = select(grants.c.subject, grants.c.role, grants.c.rooms).where(grants.c.server == bind("of_server"))
_DROP_DEFAULT = delete(defaults).where(defaults.c.server == bind("of_server"), defaults.c.channel == bind("of_channel"))
_ADD_DEFAULT = insert(defaults)
_IS_ACTIVE = select(orders.c.seq).where(
    orders.c.seq == bind("of_order"), orders.c.server == bind("of_server"), orders.c.ended.is_(None)
)


def spelled(at: datetime) -> str:
    """A time as the tables hold it; texts sort as the times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class Ledger:
    """Seals entries in the name of one worker, about one LiveKit server."""

    worker: str
    server: str
    clock: Clock

    def append(self, transaction: Transaction, drafts: Sequence[Draft], event_key: str | None) -> tuple[Entry, ...]:
        head = transaction.head
        key = None if event_key is None else storable(event_key)
        self._check(transaction, head, drafts, key)
        at = self.clock.now()
        if key is not None:
            transaction.claim(key, spelled(at))
        written = tuple(self._seal(transaction, drafts, head, at))
        for entry, draft in zip(written, drafts, strict=True):
            self._follow(transaction, entry, draft.projection)
        return written

    def _check(self, transaction: Transaction, head: Head, drafts: Sequence[Draft], key: str | None) -> None:
        """Everything that can be wrong with an append is found here, before anything is added."""
        if key is not None and transaction.is_claimed(key):
            raise AlreadyHandled("This has been handled already.")
        self._check_orders(transaction, drafts)
        for draft in drafts:
            if draft.case is not None and not 0 < draft.case < head.next_case:
                raise HistoryError(f"There is no case {draft.case}.", "no_such_case")
            if draft.refers is not None and not 0 < draft.refers <= head.seq:
                raise HistoryError(f"There is no entry {draft.refers}.", "no_such_entry")
            if draft.keeps_admin and isinstance(draft.projection, Grant):
                self._check_admin(transaction, draft.projection)

    def _check_orders(self, transaction: Transaction, drafts: Sequence[Draft]) -> None:
        """An order is one that can be read again, and ends once."""
        for draft in (draft for draft in drafts if draft.kind is EntryKind.ORDER):
            try:
                read_order(draft.content)
            except ValueError as error:
                raise HistoryError("This is no order that could be carried out.", "bad_order") from error
        ending = [draft.refers for draft in drafts if draft.kind is EntryKind.ENDED]
        if not ending:
            return
        transaction.flush()
        if len(ending) != len(set(ending)) or not all(self.is_active(transaction, seq) for seq in ending):
            raise HistoryError("There is no such order, or it has ended.", "order_ended")

    def is_active(self, transaction: Transaction, order: int | None) -> bool:
        """Whether there is such an order that nobody has ended, as far as the transaction has been flushed."""
        return bool(transaction.fetch(_IS_ACTIVE, {"of_order": order, "of_server": storable(self.server)}))

    def _check_admin(self, transaction: Transaction, grant: Grant) -> None:
        """Refuse what would leave nobody as admin over all rooms: here nobody else can write in between."""
        rows = transaction.fetch(_GRANTS, {"of_server": storable(grant.server or self.server)})
        admins = {subject for subject, role, rooms in rows if role == Role.ADMIN and "*" in json.loads(rooms)}
        stays = grant.role is Role.ADMIN and "*" in grant.rooms
        if storable(grant.subject) in admins and not stays and len(admins) == 1:
            raise Refused(f"{grant.subject} is the last admin. Make somebody else admin first.", "last_admin")

    def _seal(self, transaction: Transaction, drafts: Iterable[Draft], head: Head, at: datetime) -> Iterable[Entry]:
        new = head.next_case
        for draft in drafts:
            case = new if draft.case is None else draft.case
            salt = os.urandom(16).hex()
            sealed = seal(draft, head, case, at=at, worker=self.worker, server=self.server, salt=salt)
            head = Head(sealed.entry.seq, sealed.entry.digest, max(head.next_case, case + 1))
            transaction.add(ADD_ENTRY, entry_row(sealed))
            transaction.add(ADD_CONTENT, content_row(sealed))
            yield sealed.entry
        transaction.head = head

    def _follow(self, transaction: Transaction, entry: Entry, projection: Grant | ChannelDefault | None) -> None:
        """Keep what stands beside the chain in step with this entry."""
        if entry.kind is EntryKind.INTENT:
            transaction.add(ADD_OPEN, {"seq": entry.seq, "worker": storable(entry.worker)})
        elif entry.kind in _CLOSING and entry.refers is not None:
            transaction.add(CLOSE, {"closed": entry.refers})
        elif entry.kind is EntryKind.ORDER:
            transaction.add(ADD_ORDER, {"seq": entry.seq, "server": storable(entry.server), "changed": entry.seq})
        elif entry.kind is EntryKind.ENDED:
            transaction.add(END_ORDER, {"of_order": entry.refers, "by": entry.seq})
        elif entry.kind is EntryKind.ERASED:
            transaction.add(TOUCH_ORDER, {"of_order": entry.refers, "by": entry.seq})
        if isinstance(projection, Grant):
            self._grant(transaction, projection, entry)
        elif isinstance(projection, ChannelDefault):
            self._set_default(transaction, projection)

    def _grant(self, transaction: Transaction, grant: Grant, entry: Entry) -> None:
        server, subject = storable(grant.server or self.server), storable(grant.subject)
        transaction.run(_DROP_GRANT, {"of_server": server, "of_subject": subject})
        if grant.role is not Role.NONE:
            row = {
                "server": server,
                "subject": subject,
                "role": int(grant.role),
                "rooms": json.dumps(grant.rooms),
                "granted_by": storable(grant.granted_by),
                "at": spelled(grant.at or entry.at),
            }
            transaction.run(_ADD_GRANT, row)

    def _set_default(self, transaction: Transaction, default: ChannelDefault) -> None:
        channel = storable(default.channel)
        transaction.run(_DROP_DEFAULT, {"of_server": self.server, "of_channel": channel})
        if default.room:
            row = {"server": self.server, "channel": channel, "room": storable(default.room)}
            transaction.run(_ADD_DEFAULT, row)
