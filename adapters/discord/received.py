"""An interaction or a message as discord.py hands it over, as the payload that Discord sent: the rest of Usher reads
that alone."""

from __future__ import annotations

from typing import Any

import discord

from adapters.discord.arrivals import Seen


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


def message_payload_of(message: discord.Message) -> dict[str, Any] | None:
    """As much of the payload as `messages.parse_message` reads; None for one of a server that is not known yet.

    That one has no server here, and would look as if it had been written to the bot directly.
    """
    found: dict[str, Any] = {
        "id": str(message.id),
        "type": message.type.value,
        "content": message.content,
        "webhook_id": str(message.webhook_id) if message.webhook_id is not None else None,
        "channel_id": str(message.channel.id),
        "channel": _thread(message.channel),
        "author": {**_user(message.author), "bot": message.author.bot},
    }
    if isinstance(message.channel, discord.DMChannel):
        return found
    if message.guild is None:
        return None
    return {**found, "guild_id": str(message.guild.id), "member": _member(message.author)}


def seen_in(message: discord.Message) -> Seen:
    """How what the message mentions looked to whoever wrote it."""
    return Seen(
        {str(one.id): one.display_name for one in message.mentions},
        {str(one.id): one.name for one in message.role_mentions},
        {str(one.id): getattr(one, "name", "") for one in message.channel_mentions},
    )


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
