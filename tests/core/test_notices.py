"""What participants are told of what is done to them, and that no action waits for it or fails with it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.wire import Json
from bot.history import Content, Outcome
from bot.model import Source
from bot.notices import BEFORE_SECONDS, Notices
from bot.orders import Amendment, Order, Who
from bot.people import Grant, Role
from bot.perform import Performer
from bot.standing import Standing
from tests.clocks import until
from tests.core.faults import UNREACHABLE, CarryOut, failing
from tests.house import STANDUP, House

ANN = Grant("console:ann", Role.MODERATOR)


@pytest.fixture
async def telling(house: House) -> AsyncIterator[House]:
    """The house with the setting on."""
    notices = Notices(house.service, house.clock)
    history, locks = house.database.history, house.database.locks
    house.performer = Performer(house.service, history, locks, house.clock, notices=notices)
    house.use()
    yield house
    await notices.aclose()


def heard(house: House, identity: str = "bob", room: str = STANDUP) -> list[dict[str, Any]]:
    return [
        json.loads(one.detail)
        for one in house.rooms.heard(room, identity)
        if one.what == "data_received" and one.about == "moderation"
    ]


async def notice(house: House, identity: str = "bob", room: str = STANDUP) -> dict[str, Any]:
    found = await until(lambda: heard(house, identity, room), 30)
    return found[-1]


async def test_who_is_muted_is_told_so_and_why(telling: House) -> None:
    reply = await telling.say("/mute bob shouting")
    said = {"version": 1, "action": "muted", "reason": "shouting", "case": reply.case, "until": None}
    assert await notice(telling) == said


async def test_who_is_taken_off_the_stage_is_told_what_may_be_published(telling: House) -> None:
    reply = await telling.say("/demote bob")
    assert await notice(telling) == {
        "version": 1, "action": "permissions", "can_publish": False, "sources": [], "reason": "", "case": reply.case,
        "until": None,
    }  # fmt: skip


async def test_who_is_removed_is_told_before(telling: House) -> None:
    reply = await telling.sure("/kick bob spam")
    assert [one.what for one in telling.rooms.heard(STANDUP, "bob")][-2:] == ["data_received", "disconnected"]
    said = {"version": 1, "action": "removed", "reason": "spam", "case": reply.case, "until": None}
    assert heard(telling) == [said]


async def test_nobody_else_is_told(telling: House) -> None:
    await telling.say("/mute bob")
    await notice(telling)
    assert heard(telling, "anna") == []


async def test_who_does_it_is_not_told(telling: House) -> None:
    await telling.say("/mute bob")
    assert "mia" not in json.dumps(await notice(telling))


async def test_a_name_that_is_set_is_no_notice(telling: House) -> None:
    await telling.say("/name bob Robert")
    await telling.say("/mute bob")
    assert [one["action"] for one in (await notice(telling), *heard(telling))] == ["muted", "muted"]


async def test_an_order_says_until_when(telling: House) -> None:
    ends = telling.clock.now() + timedelta(minutes=10)
    lock = Order(Amendment(take=frozenset({Source.MICROPHONE})), Who("bob"), (STANDUP,), (ANN,), ends, "noise")
    given = await telling.database.orders.append(lock, Content(actor=ANN.subject))
    standing: Standing = telling.services.standing
    await standing.person(STANDUP, "bob")
    found = await notice(telling)
    assert (found["action"], found["reason"], found["case"]) == ("permissions", "noise", given.case)
    assert found["until"] == ends.isoformat()
    assert found["sources"] == ["camera", "screen_share", "screen_share_audio"]


async def test_what_did_not_happen_is_no_notice(telling: House) -> None:
    telling.service.around = failing(UNREACHABLE, "MutePublishedTrack", after=False)
    reply = await telling.say("/mute bob")
    assert reply.outcome is not Outcome.DONE
    assert heard(telling) == []


async def test_a_notice_that_fails_fails_no_action(telling: House, caplog: pytest.LogCaptureFixture) -> None:
    telling.service.around = failing(UNREACHABLE, "SendData", after=False)
    assert (await telling.say("/mute bob")).outcome is Outcome.DONE
    assert (await telling.sure("/kick bob")).outcome is Outcome.DONE
    assert "could not be told" in caplog.text


async def test_a_notice_that_hangs_holds_up_a_removal_for_a_moment_only(telling: House) -> None:
    async def hanging(call: Call, carry_out: CarryOut) -> Json:
        if call.method == "SendData":
            await asyncio.Event().wait()
        return await carry_out()

    telling.service.around = hanging
    kicking = asyncio.create_task(telling.sure("/kick bob"))
    for _ in range(200):
        await asyncio.sleep(0.001)
        telling.clock.advance(BEFORE_SECONDS / 50)
        if kicking.done():
            break
    assert (await asyncio.wait_for(kicking, 30)).outcome is Outcome.DONE


async def test_without_the_setting_nobody_is_told(house: House) -> None:
    await house.say("/mute bob")
    await house.sure("/kick bob")
    assert heard(house) == []
