"""What a person typed -> exactly one participant, or a choice. Never a guess. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import BadArgument
from bot.longer import Longer
from bot.model import Participant
from bot.words import QUOTES, Word, fold, near, undirected, visible

LONGEST_NAME = 24  # words; a 256-byte name holds few more
LONGEST_TYPED = 1100  # characters: LiveKit's names and identities hold 256 bytes
_MENTION = re.compile(
    r"^\s*<[@#!][^>]*>|<(?:[@#][!&]?[A-Z0-9]+|![a-z]+(?:\^[A-Z0-9]+)?)(?:\|[^>]*)?>"
    r"|(?<!\S)@(?:everyone|here|channel)(?!\S)"
)
"""At the beginning anything of the kind, elsewhere what is one to the letter: names hold such signs, too."""


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
        """Everybody who could be meant, each with the longest reading of their name."""
        kept: dict[str, Match] = {}
        for match in (*self.exact, *self.near):
            if match.person.sid not in kept or match.length > kept[match.person.sid].length:
                kept[match.person.sid] = match
        return tuple(kept.values())


def find(line: str, words: Sequence[Word], people: Sequence[Participant]) -> Matches:
    """Whom the words at the beginning may name; `BadArgument` for a chat mention, which is never a name match."""
    if not words:
        return Matches()
    if is_mention(words[0].text):
        raise BadArgument("A chat mention is not a participant. Type the name or the identity shown by /participants.")
    spelled = _spellings(line, words)
    called = [(person, fold(person.display)) for person in people]
    exact = [Match(n, p) for n, ways in spelled.items() for p, name in called if ways.name(p, name)]
    if exact:
        longest = max(match.length for match in exact)
        return Matches(tuple(exact), _longer(spelled, called, longest, exact))
    return Matches((), tuple(_whole(words, match) for match in _nearest(spelled, people)))


def is_mention(text: str) -> bool:
    """Whether a mention stands in it as a chat platform writes one, with or without marks that show nothing."""
    return _MENTION.search(visible(text)) is not None


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways in which some words may be meant as a name: as typed, and folded."""

    typed: frozenset[str]
    folded: frozenset[str]

    def name(self, person: Participant, called: str) -> bool:
        """Identity or sid to the letter, or the whole name folded; who has no name is called by the identity.

        An identity with invisible marks is named by what is seen of it: two that look alike are a choice.
        """
        identity = person.identity
        shown = identity in self.typed or (not identity.isascii() and visible(identity) in self.typed)
        return shown or person.sid in self.typed or called in self.folded


def _spellings(line: str, words: Sequence[Word]) -> dict[int, Ways]:
    """For each number of words, as long as they could be a name at all, how they may be meant.

    As typed, with single spaces, without `@`, and without the marks of direction that a copied name brings along.
    """
    found = {}
    for length in range(1, 1 + (1 if words[0].quoted else min(len(words), LONGEST_NAME))):
        if words[length - 1].end - words[0].start > LONGEST_TYPED:
            break
        raw = line[words[0].start : words[length - 1].end]
        joined = " ".join(word.text for word in words[:length])
        bare = undirected(joined)
        typed = frozenset((raw, joined, joined.strip(QUOTES), bare, bare.lstrip("@＠").strip()))
        found[length] = Ways(typed, frozenset(filter(None, map(fold, typed))))
    return found


def _longer(
    spelled: dict[int, Ways], called: Sequence[tuple[Participant, str]], longest: int, exact: list[Match]
) -> tuple[Match, ...]:
    """Others whose name goes on with the words behind an exact reading (`Anna B`: Anna, or Anna Berg?)."""
    sids = {match.person.sid for match in exact}
    return tuple(
        Match(length, person)
        for length, ways in spelled.items()
        for person, name in called
        if length > longest and person.sid not in sids and name.startswith(tuple(ways.folded) or "\0")
    )


def _nearest(spelled: dict[int, Ways], people: Sequence[Participant]) -> tuple[Match, ...]:
    """Prefixes, the longest run of words first; where there are none, look-alikes of the first words."""
    for length in sorted(spelled, reverse=True):
        begun = tuple(spelled[length].folded)
        found = [person for person in people if begun and _begins(person, begun)]
        if found:
            return tuple(Match(length, person) for person in found)
    if not spelled:
        return ()
    by_word = {key: p for p in people for key in (p.identity, p.name, *p.name.split()[:1]) if key}
    alike = {by_word[key].sid: by_word[key] for typed in sorted(spelled[1].folded) for key in near(typed, by_word)}
    return tuple(Match(1, person) for person in alike.values())


def _whole(words: Sequence[Word], match: Match) -> Match:
    """The match with all the words that may be meant as the name (`Bob Stne` of Bob Stone)."""
    person = match.person
    return Match(Longer(words, match.length, nearly=True).names(person.name, person.identity) or match.length, person)


def _begins(person: Participant, begun: tuple[str, ...]) -> bool:
    if fold(person.identity).startswith(begun) or person.sid.casefold() in begun:
        return True
    name = fold(person.name)
    return name.startswith(begun) or any(part.startswith(begun) for part in name.split())
