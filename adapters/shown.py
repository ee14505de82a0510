"""What every chat platform does to text before it shows it: its length, cutting it, the names of commands there."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from bot.reply import Button, Reply, Style, each_button
from bot.words import isolated

_SPOKEN = re.compile(r"(?<![\w/.:<])/([a-z][a-z-]*)(?![\w/])")


def size(text: str) -> int:
    """The length as a platform may count it: in UTF-16 units, which is never less than in characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitted(text: str, room: int, form: Callable[[str], str]) -> str:
    """As much of the text's beginning as takes no more than `room` in that form; unformed."""
    length = min(len(text), max(room, 0))
    while length and (taken := size(form(text[:length]))) > room:
        length = min(length - 1, length * room // taken)
    return text[:length]


def shown(text: str, most: int) -> str:
    """For labels, where no markup is read at all: one line, cut where it must be."""
    line = isolated(text).strip() or "-"
    if size(line) <= most:
        return line
    return isolated(fitted(text.strip(), most - 1, isolated)) + "…"


def lost(number: int, one: str, several: str, where: str = "") -> list[str]:
    """What is said of so many that do not fit; nothing of none."""
    if number <= 0:
        return []
    more = f"{one} does" if number == 1 else f"{several} do"
    return [f"{number} more {more} not fit{where}."]


def lost_lines(number: int, platform: str) -> list[str]:
    return [f"{said} Ask for less." for said in lost(number, "line", "lines", f" into one {platform} message")]


def spoken(text: str, known: Collection[str], typed: Callable[[str], str]) -> str:
    """Our own sentences with each `/command` that is known as it is `typed` on the platform."""
    return _SPOKEN.sub(lambda found: typed(found[1]) if found[1] in known else found[0], text)


def labelled(reply: Reply, name: Callable[[str], str]) -> Reply:
    """Labels name commands as the platform knows them; at most one button looks dangerous: the one that confirms."""
    first = next((one for one in reply.buttons if one.style is Style.DANGER), None)

    def told(one: Button) -> Button:
        return replace(one, label=name(one.label), style=one.style if one is first else Style.PLAIN)

    return each_button(reply, told)
