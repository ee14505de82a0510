"""The HTTP face on 127.0.0.1: the REST API under `/api/v10`, and the gateway's door."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.discord_stand_in import reading, registering, writing
from tests.discord_stand_in.asked import Asked, Route, Routes
from tests.discord_stand_in.desk import Desk
from tests.discord_stand_in.errors import NO_ROUTE, UNAUTHORIZED, Refused
from tests.discord_stand_in.gateway import PATH, Gateway
from tests.slack_stand_in.calls import Trouble, Troubles
from tests.slack_stand_in.sockets import reset

API = "/api/v10"
NOT_KNOWN = "an unknown route"


@dataclass(slots=True, eq=False)
class Call:
    """One request: its route (`POST /channels/{channel}/messages`), path, body, and what became of it.

    `token` says whose it came with: bot, unknown or none. `code` is Discord's for what was wrong; `status` 0 is a lost
    connection.
    """

    route: str
    path: str
    body: Any = field(default=None, repr=False)
    token: str = ""
    status: int = 0
    code: int = 0
    answer: Any = field(default=None, repr=False)


class Server:
    """Every call is recorded in `calls`, whatever became of it."""

    def __init__(self, desk: Desk, gateway: Gateway, troubles: Troubles) -> None:
        self._desk, self._gateway, self._troubles = desk, gateway, troubles
        self.calls: list[Call] = []
        self.base = ""
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=1)

    async def start(self, port: int = 0) -> None:
        """Listen; port 0 is any free one. `base` is the address then."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._gateway.url = self.base.replace("http", "ws", 1) + PATH

    async def stop(self) -> None:
        self._gateway.drop()
        await self._runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get(PATH, self._gateway.handle)
        app.router.add_get(PATH + "/", self._gateway.handle)
        routes: Routes = {
            **reading.ROUTES,
            **registering.ROUTES,
            **writing.ROUTES,
            "GET /gateway": Route(lambda *_: {"url": self._gateway.url}, open=True),
            "GET /gateway/bot": Route(lambda *_: self._gateway_bot()),
        }
        for name, route in routes.items():
            method, path = name.split()
            app.router.add_route(method, API + path, self._handler(name, route))
        app.router.add_route("*", "/{rest:.*}", self._handler(NOT_KNOWN, Route(_unknown, open=True)))
        return app

    def _gateway_bot(self) -> dict[str, Any]:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return {"url": self._gateway.url, "shards": 1, "session_start_limit": limit}

    def _handler(self, name: str, route: Route) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            trouble = await self._troubles.take(name)
            call = Call(name, request.path, token=self._owner(request, route))
            self.calls.append(call)
            asked = Asked(name, request.match_info, request.query, await self._body(request, call))
            if trouble.breaks and not trouble.after:
                return _troubled(request, call, trouble)
            call.status, call.answer = self._answer(route, asked, call)
            if trouble.breaks:
                return _troubled(request, call, trouble)
            return _response(call.status, call.answer, _limits(name))

        return handle

    def _answer(self, route: Route, asked: Asked, call: Call) -> tuple[int, Any]:
        """The status and the body; a bug of the stand-in is nothing that an app should get over."""
        try:
            if not route.open and (call.token != "bot" or self._gateway.revoked):
                raise Refused(*UNAUTHORIZED)
            answer = route.run(self._desk, asked)
        except Refused as refused:
            call.code = refused.code
            if refused.code == 50035 or call.route == NOT_KNOWN:
                self._desk.failures.add(f"{call.route} ({call.path}): {json.dumps(refused.body)}")
            return refused.status, refused.body
        except Exception as error:
            self._desk.failures.add(f"the stand-in itself broke at {call.route}: {error!r}")
            raise
        return (204 if answer is None else 200), answer

    def _owner(self, request: web.Request, route: Route) -> str:
        """discord.py says who it is where it sends a bot token, and nowhere else."""
        if not route.open and not request.headers.get("User-Agent", "").startswith("DiscordBot ("):
            self._desk.failures.add(f"{request.path}: a User-Agent that Discord turns away")
        header = request.headers.get("Authorization", "")
        if not header:
            return "none"
        kind, _, token = header.partition(" ")
        return "bot" if (kind, token) == ("Bot", self._desk.world.app.token) else "unknown"

    async def _body(self, request: web.Request, call: Call) -> Any:
        """JSON, without any secret that stands in it; None when there is none."""
        raw = await request.read()
        if not raw:
            return None
        try:
            if request.content_type != "application/json":
                raise ValueError(request.content_type)
            found = json.loads(raw)
        except ValueError as error:
            self._desk.failures.add(f"{call.route}: a body that is no JSON ({error})")
            return None
        call.body = self._desk.secrets.cleaned(found, call.route)
        return found


def _unknown(desk: Desk, asked: Asked) -> None:
    raise Refused(*NO_ROUTE)


def _limits(name: str) -> dict[str, str]:
    """As far from the limit as can be; `Troubles.limit` is for the other case."""
    left = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "999", "X-RateLimit-Reset-After": "1.000"}
    return {
        **left,
        "X-RateLimit-Reset": f"{time.time() + 1:.3f}",
        "X-RateLimit-Bucket": hashlib.sha256(name.encode()).hexdigest()[:32],
    }


def _response(status: int, body: Any, headers: Mapping[str, str]) -> web.Response:
    """JSON without a charset, as Discord sends it."""
    more = {"Via": "1.1 google", **headers}
    if status == 204:
        return web.Response(status=204, headers=more)
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json", headers=more)


def _troubled(request: web.Request, call: Call, trouble: Trouble) -> web.Response:
    if trouble.dropped:
        call.status = 0
        reset(request)
        return web.Response(status=500)
    call.status = trouble.status
    if trouble.status == 429:
        body = {"message": "You are being rate limited.", "retry_after": float(trouble.retry_after), "global": False}
        headers = {"Retry-After": str(trouble.retry_after), "X-RateLimit-Scope": "user"}
        return _response(429, body, headers)
    return web.Response(status=trouble.status, text="upstream connect error", content_type="text/html")
