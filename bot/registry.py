"""Finds the commands by walking `bot/commands`; refuses clashes at start."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import bot.commands
from bot.command import Command, Effect, Kind
from bot.errors import UnknownCommand
from bot.words import near, shortened

LONGEST = 40


class Registry:
    """The commands by name, in alphabetical order."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._commands: dict[str, Command] = {}
        for command in sorted(commands, key=lambda command: command.name):
            self._add(command)

    def _add(self, command: Command) -> None:
        if command.name in self._commands:
            raise ValueError(f"two commands are called /{command.name}")
        if command.effect is Effect.DESTRUCTIVE and not command.question:
            raise ValueError(f"/{command.name} is destructive and has no question to ask first")
        who = [index for index, param in enumerate(command.params) if param.kind is Kind.WHO]
        if who not in ([], [0]):
            raise ValueError(f"/{command.name} must take who as its first argument, once")
        self._commands[command.name] = command

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands.values())

    def __contains__(self, name: object) -> bool:
        return name in self._commands

    def __getitem__(self, name: str) -> Command:
        return self._commands[name]

    @property
    def by_name(self) -> Mapping[str, Command]:
        return MappingProxyType(self._commands)

    def get(self, name: str) -> Command | None:
        return self._commands.get(name)

    def find(self, name: str) -> Command:
        """The command of that name; `UnknownCommand` with what may have been meant."""
        if name in self._commands:
            return self._commands[name]
        meant = near(name, self._commands, 0.6, 3)
        guess = f" Did you mean {' or '.join('/' + m for m in meant)}?" if meant else ""
        raise UnknownCommand(f"There is no command /{shortened(name, LONGEST)}.{guess} /help lists them.", near=meant)


def load() -> Registry:
    """Every command below `bot.commands`: a module there declares one as `COMMAND`."""
    modules = pkgutil.iter_modules(bot.commands.__path__, "bot.commands.")
    return Registry(importlib.import_module(module.name).COMMAND for module in modules)
