"""What the registry refuses, and what every command must say of itself."""

from __future__ import annotations

from dataclasses import make_dataclass, replace
from typing import Annotated

import pytest

from bot.command import Command, Effect, Kind, NoArguments, Param
from bot.context import Context
from bot.errors import UnknownCommand
from bot.grammar import read
from bot.people import Role
from bot.registry import Registry
from bot.reply import (
    Reply,
)
from bot.words import split
from tests.house import REGISTRY, TYPED


async def run(context: Context, arguments_: NoArguments) -> Reply:
    raise AssertionError


NOTHING = Command("x", "X", NoArguments, Role.VIEWER, Effect.READ, run)


def test_the_registry_refuses_clashes() -> None:
    with pytest.raises(ValueError, match="two commands"):
        Registry([NOTHING, replace(NOTHING, summary="Y")])
    with pytest.raises(ValueError, match="no question"):
        Registry([replace(NOTHING, effect=Effect.DESTRUCTIVE)])


def test_who_is_always_the_first_argument() -> None:
    who, other = Annotated[str, Param(Kind.WHO, "w")], Annotated[str, Param(Kind.TEXT, "t")]
    wrong = make_dataclass("Wrong", [("other", other), ("who", who)], frozen=True)
    with pytest.raises(ValueError, match="first argument"):
        Registry([replace(NOTHING, arguments=wrong)])


def test_an_unknown_command_is_said_with_what_may_have_been_meant() -> None:
    with pytest.raises(UnknownCommand) as caught:
        REGISTRY.find("mut")
    assert "mute" in caught.value.near
    with pytest.raises(UnknownCommand, match="/help lists them"):
        REGISTRY.find("xyzzy")


EVERY = pytest.mark.parametrize("command", list(REGISTRY), ids=lambda command: command.name)


@EVERY
def test_every_command_says_what_it_does_and_its_examples_can_be_read(command: Command) -> None:
    assert command.summary
    assert not command.summary.endswith(".")
    assert command.examples
    for example in command.examples:
        name, _, line = example.removeprefix("/").partition(" ")
        assert name == command.name
        found = read(command, line, split(line), 1 if command.param(Kind.WHO) else 0, TYPED)
        assert not found.doubt


@EVERY
def test_every_argument_is_described_and_usage_begins_with_the_command(command: Command) -> None:
    assert all(param.description for param in command.params)
    assert command.usage.split()[0] == f"/{command.name}"
    assert [param.required for param in command.params] == sorted((p.required for p in command.params), reverse=True)


def test_commands_are_the_table_of_the_documentation() -> None:
    assert [command.name for command in REGISTRY] == sorted(command.name for command in REGISTRY)
    wanted = """attribute case close demote door find help history kick metadata moderator moderators move mute name
        order orders participant participants permissions promote quiet reason room-metadata rooms undo
        unmute use whoami"""
    assert {command.name for command in REGISTRY} >= set(wanted.split())
