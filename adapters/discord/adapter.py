"""The Discord adapter: its parts put together, over one connection to the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import discord

from adapters.discord.announcing import Announcer
from adapters.discord.client import UsherClient, Ways
from adapters.discord.delivery import UNSENT, why
from adapters.discord.desk import Desk
from adapters.discord.front import Front
from adapters.discord.limits import CHOICE_NAME
from adapters.discord.names import CommandNames
from adapters.discord.registrar import Registrar
from adapters.discord.sync import Lists, Report, declared, sync
from adapters.http import HttpServer
from adapters.settings import Settings
from adapters.under_way import unless
from adapters.wiring import House
from bot.errors import BotError
from bot.registry import load
from bot.reply import Reply
from bot.suggest import Suggestions

CLOSE_SECONDS = 2.0
BAD_TOKEN = 4004  # the code with which the gateway closes


class DiscordAdapter:
    """Serves until `stop`; each time that it is begun with a client of its own."""

    name = "Discord"

    def __init__(self, settings: Settings, desk: Desk, registrar: Registrar) -> None:
        self._settings = settings
        self.desk = desk
        self._registrar = registrar
        self._front = Front(desk)
        self._client: UsherClient | None = None
        self._stopped = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def ready(self) -> bool:
        return self._client is not None and self._client.usable

    async def serve(self) -> None:
        """Until `stop`. Whatever Discord refuses at the start, and a token that it takes no longer, is raised."""
        self._ended.clear()
        try:
            async with opened(self.client()) as self._client:
                await unless(self._stopped, self._connected(self._client))
        finally:
            self._client = None
            self._ended.set()

    async def stop(self, seconds: float) -> None:
        """Take nothing new, give what is under way that long, then leave."""
        await self.desk.under_way.settle(seconds)
        await self.desk.under_way.aclose()
        await self.desk.suggestions.aclose()
        self._stopped.set()
        await self._ended.wait()

    async def tell(self, room: str, line: Reply) -> bool:
        """Post a line that nobody asked for; whether any channel took it."""
        client = self._client
        return client is not None and client.is_ready() and await self.desk.tell(client, room, line)

    def client(self, shard_count: int | None = None) -> UsherClient:
        """A client that serves once it is connected; it belongs to the running loop."""
        its = self._registrar
        ways = Ways(self._front.arrived, self._front.said, its.begin, its.ready, its.joined, its.left)
        return UsherClient(self._settings, ways, shard_count=shard_count)

    async def _connected(self, client: UsherClient) -> None:
        try:
            await log_in(client, self._settings["DISCORD_TOKEN"])
            await client.connect()
        except discord.ConnectionClosed as error:
            if error.code == BAD_TOKEN:
                raise _bad_token() from None
            raise BotError(f"Discord ended the connection ({error.code}).") from None
        except UNSENT as error:
            raise BotError(f"Discord refused, or did not answer ({why(error)}); usher doctor looks closer.") from None
        finally:
            await self._registrar.aclose()


@asynccontextmanager
async def opened(client: UsherClient) -> AsyncIterator[UsherClient]:
    """The client, and its connections closed in the end; a gateway that does not answer is not waited for."""
    await client.__aenter__()
    try:
        yield client
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await client.close()
        await client.http.close()


async def log_in(client: UsherClient, token: str) -> None:
    """Log in over REST. `BotError` where Discord does not take the token."""
    try:
        await client.login(token)
    except discord.LoginFailure:
        raise _bad_token() from None


def _bad_token() -> BotError:
    return BotError("Discord does not take the token: see DISCORD_TOKEN.")


async def synced(settings: Settings, *, dry_run: bool = False) -> Report:
    """What `usher discord sync` does: log in, and register the commands of these settings and no others."""
    async with opened(UsherClient(settings)) as client:
        await log_in(client, settings["DISCORD_TOKEN"])
        return await sync(client.http, client.application_id, wanted_lists(settings), tidy=True, dry_run=dry_run)


def wanted_lists(settings: Settings) -> Lists:
    """The commands that are to be registered on these settings, and where."""
    return declared(load(), _names(settings), settings["DISCORD_GUILDS"])


def _names(settings: Settings) -> CommandNames:
    return CommandNames.of(load(), settings["USHER_DISCORD_ROOT"])


def discord_adapter(settings: Settings, house: House, http: HttpServer) -> DiscordAdapter:
    """The adapter on these settings; nothing reaches it through the server."""
    guilds, names = settings["DISCORD_GUILDS"], _names(settings)
    desk = Desk(
        house.dispatcher,
        Suggestions(house.dispatcher, longest_value=CHOICE_NAME),
        Announcer(house.services.roster, settings["USHER_DISCORD_CHANNEL"], guilds),
        names,
        guilds,
    )
    return DiscordAdapter(settings, desk, Registrar(wanted_lists(settings), house.database.registrations))
