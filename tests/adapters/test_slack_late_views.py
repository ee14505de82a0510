"""Windows that Slack does not open (any more): whoever waits for one is told, and no refusal of Slack's is a bug."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.livekit.simulator.lively import BACKSTAGE, STANDUP
from tests.slack_stand_in import SlackStandIn
from tests.slack_stand_in.calls import Call
from tests.slack_usher import Usher, usher_for


@pytest.fixture
async def usher(slack: SlackStandIn, tmp_path: Path) -> AsyncIterator[Usher]:
    async with usher_for(slack, tmp_path) as running:
        yield running


async def test_a_modal_that_is_not_opened_in_time_is_said_in_a_message(
    usher: Usher, caplog: pytest.LogCaptureFixture
) -> None:
    usher.slack.trouble.fail("views.open")
    await usher.slack.shortcut("ann", "moderate")
    shown = await usher.seen("ann", "could not be shown in time")
    assert shown.direct
    assert caplog.records == []


async def test_a_submission_whose_question_is_not_shown_is_said_where_it_belongs(
    usher: Usher, caplog: pytest.LogCaptureFixture
) -> None:
    alert = usher.slack.say("ben", "general", "someone is screaming")
    await usher.slack.message_shortcut("ann", alert, "moderate_message")
    [view] = await usher.slack.until(lambda: usher.slack.seen_by("ann").views)
    usher.slack.trouble.fail("views.open")
    await usher.slack.submit("ann", view, {"room": STANDUP, "action": "Mute"})
    shown = await usher.seen("ann", "Nothing was done", "general")
    assert shown.ephemeral
    assert caplog.records == []
    assert await usher.cases() == ()


async def test_an_answer_whose_window_is_not_opened_comes_as_a_message(usher: Usher) -> None:
    await usher.slack.open_home("ann")
    home = await usher.slack.until(lambda: usher.slack.seen_by("ann").home)
    usher.slack.trouble.fail("views.open")
    rooms = [one["accessory"]["action_id"] for one in home.blocks if "accessory" in one]
    await usher.slack.press("ann", home, rooms[-1])
    assert (await usher.seen("ann", "standup: 10 people")).direct


async def test_two_rooms_chosen_at_once_are_no_bug(usher: Usher, caplog: pytest.LogCaptureFixture) -> None:
    """The later change finds another view than the one that was seen: Slack refuses it, and the first stands."""
    await usher.slack.shortcut("ann", "moderate")
    [view] = await usher.slack.until(lambda: usher.slack.seen_by("ann").views)
    await asyncio.gather(*(usher.slack.press("ann", view, room) for room in (STANDUP, BACKSTAGE)))
    first, second = await usher.slack.until(lambda: _answered(usher.slack))
    assert {first.error, second.error} == {"", "hash_conflict"}
    await usher.slack.until(lambda: caplog.records)
    assert [(one.levelname, one.getMessage()) for one in caplog.records] == [
        ("WARNING", "Slack did not show something (views.update: hash_conflict).")
    ]


def _answered(slack: SlackStandIn) -> list[Call]:
    found = [call for call in slack.called("views.update") if call.answer]
    return found if len(found) == 2 else []
