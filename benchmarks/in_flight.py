"""Commands a second with 64 in flight, against the official client's get and write with 64 in flight."""

from __future__ import annotations

import asyncio
import time
from itertools import count

from benchmarks.children import child
from benchmarks.ground import get, ground, set_metadata
from benchmarks.harness import Aim, Row, Sample, Scale, Step, lag, lag_row
from benchmarks.people import identity, room_name
from tests.livekit_server import running_server

AT_ONCE = 64
ROOMS = 8
AIM = Aim("ratio", 0.5, at_least=True)


async def run(scale: Scale) -> list[Row]:
    each = scale.of(6, 2)
    turns = scale.of(25, 3)
    with running_server() as server:
        async with child("people", server.url, str(ROOMS), str(AT_ONCE // ROOMS), "0"), ground(server.url) as here:
            texts = count(1)

            async def usher(number: int) -> None:
                room, who = _place(number)
                await here.do(f"/metadata {who} usher-{next(texts)}", room)

            async def alone(number: int) -> None:
                room, who = _place(number)
                await get(here.official, room, who)
                await set_metadata(here.official, room, who, f"alone-{next(texts)}")

            await _rate(usher, 1)
            await _rate(alone, 1)
            rates: dict[Step, list[float]] = {usher: [], alone: []}
            late: dict[Step, list[float]] = {usher: [], alone: []}
            for _ in range(turns):
                for step, taken in rates.items():
                    async with lag() as ticks:
                        taken.append(await _rate(step, each))
                    late[step] += ticks
    ratios = [ours / theirs for ours, theirs in zip(rates[usher], rates[alone], strict=True)]
    note = (
        f"/metadata of {AT_ONCE} people in {ROOMS} rooms; baseline: livekit-api get + update; "
        f"ratio turn by turn, from {min(ratios):.2f} to {max(ratios):.2f}"
    )
    return [
        Row(f"{AT_ONCE} in flight", "1/s", Sample.of(rates[usher]), Sample.of(rates[alone]), AIM, note, ratios),
        lag_row(f"{AT_ONCE} in flight, event loop lag", late[usher], late[alone]),
    ]


def _place(number: int) -> tuple[str, str]:
    return room_name(number % ROOMS), identity(number // ROOMS)


async def _rate(step: Step, each: int) -> float:
    """Everybody's command again and again; how many a second."""

    async def again(number: int) -> None:
        for _ in range(each):
            await step(number)

    started = time.perf_counter()
    await asyncio.gather(*(again(number) for number in range(AT_ONCE)))
    return AT_ONCE * each / (time.perf_counter() - started)
