"""The few pieces of Block Kit that Usher uses, each within its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from adapters.pressing import BESIDE as BESIDE
from adapters.pressing import PRESS as PRESS
from adapters.slack import limits
from adapters.slack.escape import shown
from bot.reply import Button, Style

Block: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Option:
    """An entry of a menu or a select: what is shown, and what comes back."""

    text: str
    value: str


def plain_text(text: str, most: int) -> Block:
    """`emoji` is what Slack makes of `:name:`; without a colon there is none to be said, and it counts."""
    line = shown(text, most)
    return {"type": "plain_text", "text": line, "emoji": False} if ":" in line else {"type": "plain_text", "text": line}


def mrkdwn(text: str) -> Block:
    """`verbatim`: Slack looks for no names and addresses in it by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block if accessory is None else {**block, "accessory": accessory}


def context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text)]}


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text, limits.HEADER_TEXT)}


def actions(elements: Sequence[Block]) -> Block:
    return {"type": "actions", "elements": list(elements)}


def button(label: str, action_id: str, value: str, style: str = "") -> Block:
    block: Block = {
        "type": "button",
        "text": plain_text(label, limits.BUTTON_TEXT),
        "action_id": action_id,
        "value": value,
    }
    return {**block, "style": style} if style else block


def press(one: Button, action_id: str, label: str = "") -> Block:
    """A button of a reply: its token is its value."""
    return button(label or one.label, action_id, one.token, "danger" if one.style is Style.DANGER else "")


def option(one: Option) -> Block:
    return {"text": plain_text(one.text, limits.OPTION_TEXT), "value": one.value}


def menu(buttons: Sequence[Button], action_id: str) -> Block:
    """The menu behind a line: the reply's buttons, as entries."""
    entries = [option(Option(one.label, one.token)) for one in buttons[: limits.OVERFLOW_OPTIONS]]
    return {"type": "overflow", "action_id": action_id, "options": entries}


def select(options: Sequence[Option], action_id: str, placeholder: str, chosen: str = "") -> Block:
    """A select; `chosen` is the value of the option that stands there already."""
    entries = [option(one) for one in options[: limits.OPTIONS]]
    block: Block = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder, limits.PLACEHOLDER),
        "options": entries,
    }
    initial = next((entry for entry in entries if chosen and entry["value"] == chosen), None)
    return {**block, "initial_option": initial} if initial else block


def searched(action_id: str, placeholder: str, chosen: Option | None = None) -> Block:
    """A select whose options are asked for while somebody types, and before."""
    block: Block = {
        "type": "external_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder, limits.PLACEHOLDER),
        "min_query_length": 0,
    }
    return {**block, "initial_option": option(chosen)} if chosen else block


def asked(block_id: str, label: str, element: Block, *, optional: bool = False, dispatch: bool = False) -> Block:
    """An input with its label; `dispatch` tells Usher at once when it changes."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label, limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
        "dispatch_action": dispatch,
    }
