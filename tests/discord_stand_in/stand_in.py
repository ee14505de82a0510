"""The whole stand-in: one object that a test talks to, and a process or a client that is pointed at its addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.ports import Clock
from tests.clocks import PATIENCE, WallClock, until
from tests.discord_stand_in import shapes
from tests.discord_stand_in.desk import Desk
from tests.discord_stand_in.gateway import GUILDS, Gateway
from tests.discord_stand_in.interactions import Interaction
from tests.discord_stand_in.people import People
from tests.discord_stand_in.server import API, Call, Server
from tests.discord_stand_in.shapes import Json
from tests.discord_stand_in.world import THREADS, App, Where, Which, World
from tests.slack_stand_in.calls import Troubles


class DiscordStandIn(People):
    """`world` and `trouble` may be changed at any time; `stand_in()` starts and ends it."""

    def __init__(self, world: World | None = None, *, clock: Clock | None = None) -> None:
        self.desk = Desk(world or World.usual(), clock or WallClock())
        self.gateway = Gateway(self.desk)
        super().__init__(self.desk, self.gateway)
        self.world = self.desk.world
        self.failures, self.checks, self.timing = self.desk.failures, self.desk.checks, self.desk.interactions
        self.trouble = Troubles()
        self._server = Server(self.desk, self.gateway, self.trouble)

    @property
    def app(self) -> App:
        return self.world.app

    @property
    def api_url(self) -> str:
        """What `DISCORD_API_URL` takes; it ends in `/api/v10`."""
        return f"{self._server.base}{API}"

    @property
    def gateway_url(self) -> str:
        return self.gateway.url

    @property
    def environment(self) -> dict[str, str]:
        """The settings that point a whole process here."""
        return {
            "DISCORD_TOKEN": self.app.token,
            "DISCORD_API_URL": self.api_url,
            "DISCORD_GATEWAY_URL": self.gateway_url,
        }

    @property
    def calls(self) -> list[Call]:
        """Every request to the REST API, in their order."""
        return self._server.calls

    @property
    def interactions(self) -> list[Interaction]:
        """All that was ever sent."""
        return self.desk.interactions.all

    def called(self, route: str) -> list[Call]:
        """Those to a route: `POST /channels/{channel}/messages`."""
        return [one for one in self.calls if one.route == route]

    def commands(self, guild: Which | None = None) -> list[Json]:
        """What is registered for a server, or everywhere."""
        return self.desk.registered.commands.get(self.world.guild(guild).id if guild else "", [])

    async def joined(self, which: Which) -> None:
        """The bot is added to a server."""
        guild = self.world.guild(which)
        self.world.add_member(
            guild, self.world.bot, self.world.add_role(guild, self.app.name, guild.everyone.permissions)
        )
        guild.joined = True
        created = shapes.created(self.world, guild)
        del created["unavailable"]  # by which discord.py tells a new server from one that is there again
        await self.gateway.dispatch("GUILD_CREATE", created, guild=guild.id, intent=GUILDS)

    async def left(self, which: Which) -> None:
        """The bot is thrown out of a server."""
        guild = self.world.guild(which)
        guild.joined = False
        del guild.members[self.app.id]
        await self.gateway.dispatch("GUILD_DELETE", {"id": guild.id}, guild=guild.id, intent=GUILDS)

    async def channel_changed(self, where: Where) -> None:
        """Tell of a channel or thread whose name or permissions are others now."""
        channel = self.world.channel(where)
        event = "THREAD_UPDATE" if channel.kind in THREADS else "CHANNEL_UPDATE"
        data = shapes.channel(self.world, channel)
        await self.gateway.dispatch(event, data, guild=channel.guild, intent=GUILDS)

    async def revoke(self) -> None:
        """The token is worth nothing from now on, and connections end."""
        self.gateway.revoked = True
        await self.gateway.close(4004)

    def restore(self) -> None:
        self.gateway.revoked = False

    async def connected(self, count: int = 1, seconds: float = PATIENCE) -> None:
        """Wait until the bot has so many sessions connected; TimeoutError."""
        await self.gateway.connected(count, seconds)

    async def until(self, wanted: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """The first true value of this, looked at again and again; AssertionError when there is none in time."""
        return await until(wanted, seconds, self._so_far)

    def _so_far(self) -> str:
        return f"the last calls: {self.calls[-5:]}; failures: {self.failures.found}"

    async def start(self, port: int = 0) -> None:
        await self._server.start(port)

    async def stop(self) -> None:
        await self._server.stop()


@asynccontextmanager
async def stand_in(
    world: World | None = None, *, clock: Clock | None = None, port: int = 0
) -> AsyncIterator[DiscordStandIn]:
    """Serve on 127.0.0.1 for the length of the block; raises what a client did wrong (AssertionError) at its end."""
    discord = DiscordStandIn(world, clock=clock)
    await discord.start(port)
    try:
        yield discord
    finally:
        await discord.stop()
    discord.failures.check()
