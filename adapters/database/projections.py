"""What the tables beside the chain ought to hold, gathered while the chain is walked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.database.reading import Reading
from adapters.database.rows import storable
from bot.people import Role

# Quotes inside of values are escaped in the sealed JSON, so these stand for its own keys alone.
_INTENT, _GRANT, _ORDER = b'"kind":"intent"', b'"kind":"grant"', b'"kind":"order"'
_ALREADY = b'"outcome":"already"'
_CLOSING = re.compile(rb'"kind":"(?:outcome|reconciled)".*"refers":(\d+)')
_ENDING = re.compile(rb'"kind":"ended".*"refers":(\d+)')
_PREFIX = "grant."


@dataclass(frozen=True, slots=True)
class Astray:
    """A table beside the chain says something else than the entries."""

    table: str
    why: str


@dataclass(slots=True)
class Projections:
    """`intents` without an outcome, the newest grant of each (server, subject), and the `orders` with what ended them.

    A server of which one grant's content has been erased, or says nothing, cannot be compared.
    """

    intents: set[int] = field(default_factory=set)
    grants: dict[tuple[str, str], tuple[int, tuple[str, ...]] | None] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    orders: dict[int, tuple[str, int | None]] = field(default_factory=dict)

    def follow(self, seq: int, sealed: bytes, body: bytes | None) -> None:
        if _INTENT in sealed:
            self.intents.add(seq)
        elif (closing := _CLOSING.search(sealed)) is not None:
            self.intents.discard(int(closing[1]))
        elif _GRANT in sealed and _ALREADY not in sealed:
            self._grant(storable(json.loads(sealed)["server"]), json.loads(body) if body else {})
        elif _ORDER in sealed:
            self.orders[seq] = (storable(json.loads(sealed)["server"]), None)
        elif (ending := _ENDING.search(sealed)) is not None and (order := int(ending[1])) in self.orders:
            self.orders[order] = (self.orders[order][0], seq)

    def _grant(self, server: str, content: dict[str, str]) -> None:
        changes = json.loads(content.get("difference") or "[]")
        if not changes:
            self.unknown.add(server)
        for name, _, after in changes:
            given = None if after is None else (int(Role.parse(after[0])), tuple(after[1:]))
            self.grants[server, storable(name.removeprefix(_PREFIX))] = given

    def compared(self, reading: Reading) -> Iterator[Astray]:
        """Each table that does not agree."""
        held = {seq for (seq,) in reading.rows("SELECT seq FROM open_intents")}
        if odd := sorted(held ^ self.intents):
            yield Astray("open_intents", f"entry {odd[0]} is {'in it' if odd[0] in held else 'missing'}.")
        given = _orders(reading)
        if wrong := sorted(seq for seq in given.keys() | self.orders.keys() if given.get(seq) != self.orders.get(seq)):
            yield Astray("orders", f"the order of entry {wrong[0]} is not as it was given and ended.")
        rows = reading.rows("SELECT server, subject, role, rooms FROM grants")
        stored = {(s.decode(), who.decode()): (role, tuple(json.loads(rooms))) for s, who, role, rooms in rows}
        wanted = {key: given for key, given in self.grants.items() if given is not None}
        for key in sorted(stored.keys() | wanted.keys()):
            if key[0] not in self.unknown and stored.get(key) != wanted.get(key):
                yield Astray("grants", f"the role of {key[1]} is not the one that was given last.")


def _orders(reading: Reading) -> dict[int, tuple[str, int | None]]:
    """The table of orders; a history that no Usher with orders has opened yet has none."""
    if not reading.has("orders"):
        return {}
    rows = reading.rows("SELECT seq, server, ended FROM orders")
    return {seq: (server.decode(), ended) for seq, server, ended in rows}
