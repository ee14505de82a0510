"""What Discord knows of the commands, brought up to what is declared; and nothing sent where it is so already.

Discord itself is asked what it has: no digest of what was sent last (`registrar`) can know what else has changed it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import discord
from discord.http import HTTPClient

from adapters.discord.commands import Body, bodies, menu
from adapters.discord.names import CommandNames
from bot.command import Command

EVERYWHERE = ""
MOST_SERVERS = 200  # so many are told of at once
_WHERE = ("contexts", "integration_types")
_COMPARED = (
    "type", "name", "description", "default_member_permissions", *_WHERE, "options", "choices", "value", "required",
    "autocomplete", "min_value", "max_value", "min_length", "max_length",
)  # fmt: skip

Lists = Mapping[str, Sequence[Body]]
"""What is to be registered, by the server's id; `EVERYWHERE` for all of them."""


@dataclass(frozen=True, slots=True)
class Change:
    """The names of what differs on that server, or `EVERYWHERE`."""

    guild: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def __str__(self) -> str:
        """`server 123: 2 added (kick, mute), 1 removed (ban)`."""
        kinds = (("added", self.added), ("changed", self.changed), ("removed", self.removed))
        counted = (f"{len(names)} {kind} ({', '.join(names)})" for kind, names in kinds if names)
        return f"{named(self.guild)}: {', '.join(counted) or 'nothing to change'}"


def named(guild: str) -> str:
    """The server, or `EVERYWHERE`, as it is said."""
    return f"server {guild}" if guild else "everywhere"


@dataclass(frozen=True, slots=True)
class Report:
    """`refused` are the servers on which Discord does not let us register anything, each with its code."""

    changes: tuple[Change, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)


def declared(commands: Iterable[Command], names: CommandNames, guilds: Collection[str]) -> Lists:
    """On those servers; without any, everywhere."""
    found = [*bodies(commands, names, guild=bool(guilds)), *menu(guild=bool(guilds))]
    return dict.fromkeys(guilds or (EVERYWHERE,), found)


async def sync(
    http: HTTPClient, application: int | None, wanted: Lists, *, tidy: bool = False, dry_run: bool = False
) -> Report:
    """Register what is wanted, where Discord has something else; with `dry_run` only say what that is.

    `http` and the application's id are those of a client that has logged in. With `tidy` nothing is left where nothing
    is wanted: what was registered there before would stand beside it, and all twice. That is for people to ask for:
    another process may serve those servers. What Discord refuses for a single server is reported, and anything else
    raised (`discord.HTTPException`).
    """
    assert application is not None
    changes: list[Change] = []
    refused: dict[str, int] = {}
    for guild, found in {**(await _elsewhere(http) if tidy else {}), **wanted}.items():
        place = _Place(http, application, guild)
        try:
            change = compared(guild, found, await place.registered())
            if change and not dry_run:
                await place.register(found)
        except discord.Forbidden as error:
            if guild == EVERYWHERE:
                raise
            refused[guild] = error.code
        else:
            changes.append(change)
    return Report(tuple(changes), refused)


async def as_it_takes(question: Awaitable[Any]) -> Any:
    return await question


Patience = Callable[[Awaitable[Any]], Awaitable[Any]]
"""Stands around a question: how long it is waited for."""


async def joined_servers(http: HTTPClient, patience: Patience = as_it_takes) -> dict[str, str]:
    """The names of the servers that the bot is on, by id."""
    joined: dict[str, str] = {}
    after: Any = None
    while True:
        found = await patience(http.get_guilds(MOST_SERVERS, after=after, with_counts=False))
        joined |= {str(one["id"]): str(one["name"]) for one in found}
        if len(found) < MOST_SERVERS:
            return joined
        after = found[-1]["id"]


async def _elsewhere(http: HTTPClient) -> Lists:
    """Nothing, on each server that the bot is in and on all together."""
    return {EVERYWHERE: [], **{guild: [] for guild in await joined_servers(http)}}


@dataclass(frozen=True, slots=True)
class _Place:
    http: HTTPClient
    application: int
    guild: str

    async def registered(self) -> Sequence[Mapping[str, Any]]:
        if self.guild == EVERYWHERE:
            return await self.http.get_global_commands(self.application)
        return await self.http.get_guild_commands(self.application, self.guild)

    async def register(self, wanted: Sequence[Body]) -> None:
        if self.guild == EVERYWHERE:
            await self.http.bulk_upsert_global_commands(self.application, list(wanted))
        else:
            await self.http.bulk_upsert_guild_commands(self.application, self.guild, list(wanted))


def compared(guild: str, wanted: Sequence[Body], registered: Sequence[Mapping[str, Any]]) -> Change:
    """What would have to be done."""
    ours, theirs = ({_key(one): one for one in found} for found in (wanted, registered))
    return Change(
        guild,
        tuple(sorted(one["name"] for key, one in ours.items() if key not in theirs)),
        tuple(sorted(one["name"] for key, one in ours.items() if key in theirs and _differs(one, theirs[key]))),
        tuple(sorted(one["name"] for key, one in theirs.items() if key not in ours)),
    )


def _key(body: Mapping[str, Any]) -> tuple[int, str]:
    return body.get("type", 1), body["name"]


def _differs(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Where a command is for one server, Discord says by itself in which contexts it can be used."""
    ignored = [key for key in _WHERE if key not in ours]
    known = {key: value for key, value in _plain(theirs).items() if key not in ignored}
    return bool(_plain(ours) != known)


def _plain(value: Any, key: str = "") -> Any:
    """A command as it can be compared: without what is as good as not there, and what only Discord says."""
    if isinstance(value, Mapping):
        found = {name: _plain(value[name], name) for name in _COMPARED if name in value}
        return {name: one for name, one in found.items() if one not in (None, False, "", [])}
    if key in _WHERE and value:
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if key == "default_member_permissions" and value is not None else value
