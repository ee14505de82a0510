"""What Slack delivers twice acts once; websockets that come and go lose no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from bot.model import Source
from tests.e2e.scene import Scene, event
from tests.e2e.slack_run import SOCKET, Bot
from tests.people import Person
from tests.slack_stand_in import Delivery

pytestmark = [pytest.mark.real, pytest.mark.participants, pytest.mark.asyncio(loop_scope="module")]

MIC = Source.MICROPHONE
Way: TypeAlias = Callable[[Bot, str], Awaitable[Delivery]]


async def command(bot: Bot, room: str) -> Delivery:
    return await bot.slack.slash("ann", "general", "/usher", f"mute bob in:{room}")


async def mention(bot: Bot, room: str) -> Delivery:
    return await bot.slack.mention("ann", "general", f"mute bob in:{room}")


async def direct_message(bot: Bot, room: str) -> Delivery:
    return await bot.slack.direct("ann", f"mute bob in:{room}")


async def press(bot: Bot, room: str) -> Delivery:
    await bot.slack.slash("ann", "general", "/participants", room)
    return await bot.slack.press("ann", await bot.seen("ann", room), "Mute", beside="bob")


async def submission(bot: Bot, room: str) -> Delivery:
    await bot.knows(room)
    await bot.slack.shortcut("ann", "moderate")
    view = await bot.view("ann", "Room")
    person = await bot.in_room("ann", view, room)
    return await bot.slack.submit("ann", view, {person: await bot.offered("ann", view, "bob"), "action": "Mute"})


WAYS = (command, mention, direct_message, press, submission)


async def muted_once(bot: Bot, hall: Scene, way: Way) -> tuple[Person, Delivery]:
    """The listener and the delivery; since then bob has opened his microphone again."""
    listener, bob = await hall.join("listener"), await hall.join("bob", MIC)
    delivery = await way(bot, hall.room)
    await listener.hears(event("track_muted", "bob"))
    await bot.seen("ben", "Muted bob", "mods")
    listener.heard.clear()
    [track] = (await hall.seen("bob")).tracks
    await bob.set_muted(track.sid, False)
    await listener.hears(event("track_unmuted", "bob"))
    return listener, delivery


async def acted_once(bot: Bot, hall: Scene, listener: Person) -> None:
    """As is known when a later command has had its effect."""
    await bot.slack.slash("ann", "general", "/usher", f"name bob in:{hall.room} Robert")
    await listener.hears(event("name_changed", "bob", "Robert"))
    assert not [heard for heard in listener.heard if heard.what == "track_muted"]
    assert [len(entries) for entries in bot.cases(hall.room).values()] == [2, 2]
    assert len(bot.messages("ben", "Muted", "mods")) == 1


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_what_is_delivered_again_acts_once(bot: Bot, hall: Scene, way: Way) -> None:
    listener, delivery = await muted_once(bot, hall, way)
    if bot.mode == "socket":
        await bot.slack.sockets.disconnect("warning")
        await bot.slack.connected()
    attempt = await bot.slack.redeliver(delivery)
    assert attempt is not None
    assert attempt.acked is not None
    assert len(delivery.attempts) == 2
    await acted_once(bot, hall, listener)


@pytest.mark.parametrize(("bot", "way"), [("socket", command), ("http", mention)], indirect=["bot"], scope="module")
async def test_what_is_delivered_again_while_it_is_under_way_acts_once(bot: Bot, hall: Scene, way: Way) -> None:
    listener = await hall.join("listener")
    await hall.join("bob", MIC)
    with bot.gate.held("MutePublishedTrack"):
        delivery = await way(bot, hall.room)
        await bot.slack.until(lambda: bot.gate.waiting)
        attempt = await bot.slack.redeliver(delivery, "http_timeout")
        assert attempt is not None
        assert attempt.acked is not None
    await listener.hears(event("track_muted", "bob"))
    await bot.seen("ann", "Muted bob")
    assert len(bot.cases(hall.room)) == 1
    assert len(bot.messages("ann", "Muted bob")) == 1


async def serves(bot: Bot, hall: Scene) -> None:
    listener = await hall.join("listener")
    await hall.join("bob", MIC)
    await bot.slack.slash("ann", "general", "/usher", f"mute bob in:{hall.room}")
    await listener.hears(event("track_muted", "bob"))
    await bot.seen("ann", "Muted bob")


@SOCKET
@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
async def test_a_websocket_that_slack_closes_is_replaced(bot: Bot, hall: Scene, reason: str) -> None:
    await bot.slack.sockets.disconnect(reason)
    await bot.slack.connected()
    await serves(bot, hall)


@SOCKET
async def test_a_websocket_that_breaks_is_replaced(bot: Bot, hall: Scene) -> None:
    bot.slack.sockets.drop()
    await bot.slack.connected()
    await serves(bot, hall)


@SOCKET
async def test_a_websocket_is_opened_as_soon_as_slack_takes_one_again(bot: Bot, hall: Scene) -> None:
    slack = bot.slack
    slack.sockets.refusing = True
    opened = len(slack.called("apps.connections.open"))
    slack.sockets.drop()
    await slack.until(lambda: len(slack.called("apps.connections.open")) > opened)
    slack.sockets.refusing = False
    await slack.connected()
    await serves(bot, hall)


@SOCKET
async def test_an_acknowledgement_takes_the_websocket_that_there_is_by_then(bot: Bot, hall: Scene) -> None:
    await hall.join("bob", MIC)
    slack = bot.slack
    with bot.gate.held("MutePublishedTrack"):
        asked = asyncio.create_task(slack.slash("ann", "general", "/usher", f"mute bob in:{hall.room}"))
        await slack.until(lambda: bot.gate.waiting)
        await slack.sockets.disconnect("refresh_requested", grace=0)
        await slack.connected()
    assert (await asked).trouble == ""
    await bot.seen("ann", "Muted bob")
    assert len(bot.messages("ann", "Muted bob")) == 1


@SOCKET
@pytest.mark.parametrize("how", ["there is none", "there is one too late"])
async def test_without_a_websocket_an_answer_comes_through_the_response_address(
    bot: Bot, hall: Scene, how: str
) -> None:
    await hall.join("bob", MIC)
    slack = bot.slack
    with bot.gate.held("MutePublishedTrack"):
        asked = asyncio.create_task(slack.slash("ann", "general", "/usher", f"mute bob in:{hall.room}"))
        await slack.until(lambda: bot.gate.waiting)
        if how == "there is none":
            slack.trouble.fail("apps.connections.open", 503, times=1000)
        else:
            slack.trouble.slow("apps.connections.open", 3.2, times=1)
        slack.sockets.drop()
    await bot.seen("ann", "Muted bob")
    slack.trouble.clear()
    await slack.connected()
    answered = slack.deliveries[-1]
    assert (await slack.slash("ann", "general", "/participants", hall.room)).ack is not None
    assert len(answered.bodies) == len(bot.messages("ann", "Muted bob")) == 1
    asked.cancel()  # there is nobody left to acknowledge it
