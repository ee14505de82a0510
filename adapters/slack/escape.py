"""Text of any origin, made harmless for Slack's mrkdwn.

Slack reads `&`, `<` and `>` as the beginning of its own forms, and has three entities for them; for what formats
(`*`, `_`, `~`, backticks, `:emoji:`, a `>` that begins a line) it has no escape at all. Those are shown as their
twins, only where they could act: the core reads a twin that somebody copies as the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from adapters.shown import fitted as fitted
from adapters.shown import shown as shown
from adapters.shown import size as size
from bot.words import isolated

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_TWINS = str.maketrans("*_~`:>@", "＊＿～´：＞＠")
_TWIN_OF_BACKTICK = str.maketrans("`", "´")
# Behind a letter or digit (`user_1_a`) a mark opens nothing, and without an opening one none closes anything. What
# Slack takes for a letter outside ASCII is not written down.
_FORMATS = re.compile(r"(?<![A-Za-z0-9])[*_~]|`")
_EMOJI = re.compile(r":(?=[\w+'’-]{1,100}:)")
_QUOTE = re.compile(r"^(?:[^\S\n]|[\u2066-\u2069])*>+", re.MULTILINE)
_EVERYBODY = re.compile(r"@(?=(?:channel|here|everyone|group)\b)", re.IGNORECASE)
_ACTIVE = (_FORMATS, _EMOJI, _QUOTE, _EVERYBODY)
_OURS_OR_ACTIVE = re.compile(rf"`[^`]*`|<[^<>]*>|{_EMOJI.pattern}|{_EVERYBODY.pattern}", re.IGNORECASE)


def neutral(text: str) -> str:
    """Text that mrkdwn shows as it stands; line breaks stay."""
    for active in _ACTIVE:
        text = active.sub(lambda found: found.group().translate(_TWINS), text)
    return text.translate(_ENTITIES)


def joined(pieces: Iterable[str]) -> str:
    """Neutral pieces and our own markup, one behind the other: what is none alone may be some beside its neighbour."""

    def calm(found: re.Match[str]) -> str:
        return found.group().translate(_TWINS) if len(found.group()) == 1 else found.group()

    return _OURS_OR_ACTIVE.sub(calm, "".join(pieces))


def lines(text: str) -> str:
    """Our own sentences, which may hold words of anybody: every line kept within itself."""
    return "\n".join(neutral(isolated(line)) for line in text.split("\n"))


def name(text: str) -> str:
    """What somebody chose as a name: one line."""
    return neutral(isolated(text))


def bold(text: str) -> str:
    """A name in bold; nothing for an empty one."""
    inside = name(text).strip().replace("*", "＊")
    return f"*{inside}*" if inside else ""


def code(text: str) -> str:
    """Something to copy: inside backticks Slack formats nothing."""
    inside = isolated(text).translate(_TWIN_OF_BACKTICK).translate(_ENTITIES)
    return f"`{inside}`" if inside.strip() else inside
