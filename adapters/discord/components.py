"""The few components of a message that Usher uses, each within its limits; in action rows, without Components V2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from adapters.discord import limits
from adapters.shown import shown
from bot.reply import Button, Style

Component: TypeAlias = dict[str, Any]

ROW, BUTTON, SELECT = 1, 2, 3
SECONDARY, DANGER = 2, 4

REASON = "reason"  # the beginning of a custom id that opens the modal that asks for the reason of a case


@dataclass(frozen=True, slots=True)
class Option:
    """An entry of a select: what is shown, in two lines, and what comes back."""

    label: str
    value: str
    more: str = ""


def row(components: Sequence[Component]) -> Component:
    return {"type": ROW, "components": list(components)}


def rows(buttons: Sequence[Component]) -> list[Component]:
    """As many rows as the buttons need."""
    each = limits.ROW_BUTTONS
    return [row(buttons[start : start + each]) for start in range(0, len(buttons), each)]


def button(label: str, custom_id: str, style: int = SECONDARY) -> Component:
    return {"type": BUTTON, "style": style, "label": shown(label, limits.BUTTON_LABEL), "custom_id": custom_id}


def press(one: Button, action: str, label: str = "") -> Component:
    """A button of a reply: its token stands in the custom id."""
    style = DANGER if one.style is Style.DANGER else SECONDARY
    return button(label or one.label, f"{action}:{one.token}", style)


def select(options: Sequence[Option], custom_id: str, placeholder: str) -> Component:
    return {
        "type": SELECT,
        "custom_id": custom_id,
        "placeholder": shown(placeholder, limits.PLACEHOLDER),
        "options": [_option(one) for one in options[: limits.SELECT_OPTIONS]],
    }


def _option(one: Option) -> Component:
    found: Component = {"label": shown(one.label, limits.OPTION_LABEL), "value": one.value}
    return {**found, "description": shown(one.more, limits.OPTION_LABEL)} if one.more.strip() else found
