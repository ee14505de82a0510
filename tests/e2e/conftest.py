"""A console of alice's on each real server, a bot in Slack for each mode, one in Discord, a new room for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e import discord_run
from tests.e2e.console import Console, environment
from tests.e2e.scene import Scene
from tests.e2e.slack_run import MODES, Bot, bot_for
from tests.livekit_server import RunningServer

Consoles = Callable[..., Console]


@pytest.fixture(scope="session")
def shared_console(livekit_server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A process that many tests talk to one after the other, as a moderator would all evening."""
    yield from _running(livekit_server, tmp_path_factory.mktemp("console"))


@pytest.fixture(scope="session")
def shared_console_with_unmute(
    livekit_server_with_unmute: RunningServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Console]:
    yield from _running(livekit_server_with_unmute, tmp_path_factory.mktemp("console"))


@pytest.fixture
async def scene(livekit_server: RunningServer) -> AsyncIterator[Scene]:
    scene = Scene(livekit_server)
    yield scene
    await scene.close()


@pytest.fixture
async def unmuting_scene(livekit_server_with_unmute: RunningServer) -> AsyncIterator[Scene]:
    scene = Scene(livekit_server_with_unmute)
    yield scene
    await scene.close()


@pytest.fixture
async def alice(shared_console: Console, scene: Scene) -> Console:
    """The shared console, in the room of the scene."""
    used = await shared_console.say(f"/use {scene.room}*")
    assert used.outcome == "done", used
    return shared_console


@pytest.fixture
def consoles(tmp_path: Path) -> Iterator[Consoles]:
    """Makes consoles of the test's own, all on one database; what still runs in the end is killed."""
    made: list[Console] = []

    def make(url: str, *words: str, database: Path = tmp_path / "usher.db", **how: object) -> Console:
        env = environment(database, url, **how.pop("env", {}))  # type: ignore[arg-type]
        made.append(Console(env, tmp_path / "stderr.log", *words, **how))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for console in made:
        console.kill()


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=MODES)
async def bot(
    request: pytest.FixtureRequest, livekit_server: RunningServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bot]:
    """`usher run`, in the one mode and then in the other, for all tests of a module; those run in the module's loop."""
    async with bot_for(livekit_server, tmp_path_factory.mktemp("bot"), request.param) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def hall(bot: Bot) -> AsyncIterator[Scene]:
    """A room of this test's own, and an empty screen in Slack."""
    scene = Scene(bot.server)
    bot.new_page()
    yield scene
    await scene.close()
    bot.slack.failures.check()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord_bot(
    livekit_server: RunningServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[discord_run.Bot]:
    """`usher run`, for all tests of a module; those run in the module's loop."""
    async with discord_run.discord_bot_for(livekit_server, tmp_path_factory.mktemp("bot")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def stage(discord_bot: discord_run.Bot) -> AsyncIterator[Scene]:
    """A room of this test's own, and an empty screen in Discord."""
    scene = Scene(discord_bot.server)
    discord_bot.new_page()
    yield scene
    await scene.close()
    discord_bot.discord.failures.check()


def _running(server: RunningServer, folder: Path) -> Iterator[Console]:
    console = Console(environment(folder / "usher.db", server.url), folder / "stderr.log")
    try:
        yield console
        console.finish()
        assert "Traceback" not in console.log
    finally:
        console.kill()
