"""A line of words as it was typed in a chat, and what a mention in it asks for, by where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.command import Command, Kind
from bot.dispatch import split_command
from bot.words import fold

LONGEST_KEY = 21  # with its colon
_KEY = re.compile(r"([\w-]{1,20}):$")


@dataclass(frozen=True, slots=True)
class TypedLine:
    """`argument` is where the first argument begins, -1 where there is none; `listed` where names of people do."""

    text: str
    command: Command | None
    argument: int
    listed: int

    @classmethod
    def read(cls, text: str, commands: Mapping[str, Command], meant: Callable[[str], str] = str) -> TypedLine:
        """`meant` makes the core's words of those that begin as a command is called in that chat."""
        text = meant(text)
        command = commands.get(split_command(text)[0])
        parts = text.split(maxsplit=1)
        argument = len(text) - len(parts[1].lstrip()) if len(parts) > 1 else -1
        if argument >= 0 and command and command.param(Kind.COMMAND):
            text = text[:argument] + meant(text[argument:])
        return cls(text, command, argument, _listed(text, command, argument))

    def asks(self, at: int) -> Kind | None:
        """What is asked for there: an account (SUBJECT, KEYED), a participant (WHO, PEOPLE), or None for mere words.

        `at` is where the mention begins in `text`.
        """
        if self.command is None:
            return None
        first = next((kind for kind in (Kind.SUBJECT, Kind.WHO) if self.command.param(kind)), None)
        if first is not None and at == self.argument:
            return first
        if self._keyed(self.command, at):
            return Kind.KEYED
        return Kind.PEOPLE if 0 <= self.listed <= at else None

    def _keyed(self, command: Command, at: int) -> bool:
        """Whether it stands behind a key of the command (`by:`)."""
        key = _KEY.search(self.text[max(0, at - LONGEST_KEY) : at])
        return any(
            key and param.kind is Kind.KEYED and key[1].casefold() in (param.name, param.keyword)
            for param in command.params
        )


def _listed(text: str, command: Command | None, argument: int) -> int:
    """Behind the word from which on the line names people (`except`); -1 without it."""
    people = command.param(Kind.PEOPLE) if command and argument >= 0 else None
    words = re.finditer(r"\S+", text[argument:]) if people else ()
    return next((argument + word.end() for word in words if people and fold(word[0]) == people.keyword), -1)


def quoted(identity: str | None) -> str:
    """An identity as a line takes it for one word; "" for none."""
    return f'"{identity}"' if identity and " " in identity else identity or ""
