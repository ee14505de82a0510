"""What was registered with a chat platform, as a digest for each place: a memory, and nothing that anybody decided.

It is no port of the core's. Which LiveKit server this process moderates makes no difference: an application of the
platform has one set of commands in each place.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy import bindparam as bind
from sqlalchemy import delete, insert, select

from adapters.database.ledger import spelled
from adapters.database.readers import Readers
from adapters.database.rows import storable
from adapters.database.schema import registrations
from adapters.database.transaction import Transaction
from adapters.database.writer import Writer
from bot.ports import Clock

_KNOWN = select(registrations.c.place, registrations.c.digest).where(
    registrations.c.application == bind("of_application")
)
_DROP = delete(registrations).where(
    registrations.c.application == bind("of_application"), registrations.c.place == bind("of_place")
)
_ADD = insert(registrations)


class DatabaseRegistrations:
    def __init__(self, writer: Writer, readers: Readers, clock: Clock) -> None:
        self._writer = writer
        self._readers = readers
        self._clock = clock

    async def known(self, application: str) -> Mapping[str, str]:
        """The digests of this application, by place; `HistoryError`."""
        rows = await self._readers.rows(_KNOWN, [{"of_application": storable(application)}])
        return dict(map(tuple, rows))

    async def keep(self, application: str, digests: Mapping[str, str | None]) -> None:
        """All of these, by place, or none of them; None forgets one. `HistoryError`."""
        await self._writer.run(partial(_keep, storable(application), dict(digests), spelled(self._clock.now())))


def _keep(application: str, digests: Mapping[str, str | None], at: str, transaction: Transaction) -> None:
    places = {storable(place): digest for place, digest in digests.items()}
    transaction.run_all(_DROP, [{"of_application": application, "of_place": place} for place in places])
    kept = {place: digest for place, digest in places.items() if digest is not None}
    transaction.run_all(
        _ADD,
        [{"application": application, "place": place, "digest": digest, "at": at} for place, digest in kept.items()],
    )
