"""What can be pressed, chosen or filled in, found in blocks as a person finds it: by what is written on it. Pure."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

_TEXTS = ("image", "plain_text", "mrkdwn")
_PRESSED_ONLY = ("button", "overflow", "image", "workflow_button")  # they are in no state
_SELECTS = ("static_select", "external_select", "radio_buttons")
_MULTIPLE = ("checkboxes", "multi_static_select", "multi_external_select")
_CHOSEN = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
}


@dataclass(frozen=True, slots=True)
class Control:
    """An element in its block; `option` is the entry of it that is meant. `beside` is what stands next to it."""

    block: Json
    element: Json
    beside: str
    option: Json | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.block["block_id"], self.element["action_id"]


def named(blocks: Sequence[Mapping[str, Any]], new: Callable[[str], str]) -> list[Json]:
    """The blocks as Slack keeps them: with a block_id and an action_id where the app gave none."""
    found = copy.deepcopy([dict(block) for block in blocks])
    for block in found:
        block.setdefault("block_id", new("b"))
        for element in _inside(block):
            if element["type"] not in _TEXTS:
                element.setdefault("action_id", new("a"))
    return found


def controls(blocks: Sequence[Json]) -> Iterator[Control]:
    text = ""
    for block in blocks:
        own = words(block)
        text = own or text
        for element in _inside(block):
            if "action_id" in element:
                yield Control(block, element, own if block["type"] == "input" else text)


def _inside(block: Json) -> Iterator[Json]:
    if block["type"] != "rich_text":
        yield from (one for one in (*block.get("elements", ()), block.get("accessory"), block.get("element")) if one)


def words(block: Mapping[str, Any]) -> str:
    """What is written in a block, its controls aside."""
    texts = [block.get("text"), block.get("label"), *block.get("fields", ())]
    texts += [one for one in block.get("elements", ()) if one.get("type") in ("mrkdwn", "plain_text")]
    return " ".join(one["text"] for one in texts if one)


def labels(blocks: Sequence[Json]) -> list[str]:
    """Everything that can be pressed, in its order: buttons, and the entries of menus as `menu > entry`."""
    found = []
    for control in controls(blocks):
        element = control.element
        if element["type"] == "button":
            found.append(element["text"]["text"])
        found += [f"{element['action_id']} > {one['text']['text']}" for one in options(element)]
    return found


def options(element: Mapping[str, Any], offered: Sequence[Json] = ()) -> list[Json]:
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(one for group in groups for one in group["options"]), *offered]


def find(blocks: Sequence[Json], label: str, beside: str = "") -> Control:
    """The one button with this label, else the one menu entry, else the one control with this action_id or block_id.

    `beside` is a part of what is written next to it. AssertionError when there is none, or more than one.
    """
    near = [one for one in controls(blocks) if beside in one.beside]
    buttons = [one for one in near if one.element["type"] == "button" and one.element["text"]["text"] == label]
    entries = [
        Control(one.block, one.element, one.beside, option)
        for one in near
        for option in options(one.element)
        if option["text"]["text"] == label
    ]
    ids = [one for one in near if label in one.key]
    found = buttons or entries or ids
    if len(found) != 1:
        raise AssertionError(f"{len(found)} controls are {label!r} (beside {beside!r}); there are {labels(blocks)}")
    return found[0]


def choice(element: Mapping[str, Any], wanted: str | Json, offered: Sequence[Json] = ()) -> Json:
    """The option with this label or value; AssertionError when the person is offered none."""
    for option in options(element, offered):
        if wanted == option or wanted in (option["text"]["text"], option.get("value")):
            return option
    shown = [one["text"]["text"] for one in options(element, offered)]
    raise AssertionError(f"no option is {wanted!r}: there are {shown}")


def blank(element: Mapping[str, Any]) -> Json | None:
    """The state of an input that nobody has touched; None for what has no state."""
    kind = element["type"]
    if kind in _PRESSED_ONLY:
        return None
    if kind in _SELECTS:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _MULTIPLE:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind in _CHOSEN:
        return {"type": kind, _CHOSEN[kind]: element.get(_CHOSEN[kind].replace("selected", "initial"))}
    return {"type": kind, "value": element.get("initial_value")}


def filled(element: Mapping[str, Any], given: Any, offered: Sequence[Json] = ()) -> Json:
    """The state of an input that somebody has filled in: with a text, or the label or value of an option."""
    kind = element["type"]
    if kind in _SELECTS:
        return {"type": kind, "selected_option": given and choice(element, given, offered)}
    if kind in _MULTIPLE:
        return {"type": kind, "selected_options": [choice(element, one, offered) for one in given]}
    if kind in _CHOSEN:
        return {"type": kind, _CHOSEN[kind]: given}
    text = str(given)
    if not element.get("min_length", 0) <= len(text) <= element.get("max_length", 3000):
        raise AssertionError(f"Slack does not let anybody type {len(text)} characters here: {element}")
    return {"type": kind, "value": text or None}


def is_empty(state: Mapping[str, Any]) -> bool:
    return all(not value for key, value in state.items() if key != "type")


def action(control: Control, action_ts: str, offered: Sequence[Json] = (), option: str = "") -> Json:
    """The entry of `actions` for a press of it; `option` is what is chosen, or typed, in it."""
    element = control.element
    block_id, action_id = control.key
    found = {"type": element["type"], "block_id": block_id, "action_id": action_id, "action_ts": action_ts}
    if element["type"] == "button":
        return found | {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    wanted = option or control.option
    if element["type"] == "overflow":
        return found | {"selected_option": choice(element, wanted or "")}
    if wanted:
        return found | filled(element, [wanted] if element["type"] in _MULTIPLE else wanted, offered)
    return found | (blank(element) or {})


def state_of(one: Mapping[str, Any]) -> Json | None:
    """The part of an action that stays in the state; None for what has none."""
    if one["type"] in _PRESSED_ONLY:
        return None
    return {key: value for key, value in one.items() if key in ("type", "value") or key.startswith("selected_")}


def values(blocks: Sequence[Json], touched: Mapping[tuple[str, str], Json]) -> Json:
    """`state.values`: every input, filled in or not."""
    found: Json = {}
    for control in controls(blocks):
        state = touched.get(control.key) or blank(control.element)
        if state is not None:
            found.setdefault(control.key[0], {})[control.key[1]] = state
    return found
