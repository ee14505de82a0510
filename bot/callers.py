"""Telephone numbers of SIP callers are for admins: everybody else sees, and can ask for, their last two digits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.model import Kind, Participant
from bot.targets import Matches, find
from bot.words import Word

SIP_ATTRIBUTES = "sip."
FEWEST = 5  # digits that make a number
_RUN = re.compile(r"\d(?:[ ().\-]{0,3}\d){4,}")
# LiveKit names a caller `sip_+15105550100`, with the number in the name too (`Phone +1510...`). Any other run of
# digits is no number by itself, since chat platforms' ids are such runs: it is one where a caller is known to have it.
_MARKED = re.compile(r"(?P<mark>sip[_:]\+?|tel:\+?|phone:? \+?|\+)(?P<digits>\(?\d[\d ().\-]{2,}\d{2})", re.IGNORECASE)


def masked(person: Participant) -> Participant:
    """The person as somebody who may not know the number knows them."""
    if person.kind is not Kind.SIP:
        return person
    return replace(person, identity=hide_numbers(person.identity), name=hide_numbers(person.name))


def find_masked(line: str, words: Sequence[Word], people: Sequence[Participant]) -> Matches:
    """Whom the words name for somebody who may not know numbers; the people found are the real ones."""
    real = {person.sid: person for person in people}
    found = find(line, words, [masked(person) for person in people])
    exact, near = (
        tuple(replace(match, person=real[match.person.sid]) for match in matches)
        for matches in (found.exact, found.near)
    )
    return Matches(exact, near)


def hide_numbers(text: str) -> str:
    """A caller's name or identity as somebody who may not know the number knows it."""
    return _RUN.sub(lambda run: _hidden(run[0]), text)


def numbers_of(person: Participant) -> frozenset[str]:
    """The digits of every number that a caller's name, identity or SIP attributes hold."""
    if person.kind is not Kind.SIP:
        return frozenset()
    held = [value for key, value in person.attributes.items() if key.startswith(SIP_ATTRIBUTES)]
    texts = (person.identity, person.name, *held)
    return frozenset(_digits(run) for text in texts for run in _RUN.findall(text))


def without_numbers(text: str, known: Iterable[str] = ()) -> str:
    """The text without what is marked as a number, and without (parts of) the known ones."""
    if not any(char.isdigit() for char in text):
        return text
    marked = _MARKED.sub(lambda found: f"{found['mark']}…{found['digits'][-2:]}", text)
    return _RUN.sub(lambda run: _hidden(run[0]) if _is_known(_digits(run[0]), known) else run[0], marked)


def is_marked(text: str) -> bool:
    """Whether it is marked as a telephone number."""
    return _MARKED.search(text) is not None


def _is_known(digits: str, known: Iterable[str]) -> bool:
    return any(digits in number or number in digits for number in known)


def _hidden(run: str) -> str:
    return f"…{run[-2:]}"


def _digits(run: str) -> str:
    return "".join(char for char in run if char.isdigit())
