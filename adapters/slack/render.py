"""A reply as a Slack message: the whole answer as text, and the same as blocks with its buttons. Pure.

Lines are kept whole; where Slack takes no more, the last ones are left out and the message says how many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count, repeat

from adapters import shown
from adapters.pen import case_line
from adapters.pressing import BESIDE, PRESS, action_of
from adapters.slack import blocks, limits
from adapters.slack.blocks import Block, Option
from adapters.slack.layout import PLATFORM, Body, Line, fitting, taken
from adapters.slack.lines import Pen, Workspace
from bot.plain import spans_text
from bot.reply import Choices, Menu, Part, Reply, Table, Text

BUTTON_LINES = 10  # so many choices have a button each; more are a select
SELECT_SIZE = 3500  # what the selects may take of a message's size
EMPTY = "(no words)"  # Slack takes no message without any
NAMELESS = "-"
NOTE_SIZE = 120  # room for the sentence that says what was cut


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is what notifications and screen readers read; `blocks` are what is seen."""

    text: str
    blocks: tuple[Block, ...]

    @property
    def body(self) -> Block:
        """Both, as whatever posts a message takes them."""
        return {"text": self.text, "blocks": list(self.blocks)}


def render(reply: Reply, workspace: Workspace, most: int = limits.MESSAGE_BLOCKS) -> Message:
    """The message; `most` blocks fit where it is shown."""
    body = _body(shown.labelled(reply, workspace.names.spoken), Pen(workspace, markup=True))
    return Message(fallback(reply, workspace), tuple(fitting(body, most)) or (blocks.section(EMPTY),))


def fallback(reply: Reply, workspace: Workspace) -> str:
    """The whole answer as text that Slack shows as it stands."""
    lines = Pen(workspace, markup=False).reply(reply)
    kept: list[str] = []
    left = limits.MESSAGE_TEXT - NOTE_SIZE
    for line in lines:
        left -= shown.size(line) + 1
        if left < 0:
            break
        kept.append(line)
    return "\n".join([*kept, *shown.lost_lines(len(lines) - len(kept), PLATFORM)]) or EMPTY


def _body(reply: Reply, pen: Pen) -> Body:
    draft = _Draft(pen)
    draft.lines.append(Line(pen.title(reply), 0))
    group = 0
    for before, part in zip((None, *reply.parts), reply.parts, strict=False):
        if not (isinstance(part, Text) and (before is None or isinstance(before, Text))):
            group += 1
        draft.add(part, group)
    if reply.case is not None:
        draft.tail.append(blocks.context(case_line(reply.case)))
    draft.press(reply)
    return Body([line for line in draft.lines if line.text], draft.tail)


class _Draft:
    """Lines and what stands below them, part by part."""

    def __init__(self, pen: Pen) -> None:
        self.lines: list[Line] = []
        self.tail: list[Block] = []
        self._pen = pen
        self._numbers = count()
        self._room = SELECT_SIZE

    def add(self, part: Part, group: int) -> None:
        if isinstance(part, Choices):
            self._choose(part, group)
        elif isinstance(part, Table) and part.menus:
            self._list(part, group)
        else:
            self.lines += [Line(line, group) for line in self._pen.part(part)]
        if isinstance(part, Menu):
            entries = [Option(one.label, one.token) for one in part.entries if one.token]
            self._select(entries, BESIDE, part.label, ("entry", "entries"))

    def press(self, reply: Reply) -> None:
        """The buttons below; one that could not be kept has no token, and is not shown."""
        kept = [one for one in reply.buttons if one.token]
        pressed = [blocks.press(one, self._id(action_of(one, asked=reply.question))) for one in kept]
        if pressed:
            self.tail.append(blocks.actions(pressed[: limits.ACTIONS_ELEMENTS]))
        self._say_lost(len(pressed) - limits.ACTIONS_ELEMENTS, ("button", "buttons"))

    def _choose(self, part: Choices, group: int) -> None:
        """A few choices have a button each, beside their lines; many are one select."""
        lines = self._pen.part(part)
        if len(part.options) > BUTTON_LINES:
            self.lines += [Line(line, group) for line in lines]
            numbered = [(f"{n}. {spans_text(one.spans)}", one.button.token) for n, one in enumerate(part.options, 1)]
            options = [Option(text, token) for text, token in numbered if token]
            self._select(options, PRESS, "Choose one", ("choice", "choices"))
            return
        labels = [option.button.label for option in part.options]
        for number, (line, option) in enumerate(zip(lines, part.options, strict=True), 1):
            twins = labels.count(option.button.label) > 1
            label = f"{number}. {option.button.label}" if twins else option.button.label
            accessory = blocks.press(option.button, self._id(PRESS), label) if option.button.token else None
            self.lines.append(Line(line, group, accessory))

    def _list(self, part: Table, group: int) -> None:
        """A line for each row with its menu; the menu's last entry leads to all the others."""
        lost = 0
        for row, menu in zip(part.rows, chain(part.menus, repeat(())), strict=False):
            line, entries = self._pen.row(row), [one for one in menu if one.token]
            if not entries:
                self.lines.append(Line(line, group))
                continue
            action = self._id(BESIDE)
            short = blocks.press(entries[-1], action)
            whole = blocks.menu(entries, action) if len(entries) > 1 else short
            self.lines.append(Line(line or NAMELESS, group, menu=whole, short=short))
            lost += max(0, len(entries) - limits.OVERFLOW_OPTIONS)
        self._say_lost(lost, ("entry of the menus", "entries of the menus"))

    def _select(self, options: Sequence[Option], action: str, placeholder: str, words: tuple[str, str]) -> None:
        """As many of the options as there is room for in all selects together."""
        kept: list[Option] = []
        for option in options[: limits.OPTIONS]:
            self._room -= taken([blocks.option(option)])
            if self._room < 0:
                break
            kept.append(option)
        if kept:
            self.tail.append(blocks.actions([blocks.select(kept, self._id(action), placeholder)]))
        self._say_lost(len(options) - len(kept), words)

    def _say_lost(self, lost: int, words: tuple[str, str]) -> None:
        self.tail += map(blocks.context, shown.lost(lost, *words))

    def _id(self, action: str) -> str:
        return f"{action}:{next(self._numbers)}"
