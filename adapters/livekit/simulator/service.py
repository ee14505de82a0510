"""The simulated rooms as a `bot.ports.RoomService`, without a network: for the core's tests and for `usher demo`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from adapters.livekit.calls import Call, TwirpRoomService
from adapters.livekit.errors import Answer, refusal
from adapters.livekit.simulator.rooms import Rooms
from adapters.livekit.simulator.rpc import STATUS, Failure, answer
from adapters.livekit.wire import Json
from bot.ports import Clock

Around = Callable[[Call, Callable[[], Awaitable[Json]]], Awaitable[Json]]
"""Stands around each call: gets it and what carries it out, and gives the answer or raises a `RoomError`."""


class SimulatedRoomService(TwirpRoomService):
    """The port over `rooms`, through the same requests, answers and errors as the real client.

    `wait_seconds` is how long (by `clock`) the server looks for somebody who is not there: 3 s in reality.
    `around` lets a test lie (answer without carrying out), fail after carrying out, or change the rooms in between.
    `calls` keeps each call that arrived, so that a test can ask what was not called.
    """

    def __init__(
        self,
        rooms: Rooms,
        *,
        clock: Clock,
        server: str = "demo",
        wait_seconds: float = 3.0,
        around: Around | None = None,
    ) -> None:
        super().__init__(server, rooms.cloud)
        self.rooms = rooms
        self.calls: list[Call] = []
        self.around = around
        self._clock = clock
        self._wait_seconds = wait_seconds

    async def _answer(self, call: Call) -> Json:
        self.calls.append(call)
        if self.around is None:
            return await self._carry_out(call)
        return await self.around(call, lambda: self._carry_out(call))

    async def _carry_out(self, call: Call) -> Json:
        try:
            return answer(self.rooms, call.method, call.body, dict(call.grant))
        except Failure as failure:
            if failure.silent and self._wait_seconds:
                await self._clock.sleep(self._wait_seconds)
            body = json.dumps(failure.json).encode()
            raise refusal(Answer(STATUS[failure.code], body), call.method, self._clock.now()) from None

    async def aclose(self) -> None:
        """Nothing to close; for whoever holds either this or the real client."""
