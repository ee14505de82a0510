"""What is registered is what Discord takes, in both forms, with room for ten more commands."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.discord.commands import bodies
from adapters.discord.names import CommandNames
from bot.command import Command
from bot.registry import load
from tests.conformance.discord_data import examples, present
from tests.conformance.discord_schemas import wrong_commands

pytestmark = present
Body = dict[str, Any]
COMMANDS = list(load())
MORE = [replace(one, name=f"{one.name}-{number}") for number in range(10) for one in COMMANDS if one.name == "mute"]
FORMS = ("", "usher")


def registered(commands: list[Command], root: str = "", *, guild: bool = False) -> list[Body]:
    return bodies(commands, CommandNames.of(commands, root), guild=guild)


@pytest.mark.parametrize("root", FORMS)
@pytest.mark.parametrize("commands", [COMMANDS, [*COMMANDS, *MORE]], ids=["as it is", "with ten more"])
@pytest.mark.parametrize("guild", [False, True])
def test_all_that_is_registered_is_valid(commands: list[Command], root: str, guild: bool) -> None:
    assert wrong_commands(registered(commands, root, guild=guild), guild=guild) == []


def _mute(found: list[Body]) -> Body:
    return next(one for one in found if one["name"] == "mute")


def _option(found: list[Body], name: str) -> Body:
    return next(one for one in _mute(found)["options"] if one["name"] == name)


def _capital(found: list[Body]) -> None:
    _mute(found)["name"] = "Mute"


def _space(found: list[Body]) -> None:
    _option(found, "in")["name"] = "in room"


def _long_name(found: list[Body]) -> None:
    _mute(found)["name"] = "m" * 33


def _long_description(found: list[Body]) -> None:
    _mute(found)["description"] = "x" * 101


def _no_description(found: list[Body]) -> None:
    del _option(found, "who")["description"]


def _order(found: list[Body]) -> None:
    _mute(found)["options"].reverse()


def _options(found: list[Body]) -> None:
    _mute(found)["options"] = [{"type": 3, "name": f"o{number}", "description": "x"} for number in range(26)]


def _choices(found: list[Body]) -> None:
    _option(found, "reason")["choices"] = [{"name": str(one), "value": str(one)} for one in range(26)]


def _choice_type(found: list[Body]) -> None:
    _option(found, "reason")["choices"] = [{"name": "one", "value": 1}]


def _choices_completed(found: list[Body]) -> None:
    _option(found, "who")["choices"] = [{"name": "one", "value": "1"}]


def _option_type(found: list[Body]) -> None:
    _option(found, "who")["type"] = 99


def _option_twice(found: list[Body]) -> None:
    _mute(found)["options"].append(_mute(found)["options"][-1])


def _command_twice(found: list[Body]) -> None:
    found.append(_mute(found))


def _hundred_and_one(found: list[Body]) -> None:
    found.extend({"name": f"more-{number}", "description": "x"} for number in range(101))


def _context(found: list[Body]) -> None:
    _mute(found)["contexts"] = [9]


def _permission(found: list[Body]) -> None:
    _mute(found)["default_member_permissions"] = -1


def _size(found: list[Body]) -> None:
    options = [{"type": 3, "name": f"o{number}", "description": "x" * 100} for number in range(25)]
    leaf = {"type": 1, "name": "a", "description": "x", "options": options}
    _mute(found)["options"] = [{**leaf, "name": f"a{number}"} for number in range(4)]


def _mixed(found: list[Body]) -> None:
    _mute(found)["options"].append({"type": 1, "name": "a", "description": "x"})


def _menu_described(found: list[Body]) -> None:
    found.append({"type": 3, "name": "Look", "description": "x"})


def _menu_twice(found: list[Body]) -> None:
    found.extend([{"type": 3, "name": "Look"}] * 2)


def _menu_long(found: list[Body]) -> None:
    found.append({"type": 3, "name": "x" * 33})


def _menus(found: list[Body]) -> None:
    found.extend({"type": 3, "name": f"Look {number}"} for number in range(16))


SPOILERS = (
    _capital, _space, _long_name, _long_description, _no_description, _order, _options, _choices, _choice_type,
    _choices_completed, _option_type, _option_twice, _command_twice, _hundred_and_one, _context, _permission, _size,
    _mixed, _menu_described, _menu_twice, _menu_long, _menus,
)  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILERS)
def test_the_validators_refuse_a_registration_that_is_spoilt(spoil: Callable[[list[Body]], None]) -> None:
    found = copy.deepcopy(registered(COMMANDS))
    assert wrong_commands(found) == []
    spoil(found)
    assert wrong_commands(found) != []


def test_a_hundred_commands_are_valid() -> None:
    found: list[Body] = [{"name": f"more-{number}", "description": "x"} for number in range(100)]
    menus = [{"type": 3, "name": f"Look {number}"} for number in range(15)]
    assert wrong_commands([*found, *menus]) == []


@pytest.mark.parametrize("body", examples("command"))
def test_the_validators_take_the_commands_of_discords_documentation(body: Body) -> None:
    """But for its permissions, which are a text there, and a number in the OpenAPI file and in discord.py."""
    number = {key: int(value) for key, value in body.items() if key == "default_member_permissions"}
    assert wrong_commands([{**body, **number}]) == []
