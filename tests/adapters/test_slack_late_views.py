"""Windows that Slack does not open (any more): whoever waits for one is told, and no refusal of Slack's is a bug."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.livekit.simulator.lively import BACKSTAGE, STANDUP
from tests.slack_stand_in import SlackStandIn, View
from tests.slack_stand_in.calls import Call
from tests.slack_usher import Usher, opened, usher_for


class LaterClock(SystemClock):
    """As late as a test says."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


@pytest.fixture
def clock() -> LaterClock:
    return LaterClock()


@pytest.fixture
async def usher(slack: SlackStandIn, tmp_path: Path, clock: LaterClock) -> AsyncIterator[Usher]:
    async with usher_for(slack, tmp_path, clock=clock) as running:
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
    [view] = await usher.slack.until(lambda: opened(usher.slack, "ann"))
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
    [view] = await usher.slack.until(lambda: opened(usher.slack, "ann"))
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


async def test_a_modal_is_opened_in_time_also_while_slack_is_slow_to_say_who_it_is(usher: Usher) -> None:
    usher.slack.trouble.slow("users.info", 2.4)
    alert = usher.slack.say("ben", "secret", "someone is screaming in standup")
    with usher.slow("ListRooms", 0.8):
        await usher.slack.message_shortcut("ann", alert, "moderate_message")
        await usher.slack.until(lambda: "Working on it" in _top(usher))
        await usher.slack.until(lambda: "10 people" in _top(usher))


async def test_a_submission_is_answered_in_its_place_also_while_slack_is_slow_to_say_who_it_is(
    usher: Usher, clock: LaterClock
) -> None:
    await usher.slack.shortcut("ann", "moderate")
    [view] = await usher.slack.until(lambda: opened(usher.slack, "ann"))
    await usher.slack.press("ann", view, STANDUP)
    view = await usher.slack.until(lambda: _with_room(usher))
    await usher.slack.search("ann", view, "person", "bob")
    clock.ahead = 3600
    usher.slack.trouble.slow("users.info", 2.4)
    with usher.slow("ListRooms", 0.8):
        await usher.slack.submit("ann", view, {"person": "bob", "action": "Mute"})
        await usher.slack.until(lambda: "Working on it: `/usher-mute" in _top(usher))
        await usher.slack.until(lambda: "Muted *Bob Stone*" in _top(usher))


async def test_a_search_is_answered_in_time_with_nobody_where_nobody_can_be_told(
    usher: Usher, clock: LaterClock
) -> None:
    await usher.slack.shortcut("ann", "moderate")
    [view] = await usher.slack.until(lambda: opened(usher.slack, "ann"))
    clock.ahead = 3600
    usher.slack.trouble.slow("users.info", 5)
    done = await usher.slack.search("ann", view, "person", "bob")
    assert (done.acked is not None, done.options) == (True, [])


def _with_room(usher: Usher) -> View | None:
    """The modal, once it knows which room was chosen."""
    view: View = usher.slack.seen_by("ann").view
    return view if STANDUP in view.body["private_metadata"] else None


def _top(usher: Usher) -> str:
    """What stands in the modal on top."""
    views = usher.slack.seen_by("ann").views
    return views[-1].text if views else ""
