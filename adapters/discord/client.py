"""discord.py's client, as much of it as Usher needs: a connection on which interactions arrive, and what it takes to
answer them.

Buttons and selects come by a `Control` (`items`), whatever their ids are, also those that were sent before a restart.
Commands, completions and modals come to `on_interaction`, and to no command tree or view: those find out whose each is
before they hand it over, and Usher's ids say that by themselves. Both ways lead to one place.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from adapters.boundary import logged
from adapters.discord import attempts
from adapters.discord.items import Control, handed_over
from adapters.settings import Settings

LONGEST_WAIT = 60.0  # what Discord puts off for longer (a day's worth of commands, say) is an error
GATEWAY = "wss://gateway.discord.gg/"


async def nothing(*_: Any) -> None:
    """What a client does that only asks."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What comes of it: `arrived` has an interaction, `said` a message, `begun` the client once it has logged in and
    before it connects, `ready` the client each time that it has connected anew, `joined` and `left` a client with the
    id of a server that it has been added to, or removed from."""

    arrived: Callable[[discord.Interaction[discord.Client]], Awaitable[None]] = nothing
    said: Callable[[discord.Client, discord.Message], Awaitable[None]] = nothing
    begun: Callable[[UsherClient], Awaitable[None]] = nothing
    ready: Callable[[UsherClient], Awaitable[None]] = nothing
    joined: Callable[[UsherClient, str], Awaitable[None]] = nothing
    left: Callable[[UsherClient, str], Awaitable[None]] = nothing


class UsherClient(discord.AutoShardedClient):
    """No privileged intent, nobody called by a mention, no message kept. It belongs to the running loop."""

    def __init__(self, settings: Settings, ways: Ways = Ways(), *, shard_count: int | None = None) -> None:
        """`shard_count` is Discord's own recommendation where it is None."""
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody misses voice here
        heard = settings["USHER_DISCORD_MENTIONS"] == "on"
        ca_file = settings["USHER_CA_FILE"]
        trusted = ssl.create_default_context(cafile=Path(ca_file)) if ca_file else True
        _address(settings["DISCORD_API_URL"], settings["DISCORD_GATEWAY_URL"])
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=heard, dm_messages=heard),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            connector=aiohttp.TCPConnector(limit=0, ssl=trusted),
            max_ratelimit_timeout=LONGEST_WAIT,
            guild_ready_timeout=0.5,  # the next server that Discord tells of may come later: nothing waits for it
            proxy=settings["USHER_PROXY"] or None,
            http_trace=attempts.trace(),
            shard_count=shard_count,
        )
        self._ways = ways
        self._gateway = settings["DISCORD_GATEWAY_URL"]

    @property
    def usable(self) -> bool:
        """Whether every shard has a connection."""
        return self.is_ready() and bool(self.shards) and not any(one.is_closed() for one in self.shards.values())

    async def connect(self, *, reconnect: bool = True) -> None:
        """As discord.py does, which would take the gateway that Discord names to an own one, too."""
        if self._gateway and self.shard_count is None:
            self.shard_count, _, _ = await self.http.get_bot_gateway()
        await super().connect(reconnect=reconnect)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Control)
        await self._ways.begun(self)

    async def on_ready(self) -> None:
        await self._ways.ready(self)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._ways.joined(self, str(guild.id))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._ways.left(self, str(guild.id))

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """In the place of discord.py's, which logs what the error says."""
        logged(sys.exception() or RuntimeError(event_method))

    async def arrived(self, interaction: discord.Interaction[discord.Client]) -> None:
        """An interaction, whichever way it came."""
        await self._ways.arrived(interaction)

    async def on_message(self, message: discord.Message) -> None:
        if message.content:  # Discord leaves it out where the bot is not mentioned
            await self._ways.said(self, message)

    async def on_interaction(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Commands, completions, modals; and a press that discord.py had no `Control` for."""
        if not handed_over(interaction):
            await self.arrived(interaction)


def _address(api_url: str, gateway_url: str) -> None:
    """discord.py knows these two as attributes of classes and in no other way, so a process has one Discord."""
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway_url or GATEWAY)
