"""Orders that cannot be carried out, or given back, just now: what stands is said, and that it is tried again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.simulator.people import JoinGrant
from adapters.livekit.wire import Json
from bot.errors import RoomError
from bot.history import Outcome
from bot.model import Source
from bot.orders import Amendment, Order, Who
from bot.people import Grant, Role
from bot.reply import Tone
from tests.core.faults import REFUSED, RESET, UNREACHABLE, CarryOut, failing, lying_with_the_old_state
from tests.house import BACKSTAGE, STANDUP, House, told

ALICE = Grant("console:alice", Role.ADMIN)


async def test_what_cannot_be_given_back_now_has_ended_all_the_same_and_is_tried_again(house: House) -> None:
    lock = await house.say("mute bob lock")
    house.service.around = failing(UNREACHABLE, after=False)
    reply = await house.say("unmute bob")
    assert (reply.tone, reply.outcome, reply.case) == (Tone.ERROR, Outcome.FAILED, lock.case)
    assert "Could not give microphone, screen sound back to Bob Stone in standup yet." in told(reply)
    assert "tried again" in told(reply)
    assert await house.database.orders.active() == ()
    house.service.around = None
    await house.services.standing.person(STANDUP, "bob")
    assert house.sources("bob") == []


async def test_where_it_is_not_known_whether_it_was_given_back_that_is_said(house: House) -> None:
    await house.say("mute bob lock")
    house.service.around = failing(RESET, after=False)
    reply = await house.say("undo")
    assert (reply.tone, reply.outcome) == (Tone.ERROR, Outcome.UNKNOWN)
    assert "not known whether it worked to give back everywhere what the lock of Bob Stone" in told(reply)
    assert "The room does not show it now" in told(reply)


async def test_the_end_of_an_order_on_somebody_who_has_left_changes_nothing_for_anybody(house: House) -> None:
    await house.say("mute bob lock")
    house.rooms.leave(STANDUP, "bob")
    assert "Nothing changes for anybody who is there now." in told(await house.say("undo"))


async def test_who_gives_back_what_another_order_takes_too_is_told_which(house: House) -> None:
    lock = await house.say("mute bob microphone lock")
    content = (await house.case(lock.case)).opening
    what = Amendment({"can_publish": False}, take=frozenset({Source.MICROPHONE}))
    away = Order(what, Who("bob", "Bob Stone"), (STANDUP,), (ALICE,))
    other = await house.database.orders.append(away, replace(content, command="demote"))
    reply = await house.say("unmute bob")
    assert f"does not come back: the demotion of Bob Stone, case {other.case} takes it too." in told(reply)
    assert [order.id for order in await house.database.orders.active()] == [other.id]


@pytest.mark.parametrize(
    ("line", "untrue"),
    [
        ("ban anna", ["They are not there now", "Removed now"]),
        ("mute lena all lock", ["Nothing of it was published", "Unpublished", "nothing", "It stays"]),
        ("demote hana for 10m", ["Nothing was published", "Unpublished", "It stays"]),
        ("promote omar for 10m", ["may publish", "The app may open"]),
    ],
)
@pytest.mark.parametrize("error", [UNREACHABLE, RESET, REFUSED])
async def test_what_is_wanted_is_not_told_as_if_it_were_so(
    house: House, line: str, untrue: list[str], error: RoomError
) -> None:
    house.service.around = failing(error, after=False)
    reply = await house.say(line)
    reply = await house.yes() if reply.question else reply
    assert reply.outcome in (Outcome.FAILED, Outcome.UNKNOWN)
    assert "tried again" in told(reply)
    for words in untrue:
        assert words not in told(reply)


async def test_what_the_room_shows_after_a_lock_that_did_not_work_is_said(house: House) -> None:
    house.service.around = lying_with_the_old_state(house, "lena")
    reply = await house.say("mute lena all lock")
    assert reply.outcome is Outcome.NOT_EFFECTIVE
    assert "Still allowed: camera, microphone, screen, screen sound." in told(reply)


async def test_of_a_ban_that_worked_in_some_rooms_it_is_said_where(house: House) -> None:
    house.rooms.join(BACKSTAGE, JoinGrant("anna", "Anna"))

    async def around(call: Call, carry_out: CarryOut) -> Json:
        if call.method == "RemoveParticipant" and call.body["room"] == BACKSTAGE:
            raise UNREACHABLE
        return await carry_out()

    house.service.around = around
    reply = await house.sure("ban anna everywhere", "alice")
    assert reply.outcome is Outcome.FAILED
    assert "Removed now from standup." in told(reply)
    assert "anna" not in house.rooms.rooms[STANDUP].people
    assert "not there now" not in told(reply)


async def test_where_nothing_could_be_given_back_it_is_not_said_that_nothing_changes(house: House) -> None:
    await house.say("mute bob lock")
    house.service.around = failing(UNREACHABLE, after=False)
    reply = await house.say("undo")
    assert reply.outcome is Outcome.FAILED
    assert "Nothing changes" not in told(reply)
