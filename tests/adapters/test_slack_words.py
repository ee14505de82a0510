"""Commands in words from Slack: slash commands, mentions, direct messages, over real sockets in both modes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.livekit.simulator.lively import STANDUP
from tests.slack_stand_in import SlackStandIn
from tests.slack_stand_in.world import Channel
from tests.slack_usher import MODES, Usher, usher_for


@pytest.fixture(params=MODES)
async def usher(slack: SlackStandIn, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Usher]:
    async with usher_for(slack, tmp_path, mode=request.param, channel="mods") as running:
        yield running


async def test_an_answer_that_is_ready_in_time_is_carried_in_the_acknowledgement(usher: Usher) -> None:
    done = await usher.slack.slash("ann", "general", "/participants", STANDUP)
    assert done.acked is not None
    assert done.ack["response_type"] == "ephemeral"
    assert "standup: 10 people" in done.ack["text"]
    assert done.bodies == []
    assert usher.slack.called("chat.postEphemeral") == []


async def test_a_slow_answer_is_announced_and_follows_through_the_response_address(usher: Usher) -> None:
    with usher.slow("MutePublishedTrack", 2.0):
        done = await usher.slack.slash("ann", "general", "/usher", f"mute bob in:{STANDUP}")
    assert done.acked is not None
    assert "Working on it: /usher-mute Bob Stone in standup" in done.ack["text"]
    shown = await usher.seen("ann", "Muted Bob Stone")
    assert shown.ephemeral
    assert len(done.bodies) == 1


async def test_a_response_address_that_takes_no_more_is_followed_by_an_ephemeral_message(usher: Usher) -> None:
    usher.slack.trouble.fail("response_url", 404)
    with usher.slow("MutePublishedTrack", 2.0):
        await usher.slack.slash("ann", "general", "/usher", f"mute bob in:{STANDUP}")
    shown = await usher.seen("ann", "Muted Bob Stone")
    assert shown.ephemeral
    assert len(usher.slack.called("chat.postEphemeral")) == 1


async def test_where_the_bot_is_not_in_the_channel_a_late_answer_comes_as_a_direct_message(usher: Usher) -> None:
    usher.slack.trouble.fail("response_url", 404)
    with usher.slow("MutePublishedTrack", 2.0):
        await usher.slack.slash("ann", "secret", "/usher", f"mute bob in:{STANDUP}")
    assert (await usher.seen("ann", "Muted Bob Stone")).direct


async def test_a_late_answer_to_a_command_between_two_people_comes_as_a_direct_message(usher: Usher) -> None:
    world = usher.slack.world
    two = Channel("D0TWO", "directmessage", True, {world.user("ann").id, world.user("ben").id})
    world.channels[two.id] = two
    usher.slack.trouble.fail("response_url", 404)
    with usher.slow("MutePublishedTrack", 2.0):
        await usher.slack.slash("ann", two, "/usher", f"mute bob in:{STANDUP}")
    shown = await usher.seen("ann", "Muted Bob Stone")
    assert shown.channel == world.direct("ann").id


async def test_a_mention_in_a_thread_is_answered_in_that_thread(usher: Usher) -> None:
    alert = usher.slack.say("ben", "general", "someone is screaming in standup")
    done = await usher.slack.mention("ann", "general", f"mute bob in:{STANDUP}", thread_ts=alert.ts)
    assert done.ack is None
    shown = await usher.seen("ann", "Muted Bob Stone")
    assert (shown.thread_ts, shown.ephemeral) == (alert.ts, True)


async def test_a_direct_message_is_answered_there(usher: Usher) -> None:
    await usher.slack.direct("ann", f"mute bob in:{STANDUP}")
    assert (await usher.seen("ann", "Muted Bob Stone")).direct
    assert not usher.open("bob")


async def test_a_typo_is_answered_with_what_may_be_meant(usher: Usher) -> None:
    done = await usher.slack.slash("ann", "general", "/usher", f"mtue bob in:{STANDUP}")
    assert "Did you mean /usher-mute" in done.ack["text"]
    await usher.slack.press("ann", await usher.seen("ann", "mtue"), "/usher-mute")
    await usher.seen("ann", "Muted Bob Stone")


async def test_a_hint_of_an_answer_works_where_slack_takes_no_slash_commands(usher: Usher) -> None:
    alert = usher.slack.say("ben", "general", "someone is screaming in standup")
    await usher.slack.mention("ann", "general", f"/usher-mute bob in:{STANDUP}", thread_ts=alert.ts)
    assert (await usher.seen("ann", "Muted Bob Stone", "general")).thread_ts == alert.ts
    await usher.slack.direct("ann", f"/usher mute anna in:{STANDUP}")
    assert (await usher.seen("ann", "Muted Anna")).direct


async def test_what_slack_makes_of_words_is_undone(usher: Usher) -> None:
    await usher.slack.slash("ann", "general", "/usher", f"mute “Bob Stone” in:{STANDUP} R&D <loud>")
    [case] = await usher.cases()
    assert (case.opening.identity, case.opening.reason) == ("bob", "R&D <loud>")


async def test_enter_pressed_twice_is_one_action_and_both_get_its_answer(usher: Usher) -> None:
    slack = usher.slack
    with usher.slow("MutePublishedTrack", 0.3):
        first, second = await asyncio.gather(
            slack.slash("ann", "general", "/usher", f"mute bob in:{STANDUP}"),
            slack.slash("ann", "general", "/usher", f"mute bob in:{STANDUP}"),
        )
    assert len(await usher.cases()) == 1
    assert first.ack["text"] == second.ack["text"]
    assert "Muted Bob Stone" in first.ack["text"]
    await usher.seen("ben", "Muted Bob Stone", "mods")
    assert len(slack.called("chat.postMessage")) == 1


async def test_the_same_after_something_else_is_done_again_however_soon(usher: Usher) -> None:
    for line in ("promote omar", "demote omar", "promote omar"):
        await usher.slack.slash("ann", "general", "/usher", f"{line} in:{STANDUP}")
    assert usher.person("omar").permission["can_publish"]
    assert len(await usher.cases()) == 3


async def test_a_command_that_is_delivered_again_acts_once(usher: Usher) -> None:
    done = await usher.slack.slash("ann", "general", "/usher", f"mute bob in:{STANDUP}")
    usher.rooms.set_muted(STANDUP, "bob", next(iter(usher.person("bob").tracks)), False)
    await usher.slack.redeliver(done)
    await asyncio.sleep(0.2)
    assert usher.open("bob")
    assert len(await usher.cases()) == 1


async def test_a_mention_that_is_delivered_again_acts_once(usher: Usher) -> None:
    done = await usher.slack.mention("ann", "general", f"mute bob in:{STANDUP}")
    await usher.seen("ann", "Muted Bob Stone")
    await usher.slack.redeliver(done)
    await asyncio.sleep(0.2)
    assert len(await usher.cases()) == 1
    assert len(usher.slack.called("chat.postEphemeral")) == 1
