"""Whom Usher has seen in which room lately: someone who has left is still somebody."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.bounded import keep
from bot.callers import numbers_of
from bot.model import Kind, Participant
from bot.words import fold

MOST = 20_000
MOST_NUMBERS = 2_000


@dataclass(frozen=True, slots=True)
class Seen:
    """`private`: hidden, or a caller by telephone; whoever is no admin learns nothing of them once they have left."""

    identity: str
    sid: str
    name: str
    hidden: bool = False
    caller: bool = False

    @property
    def private(self) -> bool:
        return self.hidden or self.caller


class Recent:
    """The latest session of each (room, identity) that a listing showed; bounded, in memory."""

    def __init__(self, most: int = MOST) -> None:
        self._seen: OrderedDict[tuple[str, str], Seen] = OrderedDict()
        self._numbers: OrderedDict[str, None] = OrderedDict()
        self._most = most

    @property
    def numbers(self) -> Collection[str]:
        """The digits of the telephone numbers of callers."""
        return self._numbers

    def remember(self, room: str, people: Iterable[Participant]) -> None:
        for person in people:
            caller = person.kind is Kind.SIP
            self.keep(room, Seen(person.identity, person.sid, person.name, person.permission.hidden, caller))
            if caller:
                self._keep_numbers(numbers_of(person))

    def keep(self, room: str, seen: Seen) -> None:
        keep(self._seen, (room, seen.identity), seen, self._most)

    def _keep_numbers(self, numbers: Iterable[str]) -> None:
        for number in numbers:
            keep(self._numbers, number, None, MOST_NUMBERS)

    def find(self, room: str, spellings: Iterable[str]) -> Seen | None:
        """The person with one of these identities in that room."""
        return next((seen for one in spellings if (seen := self._seen.get((room, one))) is not None), None)

    def of(self, room: str) -> list[Seen]:
        """Everybody seen in that room, those last who were seen last."""
        return [seen for (where, _), seen in self._seen.items() if where == room]

    def named(self, room: str, folded: str) -> list[Seen]:
        """Everybody seen in that room under that folded name."""
        return [seen for seen in self.of(room) if fold(seen.name) == folded]

    def called(self, room: str, *, hidden: bool) -> list[tuple[str, str]]:
        """Identity and name of everybody seen in that room; of those who are hidden only where asked for."""
        return [
            (seen.identity, seen.name)
            for (where, _), seen in self._seen.items()
            if where == room and (hidden or not seen.hidden)
        ]

    def is_hidden(self, room: str, identity: str, person: Participant | None) -> bool:
        """Whether they are hidden as they are now (`person`), or were when last seen."""
        if person is not None:
            return person.permission.hidden
        seen = self._seen.get((room, identity))
        return seen is not None and seen.hidden
