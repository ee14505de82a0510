"""Which rooms and LiveKit ids stand in a text, such as that of a message that somebody moderates from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.words import fold

_SID = re.compile(r"(?<![\w-])(?:PA|TR|RM)_[A-Za-z0-9]{6,40}(?![\w-])")


@dataclass(frozen=True, slots=True)
class Found:
    """`rooms` are those given that the text names, in its order; `people` are sids of participants."""

    rooms: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


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
