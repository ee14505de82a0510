"""A whole `usher run` is pointed at the stand-in by its settings alone."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.clock import SystemClock
from adapters.livekit.simulator.http import RoomServiceApp, serving
from adapters.livekit.simulator.lively import lively_rooms
from adapters.livekit.tokens import Credentials
from tests.database_fixtures import url_of
from tests.discord_stand_in import DiscordStandIn
from tests.e2e.console import ROOT

KEY, SECRET = "APIkey", "s3cret-s3cret-s3cret-s3cret-s3cret"


@asynccontextmanager
async def usher_run(discord: DiscordStandIn, where: Path, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process on demo rooms, connected, with Ann as admin; it is asked to stop in the end."""
    rooms = RoomServiceApp(lively_rooms(SystemClock().now), Credentials(KEY, SECRET), wait_seconds=0)
    async with serving(rooms) as url:
        environment = {
            "PATH": os.environ["PATH"],
            "LIVEKIT_URL": url,
            "LIVEKIT_API_KEY": KEY,
            "LIVEKIT_API_SECRET": SECRET,
            "DATABASE_URL": url_of(where / "usher.db"),
            "USHER_ADMINS": f"discord:{discord.world.user('ann').id}",
            "USHER_LOG_LEVEL": "debug",
            **discord.environment,
            **more,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "adapters.cli", "run", cwd=ROOT, env=environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            await discord.connected()
            await discord.until(lambda: discord.commands("Home" if "DISCORD_GUILDS" in more else None))
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def test_a_process_serves_its_servers_and_leaves_without_a_word_of_its_token(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    home, mods = discord.world.guild("Home").id, discord.world.channel("mods").id
    async with usher_run(discord, tmp_path, DISCORD_GUILDS=home, USHER_DISCORD_CHANNEL=mods) as process:
        assert discord.commands() == []
        await discord.command("ann", "general", "mute", who="bob", reason="shouting", in_="standup")
        await discord.until(lambda: discord.seen_by("ann").saying("Muted **Bob Stone**"))
        [line] = await discord.until(lambda: [one for one in discord.seen_by("ben").messages if one.channel == mods])
        assert ("Bob Stone" in line.text, line.ephemeral, line.pings) == (True, False, ())
        [session] = discord.gateway.open
        first = session.connection
        discord.gateway.drop()
        await discord.until(lambda: session.connection not in (None, first))
        found: list[str] = []
        async with asyncio.timeout(20):
            while not found:  # nobody who types is kept waiting for a look
                found = (await discord.complete("ann", "general", "mute", "who", "bob", in_="standup")).names
        assert [name.startswith("Bob Stone") for name in found] == [True]
        assert (await discord.complete("cat", "general", "mute", "who", "bob", in_="standup")).names == []
    assert process.returncode == 0
    assert process.stdout is not None
    said = (await process.stdout.read()).decode()
    assert "Discord: started, gateway" in said
    assert discord.app.token not in said
    assert [one.token for one in discord.interactions if one.token in said] == []
