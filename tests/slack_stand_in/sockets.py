"""Socket Mode: tickets, websockets, envelopes with their acknowledgements, and all the ways to lose a connection."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import socket
import struct
from collections.abc import Callable
from typing import Any

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from tests.clocks import PATIENCE, until
from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.deliveries import Attempt, Delivery, envelope
from tests.slack_stand_in.errors import Failures

MOST_CONNECTIONS = 10
MOST_BYTES = 20_480  # "Max frame length of 20480 has been exceeded.", close code 1009 (revelrylabs/slax #614)
_HOST = {"host": "applink-stand-in"}


class Connection:
    """One websocket. A draining one gets nothing new; a mute one answers no ping, as a half-open one does not."""

    def __init__(self, number: int, ws: web.WebSocketResponse, request: web.Request) -> None:
        self.number, self.ws, self._request = number, ws, request
        self.draining = self.mute = False
        self.pings = self.pongs = 0

    async def send(self, frame: Json) -> None:
        with contextlib.suppress(ConnectionError):
            await self.ws.send_str(json.dumps(frame))

    def drop(self) -> None:
        """Reset the TCP connection, without a close frame."""
        reset(self._request)


def reset(request: web.Request) -> None:
    transport = request.transport
    if transport is not None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


class Sockets:
    """Envelopes go round the open connections. `refusing` turns the handshake away."""

    def __init__(self, app_id: str, failures: Failures, ping_seconds: float = 1.0) -> None:
        self._app_id, self._failures, self._ping_seconds = app_id, failures, ping_seconds
        self._tickets: set[str] = set()
        self._waiting: dict[str, tuple[Attempt, Callable[[Any], None]]] = {}
        self._turn = 0
        self._opened = 0
        self.connections: list[Connection] = []
        self.refusing = False

    @property
    def open(self) -> list[Connection]:
        """The connections that get envelopes."""
        return [one for one in self.connections if not one.draining and not one.ws.closed]

    def ticket(self) -> str:
        """The path of a websocket that can be opened once."""
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return f"/link/?ticket={ticket}&app_id={self._app_id}"

    async def connected(self, count: int = 1, seconds: float = PATIENCE) -> None:
        """Wait until exactly so many connections are open; TimeoutError."""
        await until(lambda: len(self.open) == count, seconds)

    async def send(self, delivery: Delivery, on_ack: Callable[[Any], None], reason: str = "") -> Attempt | None:
        """Send it over the next connection; None when there is none."""
        if not self.open:
            return None
        self._turn += 1
        connection = self.open[self._turn % len(self.open)]
        attempt = Attempt(f"{secrets.token_hex(4)}-{secrets.token_hex(8)}", connection=connection.number)
        frame = envelope(delivery, attempt.envelope_id, reason)
        delivery.attempts.append(attempt)
        self._waiting[attempt.envelope_id] = (attempt, on_ack)
        await connection.send(frame)
        return attempt

    async def disconnect(self, reason: str = "refresh_requested", grace: float = 0.2) -> None:
        """Ask every connection to go, and close those that are still there after `grace` seconds.

        Reasons: warning, refresh_requested, link_disabled, too_many_websockets.
        """
        going = self.open
        for one in going:
            one.draining = True
            await one.send(self._farewell(reason))
        await asyncio.sleep(grace)
        for one in going:
            await one.ws.close()

    def drop(self) -> None:
        """Cut every connection without a word."""
        for one in self.open:
            one.draining = True
            one.drop()

    def _farewell(self, reason: str) -> Json:
        frame: Json = {"type": "disconnect", "reason": reason, "debug_info": _HOST}
        if reason == "too_many_websockets":
            frame |= {"num_connections": len(self.connections), "connection_info": {"app_id": self._app_id}}
        return frame

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """`GET /link/?ticket=...`: hello, then pings, until either side goes."""
        ticket = request.query.get("ticket", "")
        if self.refusing or ticket not in self._tickets or request.query.get("app_id") != self._app_id:
            return web.Response(status=503 if self.refusing else 403)
        self._tickets.remove(ticket)
        ws = web.WebSocketResponse(autoping=False, max_msg_size=MOST_BYTES, timeout=1)
        await ws.prepare(request)
        self._opened += 1
        connection = Connection(self._opened, ws, request)
        self.connections.append(connection)
        pinging = asyncio.create_task(self._ping(connection))
        try:
            await self._talk(connection)
        finally:
            pinging.cancel()
            self.connections.remove(connection)
        return ws

    async def _talk(self, connection: Connection) -> None:
        number = len(self.connections)
        debug = {**_HOST, "build_number": 10, "approximate_connection_time": 18060}
        info = {"app_id": self._app_id}
        await connection.send(
            {"type": "hello", "num_connections": number, "debug_info": debug, "connection_info": info}
        )
        if number > MOST_CONNECTIONS:
            connection.draining = True
            await connection.send(self._farewell("too_many_websockets"))
            await connection.ws.close()
        while not connection.ws.closed:
            message = await connection.ws.receive()
            if message.type is WSMsgType.PING and not connection.mute:
                await connection.ws.pong(message.data)
            elif message.type is WSMsgType.PONG:
                connection.pongs += 1
            elif message.type is WSMsgType.ERROR and _code(message) == WSCloseCode.MESSAGE_TOO_BIG:
                self._failures.add(f"a frame of more than {MOST_BYTES} bytes: Slack closes the connection with 1009")
            elif message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                self._frame(message)

    async def _ping(self, connection: Connection) -> None:
        with contextlib.suppress(ConnectionError):
            while not connection.ws.closed:
                if not connection.mute:
                    connection.pings += 1
                    await connection.ws.ping(b"Ping from applink-stand-in")
                await asyncio.sleep(self._ping_seconds)

    def _frame(self, message: WSMessage) -> None:
        try:
            frame = json.loads(message.data)
            known = self._waiting.get(frame["envelope_id"])
        except (ValueError, TypeError, KeyError):
            self._failures.add(f"a frame that acknowledges nothing: {message.data!r:.200}")
            return
        if known is None:
            self._failures.add(f"an acknowledgement of an envelope that was never sent: {message.data!r:.200}")
            return
        attempt, on_ack = known
        if attempt.acked is not None:
            self._failures.add(f"an envelope was acknowledged twice: {message.data!r:.200}")
            return
        payload = frame.get("payload")
        attempt.acknowledge(payload)
        on_ack(payload)
        attempt.done.set()


def _code(message: WSMessage) -> int:
    """The close code of what broke a connection."""
    return int(getattr(message.data, "code", 0))
