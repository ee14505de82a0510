"""`/quiet` of 200 publishers against a plain loop with the official client."""

from __future__ import annotations

import aiohttp
from livekit import api

from benchmarks.children import child
from benchmarks.ground import Ground, ground, set_muted
from benchmarks.harness import Aim, Row, Scale, lag, lag_row, paired
from benchmarks.simulator import ROOM

PUBLISHERS = 200
AIM = Aim("speed-up", 5, at_least=True)


async def run(scale: Scale) -> list[Row]:
    return [*await _at(0, scale.of(15, 2)), *await _at(10, scale.of(10, 2)), *await _at(50, scale.of(4, 1))]


async def _at(delay: int, rounds: int) -> list[Row]:
    """With that many milliseconds between the server and us."""
    async with (
        child("simulator", str(PUBLISHERS), str(PUBLISHERS), str(delay)) as said,
        ground(said["url"]) as here,
        aiohttp.ClientSession() as http,
    ):

        async def open_all(_: int) -> None:
            async with http.post(said["url"] + "/reset") as answer:
                assert answer.status == 200

        async def usher(_: int) -> None:
            """The question and the answer to it."""
            await here.press(await here.say("/quiet", ROOM))

        async def loop(_: int) -> None:
            await _plain_loop(here)

        pair = await paired(usher, loop, rounds, before=open_all, warm=1)
        await open_all(0)
        async with lag() as late:
            await usher(0)
    away = f", server {delay} ms away" if delay else ", server on the same machine"
    note = "question, confirmation, one case with its parts; baseline: livekit-api, list + one mute after the other"
    return [pair.row(f"/quiet of {PUBLISHERS}{away}", AIM, note), lag_row(f"/quiet{away}, event loop lag", late)]


async def _plain_loop(here: Ground) -> None:
    answer = await here.official.room.list_participants(api.ListParticipantsRequest(room=ROOM))
    for person in answer.participants:
        for track in person.tracks:
            if not track.muted:
                await set_muted(here.official, ROOM, person.identity, track.sid, muted=True)
