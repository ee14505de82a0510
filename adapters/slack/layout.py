"""Lines, and what stands beside them, as blocks: as many as Slack takes. What was cut is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adapters.shown import lost_lines, size
from adapters.slack import blocks, limits
from adapters.slack.blocks import Block

PLATFORM = "Slack"
FIRST_MENUS = 5
OWN_ID = 20  # what Slack adds to a block that has no block_id: one of its own


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the body; lines of one group stand in one section.

    `accessory` belongs to it. `menu` stands beside it where there is room, else `short`, else nothing.
    """

    text: str
    group: int
    accessory: Block | None = None
    menu: Block | None = None
    short: Block | None = None


@dataclass(frozen=True, slots=True)
class Body:
    lines: Sequence[Line]
    tail: Sequence[Block]


def fitting(body: Body, most: int) -> list[Block]:
    """As many lines as fit into `most` blocks, then as much beside them as fits; all of the tail.

    The first menus come before the last lines: a list begins with those who can be heard.
    """
    largest = limits.MESSAGE_SIZE if most <= limits.MESSAGE_BLOCKS else limits.VIEW_SIZE

    def fits(lines: int, beside: int, menus: int) -> bool:
        tried = _laid_out(body, lines, beside, menus)
        return len(tried) <= most and taken(tried) <= largest

    def fits_with_first(lines: int, beside: int) -> bool:
        return fits(lines, beside, min(beside, FIRST_MENUS))

    lines = _most(
        lambda number: fits_with_first(number, min(FIRST_MENUS, _menus(body.lines[:number]))),
        len(body.lines),
        least=min(1, len(body.lines)),
    )
    beside = _most(lambda number: fits_with_first(lines, number), _menus(body.lines[:lines]))
    menus = _most(lambda number: fits(lines, beside, number), beside)
    return _laid_out(body, lines, beside, menus)


def taken(found: Sequence[Block]) -> int:
    """What the blocks take of a message's size: Slack counts what it has read, with the ids that it gives."""
    return size(json.dumps(found, ensure_ascii=False, separators=(",", ":"))) + OWN_ID * len(found)


def _note_of_menus(short: int) -> list[str]:
    if not short:
        return []
    return [f"{short} {'line has' if short == 1 else 'lines have'} a shorter menu, or none: Slack takes no more."]


def _menus(lines: Sequence[Line]) -> int:
    return sum(line.menu is not None for line in lines)


def _most(fits: Callable[[int], bool], highest: int, least: int = 0) -> int:
    """The highest number that fits, found by halving; `least` where none above it does."""
    if highest <= least or fits(highest):
        return highest
    fine, beyond = least, highest
    while beyond - fine > 1:
        middle = (fine + beyond) // 2
        if fits(middle):
            fine = middle
        else:
            beyond = middle
    return fine


def _laid_out(body: Body, lines: int, beside: int, menus: int) -> list[Block]:
    """So many lines; beside so many of those that have a menu something stands, beside so many the whole menu."""
    found: list[Block] = []
    group, room, menu = -1, 0, 0
    for line in body.lines[:lines]:
        accessory = line.accessory
        if line.menu is not None:
            accessory = line.menu if menu < menus else line.short if menu < beside else None
            menu += 1
        length = size(line.text) + 1
        if accessory is not None or line.group != group or length > room:
            found.append(blocks.section(line.text, accessory))
            room = limits.SECTION_TEXT
        else:
            found[-1]["text"]["text"] += f"\n{line.text}"
        room = 0 if accessory is not None else room - length
        group = line.group
    notes = [*_note_of_menus(menu - menus), *lost_lines(len(body.lines) - lines, PLATFORM)]
    return [*found, *map(blocks.context, notes), *body.tail]
