"""Who is told in Slack of what was done: one line with its case and undo, where the room concerns people, and nowhere
else."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.livekit.simulator.lively import STANDUP
from adapters.slack import announcing
from tests.slack_stand_in import Shown, SlackStandIn
from tests.slack_usher import Usher, usher_for


@pytest.fixture
async def usher(slack: SlackStandIn, tmp_path: Path) -> AsyncIterator[Usher]:
    """Beside #mods, the app is in the private #stage, with ann and ben."""
    world = slack.world
    world.add_channel("stage", ["ann", "ben", world.app.user], private=True)
    async with usher_for(slack, tmp_path, channel="mods") as running:
        yield running


async def mute(usher: Usher, line: str = f"mute bob in:{STANDUP}", channel: str = "general") -> None:
    await usher.slack.slash("ann", channel, "/usher", line)
    await usher.seen("ann", "Muted Bob Stone")


async def follow(usher: Usher, channel: str) -> None:
    await usher.slack.slash("ann", channel, "/usher", f"use {STANDUP}")
    await usher.seen("ann", "is now the room of this channel")


def lines(usher: Usher, words: str) -> list[Shown]:
    """What others than ann read with these words."""
    return [one for one in usher.slack.seen_by("ben").saying(words) if not one.ephemeral]


async def told(usher: Usher, words: str = "Muted Bob Stone") -> list[str]:
    """The names of the channels with a public line of these words, once there is one."""
    await usher.slack.until(lambda: lines(usher, words))
    return [usher.slack.world.channels[one.channel].name for one in lines(usher, words)]


async def test_a_write_is_told_in_the_moderation_channel_with_who_case_and_undo(usher: Usher) -> None:
    await usher.slack.slash("ann", "general", "/usher", f"mute bob lock in:{STANDUP} loud")
    assert await told(usher, "Keeping Bob Stone muted") == ["mods"]
    [line] = lines(usher, "Keeping Bob Stone muted")
    assert line.text.startswith("@ann: ")
    assert "Reason: loud" in line.text
    [case] = await usher.cases()
    assert line.text.endswith(f"Case {case.number}.")
    assert [label.rpartition("> ")[2] for label in line.labels] == [f"Undo case {case.number}"]


async def test_what_was_read_refused_or_only_asked_about_is_told_nobody(usher: Usher) -> None:
    for who, line in (("ann", "participants standup"), ("cat", "mute bob in:standup"), ("ann", "kick bob in:standup")):
        done = await usher.slack.slash(who, "general", "/usher", line)
        assert done.acked is not None
    await mute(usher, f"mute bob in:{STANDUP} last")
    assert await told(usher, "") == ["mods"]


async def test_the_private_channel_of_the_room_comes_first(usher: Usher) -> None:
    await follow(usher, "stage")
    await mute(usher)
    assert await told(usher) == ["stage"]


async def test_a_channel_that_anybody_can_join_is_never_told_though_it_follows_the_room(usher: Usher) -> None:
    await follow(usher, "general")
    await mute(usher)
    assert await told(usher) == ["mods"]


async def test_a_channel_that_people_of_other_organisations_read_is_never_told(usher: Usher) -> None:
    world = usher.slack.world
    world.add_channel("abroad", ["ann", "ben", "sam", world.app.user], private=True)
    await follow(usher, "abroad")
    await mute(usher)
    assert await told(usher) == ["mods"]


async def test_a_channel_that_becomes_public_is_told_no_more(usher: Usher, monkeypatch: pytest.MonkeyPatch) -> None:
    await follow(usher, "stage")
    await mute(usher)
    assert await told(usher) == ["stage"]
    usher.slack.world.channel("stage").private = False
    monkeypatch.setattr(announcing, "PRIVATE_SECONDS", 0.0)
    await usher.slack.slash("ann", "general", "/usher", f"name bob in:{STANDUP} Robert")
    assert await told(usher, "is called Robert") == ["mods"]


async def test_while_nobody_can_say_whether_it_is_private_the_moderation_channel_is_told(
    usher: Usher, caplog: pytest.LogCaptureFixture
) -> None:
    usher.slack.trouble.fail("conversations.info", 500, times=10)
    await follow(usher, "stage")
    await mute(usher)
    assert await told(usher) == ["mods"]
    assert "It is not known whether" in caplog.text


async def test_where_the_channel_does_not_take_it_the_moderation_channel_is_told(usher: Usher) -> None:
    await follow(usher, "stage")
    await mute(usher)
    usher.slack.world.channel("stage").members.discard(usher.slack.world.app.user)
    await usher.slack.slash("ann", "general", "/usher", f"name bob in:{STANDUP} Robert")
    assert await told(usher, "is called Robert") == ["mods"]


async def test_a_line_that_nobody_takes_is_logged_and_the_answer_arrives(
    usher: Usher, caplog: pytest.LogCaptureFixture
) -> None:
    mods = usher.slack.world.channel("mods")
    mods.members.discard(usher.slack.world.app.user)
    await mute(usher)
    await usher.slack.until(lambda: "could not be posted" in caplog.text)
    [error] = [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
    assert error == f"The line about a case could not be posted ({mods.id}: channel_not_found)."


async def test_a_command_of_a_thread_is_told_there_and_in_its_channel_too(usher: Usher) -> None:
    await follow(usher, "stage")
    alert = usher.slack.say("ben", "stage", "somebody is loud")
    await usher.slack.mention("ann", "stage", "mute bob", thread_ts=alert.ts)
    assert await told(usher) == ["stage"]
    [line] = lines(usher, "Muted Bob Stone")
    assert line.thread_ts == alert.ts
    posted = usher.slack.called("chat.postMessage")[-1]
    assert (posted.args["thread_ts"], posted.args["reply_broadcast"]) == (alert.ts, "true")


async def test_a_direct_message_that_follows_a_room_is_no_channel_of_others(usher: Usher) -> None:
    await usher.slack.direct("ann", f"use {STANDUP}")
    await usher.slack.until(lambda: [one for one in usher.slack.seen_by("ann").saying("is now the room") if one.direct])
    await usher.slack.direct("ann", "mute bob")
    assert await told(usher) == ["mods"]
