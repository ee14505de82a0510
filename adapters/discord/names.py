"""Under which names Discord knows the commands: each its own, or all below one root."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from adapters.discord.limits import COMMAND_NAME
from adapters.shown import spoken
from bot.command import Command, Kind

PERSON, ROOM, RECORD = "person", "room", "record"
GROUPS = {PERSON: "Somebody in a room", ROOM: "A whole room", RECORD: "Something of the history, by its number"}

# Discord takes letters and digits of any script, where they have no capitals; `\p{L}\p{N}` is `\w` without underscore.
_NAME = re.compile(rf"[-_'\w]{{1,{COMMAND_NAME}}}")


@dataclass(frozen=True, slots=True)
class CommandNames:
    """`groups` maps each command to its group below the root ("": right below it). Without a root there are none."""

    root: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, commands: Iterable[Command], root: str = "") -> CommandNames:
        """The names of these commands; ValueError where Discord would not take the root."""
        root = root.strip().lstrip("/")
        if root and not is_name(root):
            raise ValueError(f"has {root!r}; a command is at most {COMMAND_NAME} small letters, digits, hyphens")
        return cls(root, {one.name: group_of(one) for one in commands})

    def typed(self, command: str) -> str:
        """How a command is called: `/mute`, or `/usher person mute`."""
        path = (self.root, self.groups[command], command) if self.root else (command,)
        return f"/{' '.join(filter(None, path))}"

    def spoken(self, text: str) -> str:
        """Our own sentences with every `/command` as it is called here."""
        return spoken(text, self.groups, self.typed)

    def meant(self, line: str) -> str:
        """The core's words of a line that begins as a command is called here (`/usher person mute bob`)."""
        root, rest = _first(line)
        if not self.root or root != self.root:
            return line
        group, below = _first(rest)
        return below if group and self.groups.get(_first(below)[0]) == group else rest


def _first(line: str) -> tuple[str, str]:
    """The first word as the name of a command, and what follows."""
    word, *rest = line.split(maxsplit=1) or [""]
    return word.lstrip("/").casefold(), rest[0] if rest else ""


def group_of(command: Command) -> str:
    """By what it acts on: a person, a room, something that has a number; what acts on none of them has no group."""
    if command.param(Kind.WHO) is not None:
        return PERSON
    if command.in_room:
        return ROOM
    return RECORD if command.param(Kind.NUMBER) is not None else ""


def is_name(text: str) -> bool:
    """Whether Discord takes it as the name of a command or an option."""
    return _NAME.fullmatch(text) is not None and text == text.lower()
