"""The port `History`: one ledger for all processes on this database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import partial
from itertools import groupby

from sqlalchemy import Connection, delete, select, update
from sqlalchemy import bindparam as bind

from adapters.database.ledger import Ledger
from adapters.database.queries import case_numbers, last_sid
from adapters.database.readers import Readers
from adapters.database.rows import MOST, WHOLE, entry_of
from adapters.database.schema import contents, entries, open_intents
from adapters.database.store import Workers
from adapters.database.transaction import Transaction
from adapters.database.writer import Writer
from bot.history import Case, CasePage, CaseQuery, Content, Draft, Entry, EntryKind, OpenIntent

CHUNK = 500  # entries in memory at once while all of them are read

_CASES = WHOLE.where(entries.c.case_number.in_(bind("numbers", expanding=True)), entries.c.server == bind("mine"))
_NEXT = WHOLE.where(entries.c.seq > bind("after")).limit(CHUNK)
_ENTRY = WHOLE.where(entries.c.seq == bind("seq"))
_MINE = select(entries.c.seq).where(entries.c.seq == open_intents.c.seq, entries.c.server == bind("mine")).exists()
_OTHERS = select(open_intents.c.worker).where(open_intents.c.worker != bind("me"), _MINE).distinct()
_OPEN_OF = WHOLE.where(
    entries.c.seq.in_(select(open_intents.c.seq).where(open_intents.c.worker == bind("dead")).scalar_subquery()),
    entries.c.server == bind("mine"),
)
_HAND_OVER = update(open_intents).where(open_intents.c.worker == bind("dead"), _MINE).values(worker=bind("me"))
_ERASE = delete(contents).where(contents.c.seq == bind("erased"))


class DatabaseHistory:
    def __init__(self, writer: Writer, readers: Readers, ledger: Ledger, workers: Workers) -> None:
        self._writer = writer
        self._readers = readers
        self._ledger = ledger
        self._workers = workers

    async def append(self, drafts: Sequence[Draft], event_key: str | None = None) -> tuple[Entry, ...]:
        return await self._writer.run(lambda transaction: self._ledger.append(transaction, drafts, event_key))

    async def cases(self, query: CaseQuery) -> CasePage:
        return await self._readers.run(partial(_page, query, self._ledger.server))

    async def case(self, number: int) -> Case | None:
        if number > MOST:
            return None
        cases = await self._readers.run(partial(_cases, [number], self._ledger.server))
        return cases[0] if cases else None

    async def seen(self, room: str, identity: str) -> str | None:
        """By the newest case: what is added to an older one later speaks of that one's session."""
        return await self._readers.run(
            lambda connection: connection.scalar(last_sid(room, identity, self._ledger.server))
        )

    async def take_open_intents(self) -> tuple[OpenIntent, ...]:
        await self._workers.settled()
        return await self._writer.run(self._take_over)

    async def entries(self, after: int = 0) -> AsyncIterator[Entry]:
        while chunk := await self._readers.run(partial(_chunk, after)):
            for entry in chunk:
                yield entry
            after = chunk[-1].seq

    async def erase(self, sequences: Sequence[int], content: Content) -> tuple[Entry, ...]:
        """Forget the content of these entries for good; what `content` says of it (who, why) is an entry of its own.

        Entries that have been erased before, or never were, are passed over.
        """
        return await self._writer.run(partial(self._erase, sequences, content))

    def _take_over(self, transaction: Transaction) -> tuple[OpenIntent, ...]:
        """In one write transaction, so that two living workers cannot take the same."""
        me, mine, taken = self._ledger.worker, self._ledger.server, []
        transaction.flush()
        others = transaction.fetch(_OTHERS, {"me": me, "mine": mine})
        for worker in [worker for (worker,) in others if self._workers.is_dead(worker)]:
            of = {"dead": worker, "mine": mine}
            taken += [OpenIntent(entry_of(row)) for row in transaction.fetch(_OPEN_OF, of)]
            transaction.run(_HAND_OVER, {**of, "me": me})
        return tuple(taken)

    def _erase(self, sequences: Sequence[int], content: Content, transaction: Transaction) -> tuple[Entry, ...]:
        transaction.flush()
        drafts = []
        for seq in sequences:
            if transaction.run(_ERASE, {"erased": seq}):
                (row,) = transaction.fetch(_ENTRY, {"seq": seq})
                drafts.append(Draft(EntryKind.ERASED, content, case=entry_of(row).case, refers=seq))
        return self._ledger.append(transaction, drafts, None)


def _page(query: CaseQuery, server: str, connection: Connection) -> CasePage:
    numbers = list(connection.scalars(case_numbers(query, server)))
    return CasePage(_cases(numbers[: query.limit], server, connection), more=len(numbers) > query.limit)


def _cases(numbers: Sequence[int], server: str, connection: Connection) -> tuple[Case, ...]:
    """Newest first."""
    found = [entry_of(row) for row in connection.execute(_CASES, {"numbers": numbers, "mine": server})]
    found.sort(key=lambda entry: (-entry.case, entry.seq))
    return tuple(Case(number, tuple(group)) for number, group in groupby(found, key=lambda entry: entry.case))


def _chunk(after: int, connection: Connection) -> list[Entry]:
    return [entry_of(row) for row in connection.execute(_NEXT, {"after": after})]
