"""Websockets come and go: Usher opens a new one by itself, and no answer is lost on the way."""

from __future__ import annotations

import asyncio

import pytest

from bot.model import Source
from tests.e2e.scene import Scene, event
from tests.e2e.slack_run import Bot

pytestmark = [
    pytest.mark.real,
    pytest.mark.participants,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("bot", ["socket"], indirect=True, scope="module"),
]

MIC = Source.MICROPHONE
AGAIN_SECONDS = 20  # until there is a websocket again


async def serves(bot: Bot, hall: Scene) -> None:
    listener = await hall.join("listener")
    await hall.join("bob", MIC)
    done = await bot.slack.slash("ann", "general", "/usher", f"mute bob in:{hall.room}")
    assert "Muted bob" in done.ack["text"]
    await listener.hears(event("track_muted", "bob"))


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
async def test_a_websocket_that_slack_closes_is_replaced(bot: Bot, hall: Scene, reason: str) -> None:
    await bot.slack.sockets.disconnect(reason)
    await bot.slack.connected(seconds=AGAIN_SECONDS)
    await serves(bot, hall)


async def test_a_websocket_that_breaks_is_replaced(bot: Bot, hall: Scene) -> None:
    bot.slack.sockets.drop()
    await bot.slack.connected(seconds=AGAIN_SECONDS)
    await serves(bot, hall)


async def test_a_websocket_is_opened_as_soon_as_slack_takes_one_again(bot: Bot, hall: Scene) -> None:
    slack = bot.slack
    slack.sockets.refusing = True
    slack.trouble.fail("apps.connections.open", 503, times=1)
    slack.sockets.drop()
    before = len(slack.called("apps.connections.open"))
    await slack.until(lambda: len(slack.called("apps.connections.open")) >= before + 2, AGAIN_SECONDS)
    assert slack.sockets.open == []
    slack.sockets.refusing = False
    await slack.connected(seconds=AGAIN_SECONDS)
    await serves(bot, hall)


async def test_an_acknowledgement_takes_the_websocket_that_there_is_by_then(bot: Bot, hall: Scene) -> None:
    await hall.join("bob", MIC)
    slack = bot.slack
    with bot.gate.held("MutePublishedTrack"):
        asked = asyncio.create_task(slack.slash("ann", "general", "/usher", f"mute bob in:{hall.room}"))
        await slack.until(lambda: bot.gate.waiting)
        await slack.sockets.disconnect("refresh_requested", grace=0)
        await slack.connected(seconds=AGAIN_SECONDS)
    await asked
    await bot.seen("ann", "Muted bob")


async def test_an_answer_whose_acknowledgement_cannot_be_sent_comes_through_the_response_address(
    bot: Bot, hall: Scene
) -> None:
    await hall.join("bob", MIC)
    slack = bot.slack
    with bot.gate.held("MutePublishedTrack"):
        asked = asyncio.create_task(slack.slash("ann", "general", "/usher", f"mute bob in:{hall.room}"))
        await slack.until(lambda: bot.gate.waiting)
        slack.sockets.refusing = True
        slack.sockets.drop()
    await bot.seen("ann", "Muted bob")
    assert len(bot.messages("ann", "Muted bob")) == 1
    assert (await asked).acked is None
    slack.sockets.refusing = False
    await slack.connected(seconds=AGAIN_SECONDS)
