"""Whether the words behind a short name may be the rest of a longer one (`Anna Brg`: Anna, or Anna Berg?). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.words import Word, fold, near

ALIKE = 0.75  # one typing error in a word of four letters
SHORTEST_BEGINNING = 3  # letters of a name that count as its beginning although more words follow
_BETWEEN = re.compile(r"[-_.,;:!?'\"()@/|]+")


@dataclass(frozen=True, slots=True)
class Longer:
    """The words of a line of which the first `length` name somebody already.

    `nearly` is whether those behind them say nothing by themselves, so that they may be a name with a typing error.
    """

    words: Sequence[Word]
    length: int
    nearly: bool

    def names(self, *called: str) -> int:
        """How many words may have been meant as one of these names, which goes on behind the short one; 0 for none.

        Quotes end a name.
        """
        if self.words[0].quoted:
            return 0
        return max(map(self._names, called), default=0)

    def _names(self, called: str) -> int:
        head, whole = self._parts(0, self.length), _parts(called)
        first, rest = whole[: len(head)], whole[len(head) :]
        if not rest or not (head == first or (self.nearly and _alike(head, first))):
            return 0
        for length in range(self.length + 1, min(len(self.words), self.length + len(rest) + 1) + 1):
            typed = self._parts(self.length, length)
            if (typed == rest and head == first) or (self.nearly and self._may_be(typed, rest, length)):
                return length
        return 0

    def _may_be(self, typed: Sequence[str], rest: Sequence[str], length: int) -> bool:
        """A typing error, or a beginning that is more than a short word of a sentence."""
        begun = "".join(rest).startswith("".join(typed))
        if begun and typed != rest:
            return length == len(self.words) or len("".join(typed)) >= SHORTEST_BEGINNING
        return _alike(typed, rest)

    def _parts(self, start: int, end: int) -> list[str]:
        return _parts(" ".join(word.text for word in self.words[start:end]))


def _parts(text: str) -> list[str]:
    """Its words, without what only stands between them."""
    return _BETWEEN.sub(" ", fold(text)).split()


def _alike(typed: Sequence[str], name: Sequence[str]) -> bool:
    one, other = " ".join(typed), " ".join(name)
    if one == other:
        return True
    close = abs(len(one) - len(other)) <= 1 + len(other) // 4  # before the costly look: a room holds thousands
    return bool(one) and close and bool(near(one, [other], ALIKE))
