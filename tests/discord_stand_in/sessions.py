"""Sessions of the gateway, and the websockets that they are connected by, or were.

Frames are compressed where zlib-stream is asked for. Another compression is answered with plain text, which clients
take as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from dataclasses import dataclass, field

from aiohttp import web

from tests.discord_stand_in.shapes import Json
from tests.slack_stand_in.sockets import reset

DISPATCH = 0


class Connection:
    """One websocket. A mute one acknowledges no heartbeat, as a half-open one does not."""

    def __init__(self, number: int, ws: web.WebSocketResponse, request: web.Request) -> None:
        self.number, self.ws, self._request = number, ws, request
        self.mute = False
        self.heartbeats = 0
        self.session: Session | None = None
        asked = request.query.get("compress")
        self._zlib = zlib.compressobj() if asked == "zlib-stream" else None
        self._turn = asyncio.Lock()

    async def send(self, frame: Json) -> None:
        async with self._turn:
            with contextlib.suppress(ConnectionError):
                text = json.dumps(frame)
                if self._zlib is None:
                    await self.ws.send_str(text)
                else:
                    await self.ws.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH))

    async def close(self, code: int) -> None:
        await self.ws.close(code=code)

    def drop(self) -> None:
        """Reset the TCP connection, without a close frame."""
        reset(self._request)


@dataclass(slots=True, eq=False)
class Session:
    """What an app has once it is identified; it outlives its connection, and keeps what it missed meanwhile."""

    id: str
    intents: int
    shard: tuple[int, int]
    connection: Connection | None = None
    events: list[Json] = field(default_factory=list)

    def hears(self, guild: str) -> bool:
        """Whether events of this server ("" for none) are this shard's."""
        number, count = self.shard
        return (int(guild or 0) >> 22) % count == number

    async def dispatch(self, event: str, data: Json) -> None:
        frame = {"op": DISPATCH, "s": len(self.events) + 1, "t": event, "d": data}
        self.events.append(frame)
        if self.connection is not None:
            await self.connection.send(frame)
