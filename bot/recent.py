"""Whom Usher has seen in which room lately: someone who has left is still somebody."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from bot.model import Participant
from bot.words import fold

MOST = 20_000


class Recent:
    """The latest session of each (room, identity) that a listing showed; bounded, in memory."""

    def __init__(self, most: int = MOST) -> None:
        self._seen: OrderedDict[tuple[str, str], tuple[str, str]] = OrderedDict()
        self._most = most

    def remember(self, room: str, people: Iterable[Participant]) -> None:
        for person in people:
            self._seen[room, person.identity] = (person.sid, person.name)
            self._seen.move_to_end((room, person.identity))
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)

    def find(self, room: str, spellings: Iterable[str]) -> tuple[str, str, str] | None:
        """(identity, sid, name) of the person with one of these identities in that room."""
        for identity in spellings:
            if (found := self._seen.get((room, identity))) is not None:
                return (identity, *found)
        return None

    def named(self, room: str, folded: str) -> list[tuple[str, str, str]]:
        """Everybody seen in that room under that folded name."""
        return [
            (identity, sid, name)
            for (where, identity), (sid, name) in self._seen.items()
            if where == room and fold(name) == folded
        ]
