"""Examines, for the doctor, whether the roles that may do something on a server also see the commands for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.discord.asking import asked
from adapters.discord.client import UsherClient
from adapters.discord.permissions import Payload
from adapters.discord.visible import Server, unseen
from adapters.report import Report
from adapters.settings import Settings
from bot.people import Grant, Role
from bot.policy import Policy
from bot.registry import load
from bot.words import told

NAMED = 5  # commands in one sentence

_PREFIX, _ROLE = "discord:", "/@"


async def check(
    client: UsherClient, settings: Settings, served: Mapping[str, str], grants: Iterable[Grant], report: Report
) -> None:
    """`served` are the names of the servers by id."""
    for guild, roles in _by_server(grants).items():
        if guild not in served:
            report.note(f"Discord: roles of the server {guild} may moderate, and Usher does not serve it")
            continue
        server, registered = await _server(client, guild)
        for identifier, given in roles.items():
            role = server.role(identifier)
            if role is None:
                subject = f"{_PREFIX}{guild}{_ROLE}{identifier}"
                report.note(f"Discord: {subject} is {given.word}, and {told(served[guild])} has no such role any more")
                continue
            shown = f"the role {told(str(role['name']))} of {told(served[guild])}, which is {given.word},"
            if missing := unseen(server, registered, role, given, load(), Policy(roles=settings["USHER_ROLES"])):
                advice = "allow it there under Integrations, or give the role Time Out Members"
                report.bad(f"Discord: {shown} does not see {_listed(missing)}: {advice}.")
            else:
                report.good(f"Discord: {shown} sees its commands")


def _by_server(grants: Iterable[Grant]) -> dict[str, dict[str, Role]]:
    """The highest role that each role of Discord's has been given, by server."""
    found: dict[str, dict[str, Role]] = {}
    for grant in grants:
        guild, between, role = grant.subject.removeprefix(_PREFIX).partition(_ROLE)
        if between and grant.subject.startswith(_PREFIX):
            known = found.setdefault(guild, {})
            known[role] = max(known.get(role, Role.NONE), grant.role)
    return found


def _listed(names: Sequence[str]) -> str:
    """The first of them, and how many more."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(f"/{name}" for name in names[:NAMED]) + more


async def _server(client: UsherClient, guild: str) -> tuple[Server, list[Payload]]:
    """The server, and the commands that can be used on it."""
    http, application = client.http, client.application_id or 0
    own: Sequence[Any] = await asked(http.get_guild_commands(application, guild))
    everywhere: Sequence[Any] = await asked(http.get_global_commands(application))
    rules: Sequence[Any] = await asked(http.get_guild_application_command_permissions(application, guild))
    roles: Sequence[Any] = await asked(http.get_roles(guild))
    said = {str(one["id"]): one["permissions"] for one in rules}
    return Server(guild, str(application), roles, said), [*own, *everywhere]
