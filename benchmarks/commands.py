"""One command at a time: `/mute` and `/metadata` through everything, against the official client's get and write."""

from __future__ import annotations

import asyncio

from benchmarks.children import child
from benchmarks.ground import Ground, get, ground, set_metadata, set_muted
from benchmarks.harness import Aim, Row, Scale, Step, lag, lag_row, nothing, paired
from benchmarks.people import identity, room_name
from tests.livekit_server import running_server

AIM = Aim("ratio", 2.0)
PEOPLE = 4
SETTLING = 0.06
ROOM = room_name(0)


async def run(scale: Scale) -> list[Row]:
    rounds = scale.of(300, 15)
    with running_server(remote_unmute=True) as server:
        async with child("people", server.url, "1", str(PEOPLE), "1"), ground(server.url) as here:
            await _seen(here)
            return [*await _metadata(here, rounds), *await _mute(here, rounds)]


async def _seen(here: Ground) -> None:
    """Wait until the room shows everybody's microphone."""
    while True:
        people = await here.service.list_participants(ROOM)
        if len([person for person in people if person.open_audio]) == PEOPLE:
            return
        await asyncio.sleep(0.1)


async def _metadata(here: Ground, rounds: int) -> list[Row]:
    async def usher(number: int) -> None:
        await here.do(f"/metadata {_who(number)} usher-{number}", ROOM)

    async def alone(number: int) -> None:
        await get(here.official, ROOM, _who(number))
        await set_metadata(here.official, ROOM, _who(number), f"alone-{number}")

    pair = await paired(usher, alone, rounds)
    return [
        pair.row("/metadata, one at a time", AIM, "whole pipeline, durable; baseline: livekit-api get + update"),
        await _lag("/metadata, event loop lag", usher, alone, rounds),
    ]


async def _mute(here: Ground, rounds: int) -> list[Row]:
    async def open_again(number: int) -> None:
        await _open(here, _who(number))

    async def usher(number: int) -> None:
        await here.do(f"/mute {_who(number)}", ROOM)

    async def alone(number: int) -> None:
        person = await get(here.official, ROOM, _who(number))
        await set_muted(here.official, ROOM, _who(number), person.tracks[0].sid, muted=True)

    async def looked(number: int) -> None:
        await alone(number)
        await get(here.official, ROOM, _who(number))

    pair = await paired(usher, alone, rounds, before=open_again)
    like = await paired(usher, looked, rounds // 2, before=open_again)
    return [
        pair.row("/mute, one at a time", AIM, "whole pipeline, durable; baseline: livekit-api get + mute"),
        like.row("/mute, against a script that looks", note="baseline: livekit-api get + mute + get"),
        await _lag("/mute, event loop lag", usher, alone, rounds // 2, open_again),
    ]


async def _open(here: Ground, who: str) -> None:
    """Open the microphone, and wait: the client confirms each change a moment later, as a change of its own."""
    settled = 0
    while settled < 2:
        await asyncio.sleep(SETTLING)
        track = (await get(here.official, ROOM, who)).tracks[0]
        settled = 0 if track.muted else settled + 1
        if track.muted:
            await set_muted(here.official, ROOM, who, track.sid, muted=False)


def _who(number: int) -> str:
    return identity(number % PEOPLE)


async def _lag(name: str, usher: Step, alone: Step, rounds: int, before: Step = nothing) -> Row:
    """Ticks beside a run of commands, what prepares them included; then the same beside the official client."""
    late: list[list[float]] = []
    for step in (usher, alone):
        async with lag() as ticks:
            for number in range(rounds):
                await before(number)
                await step(number + 1_000_000)
        late.append(ticks)
    return lag_row(name, *late)
