"""The simulator in a process of its own: `python -m benchmarks.simulator PEOPLE PUBLISHERS DELAY_MS [ROOMS]`.

So many people are in each room. `DELAY_MS` is added to each answer, as a network would. `POST /reset` opens every
microphone again. Besides the JSON of the simulator it takes the protobuf of the official client, for the calls that the
benchmarks make with it.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

import jwt
from aiohttp import web
from aiohttp.typedefs import Handler
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message
from livekit import api

from adapters.livekit.simulator.http import RoomServiceApp
from adapters.livekit.simulator.people import JoinGrant
from adapters.livekit.simulator.rooms import Rooms
from adapters.livekit.simulator.rpc import answer
from benchmarks.children import serve_until_input_ends
from bot.model import Permissions
from tests.livekit_server import CREDENTIALS

ROOM = "big"
PROTOBUF = "application/protobuf"
MESSAGES: dict[str, tuple[type[Message], type[Message]]] = {
    "ListParticipants": (api.ListParticipantsRequest, api.ListParticipantsResponse),
    "MutePublishedTrack": (api.MuteRoomTrackRequest, api.MuteRoomTrackResponse),
}


def names(rooms: int) -> list[str]:
    return [ROOM, *(f"{ROOM}-{number}" for number in range(1, rooms))]


def filled(people: int, publishers: int, count: int = 1) -> Rooms:
    """In each room the first of its people publish a microphone, the rest listen."""
    rooms = Rooms(lambda: datetime.now(UTC))
    for room in names(count):
        rooms.open(room)
        for number in range(people):
            grant = JoinGrant(
                f"person-{number}", f"Person {number}", Permissions(can_publish=number < publishers),
                metadata='{"table": 4}', attributes={"team": "blue"},
            )  # fmt: skip
            rooms.join(room, grant)
            if number < publishers:
                rooms.publish(room, grant.identity)
    return rooms


def open_all(rooms: Rooms) -> None:
    for room in rooms.rooms.values():
        for person in room.people.values():
            for track in person.tracks.values():
                track.muted = False


async def _protobuf(rooms: Rooms, request: web.Request) -> web.Response:
    method = request.match_info["method"]
    asked, answered = MESSAGES[method]
    body = MessageToDict(asked.FromString(await request.read()), preserving_proto_field_name=True)
    token = request.headers["Authorization"].removeprefix("Bearer ")
    grants = jwt.decode(token, CREDENTIALS.api_secret, algorithms=["HS256"])["video"]
    message = ParseDict(answer(rooms, method, body, grants), answered(), ignore_unknown_fields=True)
    return web.Response(body=message.SerializeToString(), content_type=PROTOBUF)


async def main(people: int, publishers: int, delay: float, count: int = 1) -> None:
    rooms = filled(people, publishers, count)

    @web.middleware
    async def far_away(request: web.Request, handler: Handler) -> web.StreamResponse:
        if delay and request.path != "/reset":
            await asyncio.sleep(delay)
        if request.content_type == PROTOBUF:
            return await _protobuf(rooms, request)
        return await handler(request)

    async def reset(_: web.Request) -> web.Response:
        open_all(rooms)
        return web.Response(text="ok")

    app = RoomServiceApp(rooms, CREDENTIALS, middlewares=[far_away]).app()
    app.router.add_post("/reset", reset)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        await serve_until_input_ends({"url": f"http://127.0.0.1:{runner.addresses[0][1]}"})
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1000, *map(int, sys.argv[4:])))
