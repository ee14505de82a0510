"""Pages: what is on this one, and how to get to the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from bot.command import Again
from bot.reply import Button, Name, Part, Plain, text
from bot.words import in_room

T = TypeVar("T")


def page_of(items: Sequence[T], page: int, size: int) -> tuple[Sequence[T], int]:
    """The items of that page (the last one when it is beyond) and its number."""
    last = max(1, -(-len(items) // size))
    page = min(max(1, page), last)
    return items[(page - 1) * size : page * size], page


def cut(shown: int, total: int, page: int, size: int, command: str, room: str = "") -> tuple[Part, ...]:
    """What was cut is said: `12 more: /participants in:standup 2`."""
    before = (page - 1) * size
    more = total - before - shown
    if more > 0:
        scope = (Plain(" "), Name(in_room(room))) if room else ()
        return (text(f"{more} more: /{command}", *scope, f" {page + 1}"),)
    return (text(f"Page {page}, the last one."),) if page > 1 else ()


def page_buttons(command: str, room: str, page: int, *, more: bool) -> tuple[Button, ...]:
    """Buttons to the page before and the page after; `command` is the line without the page number."""
    buttons = []
    if page > 1:
        buttons.append(Button("Previous page", Again(f"{command} {page - 1}", room)))
    if more:
        buttons.append(Button("Next page", Again(f"{command} {page + 1}", room)))
    return tuple(buttons)
