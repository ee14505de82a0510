"""The public line of a write, and what nobody asked for: in private channels that follow the room, else in the
moderation channel."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection

import discord

from adapters.announcing import Places, Post
from adapters.discord import objects
from adapters.discord.delivery import SEND_SECONDS, UNSENT, why
from adapters.discord.render import Message
from adapters.discord.sending import send_once
from bot.ports import Roster


class Announcer:
    def __init__(self, roster: Roster, channel: str = "", guilds: Collection[str] = ()) -> None:
        """`channel` is the moderation channel ("" where there is none), `guilds` are those served (none: all)."""
        self._roster = roster
        self._channel = channel
        self._guilds = guilds

    async def tell(self, client: discord.Client, guild: str, asked_in: str, room: str, message: Message) -> None:
        """Post the line. For what was asked in a direct message ("" as its guild) channels of all guilds count."""
        prefix = f"discord:{guild}/" if guild else "discord:"
        await self._places(client).tell(prefix, asked_in, room, _posting(client, message))

    async def tell_all(self, client: discord.Client, room: str, message: Message) -> bool:
        """Post a line that nobody asked for; whether any channel took it."""
        return await self._places(client).tell_all("discord:", room, _posting(client, message))

    def _places(self, client: discord.Client) -> Places:
        async def is_private(channel: str) -> bool:
            return self._is_private(client.get_channel(int(channel)))

        return Places(self._roster, self._channel, is_private)

    def _is_private(self, channel: object) -> bool:
        """Whether it is on a server that is served, and whoever has no role there does not see it.

        discord.py keeps channels and their permissions as they are; what it does not know is not taken for private.
        """
        if not isinstance(channel, discord.abc.GuildChannel):
            return False
        served = not self._guilds or str(channel.guild.id) in self._guilds
        return served and not channel.permissions_for(channel.guild.default_role).view_channel


def _posting(client: discord.Client, message: Message) -> Post:
    async def post(channel: str) -> str:
        try:
            said = objects.parts(message)
            async with asyncio.timeout(SEND_SECONDS):
                await send_once(client.get_partial_messageable(int(channel)), said, secrets.randbits(63))
        except UNSENT as error:
            return why(error)
        return ""

    return post
