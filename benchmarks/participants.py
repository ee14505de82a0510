"""`/participants` of a room of 1,000 against the bare list call."""

from __future__ import annotations

import json

import aiohttp

from adapters.livekit.tokens import Tokens, room_grant
from benchmarks.children import child
from benchmarks.ground import ground
from benchmarks.harness import Aim, Row, Scale, lag, lag_row, paired
from benchmarks.simulator import ROOM
from tests.livekit_server import CREDENTIALS

PEOPLE = 1000
PUBLISHERS = 100
LIST = "/twirp/livekit.RoomService/ListParticipants"


async def run(scale: Scale) -> list[Row]:
    rounds = scale.of(60, 5)
    async with (
        child("simulator", str(PEOPLE), str(PUBLISHERS), "0") as said,
        ground(said["url"]) as here,
        aiohttp.ClientSession() as http,
    ):
        token = Tokens(CREDENTIALS, here.house.services.clock.now).token(room_grant(ROOM))

        async def usher(_: int) -> None:
            reply = await here.say("/participants", ROOM)
            assert str(PEOPLE) in str(reply.title)

        async def bare(_: int) -> None:
            assert len(await here.service.list_participants(ROOM)) == PEOPLE

        async def raw(_: int) -> None:
            url, headers = said["url"] + LIST, {"Authorization": f"Bearer {token}"}
            async with http.post(url, json={"room": ROOM}, headers=headers) as answer:
                assert len(json.loads(await answer.read())["participants"]) == PEOPLE

        pair = await paired(usher, bare, rounds)
        wire = await paired(usher, raw, rounds)
        async with lag() as late:
            for number in range(rounds):
                await usher(number)
    return [
        pair.row(f"/participants of {PEOPLE}", Aim("ratio", 1.3), "baseline: the list call of Usher's own client"),
        wire.row(f"/participants of {PEOPLE}, against the wire", note="baseline: aiohttp post + json.loads alone"),
        lag_row(f"/participants of {PEOPLE}, event loop lag", late),
    ]
