"""The simulator's Twirp HTTP face on 127.0.0.1: tokens are checked and refused as the real server does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import jwt
from aiohttp import web
from aiohttp.typedefs import Middleware

from adapters.livekit.simulator.rooms import Rooms
from adapters.livekit.simulator.rpc import STATUS, Failure, Grants, answer
from adapters.livekit.tokens import Credentials

_LEEWAY_SECONDS = 60  # livekit/protocol auth/verifier.go
_MAX_BODY = 10 * 1024 * 1024


class RoomServiceApp:
    """Answers `POST /twirp/livekit.RoomService/<method>`.

    `wait_seconds` is how long the server looks for somebody who is not there. `echo_token` keeps the habit of servers
    up to v1.13.5 to repeat the bearer token in the body of a 401 (trap 10). `middlewares` are aiohttp's, for a server
    that lies, hangs or breaks off.
    """

    def __init__(
        self,
        rooms: Rooms,
        credentials: Credentials,
        *,
        wait_seconds: float = 3.0,
        echo_token: bool = True,
        middlewares: Sequence[Middleware] = (),
    ) -> None:
        self._rooms = rooms
        self._credentials = credentials
        self._wait_seconds = wait_seconds
        self._echo_token = echo_token
        self._middlewares = middlewares

    def app(self) -> web.Application:
        app = web.Application(client_max_size=_MAX_BODY, middlewares=self._middlewares)
        app.router.add_route("*", "/twirp/livekit.RoomService/{method}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.Response:
        try:
            grants = self._grants(request)
        except _NoEntry as refused:
            return web.Response(status=401, text=str(refused))
        try:
            return _json(200, await self._call(request, grants))
        except Failure as failure:
            if failure.silent:
                await asyncio.sleep(self._wait_seconds)
            return _json(STATUS[failure.code], failure.json)

    async def _call(self, request: web.Request, grants: Grants) -> object:
        method = request.match_info["method"]
        if request.method != "POST" or request.content_type != "application/json":
            method = ""
        try:
            body = json.loads(await request.read())
        except ValueError:
            body = None
        return answer(self._rooms, method, body, grants)

    def _grants(self, request: web.Request) -> Grants:
        """The `video` claim; none without a header (the call itself then refuses), text for a bad token."""
        header = request.headers.get("Authorization", "")
        if not header:
            return {}
        if not header.startswith("Bearer "):
            raise _NoEntry("invalid authorization header. Must start with Bearer ")
        token = header.removeprefix("Bearer ")
        try:
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss", "")
        except jwt.InvalidTokenError:
            raise _NoEntry("invalid authorization token") from None
        if issuer != self._credentials.api_key:
            raise _NoEntry(f"invalid API key: {issuer}")
        try:
            claims = jwt.decode(token, self._credentials.api_secret, algorithms=["HS256"], leeway=_LEEWAY_SECONDS)
        except jwt.InvalidTokenError as error:
            raise _NoEntry(f"invalid token: {token if self._echo_token else '...'}, error: {error}") from None
        video = claims.get("video")
        return video if isinstance(video, dict) else {}


class _NoEntry(Exception):
    """The middleware's refusals are plain text, not Twirp JSON."""


@asynccontextmanager
async def serving(app: RoomServiceApp, port: int = 0) -> AsyncIterator[str]:
    """Serve on 127.0.0.1 for the length of the block; the http address. Port 0 is any free one."""
    runner = web.AppRunner(app.app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _json(status: int, body: object) -> web.Response:
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")
