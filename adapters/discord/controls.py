"""What can be pressed below an answer: buttons and selects, in the five rows that Discord has, and what did not fit.

A list of people has a select of them, which leads to everything that can be done to one, and buttons for what is
wanted most: muting the first ones of those who can be heard.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.discord import components, limits
from adapters.discord.components import REASON, Component, Option
from adapters.pressing import BESIDE, PRESS, action_of
from adapters.shown import lost
from bot.command import BoundInvocation
from bot.plain import row_cells, spans_text
from bot.reply import Audience, Button, Choices, Menu, Part, Reply, Table

CHOICE_BUTTONS = 20  # so many choices have a button each; more are a select
BELOW = " below"
MOST_BUTTONS = limits.ROWS * limits.ROW_BUTTONS


def controls(reply: Reply) -> tuple[list[Component], list[str]]:
    """The action rows, and a sentence for each kind of thing that is not among them.

    The reply's own buttons stand last, and have their rows for certain: a question without its yes would be none.
    """
    below = [components.press(one, action_of(one, asked=reply.question)) for one in reply.buttons if one.token]
    if reply.audience is Audience.PUBLIC and reply.case is not None and reply.command != "reason":
        below.append(components.button("Reason", f"{REASON}:{reply.case}"))
    own = components.rows(below[:MOST_BUTTONS])
    parts = _Parts(limits.ROWS - len(own), asked=reply.question)
    for part in reply.parts:
        parts.add(part)
    return [*parts.rows, *own], [*parts.notes, *lost(len(below) - MOST_BUTTONS, "button", "buttons", BELOW)]


class _Parts:
    """The rows of the parts, as many as there is room for."""

    def __init__(self, most: int, *, asked: bool) -> None:
        self.rows: list[Component] = []
        self.notes: list[str] = []
        self._most = most
        self._action = PRESS if asked else BESIDE

    @property
    def _room(self) -> int:
        return self._most - len(self.rows)

    def add(self, part: Part) -> None:
        if isinstance(part, Choices):
            self._choices(part)
        elif isinstance(part, Table):
            self._rows(part)
        elif isinstance(part, Menu):
            options = [Option(one.label, one.token) for one in part.entries if one.token]
            self._select(options, self._action, part.label, "entry", "entries")

    def _choices(self, part: Choices) -> None:
        """Numbered as the lines above are."""
        kept = [(f"{number}. {one.button.label}", one) for number, one in enumerate(part.options, 1)]
        kept = [(label, one) for label, one in kept if one.button.token]
        if len(kept) <= min(CHOICE_BUTTONS, self._room * limits.ROW_BUTTONS):
            self.rows += components.rows([components.press(one.button, PRESS, label) for label, one in kept])
        else:
            options = [Option(label, one.button.token, spans_text(one.spans)) for label, one in kept]
            self._select(options, PRESS, "Choose one", "choice", "choices")

    def _rows(self, part: Table) -> None:
        """The last entry behind a row is the one that leads to everything else."""
        known: list[tuple[str, str, list[Button]]] = []
        mutes: list[Component] = []
        for number, (row, menu) in enumerate(zip(part.rows, part.menus, strict=False)):
            name, *more = [spans_text(cell).strip() for cell in row_cells(row)] or [""]
            name = part.called[number] if part.called else name
            entries = [one for one in menu if one.token]
            if entries:
                known.append((name, ", ".join(more), entries))
            if number < part.audible and len(entries) > 1 and _mutes(entries[0]):
                mutes.append(components.press(entries[0], BESIDE, f"{entries[0].label} {name}"))
        if mutes and self._room > 1:
            self.rows.append(components.row(mutes[: limits.ROW_BUTTONS]))
        options = [Option(name, entries[-1].token, more) for name, more, entries in known]
        a_row, one, several = part.each
        self._select(options, BESIDE, f"Choose {a_row}", one, several)

    def _select(self, options: Sequence[Option], action: str, placeholder: str, one: str, several: str) -> None:
        kept = options[: limits.SELECT_OPTIONS] if self._room > 0 else ()
        if kept:
            select = components.select(kept, f"{action}:{len(self.rows)}", placeholder)
            self.rows.append(components.row([select]))
        self.notes += lost(len(options) - len(kept), one, several, BELOW)


def _mutes(one: Button) -> bool:
    press = one.press
    return isinstance(press, BoundInvocation) and press.command == "mute" and not press.values.get("lock")
