"""Examines, for the doctor, the moderation channel: is it there, who reads it, and may Usher write into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord

from adapters.discord.asking import asked
from adapters.discord.client import UsherClient
from adapters.discord.delivery import why
from adapters.discord.permissions import (
    ASKED,
    SEND_IN_THREADS,
    SEND_MESSAGES,
    VIEW_CHANNEL,
    Payload,
    in_channel,
    on_server,
)
from adapters.report import Report
from adapters.settings import Settings
from bot.words import told

SETTING = "USHER_DISCORD_CHANNEL"
UNKNOWN, NO_ACCESS = 10003, 50001
TEXT, VOICE, NEWS, STAGE, THREADS = 0, 2, 5, 13, (10, 11, 12)
WRITABLE = (TEXT, VOICE, NEWS, STAGE, *THREADS)


async def check(client: UsherClient, settings: Settings, report: Report) -> None:
    """Raises what Discord refuses for no reason that is known here."""
    identifier = settings[SETTING]
    if not identifier:
        report.note(f"Discord: no moderation channel ({SETTING}): what is done is told only where /use says so")
        return
    try:
        channel: Payload = await asked(client.http.get_channel(identifier))
    except discord.HTTPException as error:
        if error.code not in (UNKNOWN, NO_ACCESS):
            raise
        unknown = "there is no such channel" if error.code == UNKNOWN else "Usher does not see it: let it"
        report.bad(f"Discord: {SETTING} {identifier} ({why(error)}): {unknown}.")
        return
    guild = str(channel.get("guild_id") or "")
    if not guild or channel["type"] not in WRITABLE:
        report.bad(f"Discord: {SETTING} {identifier} is no channel of a server that can be written into.")
    elif settings["DISCORD_GUILDS"] and guild not in settings["DISCORD_GUILDS"]:
        report.bad(f"Discord: {SETTING} {identifier} is on the server {guild}, which is not in DISCORD_GUILDS.")
    else:
        _readers(await _powers(client, guild, channel), f"the moderation channel #{told(str(channel['name']))}", report)


@dataclass(frozen=True, slots=True)
class _Powers:
    """What Usher may do in it and needs, and what everybody may do."""

    own: int
    needed: int
    everybody: int


async def _powers(client: UsherClient, guild: str, channel: Payload) -> _Powers:
    """In a thread, what its parent says counts."""
    me = str(client.application_id)
    thread = channel["type"] in THREADS
    place: Payload = await asked(client.http.get_channel(channel["parent_id"])) if thread else channel
    roles: Sequence[Any] = await asked(client.http.get_roles(guild))
    mine: Any = await asked(client.http.get_member(guild, me))
    everyone = next(one for one in roles if one["id"] == guild)
    own = [one for one in roles if one["id"] in mine["roles"]]
    needed = VIEW_CHANNEL | (SEND_IN_THREADS if thread else SEND_MESSAGES)
    may = in_channel(on_server(everyone, own), place, guild, mine["roles"], me)
    return _Powers(may, needed, in_channel(on_server(everyone, []), place, guild, []))


def _readers(found: _Powers, shown: str, report: Report) -> None:
    missing = [name for name, bit in ASKED.items() if bit & found.needed & ~found.own]
    if missing:
        report.bad(f"Discord: Usher cannot write into {shown}: it lacks {' and '.join(missing)} there.")
    else:
        report.good(f"Discord: Usher writes into {shown}")
    if found.everybody & VIEW_CHANNEL:
        report.note("Discord: everybody on the server reads a channel that is not private: who was muted, by whom, why")
