"""What happens in the room while Usher acts is seen and said."""

from __future__ import annotations

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.simulator.service import Around
from adapters.livekit.wire import Json
from bot.errors import NotFound
from bot.history import Outcome
from bot.reply import Reply
from tests.core.faults import (
    REFUSED,
    RESET,
    UNREACHABLE,
    WRITES,
    CarryOut,
    both,
    failing,
)
from tests.house import STANDUP, House, told


async def do(house: House, line: str) -> Reply:
    reply = await house.say(line, "alice")
    return await house.yes("alice") if reply.question else reply


async def test_who_leaves_before_the_write_is_failed_and_said(house: House) -> None:
    async def leave_first(call: Call, carry_out: CarryOut) -> Json:
        if not call.reads:
            house.rooms.leave(STANDUP, "bob")
        return await carry_out()

    house.service.around = leave_first
    reply = await do(house, "demote bob")
    assert reply.outcome is Outcome.FAILED
    assert "left before it could be done" in told(reply)


async def test_who_comes_back_before_the_write_is_not_done_though_the_new_session_looks_right(house: House) -> None:
    async def rejoin_first(call: Call, carry_out: CarryOut) -> Json:
        if not call.reads:
            house.rooms.rejoin(STANDUP, "bob")
        return await carry_out()

    house.service.around = rejoin_first
    reply = await do(house, "mute bob")
    assert reply.outcome is Outcome.FAILED
    assert (await house.case(reply.case)).entries[-1].code == "session_changed"


async def test_who_leaves_between_the_choice_and_the_look_is_no_case(house: House) -> None:
    async def leave_between(call: Call, carry_out: CarryOut) -> Json:
        if call.method == "GetParticipant":
            house.rooms.leave(STANDUP, "bob")
        return await carry_out()

    house.service.around = leave_between
    reply = await do(house, "mute bob")
    assert (reply.outcome, reply.case) == (None, None)
    assert "has left" in told(reply)


async def test_a_kick_of_who_has_just_gone_is_done(house: House) -> None:
    house.service.around = failing(NotFound("Not there.", "not_found"), "RemoveParticipant", after=True)
    reply = await do(house, "kick bob")
    assert reply.outcome is Outcome.DONE
    assert "error" not in told(reply)


@pytest.mark.parametrize("method", WRITES)
async def test_no_other_call_than_the_one_needed_is_made(house: House, method: str) -> None:
    line = {
        "UpdateParticipant": "demote bob", "MutePublishedTrack": "mute bob", "RemoveParticipant": "kick bob",
        "MoveParticipant": "move bob backstage", "UpdateRoomMetadata": "room-metadata x", "DeleteRoom": "close --force",
    }[method]  # fmt: skip
    await do(house, line)
    assert house.writes == [method]


async def test_where_one_of_several_tracks_fails_it_is_not_done(house: House) -> None:
    house.rooms.publish(STANDUP, "lena")
    microphone = house.track("lena").sid

    async def refuse_one(call: Call, carry_out: CarryOut) -> Json:
        if call.body.get("track_sid") == microphone:
            raise REFUSED
        return await carry_out()

    house.service.around = refuse_one
    reply = await do(house, "mute lena")
    assert reply.outcome is Outcome.NOT_EFFECTIVE, "failed would mean that nothing changed"
    assert microphone in told(reply), "what is still open is named"
    assert house.track("lena", "SCREEN_SHARE_AUDIO").muted


async def test_half_a_move_is_never_said_to_be_one(cloud: House) -> None:
    async def lose(call: Call, carry_out: CarryOut) -> Json:
        if call.method == "MoveParticipant":
            cloud.rooms.leave(STANDUP, "bob")
            raise RESET
        return await carry_out()

    cloud.service.around = lose
    await cloud.say("move bob backstage", "alice")
    reply = await cloud.yes("alice")
    assert reply.outcome is Outcome.FAILED
    assert "in neither room" in told(reply)


async def test_where_somebody_moved_to_cannot_be_looked_up_it_is_said(cloud: House) -> None:
    around: Around = failing(RESET, "MoveParticipant", after=False)
    moved = False

    async def blind(call: Call, carry_out: CarryOut) -> Json:
        nonlocal moved
        moved = moved or call.method == "MoveParticipant"
        if moved and call.reads:
            raise UNREACHABLE
        return await carry_out()

    cloud.service.around = both(blind, around)
    await cloud.say("move bob backstage", "alice")
    reply = await cloud.yes("alice")
    assert reply.outcome is Outcome.UNKNOWN
    assert "could not be looked up" in told(reply)
