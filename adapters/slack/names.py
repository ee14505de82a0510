"""Under which names Slack knows the commands: one root that takes every command, and names of their own beside it.

Slack refuses a whole manifest because of one slash command whose name it has itself, so those get another name here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from adapters.shown import spoken
from adapters.slack.limits import COMMAND_NAME, COMMANDS

ROOT = "usher"
EVERYDAY = "participants,promote,demote,quiet,mute,kick"

# Observed: a manifest with /status is refused. The others are on published lists of what Slack's clients take.
_BUILT_IN = (
    "active apps archive away call close collapse dm dnd expand feed feedback huddle invite join keys kick leave "
    "me msg mute open part prefs pro remind remove rename search section shortcuts shrug star status topic who"
)
RESERVED = frozenset(_BUILT_IN.split())

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_FIRST = re.compile(r"\s*(/?)([\w-]{1,31})(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class SlashNames:
    """`own` maps a slash command's name to the command it stands for; `known` are all commands of the core."""

    root: str = ROOT
    own: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    @classmethod
    def read(cls, known: Collection[str], text: str = EVERYDAY, root: str = ROOT) -> SlashNames:
        """Names as a setting spells them: `quiet,mute=hush`. ValueError says what is wrong.

        A command whose name Slack has taken, and that is given no other one, is called `root-command`.
        """
        root = root.strip().lstrip("/")
        _check(root)
        own: dict[str, str] = {}
        for word in filter(None, (part.strip() for part in text.split(","))):
            command, _, other = (part.strip().lstrip("/") for part in word.partition("="))
            if command not in known:
                raise ValueError(f"names a command that does not exist: {command!r}")
            name = other or (f"{root}-{command}" if command in RESERVED else command)
            _check(name)
            if name == root or name in own:
                raise ValueError(f"gives the name /{name} twice")
            own[name] = command
        if len(own) >= COMMANDS:
            raise ValueError(f"gives {len(own)} names; Slack takes at most {COMMANDS}, the root among them")
        return cls(root, own, frozenset(known))

    def __str__(self) -> str:
        """The names as `read` takes them, whatever the root."""
        usual = {command: f"{self.root}-{command}" if command in RESERVED else command for command in self.known}
        return ",".join(meant if name == usual[meant] else f"{meant}={name}" for name, meant in self.own.items())

    def with_root(self, root: str) -> SlashNames:
        """The same names below another root; ValueError says what is wrong."""
        return SlashNames.read(self.known, str(self), root)

    def line(self, slash: str, text: str) -> str:
        """The words for the core behind a slash command (`/quiet` with `standup`) as Slack sends it."""
        name = slash.removeprefix("/").casefold()
        if name == self.root:
            return text
        return f"{self.own.get(name, name)} {text}".rstrip(" ")

    def meant(self, text: str) -> str:
        """Words that begin as a command is called in Slack (`/usher mute bob`, `usher-mute bob`), for the core.

        Answers name commands like that, and where Slack takes no slash command (a mention) people repeat it.
        """
        found = _FIRST.match(text)
        if found is None:
            return text
        name, rest = found[2].casefold(), text[found.end() :]
        if not found[1] and name in self.known:
            return text
        if name == self.root:
            return rest
        if name in self.own:
            return f"{self.own[name]} {rest}" if rest else self.own[name]
        return text

    def spoken(self, text: str) -> str:
        """Our own sentences with every `/command` as it is typed in Slack: `/usher kick`, or its own name."""
        return spoken(text, self.known, self.typed)

    def typed(self, command: str) -> str:
        """How a command is called in Slack."""
        names = (name for name, meant in self.own.items() if meant == command)
        return f"/{next(names, f'{self.root} {command}')}"


def _check(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) >= COMMAND_NAME:
        raise ValueError(
            f"has {name!r}; a slash command is at most {COMMAND_NAME - 1} small letters, digits, hyphens, underscores"
        )
    if name in RESERVED:
        raise ValueError(f"has /{name}, a name that Slack keeps for itself")
