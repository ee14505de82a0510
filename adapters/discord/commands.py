"""The commands as Discord is told of them, derived from the registry. Pure.

`default_member_permissions` is a courtesy: whoever may not time out members is not shown commands that need a role, so
that their picker is not full of what would be refused. It decides nothing (admins of a server can change it, and Usher
authorises every call); nobody at all by default ("0") would hide the commands from moderators until an admin finds the
setting. What anybody may ask (`/help`, `/whoami`) everybody sees, and so a root that holds those.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from adapters.discord import limits
from adapters.discord.names import GROUPS, CommandNames, is_name
from adapters.discord.options import options
from adapters.shown import shown
from bot.command import Command
from bot.people import Role

Body: TypeAlias = dict[str, Any]

CHAT_INPUT, MESSAGE = 1, 3  # of commands: typed, or called on a message
SUBCOMMAND, GROUP = 1, 2  # of options
GUILD, BOT_DM = 0, 1  # where commands can be used
GUILD_INSTALL = 0
MODERATE_MEMBERS = 1 << 40  # the permission by which Discord itself lets people time out members
MODERATE = "Moderate this room"  # what stands in the menu of a message
ROOT_DESCRIPTION = "Moderate LiveKit rooms"
SINGLE = CommandNames()


def bodies(commands: Iterable[Command], names: CommandNames = SINGLE, *, guild: bool = False) -> list[Body]:
    """The commands that are typed, for one `guild` or for everywhere.

    ValueError says what Discord would not take.
    """
    known = list(commands)
    found = [_root(known, names)] if names.root else [_single(one) for one in known]
    if len(found) > limits.COMMANDS:
        raise ValueError(f"There are {len(found)} commands; Discord takes {limits.COMMANDS}. Choose a root.")
    for body in found:
        _check(body)
    return [{**body, **_where(guild=guild)} for body in found]


def menu(*, guild: bool = False) -> list[Body]:
    """Those in the menus of messages."""
    body = {"type": MESSAGE, "name": MODERATE, "default_member_permissions": MODERATE_MEMBERS}
    return [{**body, **_where(guild=guild)}]


def _where(*, guild: bool) -> Body:
    return {} if guild else {"contexts": [GUILD, BOT_DM], "integration_types": [GUILD_INSTALL]}


def command_size(body: Body) -> int:
    """The characters that count towards the limit of a command: names, descriptions and values, all the way down."""
    below = [*body.get("options", ()), *body.get("choices", ())]
    own = sum(len(str(body.get(key, ""))) for key in ("name", "description", "value"))
    return own + sum(map(command_size, below))


def _single(command: Command) -> Body:
    body = _below(command, terse=False)
    return {**body, "type": CHAT_INPUT, "default_member_permissions": _permissions([command])}


def _root(commands: Sequence[Command], names: CommandNames) -> Body:
    """One command with all others below it; in fewer words where there is no room for all."""
    body: Body = {}
    for terse in (False, True):
        body = {
            "name": names.root,
            "description": ROOT_DESCRIPTION,
            "type": CHAT_INPUT,
            "options": _grouped(commands, names, terse=terse),
            "default_member_permissions": _permissions(commands),
        }
        if command_size(body) <= limits.COMMAND_SIZE:
            break
    return body


def _grouped(commands: Sequence[Command], names: CommandNames, *, terse: bool) -> list[Body]:
    subcommands = {one.name: {**_below(one, terse=terse), "type": SUBCOMMAND} for one in commands}
    found = []
    for group, description in GROUPS.items():
        inside = [body for name, body in subcommands.items() if names.groups[name] == group]
        if inside:
            found.append({"type": GROUP, "name": group, "description": description, "options": inside})
    return [*found, *(body for name, body in subcommands.items() if not names.groups[name])]


def _below(command: Command, *, terse: bool) -> Body:
    return {
        "name": command.name,
        "description": shown(command.summary, limits.COMMAND_DESCRIPTION),
        "options": [one.body(terse=terse) for one in options(command)],
    }


def _permissions(commands: Iterable[Command]) -> int | None:
    """Everybody sees what anybody may ask."""
    return None if any(one.role is Role.NONE for one in commands) else MODERATE_MEMBERS


def _check(body: Body) -> None:
    """What is beyond the reach of a schema, all the way down."""
    if command_size(body) > limits.COMMAND_SIZE:
        raise ValueError(f"/{body['name']} has {command_size(body)} characters; Discord takes {limits.COMMAND_SIZE}.")
    inside = body.get("options", ())
    if not is_name(body["name"]) or len(inside) > limits.OPTIONS or len({one["name"] for one in inside}) < len(inside):
        raise ValueError(f"Discord does not take {body['name']!r}: its name, or the {len(inside)} options below it.")
    for one in inside:
        _check(one)
