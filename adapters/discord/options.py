"""A command's arguments as Discord's typed options: required ones first, completed where there is something to show.

Nothing needs completion: phones show little of it, and whatever it offers can be typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.discord import limits
from adapters.shown import shown
from bot.command import Command, Kind, Param
from bot.people import Role

STRING, INTEGER, BOOLEAN, MENTIONABLE = 3, 4, 5, 9
_FIRST = re.compile("[;:,]")
_TYPES = {Kind.NUMBER: INTEGER, Kind.PAGE: INTEGER, Kind.FLAG: BOOLEAN, Kind.SUBJECT: MENTIONABLE}

ROOMS = (Kind.ROOM, Kind.DESTINATION, Kind.ROOM_OR_GLOB, Kind.GLOBS)
PEOPLE = (Kind.WHO, Kind.PEOPLE)
TRACKS = (Kind.SOURCES,)
CASES = (Kind.NUMBER,)

SCOPE = Param(Kind.ROOM, "the room; without it the channel's default or the only live one", name="in")
FORCE = Param(Kind.FLAG, "for admins: protected people too", name="force")
DRY_RUN = Param(Kind.FLAG, "only show what would change", name="dry-run")

TERSE: Mapping[Kind, str] = {
    Kind.WHO: "name or identity",
    Kind.ROOM: "the room",
    Kind.REASON: "why",
    Kind.DURATION: "10m, until 18:00",
}
TERSE_NAMES: Mapping[str, str] = {FORCE.name: "protected people too", DRY_RUN.name: "only show"}
"""How the commonest options are described where there is room for little; of the others the first words."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option, and the argument that it is."""

    param: Param

    @property
    def completed(self) -> bool:
        """Whether there is something to offer while it is typed: rooms, people, tracks, cases."""
        kind = self.param.kind
        return kind in (*ROOMS, *PEOPLE, *TRACKS, *CASES) or (kind is Kind.KEYED and self.param.name == "room")

    def body(self, *, terse: bool = False) -> dict[str, Any]:
        param = self.param
        few = TERSE_NAMES.get(param.name) or TERSE.get(param.kind, _FIRST.split(param.description)[0])
        description = few if terse else param.description
        found: dict[str, Any] = {
            "type": _TYPES.get(param.kind, STRING),
            "name": param.name,
            "description": shown(description, limits.COMMAND_DESCRIPTION),
        }
        if param.required:
            found["required"] = True
        if found["type"] == INTEGER:
            found["min_value"] = 1
        if self.completed:
            found["autocomplete"] = True
        elif words := [role.word for role in Role] if param.kind is Kind.ROLE else param.choices:
            found["choices"] = [{"name": word, "value": word} for word in words]
        return found


def options(command: Command) -> list[Option]:
    """The arguments, and what every command of its kind takes beside them; required ones first."""
    found = list(command.params)
    if command.in_room and command.param(Kind.ROOM) is None:
        found.append(SCOPE)
    if command.takes_flags:
        found += [FORCE, DRY_RUN]
    return [Option(param) for param in sorted(found, key=lambda param: not param.required)]
