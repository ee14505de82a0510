"""The three servers that the contract is checked against."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from adapters.livekit.client import LiveKitRoomService
from adapters.livekit.simulator.http import RoomServiceApp, serving
from adapters.livekit.simulator.rooms import Rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from tests.clocks import WallClock
from tests.contract.stage import RealStage, SimulatedStage, Stage
from tests.livekit_server import CREDENTIALS, RunningServer

_REAL = pytest.param("real", marks=[pytest.mark.real, pytest.mark.participants])


async def make_stage(request: pytest.FixtureRequest, stack: AsyncExitStack, kind: str, *, unmute: bool) -> Stage:
    clock = WallClock()
    if kind == "real":
        server: RunningServer = request.getfixturevalue("livekit_server_with_unmute" if unmute else "livekit_server")
        service = LiveKitRoomService(server.url, server.credentials, server="real", clock=clock)
        stack.push_async_callback(service.aclose)
        stage: Stage = RealStage(server, service)
        stack.push_async_callback(stage.close)
        return stage
    rooms = Rooms(clock.now, remote_unmute=unmute)
    if kind == "in-process":
        return SimulatedStage(rooms, SimulatedRoomService(rooms, clock=clock, wait_seconds=0))
    url = await stack.enter_async_context(serving(RoomServiceApp(rooms, CREDENTIALS, wait_seconds=0)))
    service = LiveKitRoomService(url, CREDENTIALS, server="simulated", clock=clock)
    stack.push_async_callback(service.aclose)
    return SimulatedStage(rooms, service, service)


@pytest.fixture(params=["in-process", "http", _REAL])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A server that refuses remote unmute, as is the default."""
    async with AsyncExitStack() as stack:
        yield await make_stage(request, stack, request.param, unmute=False)


@pytest.fixture(params=["in-process", "http", _REAL])
async def unmuting_stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A server with `room.enable_remote_unmute`."""
    async with AsyncExitStack() as stack:
        yield await make_stage(request, stack, request.param, unmute=True)


@pytest.fixture(params=["http", _REAL])
async def http_stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """For what can only be asked with a request of one's own making."""
    async with AsyncExitStack() as stack:
        yield await make_stage(request, stack, request.param, unmute=False)
