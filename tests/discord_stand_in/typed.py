"""What somebody types behind a command, as the client turns it into options; it lets nobody send what does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.discord_stand_in import shapes
from tests.discord_stand_in.shapes import Json
from tests.discord_stand_in.world import Channel, Guild, Role, User, World

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(1, 11)
_MENTION = re.compile(r"<(?P<mark>@!?|@&|#)(?P<id>[0-9]{17,20})>")


@dataclass(slots=True)
class Resolved:
    """What was mentioned, as Discord sends it along."""

    world: World
    guild: Guild | None
    found: dict[str, dict[str, Json]] = field(default_factory=dict)

    def add(self, one: User | Role | Channel) -> str:
        if isinstance(one, User):
            self._put("users", one.id, shapes.user(one))
            if self.guild is not None and one.id in self.guild.members:
                member = shapes.member(self.world, self.guild.members[one.id])
                kept = {key: value for key, value in member.items() if key not in ("user", "deaf", "mute")}
                self._put("members", one.id, {**kept, "permissions": str(self.world.granted(self.guild, one))})
        elif isinstance(one, Role):
            self._put("roles", one.id, shapes.role(one))
        else:
            self._put("channels", one.id, shapes.place(self.world, one, self.world.bot))
        return one.id

    def _put(self, kind: str, identifier: str, one: Json) -> None:
        self.found.setdefault(kind, {})[identifier] = one

    def mentioned(self, text: str) -> str:
        for form in _MENTION.finditer(text):
            roles = self.guild.roles if self.guild else {}
            known: dict[str, Mapping[str, Any]] = {"#": self.world.channels, "@&": roles}
            if one := known.get(form["mark"], self.world.users).get(form["id"]):
                self.add(one)
        return text


def below(command: Json, path: Sequence[str]) -> list[Json]:
    """The command, and the group and the subcommand that `path` names; AssertionError when it stops too early."""
    found = [command]
    for name in path:
        inside = [one for one in found[-1].get("options", ()) if one["name"] == name and one["type"] in (1, 2)]
        if not inside:
            raise AssertionError(f"nothing below {found[-1]['name']} is called {name}")
        found.append(inside[0])
    if any(one["type"] in (SUBCOMMAND, GROUP) for one in found[-1].get("options", ())):
        raise AssertionError(f"{found[-1]['name']} needs a subcommand")
    return found


def nested(parts: Sequence[Json], options: list[Json]) -> list[Json]:
    """The options where they belong, below groups and subcommands."""
    for one in reversed(parts[1:]):
        options = [{"type": one["type"], "name": one["name"], "options": options}]
    return options


def given(declared: Sequence[Json], typed: Mapping[str, Any], resolved: Resolved, focus: str = "") -> list[Json]:
    """Options as they are sent; while `focus` is being typed, whatever is required may be missing."""
    known = {one["name"]: one for one in declared}
    values = {_name(key, known): value for key, value in typed.items() if value is not None}
    missing = [one["name"] for one in declared if one.get("required") and one["name"] not in values]
    if missing and not focus:
        raise AssertionError(f"Discord asks for {missing} first")
    return list(_options(known, values, resolved, focus))


def _options(known: Mapping[str, Json], values: Mapping[str, Any], resolved: Resolved, focus: str) -> Iterator[Json]:
    for name, value in values.items():
        option = known[name]
        if name == focus:
            if not option.get("autocomplete"):
                raise AssertionError(f"Discord does not complete {name}")
            yield {"type": option["type"], "name": name, "value": str(value), "focused": True}
        else:
            found = _value(option, value, resolved)
            written = bool(focus) and option["type"] in (INTEGER, NUMBER)  # numbers are texts until all is entered
            yield {"type": option["type"], "name": name, "value": str(found) if written else found}


def _name(key: str, known: Mapping[str, Json]) -> str:
    """A keyword of Python's may stand for an option's name: `in_`, `dry_run`."""
    for name in (key, key.rstrip("_"), key.rstrip("_").replace("_", "-")):
        if name in known:
            return name
    raise AssertionError(f"no option is called {key}: there are {sorted(known)}")


def _value(option: Json, value: Any, resolved: Resolved) -> Any:
    kind = option["type"]
    if choices := option.get("choices"):
        found = [one["value"] for one in choices if value in (one["name"], one["value"])]
        if not found:
            raise AssertionError(f"{value!r} is none of the choices of {option['name']}")
        return found[0]
    if kind in (USER, CHANNEL, ROLE, MENTIONABLE):
        return _mentioned(kind, value, resolved)
    form: Callable[[Json, Any], Any] = {STRING: _text, INTEGER: _number, NUMBER: _number, BOOLEAN: _flag}[kind]
    found = form(option, value)
    return resolved.mentioned(found) if kind == STRING else found


def _mentioned(kind: int, value: Any, resolved: Resolved) -> str:
    taken = {USER: (User,), CHANNEL: (Channel,), ROLE: (Role,), MENTIONABLE: (User, Role)}[kind]
    if isinstance(value, User | Role | Channel) and isinstance(value, taken):
        return resolved.add(value)
    raise AssertionError(f"there one picks {taken}, and types nothing: {value!r}")


def _text(option: Json, value: Any) -> str:
    """Without the space around it, which the client takes away."""
    text = str(value).strip()
    if not max(1, option.get("min_length", 0)) <= len(text) <= option.get("max_length", 6000):
        raise AssertionError(f"Discord does not let anybody type {len(text)} characters for {option['name']}")
    return text


def _number(option: Json, value: Any) -> Any:
    least, most = option.get("min_value", -(2**53)), option.get("max_value", 2**53)
    good = isinstance(value, int if option["type"] == INTEGER else int | float) and not isinstance(value, bool)
    if not good or not least <= value <= most:
        raise AssertionError(f"Discord does not take {value!r} for {option['name']}")
    return value


def _flag(option: Json, value: Any) -> bool:
    if not isinstance(value, bool):
        raise AssertionError(f"{option['name']} is either True or False, not {value!r}")
    return value
