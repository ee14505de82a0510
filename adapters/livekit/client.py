"""The RoomService of a real LiveKit server, over httpx."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from adapters.livekit import wire
from adapters.livekit.address import parse_address
from adapters.livekit.calls import Call, TwirpRoomService
from adapters.livekit.errors import read_answer
from adapters.livekit.tokens import Credentials, KeySource, Tokens
from adapters.livekit.transport import exchange, open_http
from bot.errors import Rejected, Unavailable
from bot.ports import Clock

ATTEMPT_SECONDS = 4.5
"""LiveKit itself waits 3 s for a node before it answers 503 (livekit/protocol rpc/typed_api.go)."""

CALL_SECONDS = 6.0
"""All attempts of one call: a write and the look after it stay below 11 s together."""

BACKOFF_SECONDS = (0.2, 0.6)
"""Waits before the second and the third attempt."""

_WORTH_AN_ATTEMPT = 0.5


class LiveKitRoomService(TwirpRoomService):
    """`bot.ports.RoomService` over HTTP with one pool of connections; close it with `aclose`.

    `url` is `LIVEKIT_URL` (ws, wss, http, https; a path prefix is kept), ValueError when it is none. `credentials` may
    be a function that reads them: after a 401 it is called once more, and the call repeated if the key has changed.
    `server` names this LiveKit project in the history. `cloud` overrides what the host name tells. `ca_file` replaces
    the system's certificate authorities.

    A read is repeated while there is no answer; a write only when it cannot have reached the server.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials | KeySource,
        *,
        server: str,
        clock: Clock,
        cloud: bool | None = None,
        ca_file: Path | None = None,
        proxy: str | None = None,
        attempt_seconds: float = ATTEMPT_SECONDS,
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        address = parse_address(url)
        super().__init__(server, address.cloud if cloud is None else cloud)
        self._base = f"{address.base}/twirp/livekit.RoomService/"
        self._clock = clock
        self._tokens = Tokens(credentials, clock.now)
        self._http = open_http(ca_file, proxy)
        self._attempt_seconds = attempt_seconds
        self._call_seconds = call_seconds

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _answer(self, call: Call) -> wire.Json:
        try:
            return await self._persist(call)
        except Rejected as refusal:
            if refusal.code != "unauthenticated" or not await asyncio.to_thread(self._tokens.reread):
                raise
        return await self._persist(call)

    async def _persist(self, call: Call) -> wire.Json:
        """Attempts until an answer, within the seconds of one call."""
        end = self._clock.monotonic() + self._call_seconds
        for pause in (*BACKOFF_SECONDS, None):
            try:
                return await self._attempt(call, min(self._attempt_seconds, end - self._clock.monotonic()))
            except Unavailable as failure:
                left = end - self._clock.monotonic()
                if pause is None or left - pause < _WORTH_AN_ATTEMPT or not (call.reads or not failure.sent):
                    raise
                await self._clock.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, call: Call, seconds: float) -> wire.Json:
        content = json.dumps(call.body, separators=(",", ":")).encode()
        token = self._tokens.token(call.grant)
        answer = await exchange(self._http, self._base + call.method, content, token, seconds)
        return read_answer(answer, call.method, self._clock.now(), self._tokens.secrets)
