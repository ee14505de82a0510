"""The whole Discord adapter over real sockets: begun, connected again, and stopped."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord as library
import pytest
from discord.gateway import DiscordWebSocket

from adapters.clock import SystemClock
from adapters.discord import adapter as module
from adapters.discord.adapter import DiscordAdapter, discord_adapter
from adapters.discord.client import UsherClient
from adapters.http import HttpServer
from adapters.livekit.simulator.lively import STANDUP, lively_rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.settings import Settings, load
from adapters.wiring import House, Plan, assembled
from bot.errors import BotError
from bot.policy import Policy
from tests.discord_payloads import command, direct
from tests.discord_stand_in import DiscordStandIn
from tests.fresh import fresh

CA = Path(__file__).parent / "tls" / "localhost.pem"


@dataclass
class Served:
    discord: DiscordStandIn
    adapter: DiscordAdapter
    serving: asyncio.Task[None]
    service: SimulatedRoomService


def settings_of(discord: DiscordStandIn, **more: str) -> Settings:
    return load({**discord.environment, **more})


@asynccontextmanager
async def house_of(discord: DiscordStandIn, where: Path) -> AsyncIterator[tuple[House, SimulatedRoomService]]:
    service = SimulatedRoomService(lively_rooms(SystemClock().now), clock=SystemClock(), wait_seconds=0)
    policy = Policy(admins=(f"discord:{discord.world.user('ann').id}",))
    async with assembled(Plan(service, fresh(where), policy)) as house:
        yield house, service


@asynccontextmanager
async def served(discord: DiscordStandIn, where: Path, **more: str) -> AsyncIterator[Served]:
    settings = settings_of(discord, **more)
    async with house_of(discord, where) as (house, service):
        adapter = discord_adapter(settings, house, HttpServer(settings["USHER_HTTP"]))
        serving = asyncio.create_task(adapter.serve())
        try:
            await discord.connected()
            await discord.until(lambda: adapter.ready)
            yield Served(discord, adapter, serving, service)
        finally:
            await adapter.stop(5)
            await asyncio.gather(serving, return_exceptions=True)


async def answered(discord: DiscordStandIn) -> bool:
    """Whether a command is answered now."""
    done = await discord.command("ann", "general", "participants", room=STANDUP)
    return bool(done.answered) and bool(discord.seen_by("ann").saying("10 people"))


async def test_it_serves_until_it_is_stopped(discord: DiscordStandIn, tmp_path: Path) -> None:
    async with served(discord, tmp_path) as running:
        assert len(discord.commands()) > 20
        assert await answered(discord)
        await running.adapter.stop(5)
        await running.serving
        assert not running.adapter.ready


async def test_without_a_gateway_of_ones_own_it_is_the_one_that_discord_names(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    async with served(discord, tmp_path, DISCORD_GATEWAY_URL=""):
        assert await answered(discord)


async def test_a_token_that_discord_does_not_take_is_raised_without_it(discord: DiscordStandIn, tmp_path: Path) -> None:
    settings = settings_of(discord, DISCORD_TOKEN="MTAw.other.token")
    async with house_of(discord, tmp_path) as (house, _):
        adapter = discord_adapter(settings, house, HttpServer(settings["USHER_HTTP"]))
        for _ in range(2):  # whoever keeps it tries again
            with pytest.raises(BotError) as caught:
                await adapter.serve()
            assert caught.value.user_text == "Discord does not take the token: see DISCORD_TOKEN."
        assert not adapter.ready
        await adapter.stop(1)


async def test_a_token_that_is_revoked_while_it_serves_is_raised(discord: DiscordStandIn, tmp_path: Path) -> None:
    async with served(discord, tmp_path) as running:
        await discord.revoke()
        with pytest.raises(BotError, match="does not take the token"):
            await running.serving
        assert not running.adapter.ready


async def test_another_end_of_the_connection_is_raised_with_its_code(discord: DiscordStandIn, tmp_path: Path) -> None:
    async with served(discord, tmp_path) as running:
        await discord.gateway.close(4013)
        with pytest.raises(BotError, match=r"^Discord ended the connection \(4013\)\.$"):
            await running.serving


async def test_where_discord_does_not_answer_it_is_raised_in_a_sentence(
    discord: DiscordStandIn, tmp_path: Path
) -> None:
    nowhere = settings_of(discord, DISCORD_API_URL="http://127.0.0.1:1/api/v10")
    async with house_of(discord, tmp_path) as (house, _):
        adapter = discord_adapter(nowhere, house, HttpServer(nowhere["USHER_HTTP"]))
        with pytest.raises(
            BotError, match=r"^Discord refused, or did not answer \(ClientConnectorError\); usher doctor"
        ):
            await adapter.serve()
        await adapter.stop(1)


async def test_after_a_connection_was_lost_it_goes_on(discord: DiscordStandIn, tmp_path: Path) -> None:
    async with served(discord, tmp_path) as running:
        await discord.gateway.reconnect()
        await discord.until(lambda: running.adapter.ready)
        assert await answered(discord)
        await discord.gateway.invalidate()
        await discord.connected()
        await discord.until(lambda: running.adapter.ready)
        assert await answered(discord)


async def test_over_a_new_session_a_press_still_comes_by_its_item(
    discord: DiscordStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(discord, tmp_path) as running:
        assert await answered(discord)
        monkeypatch.setattr(UsherClient, "on_interaction", _deaf)
        await discord.gateway.invalidate()
        await discord.connected()
        await discord.until(lambda: running.adapter.ready)
        await discord.press("ann", discord.seen_by("ann").last, "Mute Bob Stone")
        assert discord.seen_by("ann").saying("Muted **Bob Stone**")


async def _deaf(*_: Any) -> None: ...


async def test_what_is_under_way_when_it_is_stopped_is_finished(discord: DiscordStandIn, tmp_path: Path) -> None:
    asked, go = asyncio.Event(), asyncio.Event()
    async with served(discord, tmp_path) as running:

        async def wait(call: Any, carry_out: Any) -> Any:
            asked.set()
            await go.wait()
            return await carry_out()

        running.service.around = wait
        calling = asyncio.create_task(answered(discord))
        await asked.wait()  # what has only arrived by then is told that Usher stops
        stopping = asyncio.create_task(running.adapter.stop(5))
        await discord.until(lambda: running.adapter.desk.under_way.closing)
        go.set()
        await stopping
        assert await calling


async def test_it_stops_though_the_gateway_says_nothing(
    discord: DiscordStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CLOSE_SECONDS", 0.1)
    async with served(discord, tmp_path) as running:
        monkeypatch.setattr(UsherClient, "close", _never)
        await running.adapter.stop(5)
        await running.serving


async def _never(_: UsherClient) -> None:
    await asyncio.Event().wait()


async def test_it_stops_while_it_connects_anew(
    discord: DiscordStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There discord.py takes being cancelled for the end of that attempt alone."""
    connecting = asyncio.Event()

    async def silent(*_: Any, **__: Any) -> None:
        connecting.set()
        await asyncio.Event().wait()

    async with served(discord, tmp_path) as running:
        monkeypatch.setattr(DiscordWebSocket, "from_client", silent)
        discord.gateway.drop()
        try:
            async with asyncio.timeout(20):
                await connecting.wait()
                await running.adapter.stop(5)
        finally:
            running.serving.cancel()  # else it might never end


