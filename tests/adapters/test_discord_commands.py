"""What is registered: derived from the commands, within Discord's limits with room for more, the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

import pytest

from adapters.discord import limits
from adapters.discord.commands import MODERATE_MEMBERS, Body, bodies, command_size
from adapters.discord.names import CommandNames, is_name
from adapters.discord.options import options
from bot.command import Command, Kind, NoArguments, Param
from bot.options import read_options
from bot.people import Role
from bot.registry import load
from tests.house import TYPED

COMMANDS = list(load())
BY_NAME = {command.name: command for command in COMMANDS}
FORMS = ("", "usher")


def registered(commands: list[Command] = COMMANDS, root: str = "", *, guild: bool = False) -> list[Body]:
    return bodies(commands, CommandNames.of(commands, root), guild=guild)


def leaves(found: list[Body]) -> Iterator[tuple[str, Body]]:
    """Every command as it is called, without its slash."""
    for body in found:
        below = [one for one in body["options"] if one["type"] in (1, 2)]
        if not below:
            yield body["name"], body
        for path, leaf in leaves(below):
            yield f"{body['name']} {path}", leaf


def option(command: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(o for o in dict(leaves(registered()))[command]["options"] if o["name"] == name)
    return found


def ten_more(of: str) -> list[Command]:
    """The commands with ten more like this one."""
    return [*COMMANDS, *(replace(BY_NAME[of], name=f"{of}-{number}-more") for number in range(10))]


@pytest.mark.parametrize("root", FORMS)
def test_every_command_can_be_called_with_all_its_arguments(root: str) -> None:
    names = CommandNames.of(COMMANDS, root)
    found = {f"/{path}": body for path, body in leaves(registered(root=root))}
    assert set(found) == {names.typed(command.name) for command in COMMANDS}
    for command in COMMANDS:
        given = {one["name"] for one in found[names.typed(command.name)]["options"]}
        assert {param.name for param in command.params} <= given
        assert {one["name"] for one in found[names.typed(command.name)]["options"] if one.get("required")} == {
            param.name for param in command.params if param.required
        }


def test_single_commands_keep_their_names_and_a_root_holds_them_by_what_they_act_on() -> None:
    assert [body["name"] for body in registered()] == [command.name for command in COMMANDS]
    names = CommandNames.of(COMMANDS, "usher")
    assert names.typed("mute") == "/usher person mute"
    assert names.typed("quiet") == "/usher room quiet"
    assert names.typed("undo") == "/usher record undo"
    assert names.typed("history") == "/usher history"


@pytest.mark.parametrize("root", FORMS)
@pytest.mark.parametrize("like", ["mute", "quiet", "history", "undo"])
def test_there_is_room_for_ten_more_commands_in_both_forms(root: str, like: str) -> None:
    found = registered(ten_more(like), root)
    assert len(list(leaves(found))) == len(COMMANDS) + 10
    assert len(found) <= limits.COMMANDS
    assert max(map(command_size, found)) <= limits.COMMAND_SIZE


def test_a_root_says_less_where_there_is_no_room_for_all() -> None:
    described = [dict(leaves(registered(c, "usher")))["usher person mute"] for c in (COMMANDS, ten_more("mute"))]
    who, short = (next(one for one in body["options"] if one["name"] == "who") for body in described)
    assert who["description"] == BY_NAME["mute"].params[0].description
    assert short["description"] == "name or identity"
    assert described[0]["description"] == described[1]["description"] == BY_NAME["mute"].summary


def test_more_than_discord_takes_is_refused_by_name() -> None:
    many = [replace(BY_NAME["whoami"], name=f"more-{number}") for number in range(101)]
    with pytest.raises(ValueError, match="There are 101 commands; Discord takes 100"):
        registered(many)
    with pytest.raises(ValueError, match="'usher': its name, or the 26 options below it"):
        registered(many[:26], "usher")
    wordy = [replace(BY_NAME[like], name=f"{like}-{number}") for like in ("mute", "quiet") for number in range(25)]
    with pytest.raises(ValueError, match=r"/usher has \d+ characters; Discord takes 8000"):
        registered(wordy, "usher")


@dataclass(frozen=True, slots=True)
class Twice:
    one: Annotated[str, Param(Kind.TEXT, "text", name="text")] = ""
    other: Annotated[str, Param(Kind.TEXT, "text", name="text")] = ""


@dataclass(frozen=True, slots=True)
class Shouted:
    one: Annotated[str, Param(Kind.TEXT, "text", name="TEXT")] = ""


@pytest.mark.parametrize("arguments", [Twice, Shouted])
def test_arguments_that_discord_would_not_take_are_refused(arguments: type) -> None:
    with pytest.raises(ValueError, match="Discord does not take"):
        registered([replace(BY_NAME["find"], arguments=arguments)])


@pytest.mark.parametrize("text", ["Usher", "a b", "x" * 33, "a.b", "é!"])
def test_a_root_that_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a command is at most 32"):
        CommandNames.of(COMMANDS, f"/{text}")


@pytest.mark.parametrize("text", ["mute", "dry-run", "o'clock", "raum_2", "größe", "ミュート", "x" * 32])
def test_names_of_any_script_are_names(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_required_options_come_first(command: Command) -> None:
    required = [one.param.required for one in options(command)]
    assert required == sorted(required, reverse=True)


def test_options_have_types_and_are_completed_where_there_is_something_to_offer() -> None:
    def looks(command: str, name: str) -> tuple[int, bool]:
        return option(command, name)["type"], option(command, name).get("autocomplete", False)

    assert looks("mute", "who") == (3, True)
    assert looks("mute", "what") == (3, True)
    assert looks("mute", "lock") == (5, False)
    assert looks("mute", "reason") == (3, False)
    assert looks("mute", "in") == (3, True)
    assert looks("case", "n") == (4, True)
    assert looks("participants", "page") == (4, False)
    assert looks("participants", "room") == (3, True)
    assert looks("move", "room") == (3, True)
    assert looks("history", "room") == (3, True)
    assert looks("history", "moderator") == (3, False)
    assert looks("quiet", "except") == (3, True)
    assert looks("moderator", "who") == (9, False)


def test_roles_are_choices() -> None:
    assert [one["value"] for one in option("moderator", "role")["choices"]] == [role.word for role in Role]


@dataclass(frozen=True, slots=True)
class Doors:
    state: Annotated[str, Param(Kind.FILTER, "how it shall be", choices=("open", "closed"))] = ""


def test_an_argument_that_takes_one_of_a_few_words_has_them_as_choices() -> None:
    [door] = registered([replace(BY_NAME["find"], name="door", arguments=Doors)])
    [state] = door["options"]
    assert [one["value"] for one in state["choices"]] == ["open", "closed"]
    assert "autocomplete" not in state


def test_each_command_takes_beside_its_arguments_what_it_takes_in_words() -> None:
    given = {command.name: {one.param.name for one in options(command)} for command in COMMANDS}
    assert {"in", "force", "dry-run"} <= given["mute"]
    assert "in" not in given["participants"]
    assert given["participant"] == {"who", "in"}
    assert {"force", "dry-run"} <= given["undo"]
    assert given["reason"] == {"n", "text"}
    assert given["use"] == {"room"}
    assert given["help"] == {"command"}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_whatever_is_given_as_options_is_read_by_the_core(command: Command) -> None:
    samples = {3: "a", 4: "7", 5: "true", 9: "discord:1"}
    given = {}
    for one in options(command):
        body = one.body()
        value = body["choices"][0]["value"] if "choices" in body else samples[body["type"]]
        given[body["name"]] = {Kind.SOURCES: "microphone", Kind.PAIRS: "a=b", Kind.DURATION: "10m"}.get(
            one.param.kind, value
        )
    reading = read_options(command, given, TYPED)
    assert set(reading.values) == {param.name for param in command.params if param.kind is not Kind.WHO}
    assert reading.force is ("force" in given)
    assert reading.dry_run is ("dry-run" in given)
    assert reading.room == (given["in"] if command.in_room and "in" in given else "")


def test_what_anybody_may_ask_everybody_sees_and_the_rest_whoever_may_time_out_members() -> None:
    shown = {body["name"]: body["default_member_permissions"] for body in registered()}
    assert [name for name, needed in shown.items() if needed is None] == ["help", "whoami"]
    assert {needed for needed in shown.values() if needed is not None} == {MODERATE_MEMBERS}
    assert registered(root="usher")[0]["default_member_permissions"] is None
    writing = [command for command in COMMANDS if command.role is not Role.NONE]
    assert registered(writing, "usher")[0]["default_member_permissions"] == MODERATE_MEMBERS


def test_commands_are_for_servers_and_direct_messages_and_those_of_one_server_do_not_say() -> None:
    assert all((one["contexts"], one["integration_types"]) == ([0, 1], [0]) for one in registered())
    assert all("contexts" not in one and "integration_types" not in one for one in registered(guild=True))


def test_a_command_without_arguments_has_no_options() -> None:
    assert registered([replace(BY_NAME["find"], arguments=NoArguments)])[0]["options"] == []
