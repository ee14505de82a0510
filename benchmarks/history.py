"""The history with a million entries: pages, appends, the walk along the chain, memory."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.clock import SystemClock
from adapters.database.database import Database
from adapters.database.verify import Verified, verify
from adapters.livekit.simulator.rooms import Rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.wiring import House, Plan, assembled
from benchmarks.filling import fill, some_content
from benchmarks.ground import ADMIN, FOLDER, event_key
from benchmarks.harness import Aim, Row, Sample, Scale, paired
from benchmarks.processes import resident, run_usher
from bot.command import Invocation
from bot.history import Draft, EntryKind
from bot.policy import Policy
from bot.reply import Tone

SMALL = 1_000
PAGE_AIM, APPEND_AIM = Aim("p99", 5), Aim("ratio", 1.2)
VERIFY_AIM = Aim("p50", 200_000, at_least=True)
FLAT_AIM = Aim("ratio", 1.1)
QUESTIONS = (
    "/history", "/history 50", "/history in:room-3", "/history by:m4", "/history kind:kick", "/history failed",
    "/history person-77",
)  # fmt: skip


async def run(scale: Scale) -> list[Row]:
    many, rounds = scale.of(1_000_000, 50_000), scale.of(400, 50)
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        large, small = (f"sqlite:///{Path(folder) / name}.db" for name in ("large", "small"))
        async with _house(large) as house, _house(small) as other:
            await fill(other.database, SMALL)
            started = time.perf_counter()
            await fill(house.database, many // 10)
            early = resident()
            await fill(house.database, many - many // 10)
            filled = many / (time.perf_counter() - started)
            late = resident()
            rows = [await _page(house, other, question, many, rounds) for question in QUESTIONS]
            rows += [await _append(house.database, other.database, many, rounds)]
        rows += [_verify(large, scale.of(5, 2)), *_memory(large, small, many, early, late)]
    return [*rows, Row("append, 400 at once", "1/s", Sample.single(filled), note="entries a second, to fill it")]


@asynccontextmanager
async def _house(url: str) -> AsyncIterator[House]:
    clock = SystemClock()
    rooms = SimulatedRoomService(Rooms(clock.now), clock=clock)
    async with assembled(Plan(rooms, url, Policy(admins=(ADMIN.subject,)))) as house:
        yield house


async def _page(large: House, small: House, line: str, many: int, rounds: int) -> Row:
    """Through the dispatcher, from the words to the reply; in turns with the same page of a small history."""

    async def ask(house: House) -> None:
        reply = await house.dispatcher.handle(Invocation(ADMIN, ADMIN.subject, line, event_key()))
        assert reply.tone is Tone.INFO, reply

    async def of_large(_: int) -> None:
        await ask(large)

    async def of_small(_: int) -> None:
        await ask(small)

    pair = await paired(of_large, of_small, rounds)
    return pair.row(f"{line} of {many:,} entries", PAGE_AIM, f"baseline: of {SMALL:,} entries")


async def _append(large: Database, small: Database, many: int, rounds: int) -> Row:
    chance = random.Random(2)

    async def to_large(_: int) -> None:
        await large.history.append([Draft(EntryKind.INTENT, some_content(chance))])

    async def to_small(_: int) -> None:
        await small.history.append([Draft(EntryKind.INTENT, some_content(chance))])

    pair = await paired(to_large, to_small, rounds)
    return pair.row(f"append at {many:,} entries", APPEND_AIM, f"one, durable; baseline: at {SMALL:,}")


def _verify(url: str, rounds: int) -> Row:
    rates = []
    for _ in range(rounds):
        started = time.perf_counter()
        found = verify(url)
        assert isinstance(found, Verified), found
        rates.append(found.entries / (time.perf_counter() - started))
    return Row("verify", "1/s", Sample.of(rates), aim=VERIFY_AIM, note="entries a second")


def _memory(large: str, small: str, many: int, early: float, late: float) -> list[Row]:
    whole, little = (run_usher(["history", "verify"], {"DATABASE_URL": url}).peak for url in (large, small))
    kept = f"resident at {many:,} entries; baseline: at {many // 10:,}"
    peak = f"peak at {many:,} entries; baseline: at {SMALL:,}"
    return [
        Row("memory of the process", "MiB", Sample.single(late), Sample.single(early), FLAT_AIM, kept),
        Row("memory of usher history verify", "MiB", Sample.single(whole), Sample.single(little), FLAT_AIM, peak),
    ]
