"""Whether the words behind a short name may be the rest of a longer one (`Anna Brg`: Anna, or Anna Berg?). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.words import Word, fold, near

ALIKE = 0.75  # one typing error in a word of four letters
SHORTEST_BEGINNING = 3  # letters of a name that count as its beginning although more words follow
_BETWEEN = re.compile(r"[-_.,;:!?'\"()@/|]+")


class Longer:
    """The words of a line of which the first `length` name somebody already.

    `nearly` is whether those behind them say nothing by themselves, so that they may be a name with a typing error.
    """

    def __init__(self, words: Sequence[Word], length: int, *, nearly: bool) -> None:
        self._words, self._length, self._nearly = words, length, nearly
        self._head = self._parts(0, length)
        self._begins: dict[tuple[str, ...], bool] = {}  # of thousands of names in a room many begin alike

    def names(self, *called: str) -> int:
        """How many words may have been meant as one of these names, which goes on behind the short one; 0 for none.

        Quotes end a name.
        """
        if self._words[0].quoted or self._length == len(self._words):
            return 0
        return max(map(self._names, called), default=0)

    def _names(self, called: str) -> int:
        whole = _parts(called)
        first, rest = whole[: len(self._head)], whole[len(self._head) :]
        if not rest or not self._may_begin(first):
            return 0
        most = min(len(self._words), self._length + len(rest) + 1)
        for length in range(self._length + 1, most + 1):
            typed = self._parts(self._length, length)
            if (typed == rest and self._head == first) or (self._nearly and self._may_be(typed, rest, length)):
                return length
        return 0

    def _may_begin(self, first: Sequence[str]) -> bool:
        key = tuple(first)
        if key not in self._begins:
            self._begins[key] = self._head == first or (self._nearly and _alike(self._head, first))
        return self._begins[key]

    def _may_be(self, typed: Sequence[str], rest: Sequence[str], length: int) -> bool:
        """A typing error, or a beginning that is more than a short word of a sentence."""
        begun = "".join(rest).startswith("".join(typed))
        if begun and typed != rest:
            return length == len(self._words) or len("".join(typed)) >= SHORTEST_BEGINNING
        return _alike(typed, rest)

    def _parts(self, start: int, end: int) -> list[str]:
        return _parts(" ".join(word.text for word in self._words[start:end]))


def _parts(text: str) -> list[str]:
    """Its words, without what only stands between them."""
    return _BETWEEN.sub(" ", fold(text)).split()


def _alike(typed: Sequence[str], name: Sequence[str]) -> bool:
    one, other = " ".join(typed), " ".join(name)
    if one == other:
        return True
    if not one or abs(len(one) - len(other)) > 1 + len(other) // 4 or (one[0] != other[0] and one[-1] != other[-1]):
        return False  # before the costly look: a room holds thousands
    return bool(near(one, [other], ALIKE))
