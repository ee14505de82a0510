"""An interaction as discord.py hands it over, as the payload that Discord sent: the rest of Usher reads that alone."""

from __future__ import annotations

from typing import Any

import discord


def payload_of(interaction: discord.Interaction[discord.Client]) -> dict[str, Any]:
    """As much of the payload as `inbound.parse` reads."""
    found: dict[str, Any] = {
        "id": str(interaction.id),
        "type": interaction.type.value,
        "token": interaction.token,
        "data": interaction.data,
        "channel_id": str(interaction.channel_id),
        "channel": _thread(interaction.channel),
        "message": _message(interaction.message),
    }
    if interaction.guild_id is None:
        return {**found, "user": _user(interaction.user)}
    return {**found, "guild_id": str(interaction.guild_id), "member": _member(interaction.user)}


def _user(user: discord.abc.User | None) -> dict[str, Any]:
    if not user:  # discord.py's MISSING, where the payload names nobody
        return {}
    return {"id": str(user.id), "username": user.name, "global_name": user.global_name}


def _member(member: object) -> dict[str, Any]:
    """The roles by their ids, as they were sent: `Member.roles` leaves out those of a server that is not cached yet,
    as it is for a moment after each start, and their moderators would be refused then."""
    if not isinstance(member, discord.Member):
        return {}
    return {"user": _user(member), "nick": member.nick, "roles": [str(role) for role in member._roles]}


def _thread(channel: object) -> dict[str, Any]:
    if not isinstance(channel, discord.Thread):
        return {}
    return {"id": str(channel.id), "type": channel.type.value, "parent_id": str(channel.parent_id)}


def _message(message: discord.Message | None) -> dict[str, Any]:
    return {"id": str(message.id), "flags": message.flags.value} if message is not None else {}
