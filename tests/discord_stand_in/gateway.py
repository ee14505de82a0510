"""The gateway: how sessions are identified, resumed and lost, and the events that each of them gets."""

from __future__ import annotations

import json
import secrets
from typing import Any

from aiohttp import WSMsgType, web

from tests.clocks import PATIENCE, until
from tests.discord_stand_in import shapes
from tests.discord_stand_in.desk import Desk
from tests.discord_stand_in.sessions import Connection, Session
from tests.discord_stand_in.shapes import Json

PATH = "/gateway"
DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = (
    0,
    1,
    2,
    3,
    6,
    7,
    8,
    9,
    10,
    11,
)
GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15  # members, presences, message content
MOST_BYTES = 4096  # of a frame from the client
GOODBYE = (1000, 1001)
BAD_OPCODE, BAD_FRAME, NOT_IDENTIFIED, BAD_TOKEN, TWICE, NOT_ALLOWED = 4001, 4002, 4003, 4004, 4005, 4014


class Gateway:
    """`refusing` turns the handshake away; `sessions` are all that could still be resumed."""

    def __init__(self, desk: Desk, heartbeat_seconds: float = 41.25) -> None:
        self._desk, self.heartbeat_seconds = desk, heartbeat_seconds
        self.url = ""
        self.revoked = self.refusing = False
        self.sessions: list[Session] = []
        self.connections: list[Connection] = []
        self.identified: list[Json] = []
        self._opened = 0

    @property
    def open(self) -> list[Session]:
        """The sessions that are connected."""
        return [one for one in self.sessions if one.connection is not None]

    async def connected(self, count: int = 1, seconds: float = PATIENCE) -> None:
        """Wait until exactly so many sessions are connected; TimeoutError."""
        await until(lambda: len(self.open) == count, seconds)

    async def dispatch(self, event: str, data: Json, *, guild: str = "", intent: int = 0) -> int:
        """To each session that wants it; how many of them are connected."""
        wanted = [one for one in self.sessions if one.hears(guild) and (not intent or one.intents & intent)]
        connected = sum(one.connection is not None for one in wanted)
        for session in wanted:
            await session.dispatch(event, data)
        return connected

    async def reconnect(self) -> None:
        """Ask every client to come again, and resume."""
        for session in self.open:
            if session.connection is not None:
                await session.connection.send({"op": RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Tell every client that its session is worth nothing; a resumable one may be taken up again."""
        going = [(session, session.connection) for session in self.open]
        if not resumable:
            self.sessions.clear()
        for _, connection in going:
            if connection is not None:
                await connection.send({"op": INVALID, "d": resumable})

    async def close(self, code: int) -> None:
        """Close every connection with this code."""
        for connection in [*self.connections]:
            await connection.close(code)

    def drop(self) -> None:
        """Cut every connection without a word."""
        for connection in [*self.connections]:
            connection.drop()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """`GET /gateway?v=10&encoding=json`: hello, then frames until either side goes."""
        if self.refusing:
            return web.Response(status=503)
        if (request.query.get("v"), request.query.get("encoding")) != ("10", "json"):
            self._desk.failures.add(f"a gateway of version 10 in JSON is asked for otherwise: {request.query_string}")
        ws = web.WebSocketResponse(max_msg_size=0, timeout=1)
        await ws.prepare(request)
        self._opened += 1
        connection = Connection(self._opened, ws, request)
        self.connections.append(connection)
        try:
            await connection.send({"op": HELLO, "d": {"heartbeat_interval": int(self.heartbeat_seconds * 1000)}})
            await self._listen(connection)
        finally:
            self.connections.remove(connection)
            self._left(connection)
        return ws

    def _left(self, connection: Connection) -> None:
        """A session ends when its client says goodbye; any other end can be resumed."""
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        if connection.ws.close_code in GOODBYE and session in self.sessions:
            self.sessions.remove(session)

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.ws:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                frame = json.loads(message.data)
                known = isinstance(frame["op"], int) and len(message.data) <= MOST_BYTES
            except (ValueError, TypeError, KeyError):
                known, frame = False, {}
            if not known:
                self._desk.failures.add(f"a frame that is none, or too long: {message.data!r:.100}")
                await connection.close(BAD_FRAME)
            else:
                await self._heard(connection, frame["op"], frame.get("d"))

    async def _heard(self, connection: Connection, op: int, data: Any) -> None:
        if op == HEARTBEAT:
            connection.heartbeats += 1
            if not connection.mute:
                await connection.send({"op": ACK})
        elif op in (IDENTIFY, RESUME):
            await (self._identify if op == IDENTIFY else self._resume)(connection, data)
        elif op not in (PRESENCE, MEMBERS):
            self._desk.failures.add(f"opcode {op} is nothing that an app sends")
            await connection.close(BAD_OPCODE)
        elif connection.session is None:
            await connection.close(NOT_IDENTIFIED)

    async def _identify(self, connection: Connection, data: Json) -> None:
        app = self._desk.world.app
        code = 0
        if connection.session is not None:
            code = TWICE
        elif self.revoked or data.get("token") != app.token:
            code = BAD_TOKEN
        elif data.get("intents", 0) & PRIVILEGED & ~app.privileged:
            code = NOT_ALLOWED
        if code:
            await connection.close(code)
            return
        self.identified.append({key: value for key, value in data.items() if key != "token"})
        number, count = data.get("shard") or (0, 1)
        session = Session(secrets.token_hex(16), data["intents"], (number, count), connection)
        connection.session = session
        guilds = [one for one in self._desk.world.guilds.values() if one.joined and session.hears(one.id)]
        await session.dispatch("READY", self._ready(session, [one.id for one in guilds]))
        for one in guilds if session.intents & GUILDS else ():
            await session.dispatch("GUILD_CREATE", shapes.created(self._desk.world, one))
        self.sessions.append(session)

    def _ready(self, session: Session, guilds: list[str]) -> Json:
        return {
            "v": 10,
            "user": shapes.me(self._desk.world),
            "guilds": [{"id": one, "unavailable": True} for one in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": self._desk.world.app.id, "flags": 0},
        }

    async def _resume(self, connection: Connection, data: Json) -> None:
        """What was missed, then RESUMED; a session that is not known has to begin anew."""
        if self.revoked or data.get("token") != self._desk.world.app.token:
            await connection.close(BAD_TOKEN)
            return
        session = next((one for one in self.sessions if one.id == data.get("session_id")), None)
        if session is None or data["seq"] > len(session.events):
            await connection.send({"op": INVALID, "d": False})
            return
        at = data["seq"]
        while at < len(session.events):  # more may happen meanwhile
            await connection.send(session.events[at])
            at += 1
        session.connection, connection.session = connection, session
        await session.dispatch("RESUMED", {})
