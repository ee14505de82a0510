"""What a message is about: the rooms and the LiveKit ids that stand in its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.typed import undone
from bot.words import fold

_SID = re.compile(r"(?<![\w-])(?:PA|TR|RM)_[A-Za-z0-9]{6,40}(?![\w-])")
_SHOWN = ("text", "fallback", "title", "pretext", "value", "footer", "author_name")
LONGEST = 20_000  # characters of a message that are looked at
DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Found:
    """`rooms` are those given that the text names, in its order; `people` are sids of participants."""

    rooms: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


def texts(message: Mapping[str, Any]) -> str:
    """Everything that can be read in a message, its blocks and attachments included, as it was seen."""
    seen = dict.fromkeys(_texts(message, DEEPEST))
    return undone("\n".join(seen)[:LONGEST])


def _texts(value: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, str) and key in _SHOWN:
                yield inner
            elif not isinstance(inner, str):
                yield from _texts(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, depth - 1)


def found_in(text: str, rooms: Iterable[str]) -> Found:
    """Which of the rooms the text names as whole words; of names within each other the longest counts."""
    folded = fold(text)
    named = {key: room for room in rooms if len(key := fold(room)) > 1 and key in folded}
    hits: list[tuple[int, str]] = []
    taken = bytearray(len(folded))
    for key in sorted(named, key=len, reverse=True):
        for hit in re.finditer(rf"(?<![\w-]){re.escape(key)}(?![\w-])", folded):
            if not any(taken[hit.start() : hit.end()]):
                taken[hit.start() : hit.end()] = b"\1" * len(key)
                hits.append((hit.start(), named[key]))
    sids = tuple(dict.fromkeys(_SID.findall(text)))
    return Found(
        tuple(dict.fromkeys(room for _, room in sorted(hits))),
        tuple(sid for sid in sids if sid.startswith("PA_")),
        tuple(sid for sid in sids if not sid.startswith("PA_")),
    )
