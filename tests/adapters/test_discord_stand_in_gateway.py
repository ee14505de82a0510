"""The stand-in's gateway: sessions begin, are resumed, lost and refused as Discord's are, also under discord.py."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord as library
import pytest

from tests.adapters.discord_stand_in_bot import Bot, running
from tests.adapters.discord_stand_in_raw import HELLO, raw
from tests.clocks import PATIENCE
from tests.discord_stand_in import DiscordStandIn, stand_in
from tests.discord_stand_in.gateway import ACK, INVALID, RECONNECT

SAY = {"type": 4, "data": {"content": "hello"}}
ASK = {"name": "ask", "description": "Ask", "type": 1}


def registered(discord: DiscordStandIn) -> None:
    discord.desk.registered.put("", [ASK])


async def test_a_session_begins_with_hello_ready_and_the_servers(discord: DiscordStandIn) -> None:
    async with raw(discord) as app:
        await discord.until(lambda: len(app.events) == 3)
        assert app.frames[0] == {"op": HELLO, "d": {"heartbeat_interval": 41250}}
        assert app.events == ["READY", "GUILD_CREATE", "GUILD_CREATE"]
        assert [frame["s"] for frame in app.frames[1:]] == [1, 2, 3]
        ready = app.event("READY")
        assert ready["guilds"] == [{"id": one.id, "unavailable": True} for one in discord.world.guilds.values()]
        assert ready["resume_gateway_url"] == discord.gateway_url
        assert discord.gateway.identified == [{"properties": {}, "intents": 1}]


async def test_servers_are_told_of_only_to_who_asks_for_them(discord: DiscordStandIn) -> None:
    async with raw(discord, identified=False) as app:
        await app.identify(intents=0)
        await discord.connected()
        await discord.joined(discord.world.add_guild("New", "ann", joined=False))
        await app.send({"op": 1, "d": 1})
        await discord.until(lambda: {"op": ACK} in app.frames)
        assert app.events == ["READY"]


async def test_heartbeats_are_acknowledged_unless_the_connection_is_mute(discord: DiscordStandIn) -> None:
    async with raw(discord) as app:
        [connection] = discord.gateway.connections
        await app.send({"op": 1, "d": 3})
        await discord.until(lambda: {"op": ACK} in app.frames)
        connection.mute = True
        await app.send({"op": 1, "d": 3})
        await discord.until(lambda: connection.heartbeats == 2)
        assert app.frames.count({"op": ACK}) == 1


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"op": 2, "d": {"token": "wrong", "intents": 1}}, 4004),
        ({"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}, 4004),
        ({"op": 2, "d": {"token": None, "intents": 1 << 1}}, 4014),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 99}, 4001),
        ("hello", 4002),
        ("[]", 4002),
        ({"op": 3, "d": "x" * 4096}, 4002),
    ],
)
async def test_who_does_wrong_is_thrown_out_with_a_code(discord: DiscordStandIn, frame: Any, code: int) -> None:
    async with raw(discord, identified=False) as app:
        if code == 4014:
            frame["d"]["token"] = discord.app.token
        await app.send(frame)
        await discord.until(lambda: app.close_code)
        assert app.close_code == code
        assert discord.gateway.sessions == []
    if code in (4001, 4002):
        discord.failures.take("opcode 99" if code == 4001 else "a frame that is none")


async def test_nobody_identifies_twice_and_privileges_are_switched_on(discord: DiscordStandIn) -> None:
    discord.app.privileged = 1 << 1
    async with raw(discord, identified=False) as app:
        await app.identify(intents=1 << 1)
        await discord.connected()
        await app.identify()
        await discord.until(lambda: app.close_code)
        assert app.close_code == 4005


async def test_a_wrong_version_and_a_closed_door(discord: DiscordStandIn) -> None:
    async with raw(discord, identified=False) as app:
        await app.connect("v=9&encoding=etf")
        discord.failures.take("v=9&encoding=etf")
        discord.gateway.refusing = True
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await app.connect()


async def test_a_session_is_resumed_with_what_it_missed(discord: DiscordStandIn) -> None:
    registered(discord)
    discord.timing.answer_seconds = 0.02
    async with raw(discord) as app:
        session, seen = app.event("READY")["session_id"], len(app.events)
        discord.gateway.drop()
        await discord.connected(0)
        missed = await discord.command("ann", "general", "ask")
        assert missed.trouble == "no session is connected"
        await app.connect()
        await app.resume(session, seen)
        await discord.until(lambda: "RESUMED" in app.events)
        assert app.events[seen:] == ["INTERACTION_CREATE", "RESUMED"]
        assert app.event("INTERACTION_CREATE")["id"] == missed.id
        [one] = discord.gateway.open
        assert one.id == session


@pytest.mark.parametrize("how", ["unknown", "ahead", "goodbye", "invalidated"])
async def test_a_session_that_is_gone_has_to_begin_anew(discord: DiscordStandIn, how: str) -> None:
    async with raw(discord) as app:
        session = "unknown" if how == "unknown" else app.event("READY")["session_id"]
        if how == "goodbye":
            assert app.ws is not None
            await app.ws.close(code=1000)
        elif how == "invalidated":
            await discord.gateway.invalidate()
        else:
            discord.gateway.drop()
        await discord.connected(0)
        await app.connect()
        await app.resume(session, 99 if how == "ahead" else 1)
        await discord.until(lambda: app.frames[-1] == {"op": INVALID, "d": False})
        await app.identify()
        await discord.connected()


async def test_every_session_gets_every_interaction_and_one_answers(discord: DiscordStandIn) -> None:
    registered(discord)
    async with raw(discord) as one, raw(discord) as other:
        one.answer = other.answer = lambda _: SAY
        done = await discord.command("ann", "general", "ask")
        assert done.copies == 2
        await discord.until(lambda: done.refused)
        assert (done.refused, done.kind) == ([40060], 4)
        assert len(discord.seen_by("ann").messages) == 1
        await discord.again(done)
        await discord.until(lambda: len(done.refused) == 3)
        assert (done.copies, len(discord.seen_by("ann").messages)) == (4, 1)


async def test_shards_get_what_is_theirs() -> None:
    async with stand_in() as discord, raw(discord, identified=False) as app:
        number = (int(discord.world.guild("Home").id) >> 22) % 2
        await app.identify(shard=[1 - number, 2])
        await discord.connected()
        registered(discord)
        assert app.event("READY")["guilds"] == []
        assert (await discord.command("ann", "general", "ask")).copies == 0
        async with raw(discord, identified=False) as other:
            await other.identify(shard=[number, 2])
            await discord.connected(2)
            other.answer = lambda _: SAY
            assert (await discord.command("ann", "general", "ask")).copies == 1


async def test_frames_are_compressed_where_that_is_asked_for(discord: DiscordStandIn) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json&compress=zlib-stream") as ws:
            message = await ws.receive()
            assert message.type is aiohttp.WSMsgType.BINARY
            assert message.data.endswith(b"\x00\x00\xff\xff")
        async with session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json&compress=zstd-stream") as ws:
            assert (await ws.receive()).type is aiohttp.WSMsgType.TEXT


async def test_discord_py_comes_back_and_resumes(discord: DiscordStandIn) -> None:
    async with running(discord) as bot:
        [session] = discord.gateway.open
        await discord.gateway.reconnect()
        await discord.until(lambda: bot.heard.count("resumed") == 1)
        await discord.gateway.invalidate(resumable=True)
        await discord.until(lambda: bot.heard.count("resumed") == 2)
        assert discord.gateway.open == [session]
        assert (await discord.command("ann", "general", "people")).kind == 4
    await discord.connected(0)


async def test_discord_py_begins_anew_when_its_session_is_gone(discord: DiscordStandIn) -> None:
    async with running(discord) as bot:
        [session] = discord.gateway.open
        await discord.gateway.invalidate()
        await discord.until(lambda: discord.gateway.open not in ([], [session]))
        assert "resumed" not in bot.heard
        await discord.until(lambda: bot.heard.count("ready") == 2)
        assert (await discord.command("ann", "general", "people")).kind == 4


async def test_discord_py_comes_back_when_it_is_cut_off_or_turned_away(discord: DiscordStandIn) -> None:
    async with running(discord) as bot:
        discord.gateway.drop()
        await discord.until(lambda: "resumed" in bot.heard)
        discord.gateway.refusing = True
        await discord.gateway.close(4000)
        await discord.connected(0)
        discord.gateway.refusing = False
        await discord.connected(1)
        assert (await discord.command("ann", "general", "people")).kind == 4


async def test_discord_py_gives_up_a_connection_that_is_half_open() -> None:
    async with stand_in() as discord:
        discord.gateway.heartbeat_seconds = 0.05
        bot = Bot(discord, heartbeat_timeout=1)
        async with running(discord, bot):
            [first] = discord.gateway.connections
            await discord.until(lambda: first.heartbeats > 2)
            first.mute = True
            await discord.until(lambda: first not in discord.gateway.connections)
            await discord.until(lambda: "resumed" in bot.heard)


async def test_a_token_that_is_revoked_ends_everything(discord: DiscordStandIn) -> None:
    async def until_revoked() -> None:
        async with running(discord) as bot:
            await discord.revoke()
            await discord.until(bot.is_closed)

    with pytest.raises(library.ConnectionClosed, match="4004"):
        await until_revoked()
    assert discord.gateway.open == []
    async with raw(discord, identified=False) as app:
        assert (await app.call("GET", "/users/@me"))[0] == 401
        await app.identify()
        await discord.until(lambda: app.close_code == 4004)
        discord.restore()
        assert (await app.call("GET", "/users/@me"))[0] == 200


async def test_discord_py_is_refused_with_a_wrong_token(discord: DiscordStandIn) -> None:
    bot = Bot(discord)
    bot.token = "wrong"
    with pytest.raises(library.LoginFailure):
        async with running(discord, bot):
            pass
    await bot.close()


async def test_servers_and_channels_may_change_meanwhile(discord: DiscordStandIn) -> None:
    async with running(discord) as bot:
        new = discord.world.add_guild("New", "ann", joined=False)
        discord.world.add_channel(new, "lobby two")
        await discord.joined(new)
        await discord.until(lambda: "guild_join" in bot.heard)
        assert [guild.name for guild in bot.guilds] == ["Home", "Away", "New"]
        discord.world.channel("general").name = "hall"
        await discord.channel_changed("hall")
        discord.world.channel("chat").name = "talk"
        await discord.channel_changed("talk")
        await discord.until(lambda: "thread_update" in bot.heard)
        assert bot.guilds[0].text_channels[0].name == "hall"
        await discord.left("New")
        await discord.until(lambda: "guild_remove" in bot.heard)
        assert [guild.name for guild in bot.guilds] == ["Home", "Away"]
        assert (await discord.command("ann", "hall", "people")).kind == 4


async def test_waiting_for_what_never_comes_ends(discord: DiscordStandIn) -> None:
    with pytest.raises(TimeoutError):
        await discord.connected(1, seconds=0.02)
    with pytest.raises(AssertionError, match="not in"):
        await discord.until(lambda: False, seconds=0.02)


async def test_a_stand_in_that_ends_lets_go_of_its_connections() -> None:
    async with stand_in() as discord, aiohttp.ClientSession() as session:
        ws = await session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json")
        await discord.until(lambda: discord.gateway.connections)
        await discord.stop()
        async with asyncio.timeout(PATIENCE):
            while (await ws.receive()).type not in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                pass


async def test_a_request_to_come_again_has_its_opcode(discord: DiscordStandIn) -> None:
    async with raw(discord) as app:
        await discord.gateway.reconnect()
        await discord.until(lambda: app.frames[-1] == {"op": RECONNECT, "d": None})
