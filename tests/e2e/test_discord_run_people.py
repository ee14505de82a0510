"""People in Discord: taps, choices, modals and completion, who may, and what is never done twice or lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

import pytest

from bot.history import EntryKind
from bot.model import Source
from tests.clocks import PATIENCE
from tests.discord_stand_in import CALLBACK, EDIT, POST, Interaction
from tests.discord_stand_in.interactions import DEFER
from tests.e2e.discord_run import Bot, text
from tests.e2e.scene import Scene, event

pytestmark = [pytest.mark.real, pytest.mark.participants, pytest.mark.asyncio(loop_scope="module")]

MIC = Source.MICROPHONE
Way: TypeAlias = Callable[[Bot, str], Coroutine[Any, Any, Interaction]]


async def command(bot: Bot, room: str) -> Interaction:
    return await bot.discord.command("ann", "general", "mute", {"who": "bob", "in": room})


async def press(bot: Bot, room: str) -> Interaction:
    await bot.discord.command("ann", "general", "participants", room=room)
    return await bot.discord.press("ann", await bot.seen("ann", room), "Mute bob")


# What there is to tap, choose, and fill in


async def test_from_a_message_to_a_quiet_person_and_room_in_taps_alone(discord_bot: Bot, stage: Scene) -> None:
    """Hold the message, Apps, Moderate this room, and the button: where the bot reads nothing, too."""
    bot, listener = discord_bot, await stage.join("listener")
    for name in ("bob", "eve"):
        await stage.join(name, MIC)
    alert = await bot.discord.say("ben", "secret", f"someone is screaming in room {stage.room}")
    await bot.discord.on_message("ann", alert, "Moderate this room")
    shown = await bot.seen("ann", f"{stage.room}: 3 people")
    await bot.discord.press("ann", shown, "Mute bob")
    await listener.hears(event("track_muted", "bob", "microphone"))
    await bot.discord.press("ann", shown, "Quiet the room")
    await bot.discord.press("ann", await bot.seen("ann", "Mute 1 person"), "Quiet the room")
    await listener.hears(event("track_muted", "eve", "microphone"))
    await bot.seen("ben", "Muted bob", "mods")
    assert bot.messages("ben", channel="secret") == []


async def test_what_is_written_to_the_bot_is_done_in_a_channel_by_a_press_and_directly_at_once(
    discord_bot: Bot, stage: Scene
) -> None:
    bot, listener, bob = discord_bot, await stage.join("listener"), await stage.join("bob", MIC)
    await bot.discord.say("ann", "chat", f"{bot.discord.me} mute bob in:{stage.room} too loud")
    offer = await bot.seen("ann", "Press to go on", "chat")
    assert offer.labels == [f"/mute bob in:{stage.room} too loud"]
    assert await stage.open_tracks("bob") == {MIC}
    await bot.discord.press("ben", offer, offer.labels[0])
    await bot.seen("ben", "for whoever wrote the message")
    await bot.discord.press("ann", offer, offer.labels[0])
    await listener.hears(event("track_muted", "bob", "microphone"))
    await bot.seen("ann", "Muted bob")
    await bot.seen("ben", "Muted bob", "mods")
    await bot.discord.until(lambda: not bot.messages("ann", "Press to go on", "chat"))
    await bot.discord.say("ann", "@me", f"kick bob in:{stage.room}")
    await bot.discord.press("ann", await bot.seen("ann", "Remove bob"), "Remove")
    await bob.hears(event("disconnected", "bob", "PARTICIPANT_REMOVED"))
    assert (await bot.seen("ann", "Removed bob")).channel == bot.discord.world.direct(bot.discord.world.user("ann")).id
    assert list(bot.cases(stage.room).values()) == [[("intent", ""), ("outcome", "done")]] * 2


async def test_somebody_who_is_chosen_can_be_removed_and_the_reason_filled_in(discord_bot: Bot, stage: Scene) -> None:
    bot, listener, bob = discord_bot, await stage.join("listener"), await stage.join("bob", MIC)
    await bot.discord.command("ann", "general", "participants", room=stage.room)
    await bot.discord.select("ann", await bot.seen("ann", stage.room), "bob", menu="Choose a person")
    await bot.discord.press("ann", await bot.seen("ann", f"bob in {stage.room}"), "Remove")
    question = await bot.seen("ann", "Remove bob")
    await bot.discord.press("ben", question, "Remove", unseen=True)
    await bot.seen("ben", "is not yours")
    await bot.discord.press("ann", question, "Remove")
    await bob.hears(event("disconnected", "bob", "PARTICIPANT_REMOVED"))
    await listener.hears(event("left", "bob"))
    await bot.discord.select("ann", await bot.seen("ann", "Removed bob"), "shouting", menu="Reason")
    await bot.seen("ann", "has a new reason: shouting")
    line = await bot.seen("ann", "Removed bob", "mods")
    opened = await bot.discord.press("ann", line, "Reason")
    assert opened.modal is not None
    await bot.discord.submit("ann", {"Reason": "shouted *all* the time"})
    await bot.seen("ann", "has a new reason: shouted *all* the time")
    [case] = bot.cases(stage.room)
    reasons = [
        one.content.reason for one in bot.entries() if one.case == case and one.kind is EntryKind.REASON and one.content
    ]
    assert reasons == ["shouting", "shouted *all* the time"]


async def test_what_is_offered_while_somebody_types_is_what_is_there(discord_bot: Bot, stage: Scene) -> None:
    bot = discord_bot
    await stage.join("bob", MIC)
    await command(bot, stage.room)
    await bot.seen("ann", "Muted bob")
    [case] = bot.cases(stage.room)

    async def offered(asker: str, name: str, focus: str, typed: str, **more: str) -> list[str]:
        given = {"in": stage.room, **more} if name == "mute" else more
        found = await bot.discord.complete(asker, "general", name, focus, typed, given, unseen=True)
        return [str(one["value"]) for one in found.choices]

    async def soon(name: str, focus: str, typed: str, **more: str) -> list[str]:
        """Once it is known: what has been seen of LiveKit is used for a second, and nobody waits for more."""
        found: list[str] = []
        while not found:
            found = await offered("ann", name, focus, typed, **more)
        return found

    async with asyncio.timeout(PATIENCE):
        assert await soon("mute", "who", "bo") == ["bob"]
        assert await soon("participants", "room", stage.room) == [stage.room]
        assert await soon("mute", "what", "mi", who="bob") == ["microphone"]
        assert await soon("undo", "n", str(case)) == [str(case)]
    for who in ("cat", "dan", "gus"):
        assert await offered(who, "mute", "who", "") == []
        assert await offered(who, "participants", "room", "") == []
        assert await offered(who, "undo", "n", "") == []


# Who may


@pytest.mark.parametrize(
    ("who", "where", "says"),
    [
        ("gus", "general", "You are not a moderator here"),
        ("dan", "general", "You are not a moderator here"),  # an administrator of the server
        ("eve", "lobby", "does not serve this server"),  # with a role Mods there
    ],
)
async def test_who_has_no_role_of_ours_is_refused_with_their_own_id(
    discord_bot: Bot, stage: Scene, who: str, where: str, says: str
) -> None:
    """Commands of before stand on a server that is not served any more."""
    bot = discord_bot
    await stage.join("bob", MIC)
    away = bot.discord.world.guild("Away").id
    bot.discord.desk.registered.commands[away] = bot.discord.commands("Home")
    try:
        for name in ("mute", "kick"):
            await bot.discord.command(who, where, name, {"who": "bob", "in": stage.room}, unseen=True)
            shown = await bot.seen(who, says)
            assert bot.account(who) in text(shown)
            bot.new_page()
        found = await bot.discord.complete(who, where, "mute", "who", "", {"in": stage.room}, unseen=True)
        assert found.choices == []
    finally:
        del bot.discord.desk.registered.commands[away]
    assert await stage.open_tracks("bob") == {MIC}
    assert await stage.see("bob") is not None
    assert bot.refusals(bot.account(who)) == (["mute"] if where == "general" else [])


# What arrives twice, late, or while something is in trouble


@pytest.mark.parametrize("way", [command, press], ids=lambda way: way.__name__)
async def test_what_is_delivered_again_acts_once(discord_bot: Bot, stage: Scene, way: Way) -> None:
    bot, listener, bob = discord_bot, await stage.join("listener"), await stage.join("bob", MIC)
    with bot.gate.held("MutePublishedTrack"):
        done = asyncio.create_task(way(bot, stage.room))
        await bot.discord.until(lambda: bot.gate.waiting)
        await bot.discord.again(bot.discord.interactions[-1])
    await listener.hears(event("track_muted", "bob"))
    await bot.seen("ben", "Muted bob", "mods")
    listener.heard.clear()
    [track] = (await stage.seen("bob")).tracks
    await bob.set_muted(track.sid, False)
    await listener.hears(event("track_unmuted", "bob"))
    await bot.discord.again(await done)
    await bot.discord.command("ann", "general", "name", {"who": "bob", "text": "Robert", "in": stage.room})
    await listener.hears(event("name_changed", "bob", "Robert"))
    assert not [heard for heard in listener.heard if heard.what == "track_muted"]
    assert [len(entries) for entries in bot.cases(stage.room).values()] == [2, 2]
    assert len(bot.messages("ben", "Muted", "mods")) == len(bot.messages("ann", "Muted bob")) == 1


async def test_a_slow_answer_is_deferred_in_time_and_takes_the_place_of_what_waits(
    discord_bot: Bot, stage: Scene
) -> None:
    bot = discord_bot
    await stage.join("bob", MIC)
    with bot.gate.held("MutePublishedTrack"):
        done = await command(bot, stage.room)
        assert (done.kind, done.trouble) == (DEFER, "")
    shown = await bot.seen("ann", "Muted bob")
    assert done.original is not None
    assert done.original.id == shown.id
    assert len(done.sent) == 1


async def test_an_answer_that_comes_after_the_token_has_ended_is_a_direct_message(
    discord_bot: Bot, stage: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = discord_bot
    await stage.join("bob", MIC)
    with bot.gate.held("MutePublishedTrack"):
        await command(bot, stage.room)
        monkeypatch.setattr(bot.discord.timing, "token_seconds", 0.0)
    shown = await bot.seen("ann", "Muted bob")
    assert not shown.ephemeral
    assert bot.messages("gus", channel="general") == []


@pytest.mark.parametrize("trouble", ["limit", "fail", "drop"])
@pytest.mark.parametrize("route", [CALLBACK, EDIT, POST])
async def test_trouble_with_discord_loses_no_answer_and_no_line_and_doubles_none(
    discord_bot: Bot, stage: Scene, route: str, trouble: str
) -> None:
    """429, 500 and a connection that is reset: at the first answer, at the late one, at the public line."""
    bot, listener = discord_bot, await stage.join("listener")
    await stage.join("bob", MIC)
    if trouble == "limit":
        bot.discord.trouble.limit(route, retry_after=0.2)
    else:
        getattr(bot.discord.trouble, trouble)(route)
    if route == EDIT:
        with bot.gate.held("MutePublishedTrack"):
            await command(bot, stage.room)
    else:
        await command(bot, stage.room)
    await listener.hears(event("track_muted", "bob", "microphone"))
    await bot.seen("ann", "Muted bob")
    await bot.seen("ben", "Muted bob", "mods")
    assert len(bot.messages("ann", "Muted bob")) == len(bot.messages("ben", "Muted bob", "mods")) == 1
    assert list(bot.cases(stage.room).values()) == [[("intent", ""), ("outcome", "done")]]


@pytest.mark.parametrize("how", ["asked to come again", "cut", "worth nothing"])
async def test_a_connection_that_is_lost_is_made_again(discord_bot: Bot, stage: Scene, how: str) -> None:
    bot, gateway = discord_bot, discord_bot.discord.gateway
    listener = await stage.join("listener")
    await stage.join("bob", MIC)
    before = {id(one) for one in gateway.connections}
    if how == "asked to come again":
        await gateway.reconnect()
    elif how == "cut":
        gateway.drop()
    else:
        await gateway.invalidate()
    await bot.discord.until(lambda: any(id(one.connection) not in before for one in gateway.open))
    await bot.discord.connected()
    await command(bot, stage.room)
    await listener.hears(event("track_muted", "bob"))
    await bot.seen("ann", "Muted bob")


async def test_at_the_level_of_debug_the_log_holds_no_secret_and_no_traceback(discord_bot: Bot, stage: Scene) -> None:
    """Of all that went wrong in this module."""
    discord_bot.check()
