"""Modals: what is asked for in words, on a desk and on a phone; and the one that asks for the reason of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.discord import limits
from adapters.discord.components import REASON, Component
from adapters.shown import shown

LABEL, TEXT_INPUT = 18, 4
SHORT, LONG = 1, 2
LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Field:
    """An input: `key` is under what its text comes back."""

    key: str
    label: str
    description: str = ""
    value: str = ""
    long: bool = False
    required: bool = True
    most: int = limits.FIELD_TEXT


def modal(custom_id: str, title: str, fields: Sequence[Field]) -> Component:
    """The data of the response that opens it; Discord takes five inputs at most."""
    return {
        "custom_id": custom_id,
        "title": shown(title, limits.MODAL_TITLE),
        "components": [_labelled(one) for one in fields[: limits.MODAL_COMPONENTS]],
    }


def reason_modal(case: str) -> Component:
    """Asks for the reason of that case; its submission is `/reason`."""
    asked = Field("text", "Reason", "Kept in the history; the old one stays visible", long=True, most=LONGEST_REASON)
    return modal(f"{REASON}:{case}", f"Reason for case {case}", [asked])


def _labelled(one: Field) -> Component:
    asked: Component = {
        "type": TEXT_INPUT,
        "custom_id": one.key,
        "style": LONG if one.long else SHORT,
        "required": one.required,
        "max_length": one.most,
    }
    found: Component = {"type": LABEL, "label": shown(one.label, limits.FIELD_LABEL)}
    if one.description:
        found["description"] = shown(one.description, limits.FIELD_DESCRIPTION)
    return {**found, "component": {**asked, "value": one.value[: one.most]} if one.value else asked}
