"""A flood of webhooks: what becomes of commands meanwhile, of the event loop, and of the memory."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.clock import SystemClock
from adapters.http import HttpServer
from adapters.livekit.receiver import WEBHOOKS_PATH, WebhookReceiver
from adapters.livekit.simulator.lively import STANDUP, lively_rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.values import HostPort
from adapters.wiring import House, Plan, assembled
from benchmarks.ground import ADMIN, FOLDER, event_key
from benchmarks.harness import Aim, Row, Sample, Scale, lag, lag_row
from benchmarks.processes import resident
from bot.command import Invocation
from bot.history import Outcome
from bot.policy import Policy
from tests.clocks import PATIENCE, until
from tests.livekit_server import CREDENTIALS

A_SECOND, CONNECTIONS = 5000, 100
COMMAND_AIM, MEMORY_AIM = Aim("p99", 250), Aim("p50", 32)


async def run(scale: Scale) -> list[Row]:
    seconds = scale.of(20, 2)
    async with _house() as (house, receiver, port):
        await _commands(house, 1.0)
        idle, before = await _commands(house, seconds), resident()
        flood = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.flooding", "127.0.0.1", str(port), str(A_SECOND), str(CONNECTIONS),
            str(PATIENCE), stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await until(lambda: receiver.counted, PATIENCE)
        begun, read = time.perf_counter(), receiver.counted["genuine"]
        async with lag() as late:
            flooded = await _commands(house, seconds)
        rate = (receiver.counted["genuine"] - read) / (time.perf_counter() - begun)
        grown = resident() - before
        flood.kill()
        await flood.wait()
    wanted = f"{A_SECOND:,} a second are sent, over {CONNECTIONS} connections that are kept"
    return [
        Row("flood of webhooks: /metadata", "ms", Sample.of(flooded), Sample.of(idle), COMMAND_AIM, wanted),
        lag_row("flood of webhooks, event loop lag", late),
        Row("flood of webhooks, read", "1/s", Sample.single(rate), note="the others wait for their turn"),
        Row("flood of webhooks, growth", "MiB", Sample.single(grown), None, MEMORY_AIM),
    ]


@asynccontextmanager
async def _house() -> AsyncIterator[tuple[House, WebhookReceiver, int]]:
    """The whole of `usher run` without a chat, on the simulator."""
    clock = SystemClock()
    service = SimulatedRoomService(lively_rooms(clock.now), clock=clock)
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        plan = Plan(service, f"sqlite:///{Path(folder) / 'usher.db'}", Policy(admins=(ADMIN.subject,)))
        async with assembled(plan) as house:
            enforcer, http = house.enforcement.enforcer, HttpServer(HostPort("127.0.0.1", 0))
            receiver = WebhookReceiver(CREDENTIALS, clock, enforcer.webhook, enforcer.flooded)
            http.add("POST", WEBHOOKS_PATH, receiver.receive)
            _, port = await http.start()
            house.enforcement.start(house.supervisor)
            try:
                yield house, receiver, port
            finally:
                await http.aclose(1.0)


async def _commands(house: House, seconds: float) -> list[float]:
    """One after the other with a pause between them; milliseconds."""
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        line = f"/metadata bob {event_key()}"
        reply = await house.dispatcher.handle(Invocation(ADMIN, "bench", line, event_key(), STANDUP))
        assert reply.outcome is Outcome.DONE, reply
        taken.append(1e3 * (time.perf_counter() - begun))
        await asyncio.sleep(0.05)
    return taken
