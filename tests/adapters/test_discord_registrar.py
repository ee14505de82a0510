"""The commands are registered once for each declaration: what is asked of Discord at a start, and what is kept."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from adapters.database.database import Database
from adapters.discord.adapter import DiscordAdapter, discord_adapter, synced, wanted_lists
from adapters.discord.client import UsherClient
from adapters.discord.registrar import digest
from adapters.discord.sync import EVERYWHERE
from adapters.http import HttpServer
from bot.errors import BotError
from tests.adapters.test_discord_adapter import answered, house_of, settings_of
from tests.clocks import PATIENCE, eventually
from tests.database_fixtures import opened
from tests.discord_stand_in import App, DiscordStandIn, World, stand_in
from tests.fresh import fresh

ROUTE = re.compile(r"/api/v10/applications/\d+(?:/guilds/(\d+))?/commands")
EVERYWHERE_GET = "GET /applications/{application}/commands"
SERVER_GET = "GET /applications/{application}/guilds/{guild}/commands"
SERVER_PUT = SERVER_GET.replace("GET", "PUT")
NOWHERE = r"^No server of DISCORD_GUILDS lets Usher have commands\. Invite the bot there\.$"
MENDED = "The commands were not what Usher had registered; now they are: "

Asked = list[tuple[str, str]]
"""What was asked about commands: the method and the place, in their order."""


def about_commands(discord: DiscordStandIn) -> Asked:
    found = ((one.route.partition(" ")[0], ROUTE.fullmatch(one.path)) for one in discord.calls)
    return [(method, match[1] or EVERYWHERE) for method, match in found if match]


@dataclass
class Start:
    """An adapter that serves; `before` is what it asked about commands before it connected, `anew` how often it has."""

    discord: DiscordStandIn
    adapter: DiscordAdapter
    database: Database
    begun: int
    before: Asked = field(default_factory=list)
    anew: int = 0

    @property
    def since(self) -> Asked:
        """What it has asked since."""
        return about_commands(self.discord)[self.begun + len(self.before) :]

    async def done(self, *expected: tuple[str, str]) -> None:
        """Until that has been asked since it connected, and what came of all is kept, or is not."""
        await self.discord.until(lambda: self.since == list(expected))
        await self.discord.until(lambda: not self.adapter._registrar._aside)
        assert self.since == list(expected)

    async def known(self) -> dict[str, str]:
        return dict(await self.database.registrations.known(self.discord.app.id))

    def notice(self) -> None:
        """See what its client does."""
        made = self.adapter.client

        def client(shard_count: int | None = None) -> UsherClient:
            found = made(shard_count)
            connect, on_ready = found.connect, found.on_ready

            async def noticing(*, reconnect: bool = True) -> None:
                self.before = about_commands(self.discord)[self.begun :]
                await connect(reconnect=reconnect)

            async def counting() -> None:
                await on_ready()
                self.anew += 1

            found.connect, found.on_ready = noticing, counting  # type: ignore[method-assign]
            return found

        self.adapter.client = client  # type: ignore[method-assign]


@asynccontextmanager
async def started(
    discord: DiscordStandIn, where: Path, database: Database | None = None, **more: str
) -> AsyncIterator[Start]:
    """Usher, served from the history in that folder; `database` is another one for what was registered."""
    settings = settings_of(discord, **more)
    async with house_of(discord, where) as (house, _):
        house = replace(house, database=database or house.database)
        adapter = discord_adapter(settings, house, HttpServer(settings["USHER_HTTP"]))
        start = Start(discord, adapter, house.database, len(about_commands(discord)))
        start.notice()
        serving = asyncio.create_task(adapter.serve())
        try:
            await discord.until(lambda: adapter.ready or serving.done())
            if serving.done():
                await serving
            yield start
        finally:
            await adapter.stop(5)
            await asyncio.gather(serving, return_exceptions=True)


async def registered(discord: DiscordStandIn, where: Path, *, servers: str = "") -> None:
    """Usher has served these servers before."""
    async with started(discord, where, DISCORD_GUILDS=servers) as start:
        await start.done()


@pytest.fixture
def home(discord: DiscordStandIn) -> str:
    return discord.world.guild("Home").id


@pytest.fixture
def away(discord: DiscordStandIn) -> str:
    return discord.world.guild("Away").id


# --- once -------------------------------------------------------------------------------------------------------------


async def test_what_was_registered_is_asked_about_no_more_before_the_next_start_serves(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    async with started(discord, tmp_path) as first:
        assert first.before == [("GET", EVERYWHERE), ("PUT", EVERYWHERE)]
        await first.done()
        assert await first.known() == {EVERYWHERE: digest(wanted_lists(settings_of(discord))[EVERYWHERE])}
    async with started(discord, tmp_path) as second:
        assert second.before == []
        assert await answered(discord)
        await second.done(("GET", EVERYWHERE))


async def test_what_discord_has_already_is_sent_no_more_and_known_from_then_on(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    await synced(settings_of(discord))
    async with started(discord, tmp_path) as first:
        assert first.before == [("GET", EVERYWHERE)]
        await first.done()
    async with started(discord, tmp_path) as second:
        assert second.before == []


async def test_another_root_is_registered_once(discord: DiscordStandIn, tmp_path: Path) -> None:
    await registered(discord, tmp_path)
    async with started(discord, tmp_path, USHER_DISCORD_ROOT="usher") as changed:
        assert changed.before == [("GET", EVERYWHERE), ("PUT", EVERYWHERE)]
        await changed.done()
        assert [one["name"] for one in discord.commands()] == ["usher", "Moderate this room"]
    async with started(discord, tmp_path, USHER_DISCORD_ROOT="usher") as again:
        assert again.before == []


async def test_of_another_set_of_servers_those_that_are_new_are_registered_once(
    discord: DiscordStandIn, tmp_path: Path, home: str, away: str
) -> None:
    await registered(discord, tmp_path, servers=home)
    for expected in ([("GET", away), ("PUT", away)], []):
        async with started(discord, tmp_path, DISCORD_GUILDS=f"{home},{away}") as start:
            assert start.before == expected
            await start.done(*(("GET", place) for place in (home, away) if ("GET", place) not in expected))
            assert {*await start.known()} == {home, away}


async def test_another_application_is_registered_once(discord: DiscordStandIn, tmp_path: Path) -> None:
    await registered(discord, tmp_path)
    other = App(id="100000000000000009", token="MTAwMDAwMDAwMDAwMDAwMDA5.Other.of-the-tests")
    async with stand_in(World.usual(other)) as another:
        for expected in ([("GET", EVERYWHERE), ("PUT", EVERYWHERE)], []):
            async with started(another, tmp_path) as start:
                assert start.before == expected
                await start.done(*([] if expected else [("GET", EVERYWHERE)]))
    async with started(discord, tmp_path) as first:
        assert first.before == []


# --- changed by something else ----------------------------------------------------------------------------------------


async def test_what_something_else_has_changed_meanwhile_is_mended_once_the_bot_serves(
    discord: DiscordStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture, home: str, away: str
) -> None:
    servers = f"{home},{away}"
    await registered(discord, tmp_path, servers=servers)
    before = discord.commands("Home")
    discord.desk.registered.commands[home] = [one for one in before if one["name"] != "kick"]
    async with started(discord, tmp_path, DISCORD_GUILDS=servers) as start:
        assert start.before == []
        await start.done(("GET", home), ("PUT", home), ("GET", away))
        assert [one["name"] for one in discord.commands("Home")] == [one["name"] for one in before]
        assert caplog.messages.count(f"{MENDED}server {home}: 1 added (kick).") == 1
        assert MENDED + f"server {away}" not in caplog.text
        assert {*await start.known()} == {home, away}


async def test_what_the_shell_command_has_registered_under_other_settings_is_mended(
    discord: DiscordStandIn, tmp_path: Path, home: str
) -> None:
    await registered(discord, tmp_path, servers=home)
    await synced(settings_of(discord))
    assert discord.commands("Home") == []
    async with started(discord, tmp_path, DISCORD_GUILDS=home) as start:
        assert start.before == []
        await start.done(("GET", home), ("PUT", home))
        assert discord.commands("Home")


async def test_a_comparison_that_takes_long_holds_up_neither_commands_nor_the_end(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    await registered(discord, tmp_path)
    discord.trouble.slow(EVERYWHERE_GET, 10 * PATIENCE)
    async with started(discord, tmp_path) as start:
        assert await answered(discord)
        await start.adapter.stop(5)
        assert not start.adapter._registrar._aside
    assert start.since == []


async def test_it_compares_once_and_not_again_when_it_connects_anew(discord: DiscordStandIn, tmp_path: Path) -> None:
    await registered(discord, tmp_path)
    async with started(discord, tmp_path) as start:
        await start.done(("GET", EVERYWHERE))
        await discord.gateway.invalidate()
        await discord.until(lambda: start.anew == 2)
        await start.done(("GET", EVERYWHERE))


async def test_a_comparison_that_the_end_of_a_connection_cut_off_is_made_when_it_is_served_again(
    discord: DiscordStandIn, tmp_path: Path, home: str, away: str
) -> None:
    servers = f"{home},{away}"
    await registered(discord, tmp_path, servers=servers)
    begun, settings = len(about_commands(discord)), settings_of(discord, DISCORD_GUILDS=servers)
    async with house_of(discord, tmp_path) as (house, _):
        adapter = discord_adapter(settings, house, HttpServer(settings["USHER_HTTP"]))

        async def serve_until(wanted: Callable[[], bool]) -> None:
            serving = asyncio.create_task(adapter.serve())
            await discord.until(lambda: adapter.ready)
            await discord.until(wanted)
            assert await answered(discord)
            await discord.gateway.close(4013)
            with pytest.raises(BotError, match="Discord ended the connection"):
                await serving
            assert not adapter._registrar._aside

        discord.trouble.slow(SERVER_GET, 10 * PATIENCE)
        await serve_until(lambda: len(adapter._registrar._aside) == 1)
        discord.trouble.clear()
        expected = [("GET", home), ("GET", away)]
        for _ in range(2):
            await serve_until(lambda: about_commands(discord)[begun:] == expected)
        assert about_commands(discord)[begun:] == expected
        await adapter.stop(5)


# --- refused ----------------------------------------------------------------------------------------------------------


async def test_a_server_that_lets_usher_have_no_commands_is_asked_again_at_the_next_start(
    discord: DiscordStandIn, tmp_path: Path, home: str, away: str
) -> None:
    discord.world.guild("Away").takes_commands = False
    for expected in ([("GET", home), ("PUT", home), ("GET", away)], [("GET", away)]):
        async with started(discord, tmp_path, DISCORD_GUILDS=f"{home},{away}") as start:
            assert start.before == expected
            await start.done(*([] if ("GET", home) in expected else [("GET", home)]))
            assert {*await start.known()} == {home}


async def test_where_no_server_lets_usher_in_any_more_that_is_found_out_and_raised_at_the_next_start(
    discord: DiscordStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture, home: str
) -> None:
    await registered(discord, tmp_path, servers=home)
    discord.world.guild("Home").takes_commands = False
    async with started(discord, tmp_path, DISCORD_GUILDS=home) as start:
        assert start.before == []
        await start.done(("GET", home))
        assert f"The server {home} does not let Usher have commands (50001): invite the bot there." in caplog.messages
        assert await start.known() == {}
        assert start.adapter.ready
    with pytest.raises(BotError, match=NOWHERE):
        async with started(discord, tmp_path, DISCORD_GUILDS=home):
            pass


async def test_where_discord_does_not_take_them_they_are_sent_again_at_the_next_start_and_there_alone(
    discord: DiscordStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture, home: str, away: str
) -> None:
    await synced(settings_of(discord, DISCORD_GUILDS=home))
    discord.trouble.fail(SERVER_PUT, 400)
    async with started(discord, tmp_path, DISCORD_GUILDS=f"{home},{away}") as first:
        assert first.before == [("GET", home), ("GET", away), ("PUT", away)]
        await first.done()
        assert "The commands could not be registered (400)." in caplog.messages
        assert {*await first.known()} == {home}
    async with started(discord, tmp_path, DISCORD_GUILDS=f"{home},{away}") as second:
        assert second.before == [("GET", away), ("PUT", away)]


async def test_a_place_that_cannot_be_compared_is_named_and_the_others_are_mended(
    discord: DiscordStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture, home: str, away: str
) -> None:
    servers = f"{home},{away}"
    await registered(discord, tmp_path, servers=servers)
    discord.desk.registered.commands[away] = []
    discord.trouble.fail(SERVER_GET, 400)
    async with started(discord, tmp_path, DISCORD_GUILDS=servers) as start:
        await start.done(("GET", home), ("GET", away), ("PUT", away))
        assert f"The commands could not be compared (server {home}): 400." in caplog.messages
        assert discord.commands("Away")
        assert await answered(discord)


# --- joined and left --------------------------------------------------------------------------------------------------


async def test_a_server_that_the_bot_joins_is_compared_whatever_was_registered_there(
    discord: DiscordStandIn, tmp_path: Path, home: str, away: str
) -> None:
    async with started(discord, tmp_path, DISCORD_GUILDS=f"{home},{away}") as start:
        await start.done()
        discord.desk.registered.commands.clear()
        await discord.joined(discord.world.add_guild("Third", "ann", joined=False))
        await discord.joined("Away")
        await start.done(("GET", away), ("PUT", away))
        assert (discord.commands("Home"), bool(discord.commands("Away"))) == ([], True)


async def test_what_was_registered_on_a_server_that_the_bot_has_left_is_forgotten(
    discord: DiscordStandIn, tmp_path: Path, home: str, away: str
) -> None:
    async with started(discord, tmp_path, DISCORD_GUILDS=f"{home},{away}") as start:
        await start.done()
        known = await start.known()
        await discord.left("Away")
        await eventually(lambda: _is(start, {home: known[home]}))
        await discord.joined("Away")
        await eventually(lambda: _is(start, known))


async def _is(start: Start, expected: dict[str, str]) -> bool:
    return await start.known() == expected


# --- a database that is ill -------------------------------------------------------------------------------------------


@contextmanager
def locked(database: Database, path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def read_only(database: Database, path: Path) -> Iterator[None]:
    engine = database._store.engine

    def refuse(connection: sqlite3.Connection, *_: Any) -> None:
        connection.execute("PRAGMA query_only = ON")

    event.listen(engine, "checkout", refuse)
    yield
    event.remove(engine, "checkout", refuse)


@contextmanager
def full(database: Database, path: Path) -> Iterator[None]:
    """As many rows as go on the pages that there are, and no more pages."""
    engine = database._store.engine

    def limit(connection: sqlite3.Connection, *_: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        limit(other)
        rows = [("1", str(number), "x" * 64, "then") for number in range(1000)]
        with pytest.raises(sqlite3.OperationalError, match="full"):
            other.executemany("INSERT INTO registrations VALUES (?, ?, ?, ?)", rows)
    event.listen(engine, "checkout", limit)
    yield


@contextmanager
def lacking(database: Database, path: Path) -> Iterator[None]:
    """It can be read no more than written."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("ALTER TABLE registrations RENAME TO elsewhere")
        yield
        other.execute("ALTER TABLE elsewhere RENAME TO registrations")


