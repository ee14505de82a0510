"""A bare gateway connection and bare requests, for what discord.py would never send or never tell of."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp

from tests.discord_stand_in import DiscordStandIn

USER_AGENT = "DiscordBot (https://example.com, 1)"
ROW: dict[str, Any] = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Go", "custom_id": "go"}]}
FIELD = {"type": 1, "components": [{"type": 4, "custom_id": "t", "label": "T", "style": 1}]}
MODAL = {"custom_id": "m", "title": "M", "components": [FIELD]}
HELLO, IDENTIFY, RESUME, HEARTBEAT = 10, 2, 6, 1


class Raw:
    """`frames` are all that arrived; `answer` makes the first answer to each interaction, None none."""

    def __init__(self, discord: DiscordStandIn, session: aiohttp.ClientSession) -> None:
        self.discord, self._session = discord, session
        self.frames: list[dict[str, Any]] = []
        self.close_code: int | None = None
        self.answer: Callable[[dict[str, Any]], Any] = lambda _: None
        self.ws: aiohttp.ClientWebSocketResponse | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def events(self) -> list[str]:
        return [frame["t"] for frame in self.frames if frame["op"] == 0]

    def event(self, name: str) -> Any:
        """What came with the last event of that name."""
        return next(frame["d"] for frame in reversed(self.frames) if frame.get("t") == name)

    async def connect(self, query: str = "v=10&encoding=json") -> None:
        """A websocket that is not identified yet."""
        self.close_code = None
        self.ws = await self._session.ws_connect(f"{self.discord.gateway_url}?{query}")
        self._tasks.append(asyncio.create_task(self._listen(self.ws)))

    async def send(self, frame: object) -> None:
        assert self.ws is not None
        await self.ws.send_str(frame if isinstance(frame, str) else json.dumps(frame))

    async def identify(self, **more: Any) -> None:
        data = {"token": self.discord.app.token, "properties": {}, "intents": 1, **more}
        await self.send({"op": IDENTIFY, "d": data})

    async def resume(self, session: str, seq: int, token: str = "") -> None:
        data = {"token": token or self.discord.app.token, "session_id": session, "seq": seq}
        await self.send({"op": RESUME, "d": data})

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            frame = json.loads(message.data)
            self.frames.append(frame)
            if frame.get("t") == "INTERACTION_CREATE" and (body := self.answer(frame["d"])) is not None:
                await self.callback(frame["d"], body)
        self.close_code = ws.close_code

    async def callback(self, payload: dict[str, Any], body: Any, **query: Any) -> tuple[int, Any]:
        path = f"/interactions/{payload['id']}/{payload['token']}/callback"
        return await self.call("POST", path, body, token="", **query)

    async def call(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **query: Any
    ) -> tuple[int, Any]:
        """The status and the body of the answer; without a `token` it is the bot's."""
        token = self.discord.app.token if token is None else token
        headers = {"User-Agent": USER_AGENT} | ({"Authorization": f"Bot {token}"} if token else {})
        url = self.discord.api_url + path
        async with self._session.request(method, url, json=body, params=query, headers=headers) as response:
            return response.status, json.loads(await response.read() or b"null")

    async def aclose(self) -> None:
        if self.ws is not None:
            await self.ws.close()
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def raw(discord: DiscordStandIn, *, identified: bool = True) -> AsyncIterator[Raw]:
    async with aiohttp.ClientSession() as session:
        found = Raw(discord, session)
        await found.connect()
        try:
            if identified:
                before = len(discord.gateway.open)
                await found.identify()
                await discord.connected(before + 1)
            yield found
        finally:
            await found.aclose()
