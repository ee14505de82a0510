"""Fixtures that several folders share: the real servers, started once for all tests; and how Hypothesis tries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from adapters.database.sqlite import engine
from tests.database_fixtures import KINDS, Forge, forge_file, url_of
from tests.discord_stand_in import DiscordStandIn
from tests.discord_stand_in import stand_in as discord_stand_in
from tests.livekit_server import MISSING, RunningServer, running_server, server_binary
from tests.no_skips import required
from tests.postgres_server import MISSING as NO_POSTGRES
from tests.postgres_server import PostgresServer, programs, running_postgres
from tests.slack_stand_in import SlackStandIn, stand_in

# A busy machine is no failure. The run that decides tries the same each time; every other one goes on searching.
settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=required()
)
settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def no_power_cut() -> Iterator[None]:
    """A history that is opened in this process does not wait for the disk; in a process that is killed it does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_PRAGMAS", tuple(one.replace("= FULL", "= OFF") for one in engine._PRAGMAS))
        yield


@pytest.fixture(scope="session")
def livekit_server() -> Iterator[RunningServer]:
    """The real livekit-server with its default of refusing remote unmute."""
    yield from _started(remote_unmute=False)


@pytest.fixture(scope="session")
def livekit_server_with_unmute() -> Iterator[RunningServer]:
    """The real livekit-server with `room.enable_remote_unmute`."""
    yield from _started(remote_unmute=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL."""
    if programs() is None:
        pytest.skip(NO_POSTGRES)
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a database on it with nothing in it. It has just started, and nobody needs to find it again."""
    monkeypatch.setattr("adapters.database.postgres.store.GRACE", 0.0)
    with postgres_server.schema() as url:
        yield url


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it: of each kind that Usher keeps its history in."""
    if request.param == "sqlite":
        return url_of(tmp_path / "usher.db")
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def forge(request: pytest.FixtureRequest, database_url: str) -> Forge:
    """Carries out statements past all that refuses them, as whoever has the file, or every right, could."""
    if database_url.startswith("sqlite"):
        return partial(forge_file, Path(database_url.removeprefix("sqlite:///")))
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return partial(server.forge, database_url)


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """A stand-in for Slack with its usual people; it fails the test that made it refuse something."""
    async with stand_in() as running:
        yield running


@pytest.fixture
async def discord() -> AsyncIterator[DiscordStandIn]:
    """A stand-in for Discord with its usual people; it fails the test that made it refuse something."""
    async with discord_stand_in() as running:
        yield running


def _started(*, remote_unmute: bool) -> Iterator[RunningServer]:
    if server_binary() is None:
        pytest.skip(MISSING)
    with running_server(remote_unmute=remote_unmute) as server:
        yield server
