"""A reply as a Discord message: what is read, and what can be pressed. Pure.

A phone shows the content of a message and its embeds one below the other, and a screen reader reads both, so what stood
in both would be there twice; a notification shows the content alone. So the content is the whole answer wherever it
fits. Where it does not, the content is its beginning and says that more is below: parts are kept whole there, so that
a list is not torn in two, and the first one that does not fit goes on in embeds with all that follows it. What does not
fit there either is left out by whole lines, and the message says how many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from adapters.discord import limits
from adapters.discord.components import Component
from adapters.discord.controls import controls
from adapters.discord.lines import Pen
from adapters.discord.names import CommandNames
from adapters.pen import case_line
from adapters.shown import labelled, lost_lines, size
from bot.reply import Reply

EMPTY = "(no words)"  # Discord takes no message without any
NOTE_SIZE = 120  # room for the sentence that says what stands elsewhere, or was cut
NOBODY: dict[str, Any] = {"parse": []}


@dataclass(frozen=True, slots=True)
class Message:
    """As the parts of a message's body; each may be empty but `content`."""

    content: str
    embeds: tuple[dict[str, Any], ...] = ()
    components: tuple[Component, ...] = ()

    @property
    def body(self) -> dict[str, Any]:
        """The body, also for an edit: what was there before goes. It mentions nobody so that they are called."""
        return {
            "content": self.content,
            "embeds": list(self.embeds),
            "components": list(self.components),
            "allowed_mentions": NOBODY,
        }


def render(reply: Reply, names: CommandNames) -> Message:
    reply = labelled(reply, names.spoken)
    rows, notes = controls(reply)
    content, boxes = _laid_out(reply, Pen(names), notes)
    return Message(content or EMPTY, tuple({"description": box} for box in boxes), tuple(rows))


def _laid_out(reply: Reply, pen: Pen, notes: Sequence[str]) -> tuple[str, list[str]]:
    """The content, and the descriptions of the embeds."""
    parts = [[pen.title(reply)], *map(pen.part, reply.parts)]
    parts = [kept for part in parts if (kept := [line for line in part if line])]
    last = [*notes, *([case_line(reply.case)] if reply.case is not None else [])]
    whole = "\n".join([*chain.from_iterable(parts), *last])
    if size(whole) <= limits.CONTENT:
        return whole, []
    first: list[str] = []
    while parts and _taken([*first, *parts[0]]) <= limits.CONTENT - NOTE_SIZE:
        first += parts.pop(0)
    boxes = _boxes(list(chain.from_iterable(parts)), last)
    return "\n".join([*first, "The rest is in the box below." if len(boxes) == 1 else "The rest is below."]), boxes


def _boxes(lines: Sequence[str], last: Sequence[str]) -> list[str]:
    """As many of the lines as fit, and all of the last ones."""
    left = limits.EMBEDS_TOTAL - NOTE_SIZE - _taken(last)
    kept: list[str] = []
    for line in lines:
        left -= _taken([line])
        if left < 0:
            break
        kept.append(line)
    boxes: list[list[str]] = [[]]
    room = limits.EMBED_DESCRIPTION
    for line in (*kept, *lost_lines(len(lines) - len(kept), "Discord"), *last):
        room -= _taken([line])
        if room < 0:
            boxes.append([])
            room = limits.EMBED_DESCRIPTION - _taken([line])
        boxes[-1].append(line)
    return ["\n".join(box) for box in boxes]


def _taken(lines: Sequence[str]) -> int:
    return sum(size(line) + 1 for line in lines)
