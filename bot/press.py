"""What a button carries out, as JSON and back; and the arguments of a bound invocation as the command wants them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from bot.command import Again, BoundInvocation, Command, Kind, Nothing, Param, Press, Target, field_of
from bot.lasting import Lasting
from bot.model import Source
from bot.people import Role
from bot.words import in_room, told

_KEPT = tuple(one.name for one in fields(BoundInvocation) if one.name != "target")
_JSON = json.JSONEncoder(default=dict)  # a page of menus is a hundred presses


def encode(press: Press) -> str:
    """JSON of a press. Of a target only what names it is kept: it is looked at again when the button is pressed."""
    if isinstance(press, Nothing):
        return json.dumps({"nothing": True})
    if isinstance(press, Again):
        return _JSON.encode({"again": press.text, "room": press.room, "options": press.options})
    target = press.target
    who = [target.room, target.identity, target.sid, target.name, target.shared] if target else None
    return _JSON.encode({"bound": {name: getattr(press, name) for name in _KEPT}, "target": who})


def decode(text: str) -> Press:
    """The press that `encode` wrote."""
    data: dict[str, Any] = json.loads(text)
    if "nothing" in data:
        return Nothing()
    if "again" in data:
        return Again(data["again"], data["room"], data.get("options"))
    return BoundInvocation(**data["bound"], target=_target(*data["target"]) if data["target"] else None)


def _target(room: str, identity: str, sid: str, name: str, shared: bool = False) -> Target:
    """What an older Usher stored does not say whether the name is shared."""
    return Target(room, identity, sid, name, shared=shared)


def arguments(command: Command, bound: BoundInvocation) -> Any:
    """The command's own dataclass, filled from the bound invocation."""
    given: dict[str, Any] = {}
    for param in command.params:
        if param.kind is Kind.WHO:
            given[field_of(param)] = bound.target
        elif param.name in bound.values:
            given[field_of(param)] = _typed(param, bound.values[param.name])
    return command.arguments(**given)


def line_again(command: Command, target: Target, values: Mapping[str, Any]) -> str:
    """The line that asks for the same of whoever has this identity now: `: /mute bob lock in:standup`.

    "" where more would have to be typed than words that can be told in one.
    """
    words = [f": /{command.name}", told(target.identity, 300)]
    for param in command.params:
        value = values.get(param.name)
        if value and param.kind is Kind.SOURCES:
            words.append(",".join(value))
        elif value and param.kind is Kind.FLAG:
            words.append(param.keyword)
        elif value and param.kind is not Kind.REASON:
            return ""
    return " ".join([*words, told(in_room(target.room), 300)])


def _typed(param: Param, value: Any) -> Any:
    if param.kind is Kind.PAIRS:
        return tuple((key, text) for key, text in value)
    if param.kind in (Kind.SOURCES, Kind.PEOPLE, Kind.GLOBS):
        return tuple(value)
    if param.kind is Kind.ROLE:
        return Role.parse(value)
    if param.kind is Kind.DURATION:
        return Lasting.decode(value)
    return value


SOURCE_SETS = {
    "microphone": frozenset({Source.MICROPHONE}),
    "camera": frozenset({Source.CAMERA}),
    "screen": frozenset({Source.SCREEN_SHARE, Source.SCREEN_SHARE_AUDIO}),
    "all": frozenset({Source.MICROPHONE, Source.CAMERA, Source.SCREEN_SHARE, Source.SCREEN_SHARE_AUDIO}),
}


def sources_of(words: tuple[str, ...]) -> frozenset[Source]:
    """LiveKit's sources for the moderators' words; `chat` is none of them."""
    return frozenset().union(*(SOURCE_SETS[word] for word in words if word in SOURCE_SETS))
