"""Two hundred commands in one second: each acknowledged in time, done once, and answered once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.simulator.people import JoinGrant
from adapters.livekit.wire import Json
from bot.history import Outcome
from bot.people import Role
from tests.crowd import HALLS, PEOPLE, Order, orders
from tests.slack_crowd import WORKING, answers, moderators, sent
from tests.slack_stand_in import Delivery, SlackStandIn
from tests.slack_usher import MODES, Usher, usher_for

AWAY_SECONDS = 0.02
HANGING_SECONDS = 2.0

pytestmark = pytest.mark.slow


@pytest.fixture(params=MODES)
async def usher(slack: SlackStandIn, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Usher]:
    slack.checks.schemas = False
    names = moderators(slack)
    async with usher_for(slack, tmp_path, mode=request.param) as running:
        for room in HALLS:
            running.rooms.open(room)
        for room, identity in PEOPLE:
            running.rooms.join(room, JoinGrant(identity, f"Person {identity}"))
            running.rooms.publish(room, identity)
        for name in names:
            await running.grant(running.subject(name), Role.ADMIN, "hall-*")
        yield running


def far_away(usher: Usher, **hanging: float) -> None:
    """Each call to LiveKit takes its time."""

    async def wait(call: Call, carry_out: Callable[[], Awaitable[Json]]) -> Json:
        await asyncio.sleep(hanging.get(call.method, AWAY_SECONDS))
        return await carry_out()

    usher.service.around = wait


def asked(usher: Usher) -> list[Order]:
    names = [one.name for one in usher.slack.world.users.values() if one.name.startswith("mod")]
    return orders(names, PEOPLE)


async def all_answered(usher: Usher, done: list[Delivery]) -> None:
    await usher.slack.until(lambda: all(answers(one) for one in done))


async def nothing_lost_and_nothing_twice(usher: Usher, wanted: list[Order], done: list[Delivery]) -> None:
    assert [one for one in done if one.trouble or one.undelivered] == []
    assert Counter(len(answers(one)) for one in done) == {1: len(wanted)}
    assert [text for one in done for text in answers(one) if "went wrong" in text or "did not answer" in text] == []
    cases = await usher.cases()
    written = Counter((one.opening.command, one.opening.identity) for one in cases)
    assert written == Counter((order.command, order.identity) for order in wanted if order.identity)
    assert {entry.outcome for case in cases for entry in case.entries} <= {None, Outcome.DONE}


async def test_two_hundred_commands_in_a_second_are_acknowledged_done_and_answered_once(usher: Usher) -> None:
    far_away(usher)
    wanted = asked(usher)
    done = await sent(usher.slack, wanted)
    await all_answered(usher, done)
    await nothing_lost_and_nothing_twice(usher, wanted, done)
    mutes = Counter(call.body["identity"] for call in usher.service.calls if call.method == "MutePublishedTrack")
    assert set(mutes.values()) == {1}


async def test_while_livekit_hangs_two_hundred_commands_are_acknowledged_and_answered_later(usher: Usher) -> None:
    far_away(usher, ListParticipants=HANGING_SECONDS)
    wanted = asked(usher)
    done = await sent(usher.slack, wanted)
    assert [one for one in done if one.trouble or one.undelivered] == []
    assert [one.ack["text"] for one in done if not one.ack["text"].startswith(WORKING)] == []
    await all_answered(usher, done)
    await nothing_lost_and_nothing_twice(usher, wanted, done)
