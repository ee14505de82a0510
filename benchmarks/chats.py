"""What the benchmarks of chats share: `usher run`, a simulator of its own behind it, and a second full of commands."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from benchmarks.ground import FOLDER
from benchmarks.harness import Aim, Row, Sample
from benchmarks.processes import bare_environment
from benchmarks.simulator import names
from tests.livekit_server import API_KEY, API_SECRET

COMMANDS = 200
ROOMS = 20
AWAY = 20  # milliseconds between the room service and us
AIM = Aim("p99", 3000)
PAUSE = 4.0  # the same words within three seconds are the same command
LOOK = 0.002
LONGEST = 60.0

Done = TypeVar("Done")


def people(count: int) -> list[tuple[str, str]]:
    rooms = names(ROOMS)
    return [(rooms[number % ROOMS], f"person-{number // ROOMS}") for number in range(count)]


async def answered(found: Callable[[], Sequence[Done]], count: int, ready: Callable[[Done], float]) -> list[float]:
    """The seconds until each of so many was answered; `ready` says when one was sent, 0 while it has no answer."""
    seconds: dict[int, float] = {}
    while len(seconds) < count:
        for number, one in enumerate(found()):
            if number not in seconds and (sent := ready(one)):
                seconds[number] = time.monotonic() - sent
        await asyncio.sleep(LOOK)
    return list(seconds.values())


def rows(what: str, rounds: int, acknowledged: Sequence[float], until_answered: Sequence[float]) -> list[Row]:
    """Both in milliseconds."""
    late = sum(one > AIM.number for one in acknowledged)
    note = f"{rounds} rounds; {late} acknowledged later than the chat waits (3 s); LiveKit {AWAY} ms away"
    answer = "with its answer, in the acknowledgement or after it"
    return [
        Row(f"{what}: acknowledged", "ms", Sample.of(acknowledged), None, AIM, note),
        Row(f"{what}: answered", "ms", Sample.of(until_answered), note=answer),
    ]


@asynccontextmanager
async def usher(chat: Mapping[str, str], livekit: str, admins: Sequence[str], started: str) -> AsyncIterator[str]:
    """`usher run` in a process of its own, on a durable history; what it prints behind `started`, once it does."""
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        settings = {
            **chat,
            "LIVEKIT_URL": livekit,
            "LIVEKIT_API_KEY": API_KEY,
            "LIVEKIT_API_SECRET": API_SECRET,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'usher.db'}",
            "USHER_HTTP": "127.0.0.1:0",
            "USHER_ADMINS": ",".join(admins),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "adapters.cli", "run", env=bare_environment(settings), stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(60):
                line = ""
                while not line.startswith(started):
                    line = (await process.stdout.readline()).decode()
            yield line.strip().removeprefix(started)
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()
