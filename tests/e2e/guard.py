"""`usher run` without any chat, on a real server that sends it webhooks; and orders that another process gives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from adapters.database.database import Database
from adapters.livekit.simulator.people import JoinGrant
from bot.history import Content
from bot.orders import Amendment, Door, Order, Who
from bot.people import Grant, Role
from tests.clocks import until
from tests.database_fixtures import opened
from tests.e2e.chat_run import Process
from tests.e2e.console import environment
from tests.e2e.visitors import Visitors
from tests.livekit_server import API_KEY, API_SECRET, CREDENTIALS, RunningServer, free_port, running_server
from tests.people import join_token

STARTED = "Orders: enforced"
ANN = Grant("console:ann", Role.MODERATOR, ("*",))
SAID = Content(actor="console:ann", actor_name="ann", command="ban")


@contextmanager
def server_that_tells(port: int) -> Iterator[RunningServer]:
    """A real server whose webhooks go to that port."""
    urls = f"[http://127.0.0.1:{port}/webhooks/livekit]"
    with running_server(extra=f"webhook:\n  api_key: {API_KEY}\n  urls: {urls}\n") as server:
        yield server


class Guard:
    """The process, and a second one on its database: ann, who gives orders and ends them."""

    def __init__(self, server: RunningServer, database: Database, folder: Path, port: int, visitors: Visitors) -> None:
        self.server, self.database, self.folder, self.visitors = server, database, folder, visitors
        self.env = environment(folder / "usher.db", server.url, USHER_HTTP=f"127.0.0.1:{port}", USHER_LOG_LEVEL="info")
        self.processes: list[Process] = []

    @property
    def process(self) -> Process:
        return self.processes[-1]

    async def start(self) -> None:
        self.processes.append(Process(self.env, self.folder))
        await until(lambda: any(STARTED in line for line in self.process.said), 60, lambda: self.process.log[-2000:])

    async def give(self, what: Amendment | Door, who: str = "bob", **more: Any) -> Order:
        """`rooms` says where; `ends` and `grant` as in an order."""
        person = None if isinstance(what, Door) else Who(who)
        amendment = what.amendment if isinstance(what, Door) else what
        order = Order(amendment, person, (more.pop("rooms"),), (more.pop("grant", ANN),), **more)
        return await self.database.orders.append(order, SAID)

    async def end(self, order: Order) -> tuple[Order, ...]:
        return await self.database.orders.end([order.id], SAID)

    def check(self) -> None:
        """No secret and no traceback in whatever was printed or logged."""
        written = (self.folder / "stdout.log").read_text() + self.process.log
        for unwanted in (API_SECRET, "Bearer ey", "Traceback", "Bug "):
            assert unwanted not in written, written[-4000:]


@asynccontextmanager
async def guard_for(server: RunningServer, folder: Path, port: int = 0) -> AsyncIterator[Guard]:
    """It runs until the end of the block; what still runs then is asked to end, and has to end well."""
    folder.mkdir(exist_ok=True)
    async with AsyncExitStack() as stack:
        visitors = stack.enter_context(Visitors())
        database = await stack.enter_async_context(opened(folder / "usher.db", server="main"))
        guard = Guard(server, database, folder, port, visitors)
        try:
            await guard.start()
            yield guard
            guard.process.popen.terminate()
            assert await guard.process.ended() == 0
            guard.check()
        finally:
            for process in guard.processes:
                process.kill()


@asynccontextmanager
async def listener(server: RunningServer, room: str, identity: str) -> AsyncIterator[None]:
    """Somebody who only signals: they are in the room, and the server never sends `participant_joined` for them."""
    token = join_token(CREDENTIALS, room, JoinGrant(identity))
    address = f"{server.url}/rtc?access_token={token}&auto_subscribe=1&sdk=python&protocol=12"
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as socket:
        reading = asyncio.ensure_future(_read(socket))
        try:
            yield
        finally:
            reading.cancel()


async def _read(socket: aiohttp.ClientWebSocketResponse) -> None:
    async for _ in socket:
        pass


__all__ = ["SAID", "Guard", "free_port", "guard_for", "listener", "server_that_tells"]
