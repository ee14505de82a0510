"""While Usher stops, Slack is answered as long as something is under way; nothing new is begun."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.simulator.lively import STANDUP
from adapters.livekit.wire import Json
from tests.slack_stand_in import SlackStandIn
from tests.slack_usher import MODES, opened, usher_for

RESTARTED = "Usher is being restarted. Nothing was done. Try again in a minute."


def after(done: asyncio.Event) -> Callable[[Call, Callable[[], Awaitable[Json]]], Awaitable[Json]]:
    """LiveKit mutes nobody before that."""

    async def wait(call: Call, carry_out: Callable[[], Awaitable[Json]]) -> Json:
        if call.method == "MutePublishedTrack":
            await done.wait()
        return await carry_out()

    return wait


@pytest.mark.parametrize("mode", MODES)
async def test_a_modal_and_a_button_are_answered_where_they_were_opened(
    slack: SlackStandIn, tmp_path: Path, mode: str
) -> None:
    async with usher_for(slack, tmp_path, mode=mode) as usher:
        alert = slack.say("ben", "general", "somebody is screaming")
        await slack.message_shortcut("ann", alert, "moderate_message")
        [view] = await slack.until(lambda: opened(slack, "ann"))
        done = asyncio.Event()
        usher.service.around = after(done)
        await slack.mention("ann", "general", f"mute bob in:{STANDUP}")
        stopping = asyncio.create_task(usher.adapter.stop(5))
        await asyncio.sleep(0)
        await slack.press("ann", view, STANDUP)
        assert (await usher.seen("ann", RESTARTED, "general")).ephemeral
        await slack.submit("ann", view, {"room": STANDUP, "action": "Quiet the whole room"})
        await slack.until(lambda: len(slack.seen_by("ann").saying(RESTARTED)) == 2)
        await slack.open_home("ann")
        done.set()
        await stopping
        assert (await usher.seen("ann", "Muted Bob Stone", "general")).ephemeral
        assert slack.seen_by("ann").home is None
        assert len(await usher.cases()) == 1
