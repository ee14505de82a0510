"""Ways in which a room service fails, for `SimulatedRoomService.around`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from adapters.livekit.calls import Call
from adapters.livekit.simulator.messages import participant_json
from adapters.livekit.simulator.service import Around
from adapters.livekit.wire import Json
from bot.errors import Rejected, RoomError, Unavailable
from tests.house import House

CarryOut = Callable[[], Awaitable[Json]]
WRITES = (
    "UpdateParticipant", "MutePublishedTrack", "RemoveParticipant", "MoveParticipant", "UpdateRoomMetadata",
    "DeleteRoom",
)  # fmt: skip

INTERNAL = Rejected("LiveKit failed inside.", "internal", certain=False)
REFUSED = Rejected("LiveKit refused it.", "invalid_argument")
RESET = Unavailable("The connection to LiveKit broke.", "reset", sent=True)
UNREACHABLE = Unavailable("LiveKit cannot be reached.", "refused", sent=False)


def lying(*methods: str) -> Around:
    """200, and nothing has changed."""

    async def around(call: Call, carry_out: CarryOut) -> Json:
        if call.method not in (methods or WRITES):
            return await carry_out()
        return {}

    return around


def lying_with_the_old_state(house: House, identity: str) -> Around:
    """UpdateParticipant answers 200 and the person as they were."""

    async def around(call: Call, carry_out: CarryOut) -> Json:
        if call.method != "UpdateParticipant":
            return await carry_out()
        return participant_json(house.person(identity))

    return around


def failing(error: RoomError, *methods: str, after: bool) -> Around:
    """Carries it out (`after`) or not, and answers with the error."""

    async def around(call: Call, carry_out: CarryOut) -> Json:
        if call.method not in (methods or WRITES):
            return await carry_out()
        if after:
            await carry_out()
        raise error

    return around


def hanging(house: House, *methods: str, after: bool = False, seconds: float = 20) -> Around:
    """Answers never; the clock goes on for that long."""

    async def around(call: Call, carry_out: CarryOut) -> Json:
        if call.method not in (methods or WRITES):
            return await carry_out()
        if after:
            await carry_out()
        await asyncio.sleep(0)  # whoever waits with a time limit has begun to
        house.clock.advance(seconds)
        await asyncio.Event().wait()
        raise AssertionError

    return around


def both(first: Around, second: Around) -> Around:
    async def around(call: Call, carry_out: CarryOut) -> Json:
        return await first(call, lambda: second(call, carry_out))

    return around
