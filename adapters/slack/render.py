"""A reply as a Slack message: the whole answer as text, and the same as blocks with its buttons. Pure.

Lines are kept whole; where Slack takes no more, the last ones are left out and the message says how many.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from adapters.pen import case_line
from adapters.shown import labelled, size
from adapters.slack import blocks, limits
from adapters.slack.blocks import Block, Option
from adapters.slack.lines import Pen, Workspace
from bot.plain import spans_text
from bot.reply import Button, Choices, Reply, Text

BUTTON_LINES = 10  # so many choices have a button each; more are a select
SELECT_SIZE = 3000  # what a select may take of a message's size
EMPTY = "(no words)"  # Slack takes no message without any
NOTE_SIZE = 120  # room for the sentence that says what was cut


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is what notifications and screen readers read; `blocks` are what is seen."""

    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the body; lines of one group stand in one section. `accessory` is the button beside it."""

    text: str
    group: int
    accessory: Block | None = None


@dataclass(frozen=True, slots=True)
class _Body:
    lines: list[_Line]
    tail: list[Block]


Numbers: TypeAlias = "count[int]"


def render(reply: Reply, workspace: Workspace, most: int = limits.MESSAGE_BLOCKS) -> Message:
    """The message; `most` blocks fit where it is shown."""
    body = _body(labelled(reply, workspace.names.spoken), Pen(workspace, markup=True))
    return Message(fallback(reply, workspace), tuple(_fitting(body, most)) or (blocks.section(EMPTY),))


def fallback(reply: Reply, workspace: Workspace) -> str:
    """The whole answer as text that Slack shows as it stands."""
    lines = Pen(workspace, markup=False).reply(reply)
    kept: list[str] = []
    left = limits.MESSAGE_TEXT - NOTE_SIZE
    for line in lines:
        left -= size(line) + 1
        if left < 0:
            break
        kept.append(line)
    return "\n".join([*kept, *_note(len(lines) - len(kept))]) or EMPTY


def _note(lost: int) -> list[str]:
    if not lost:
        return []
    return [f"{lost} more {'line does' if lost == 1 else 'lines do'} not fit into one Slack message. Ask for less."]


def _body(reply: Reply, pen: Pen) -> _Body:
    numbers = count()
    lines = [_Line(pen.title(reply), 0)]
    tail: list[Block] = []
    group = 0
    for before, part in zip((None, *reply.parts), reply.parts, strict=False):
        if not (isinstance(part, Text) and (before is None or isinstance(before, Text))):
            group += 1
        if isinstance(part, Choices):
            lines += _choices(part, pen, group, numbers)
            tail += _select(part, numbers)
        else:
            lines += [_Line(line, group) for line in pen.part(part)]
    if reply.case is not None:
        tail.append(blocks.context(case_line(reply.case)))
    return _Body([line for line in lines if line.text], [*tail, *_actions(reply.buttons, numbers)])


def _choices(part: Choices, pen: Pen, group: int, numbers: Numbers) -> list[_Line]:
    lines = pen.part(part)
    if len(part.options) > BUTTON_LINES:
        return [_Line(line, group) for line in lines]
    labels = [option.button.label for option in part.options]
    found = []
    for number, (line, option) in enumerate(zip(lines, part.options, strict=True), 1):
        twins = labels.count(option.button.label) > 1
        label = f"{number}. {option.button.label}" if twins else option.button.label
        accessory = blocks.press(option.button, next(numbers), label) if option.button.token else None
        found.append(_Line(line, group, accessory))
    return found


def _select(part: Choices, numbers: Numbers) -> list[Block]:
    """Many choices as one select."""
    if len(part.options) <= BUTTON_LINES:
        return []
    numbered = enumerate(part.options, 1)
    options = [
        Option(f"{number}. {spans_text(one.spans)}", one.button.token) for number, one in numbered if one.button.token
    ]
    kept = options[: limits.OPTIONS]
    while kept and _size([blocks.select(kept, "", "-")]) > SELECT_SIZE:
        kept.pop()
    if not kept:
        return []
    chooser = blocks.actions([blocks.select(kept, f"{blocks.PRESS}:{next(numbers)}", "Choose one")])
    lost = len(options) - len(kept)
    return [chooser, blocks.context(f"{lost} more choices do not fit.")] if lost else [chooser]


def _actions(buttons: Sequence[Button], numbers: Numbers) -> list[Block]:
    """The buttons below; one that could not be kept has no token, and is not shown."""
    pressed = [blocks.press(one, next(numbers)) for one in buttons if one.token]
    lost = len(pressed) - limits.ACTIONS_ELEMENTS
    found = [blocks.actions(pressed[: limits.ACTIONS_ELEMENTS])] if pressed else []
    return [*found, blocks.context(f"{lost} more buttons do not fit.")] if lost > 0 else found


def _fitting(body: _Body, most: int) -> list[Block]:
    """As many lines as fit, found by halving; all of the tail."""
    fits, beyond = 1, len(body.lines) + 1
    while beyond - fits > 1:
        middle = (fits + beyond) // 2
        tried = _laid_out(body, middle)
        if len(tried) <= most and _size(tried) <= limits.MESSAGE_SIZE:
            fits = middle
        else:
            beyond = middle
    return _laid_out(body, fits)


def _laid_out(body: _Body, lines: int) -> list[Block]:
    found: list[Block] = []
    group = -1
    room = 0
    for line in body.lines[:lines]:
        taken = size(line.text) + 1
        if line.accessory is not None or line.group != group or taken > room:
            found.append(blocks.section(line.text, line.accessory))
            room = limits.SECTION_TEXT
        else:
            found[-1]["text"]["text"] += f"\n{line.text}"
        room = 0 if line.accessory is not None else room - taken
        group = line.group
    return [*found, *map(blocks.context, _note(len(body.lines) - lines)), *body.tail]


def _size(found: Sequence[Block]) -> int:
    return size(json.dumps(found, ensure_ascii=False))
