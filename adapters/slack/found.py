"""What can be read in a message of Slack's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.slack.typed import undone

_SHOWN = ("text", "fallback", "title", "pretext", "value", "footer", "author_name")
LONGEST = 20_000  # characters of a message that are looked at
DEEPEST = 12


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
