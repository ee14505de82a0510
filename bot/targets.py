"""What a person typed -> exactly one participant, or a choice. Never a guess. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import BadArgument
from bot.model import Participant
from bot.words import QUOTES, Word, fold, near, undirected

LONGEST_NAME = 24  # words; a 256-byte name holds few more
_MENTION = re.compile(r"<[@#!][^>]*>")


@dataclass(frozen=True, slots=True)
class Match:
    """A person whom the first `length` words name."""

    length: int
    person: Participant


@dataclass(frozen=True, slots=True)
class Matches:
    """`exact` are full readings; `near` are prefixes and look-alikes, which are only ever offered as a choice."""

    exact: tuple[Match, ...] = ()
    near: tuple[Match, ...] = ()

    @property
    def single(self) -> Match | None:
        """The one person meant, with the longest reading of their name; None where it is a choice."""
        if self.exact and not self.near and len({match.person.sid for match in self.exact}) == 1:
            return max(self.exact, key=lambda match: match.length)
        return None

    @property
    def options(self) -> tuple[Match, ...]:
        """Each reading that could be meant, once for each person and length."""
        kept = {(match.person.sid, match.length): match for match in (*self.exact, *self.near)}
        return tuple(kept.values())


def find(line: str, words: Sequence[Word], people: Sequence[Participant]) -> Matches:
    """Whom the words at the beginning may name; `BadArgument` for a chat mention, which is never a name match."""
    if not words:
        return Matches()
    if _MENTION.match(words[0].text):
        raise BadArgument("A chat mention is not a participant. Type the name or the identity shown by /participants.")
    lengths = range(1, 1 + (1 if words[0].quoted else min(len(words), LONGEST_NAME)))
    exact = [Match(n, p) for n in lengths for p in people if _names(_spelled(line, words, n), p)]
    if exact:
        longest = max(match.length for match in exact)
        return Matches(tuple(exact), _longer(line, words, people, longest, exact))
    return Matches((), _nearest(line, words, people))


def _spelled(line: str, words: Sequence[Word], length: int) -> tuple[str, ...]:
    """The ways in which the first words may be meant: as typed, with single spaces, without `@` or copied marks."""
    raw = line[words[0].start : words[length - 1].end]
    joined = " ".join(word.text for word in words[:length])
    bare = undirected(joined)
    return tuple(dict.fromkeys((raw, joined, joined.strip(QUOTES), bare, bare.lstrip("@＠").strip())))


def _names(spelled: tuple[str, ...], person: Participant) -> bool:
    """Identity or sid to the letter, or the whole name folded; who has no name is called by the identity."""
    if person.identity in spelled or person.sid in spelled:
        return True
    return fold(person.display) in {fold(text) for text in spelled if fold(text)}


def _longer(
    line: str, words: Sequence[Word], people: Sequence[Participant], longest: int, exact: list[Match]
) -> tuple[Match, ...]:
    """Others whose name goes on with the words behind an exact reading (`Anna B`: Anna, or Anna Berg?)."""
    sids = {match.person.sid for match in exact}
    found = []
    for length in range(longest + 1, 1 + min(len(words), LONGEST_NAME)):
        begun = [fold(text) for text in _spelled(line, words, length)]
        found += [
            Match(length, p) for p in people if p.sid not in sids and any(fold(p.display).startswith(b) for b in begun)
        ]
    return tuple(found)


def _nearest(line: str, words: Sequence[Word], people: Sequence[Participant]) -> tuple[Match, ...]:
    """Prefixes, the longest run of words first; where there are none, look-alikes of the first words."""
    for length in range(1 if words[0].quoted else min(len(words), LONGEST_NAME), 0, -1):
        begun = [fold(text) for text in _spelled(line, words, length) if fold(text)]
        found = [p for p in people if any(_begins(p, text) for text in begun)]
        if found:
            return tuple(Match(length, p) for p in found)
    by_word = {key: p for p in people for key in (p.identity, p.name, *p.name.split()[:1]) if key}
    typed = _spelled(line, words, 1)[-1]
    alike = {by_word[key].sid: by_word[key] for key in near(typed, by_word)}
    return tuple(Match(1, p) for p in alike.values())


def _begins(person: Participant, text: str) -> bool:
    if fold(person.identity).startswith(text) or person.sid.casefold() == text:
        return True
    name = fold(person.name)
    return name.startswith(text) or any(part.startswith(text) for part in name.split())