ILL = {
    locked: "Usher's history is locked by another program.",
    read_only: "Usher's history cannot be written: its file is read-only.",
    full: "The disk that holds Usher's history is full.",
    lacking: "Usher's history did not accept this; the log says why.",
}


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A database for what was registered alone, so that nothing else fails."""
    fresh(tmp_path, "beside.db")
    return tmp_path / "beside.db"


@pytest.mark.parametrize("ill", ILL, ids=[one.__name__ for one in ILL])
async def test_a_database_that_keeps_nothing_keeps_nobody_from_registering_and_serving(
    discord: DiscordStandIn, tmp_path: Path, beside: Path, caplog: pytest.LogCaptureFixture, ill: Any
) -> None:
    async with opened(beside, patience=0.1) as database:
        with ill(database, beside):
            async with started(discord, tmp_path, database) as start:
                assert start.before == [("GET", EVERYWHERE), ("PUT", EVERYWHERE)]
                assert await answered(discord)
                await start.done()
    assert f"What was registered was not kept: {ILL[ill]} The next start compares it." in caplog.messages
    unread = f"What was registered is not known: {ILL[ill]} The commands are compared."
    assert (unread in caplog.messages) == (ill is lacking)
    async with opened(beside) as database:
        for expected in ([("GET", EVERYWHERE)], []):
            async with started(discord, tmp_path, database) as start:
                assert start.before == expected
                await start.done(*([] if expected else [("GET", EVERYWHERE)]))


async def test_a_database_that_is_waited_for_holds_up_nothing(
    discord: DiscordStandIn, tmp_path: Path, beside: Path
) -> None:
    async with opened(beside, patience=10 * PATIENCE) as database:
        with locked(database, beside):
            async with started(discord, tmp_path, database) as start:
                assert await answered(discord)
                assert await start.known() == {}
                assert start.adapter._registrar._aside
        await eventually(lambda: _known(start, EVERYWHERE))


async def _known(start: Start, place: str) -> bool:
    return place in await start.known()


# --- several processes ------------------------------------------------------------------------------------------------


async def test_two_that_start_at_once_on_one_history_register_the_same_and_serve(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    meeting = asyncio.Barrier(2)

    async def run() -> bool:
        async with started(discord, tmp_path) as start:
            await meeting.wait()
            await discord.until(lambda: not start.adapter._registrar._aside)
            done = await answered(discord) and start.adapter.ready
            await meeting.wait()
            return done

    assert all(await asyncio.gather(run(), run()))
    async with started(discord, tmp_path) as next_one:
        assert next_one.before == []
        await next_one.done(("GET", EVERYWHERE))


async def test_of_two_with_other_settings_on_one_history_the_last_to_start_is_the_one_that_counts(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    async with started(discord, tmp_path) as first:
        await first.done()
        async with started(discord, tmp_path, USHER_DISCORD_ROOT="usher") as second:
            assert second.before == [("GET", EVERYWHERE), ("PUT", EVERYWHERE)]
            await second.done()
            assert len(discord.commands()) == 2
            assert first.adapter.ready
    for expected in ([("GET", EVERYWHERE), ("PUT", EVERYWHERE)], []):
        async with started(discord, tmp_path) as third:
            assert third.before == expected
            await third.done(*([] if expected else [("GET", EVERYWHERE)]))


# --- the digest -------------------------------------------------------------------------------------------------------


def test_a_digest_is_the_same_on_every_python_and_another_for_every_other_declaration() -> None:
    body = {"name": "mute", "description": "Stumm: \u00e9", "type": 1, "options": [{"name": "who", "required": True}]}
    found = digest([body])
    written = '[{"description":"Stumm: \u00e9","name":"mute","options":[{"name":"who","required":true}],"type":1}]'
    assert found == sha256(written.encode()).hexdigest()
    assert found == digest([dict(reversed(body.items()))])
    others = [[], [body, body], [{**body, "name": "kick"}], [{**body, "options": []}]]
    assert len({found, *map(digest, others)}) == 5


DIGESTS = """
import json
from adapters.discord.adapter import wanted_lists
from adapters.discord.registrar import digest
from adapters.settings import load
print(json.dumps([{place: digest(found) for place, found in wanted_lists(load(given)).items()}
    for given in ({}, {"DISCORD_GUILDS": "200000000000000001,200000000000000002"}, {"USHER_DISCORD_ROOT": "usher"})]))
"""


def test_a_declaration_has_the_same_digest_in_every_process() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", DIGESTS],
            stdout=subprocess.PIPE,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    ]
    assert len({*said}) == 1
    everywhere, servers, root = json.loads(said[0])
    assert len({*servers.values()}) == 1
    assert len({everywhere[EVERYWHERE], *servers.values(), root[EVERYWHERE]}) == 3
