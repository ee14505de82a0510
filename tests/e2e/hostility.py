"""A room service that is not to be trusted: the simulator over HTTP, behind a layer that misbehaves as told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from adapters.livekit.simulator.http import RoomServiceApp, serving
from adapters.livekit.simulator.messages import participant_json
from adapters.livekit.simulator.people import LivePerson
from adapters.livekit.simulator.rooms import Rooms
from bot.model import Source
from tests.livekit_server import API_SECRET, CREDENTIALS

ROOM = "hall"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Twist = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]
"""What becomes of a request: the handler carries it out."""


class Hostility:
    """`writes` is what becomes of writes, `reads` of reads; None: they are carried out. `tokens` were seen."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.writes: Twist | None = None
        self.reads: Twist | None = None
        self.tokens: set[str] = set()
        self.asked: list[str] = []
        self.url = ""

    async def stand_between(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.tokens.add(request.headers["Authorization"].removeprefix("Bearer "))
        method = request.match_info["method"]
        self.asked.append(method)
        twist = self.reads if method.startswith(("List", "Get")) else self.writes
        return await (twist(request, handler) if twist is not None else handler(request))

    def person(self, identity: str = "bob") -> LivePerson | None:
        room = self.rooms.rooms.get(ROOM)
        return room.people.get(identity) if room is not None else None

    async def show_the_old_state(self, request: web.Request, _: Handler) -> web.StreamResponse:
        """200 and the person, of whom nothing has changed."""
        person = self.person((await request.json())["identity"])
        assert person is not None
        return _as_json(200, participant_json(person))

    def join(self, identity: str) -> None:
        self.rooms.join(ROOM, identity)
        self.rooms.publish(ROOM, identity, Source.MICROPHONE)


@asynccontextmanager
async def hostile_rooms() -> AsyncIterator[Hostility]:
    """bob and anna in the hall, with open microphones."""
    hostility = Hostility(Rooms(lambda: datetime.now(UTC)))
    for identity in ("anna", "bob"):
        hostility.join(identity)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await hostility.stand_between(request, handler)

    async with serving(RoomServiceApp(hostility.rooms, CREDENTIALS, wait_seconds=0, middlewares=[middleware])) as url:
        hostility.url = url
        yield hostility


def _as_json(status: int, body: object) -> web.Response:
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")


async def lie(request: web.Request, _: Handler) -> web.StreamResponse:
    """200, and nothing has been done; the answer says nothing of it either."""
    return _as_json(200, {})


async def lie_about_the_track(request: web.Request, _: Handler) -> web.StreamResponse:
    """200 with a track that is said to be muted, and is not."""
    asked = await request.json()
    track = {"sid": asked.get("track_sid", ""), "type": "AUDIO", "source": "MICROPHONE", "muted": asked.get("muted")}
    return _as_json(200, {"track": track})


async def do_and_fail(request: web.Request, handler: Handler) -> web.StreamResponse:
    await handler(request)
    return _as_json(500, {"code": "unknown", "msg": f"after all: {request.headers['Authorization']} {API_SECRET}"})


async def fail(request: web.Request, _: Handler) -> web.StreamResponse:
    return _as_json(500, {"code": "internal", "msg": f"{request.headers['Authorization']} of {API_SECRET}"})


async def hang(request: web.Request, _: Handler) -> web.StreamResponse:
    await asyncio.sleep(3600)
    raise AssertionError


async def do_and_hang(request: web.Request, handler: Handler) -> web.StreamResponse:
    await handler(request)
    return await hang(request, handler)


async def reset(request: web.Request, _: Handler) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def do_and_reset(request: web.Request, handler: Handler) -> web.StreamResponse:
    await handler(request)
    return await reset(request, handler)


async def cut(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Done, and answered with half of the JSON."""
    answer = await handler(request)
    assert isinstance(answer, web.Response)
    assert isinstance(answer.body, bytes)
    return web.Response(body=answer.body[: len(answer.body) // 2] or b"{", content_type="application/json")


async def cut_the_body(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Not done, and fewer bytes than were announced."""
    response = web.StreamResponse(headers={"Content-Length": "500", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"identity": "bob", "tra')
    return await reset(request, handler)


async def answer_html(request: web.Request, _: Handler) -> web.StreamResponse:
    return web.Response(text="<html><body><h1>It works!</h1></body></html>", content_type="text/html")


async def answer_a_gateway(request: web.Request, _: Handler) -> web.StreamResponse:
    text = f"<h1>502 Bad Gateway</h1>{request.headers['Authorization']}"
    return web.Response(status=502, text=text, content_type="text/html")


async def echo_the_token(request: web.Request, _: Handler) -> web.StreamResponse:
    """As LiveKit does up to v1.13.5, and worse."""
    token = request.headers["Authorization"].removeprefix("Bearer ")
    return web.Response(status=401, text=f"invalid token: {token}, secret {API_SECRET}, error: no")


async def redirect(request: web.Request, _: Handler) -> web.StreamResponse:
    raise web.HTTPTemporaryRedirect(f"http://127.0.0.1:9/{request.headers['Authorization']}")