async def test_it_stops_while_it_cannot_connect(discord: DiscordStandIn, tmp_path: Path) -> None:
    settings = settings_of(discord)
    discord.gateway.refusing = True
    async with house_of(discord, tmp_path) as (house, _):
        adapter = discord_adapter(settings, house, HttpServer(settings["USHER_HTTP"]))
        serving = asyncio.create_task(adapter.serve())
        await discord.until(lambda: discord.commands())
        await adapter.stop(1)
        await serving


async def test_a_server_that_the_bot_joins_gets_its_commands(discord: DiscordStandIn, tmp_path: Path) -> None:
    home, new = discord.world.guild("Home"), discord.world.add_guild("New", "ann", joined=False)
    async with served(discord, tmp_path, DISCORD_GUILDS=f"{home.id},{new.id}"):
        assert (len(discord.commands("New")), bool(discord.commands("Home"))) == (0, True)
        await discord.joined(new)
        await discord.until(lambda: discord.commands("New"))


async def test_what_goes_wrong_when_it_joins_one_is_logged_without_words(
    discord: DiscordStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(discord, tmp_path):

        async def fail(*_: Any, **__: Any) -> None:
            raise ValueError(STANDUP)

        monkeypatch.setattr("adapters.discord.registrar.sync", fail)
        await discord.joined(discord.world.add_guild("New", "ann", joined=False))
        await discord.until(lambda: "ValueError" in caplog.text)
    assert STANDUP not in caplog.text


async def test_whatever_is_no_interaction_of_ours_is_left_alone(
    discord: DiscordStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(discord, tmp_path) as running:
        await discord.command("ann", "general", "whoami")
        client: Any = running.adapter._client
        for change in ({"type": 1}, {"data": {"name": ""}}):
            await client.on_interaction(_interaction(discord, client, change))
    assert [one.getMessage() for one in caplog.records if one.name == "adapters.discord.front"] == [
        "An interaction of Discord's was not understood: no name of a command in the payload."
    ]


def _interaction(discord: DiscordStandIn, client: Any, change: dict[str, Any]) -> Any:
    where = {"guild_id": discord.world.guild("Home").id, "channel": {"id": discord.world.channel("general").id}}
    return library.Interaction(data={**command("whoami"), **where, **change}, state=client._connection)  # type: ignore[arg-type]


@pytest.mark.parametrize("lacking", ["member", "user"])
async def test_an_interaction_of_nobody_is_not_understood(
    discord: DiscordStandIn, caplog: pytest.LogCaptureFixture, lacking: str, tmp_path: Path
) -> None:
    async with served(discord, tmp_path) as running:
        client: Any = running.adapter._client
        payload = command("whoami") if lacking == "member" else direct(command("whoami"))
        del payload[lacking], payload["channel"]
        await client.on_interaction(library.Interaction(data=payload, state=client._connection))  # type: ignore[arg-type]
    assert "was not understood: no user in the payload" in caplog.text


async def test_addresses_proxy_and_certificates_come_from_the_settings(discord: DiscordStandIn) -> None:
    proxy = "http://proxy.example:3128"
    client = UsherClient(settings_of(discord, USHER_PROXY=proxy, USHER_CA_FILE=str(CA)))
    assert library.http.Route("GET", "/users/@me").url == f"{discord.api_url}/users/@me"
    assert str(library.gateway.DiscordWebSocket.DEFAULT_GATEWAY) == discord.gateway_url
    assert client.http.proxy == proxy
    connector: Any = client.http.connector
    assert isinstance(connector._ssl, ssl.SSLContext)
    assert connector._ssl.cert_store_stats()["x509"] == 1
    UsherClient(load({}))
    assert library.http.Route.BASE == "https://discord.com/api/v10"
    assert str(library.gateway.DiscordWebSocket.DEFAULT_GATEWAY) == "wss://gateway.discord.gg/"


def test_no_privileged_intent_is_asked_for() -> None:
    async def made() -> library.Intents:
        return UsherClient(load({})).intents

    intents = asyncio.run(made())
    assert [name for name, wanted in intents if wanted] == ["guilds", "guild_messages", "dm_messages"]
