"""How long somebody who is banned is in a room: from the webhook that tells of them, and from their joining."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from adapters.clock import SystemClock
from adapters.http import HttpServer
from adapters.livekit.client import LiveKitRoomService
from adapters.livekit.receiver import WEBHOOKS_PATH, WebhookReceiver
from adapters.values import HostPort
from adapters.wiring import House, Plan, assembled
from benchmarks.ground import ADMIN, FOLDER, event_key
from benchmarks.harness import Aim, Row, Sample, Scale, lag, lag_row
from bot.command import Invocation
from bot.history import Content
from bot.orders import Amendment, Order, Who
from bot.people import Grant, Role
from bot.policy import Policy
from tests.clocks import until
from tests.livekit_server import API_KEY, CREDENTIALS, free_port, running_server
from tests.webhooks import event, headers

AIM = Aim("p99", 100)
ROOM = "hall"
BAN = Amendment(absent=True)
GRANT = Grant(ADMIN.subject, Role.ADMIN)
COMMANDS, WEBHOOKS = 20, 200  # a second, while there is load
READ_SECONDS = 60
PAUSE = 0.4  # each who comes and goes costs three looks; without it the budget of calls would be what is measured


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds from the arrival of the webhook, and from the moment that the client was in (0: never)."""

    arrival: list[float]
    inside: list[float]


async def run(scale: Scale) -> list[Row]:
    people = scale.of(60, 5)
    port = free_port()
    hooks = f"webhook:\n  api_key: {API_KEY}\n  urls: [http://127.0.0.1:{port}{WEBHOOKS_PATH}]\n"
    with running_server(extra=hooks) as server:
        async with _house(server.url, port) as house, _newcomers(server.url) as door:
            await _come(house, door, "warm", 5)
            idle = await _come(house, door, "idle", people)
            async with lag() as late, _load(house, port):
                busy = await _come(house, door, "busy", people)
    never = sum(not one for one in (*idle.inside, *busy.inside))
    said = f"{2 * people} came one after the other; {never} were out before their client was connected"
    load = f"beside {COMMANDS} /participants and {WEBHOOKS} webhooks about other rooms a second"
    return [
        Row("banned: out, from the webhook's arrival, idle", "ms", Sample.of(idle.arrival), None, AIM, said),
        Row("banned: out, from having joined, idle", "ms", Sample.of(idle.inside), note="0: before they had joined"),
        Row("banned: out, from the webhook's arrival, under load", "ms", Sample.of(busy.arrival), None, AIM, load),
        Row("banned: out, from having joined, under load", "ms", Sample.of(busy.inside)),
        lag_row("enforcement under load, event loop lag", late),
    ]


async def _come(house: House, door: asyncio.subprocess.Process, name: str, people: int) -> Taken:
    """They join one after the other; each is banned, and so removed."""
    assert door.stdin is not None
    assert door.stdout is not None
    taken = Taken([], [])
    orders = house.services.orders
    for number in range(people):
        identity = f"{name}-{number}"
        await orders.append(Order(BAN, Who(identity), (ROOM,), (GRANT,)), Content(actor=ADMIN.subject))
    await until(lambda: house.services.pulse.orders >= people, READ_SECONDS)
    observe = taken.arrival.append
    house.services.pulse.observers.append(observe)
    for number in range(people):
        door.stdin.write(f"{ROOM} {name}-{number}\n".encode())
        line = await asyncio.wait_for(door.stdout.readline(), READ_SECONDS)
        taken.inside.append(1e3 * json.loads(line))
        await asyncio.sleep(PAUSE)
    await until(lambda: len(taken.arrival) >= people, READ_SECONDS)
    house.services.pulse.observers.remove(observe)
    taken.arrival[:] = [1e3 * seconds for seconds in taken.arrival]
    return taken


@asynccontextmanager
async def _house(url: str, port: int) -> AsyncIterator[House]:
    """The whole of `usher run` without a chat, in this process, so that what it measures of itself can be read."""
    service = LiveKitRoomService(url, CREDENTIALS, server="bench", clock=SystemClock())
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=FOLDER))
        stack.push_async_callback(service.aclose)
        plan = Plan(service, f"sqlite:///{Path(folder) / 'usher.db'}", Policy(admins=(ADMIN.subject,)))
        house = await stack.enter_async_context(assembled(plan))
        enforcer, http = house.enforcement.enforcer, HttpServer(HostPort("127.0.0.1", port))
        receiver = WebhookReceiver(CREDENTIALS, house.services.clock, enforcer.webhook, enforcer.flooded)
        http.add("POST", WEBHOOKS_PATH, receiver.receive)
        await http.start()
        stack.push_async_callback(http.aclose, 1.0)
        house.enforcement.start(house.supervisor)
        yield house


@asynccontextmanager
async def _newcomers(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.newcomers", url,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        yield process
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def _load(house: House, port: int) -> AsyncIterator[None]:
    """Commands, and webhooks about rooms that no order is about."""

    async def command() -> None:
        await house.dispatcher.handle(Invocation(ADMIN, "bench", "/participants", event_key(), ROOM))

    async def webhook() -> None:
        body = event(f"elsewhere-{time.monotonic_ns() % 500}")
        address = f"http://127.0.0.1:{port}{WEBHOOKS_PATH}"
        async with http.post(address, data=body, headers=headers(body, time.time())) as answer:
            assert answer.status == 200

    steps = ((command, COMMANDS), (webhook, WEBHOOKS))
    async with aiohttp.ClientSession() as http:
        tasks = [asyncio.create_task(_again(step, 1 / rate)) for step, rate in steps]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error


async def _again(step: Callable[[], Awaitable[None]], seconds: float) -> None:
    due = time.monotonic()
    while True:
        due += seconds
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await step()
