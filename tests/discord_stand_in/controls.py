"""What can be pressed, chosen or filled in, found in components as a person finds it: by its words. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from tests.discord_stand_in.shapes import Json

T = TypeVar("T")
BUTTON, SELECT, INPUT, LABEL = 2, 3, 4, 18


def inside(components: Sequence[Json]) -> Iterator[Json]:
    """Every component, those within others included, in their order."""
    for one in components:
        yield one
        for key in ("components", "accessory", "component"):
            below = one.get(key)
            yield from inside(below if isinstance(below, list) else [below] if below else [])


def labels(components: Sequence[Json]) -> list[str]:
    found = []
    for one in inside(components):
        if one["type"] == BUTTON:
            found.append(str(one.get("label", "")))
        found += [f"{one.get('placeholder', '')} > {option['label']}" for option in one.get("options", ())]
    return found


def button(components: Sequence[Json], label: str) -> Json:
    """The one button with this label, or with this custom id; AssertionError."""
    buttons = [one for one in inside(components) if one["type"] == BUTTON]
    return _one([one for one in buttons if label in (one.get("label"), one.get("custom_id"))], label, components)


def entry(components: Sequence[Json], label: str, menu: str = "") -> tuple[Json, Json]:
    """The select and the one entry of it with this label or value; `menu` is a part of its placeholder or its id."""
    found = [
        (select, option)
        for select in inside(components)
        if select["type"] == SELECT and (menu in select.get("placeholder", "") or menu == select["custom_id"])
        for option in select["options"]
        if label in (option["label"], option["value"])
    ]
    return _one(found, label, components)


def exchanged(components: Sequence[Json], one: Json, other: Json) -> list[Json]:
    """The same components, with `other` in the place of `one`."""
    found = copy.deepcopy(list(components))
    for each in inside(found):
        if each == one:
            each.update(other)
    return found


def _one(found: list[T], label: str, components: Sequence[Json]) -> T:
    if len(found) != 1:
        raise AssertionError(f"{len(found)} controls are {label!r}; there are {labels(components)}")
    return found[0]


def fields(modal: Mapping[str, Any]) -> list[tuple[str, Json]]:
    """The inputs of a modal, each with the words above it."""
    found = []
    for one in modal["components"]:
        below = [one["component"]] if one["type"] == LABEL else one.get("components", ())
        found += [(str(one.get("label") or each.get("label", "")), each) for each in below]
    return found


def filled(modal: Mapping[str, Any], values: Mapping[str, Any]) -> list[Json]:
    """The components of a submission: values by the label or custom id of their input; AssertionError."""
    known = {name: field for words, field in fields(modal) for name in (words, field["custom_id"])}
    if strange := set(values) - set(known):
        raise AssertionError(f"nothing to fill in is called {strange}; there are {sorted(known)}")
    given = {known[name]["custom_id"]: value for name, value in values.items()}
    found = []
    for number, one in enumerate(modal["components"], 1):
        if one["type"] == LABEL:
            found.append({"type": LABEL, "id": number, "component": _value(one["component"], given)})
        elif one.get("components"):
            found.append({"type": 1, "id": number, "components": [_value(each, given) for each in one["components"]]})
    return found


def _value(field: Json, given: Mapping[str, Any]) -> Json:
    wanted = given.get(field["custom_id"])
    found = {"type": field["type"], "id": field.get("id", 50), "custom_id": field["custom_id"]}
    if field["type"] == SELECT:
        chosen = [one["value"] for one in field["options"] if wanted in (one["label"], one["value"])]
        if bool(chosen) != (wanted is not None) or (field.get("required", True) and not chosen):
            raise AssertionError(f"nothing to choose is {wanted!r}: {field}")
        return {**found, "values": chosen}
    text = str(field.get("value", "") if wanted is None else wanted)
    least = field.get("min_length", 1 if field.get("required", True) else 0)
    if not (least if text or field.get("required", True) else 0) <= len(text) <= field.get("max_length", 4000):
        raise AssertionError(f"Discord does not submit {len(text)} characters here: {field}")
    return {**found, "value": text}
