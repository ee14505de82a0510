"""The HTTP face on 127.0.0.1: `/api/METHOD`, the addresses to answer at, and the websocket's door."""

from __future__ import annotations

import asyncio
import json
import urllib.parse
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.slack_stand_in import chat_methods, read_methods, shapes, view_methods
from tests.slack_stand_in.calls import ANSWERS, Call, Trouble, Troubles
from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.desk import Desk
from tests.slack_stand_in.errors import Refused
from tests.slack_stand_in.methods import Method, Tokens
from tests.slack_stand_in.sockets import Sockets, reset

_MOST_BYTES = 4 * 1024 * 1024
_ANYWHERE = {"token", "team_id"}  # Bolt's client sends the team along with every call


class Server:
    """Every call is recorded in `calls`, whatever became of it."""

    def __init__(self, desk: Desk, sockets: Sockets, troubles: Troubles) -> None:
        self._desk, self._sockets, self._troubles = desk, sockets, troubles
        self.calls: list[Call] = []
        self.tokens = Tokens(desk)
        self._secrets = desk.secrets
        self._base = ""
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=1)
        self._methods: dict[str, Method] = {
            **chat_methods.METHODS,
            **view_methods.METHODS,
            **read_methods.METHODS,
            "apps.connections.open": Method(lambda *_: {"url": self._socket_url()}, "", app_token=True),
        }

    async def start(self, port: int = 0) -> str:
        """Its address; port 0 is any free one."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self._base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self._base

    async def stop(self) -> None:
        for connection in self._sockets.open:
            connection.drop()
        await self._runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=_MOST_BYTES, middlewares=[self._watched])
        app.router.add_post("/api/{method}", self._api)
        app.router.add_get("/link/", self._sockets.handle)
        for kind in ("commands", "actions", "app"):
            app.router.add_post(f"/{kind}/{{rest:.*}}", self._respond)
        # Slack takes GET for reads too; others who imitate it do not, and Usher asks with POST alone.
        app.router.add_get("/api/{method}", self._got)
        return app

    @web.middleware
    async def _watched(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A bug of the stand-in is nothing that an app should get over."""
        whole = False
        try:
            response = await handler(request)
            whole = True
            return response
        except (asyncio.CancelledError, web.HTTPException):
            whole = True
            raise
        finally:
            if not whole:
                self._desk.failures.add(f"the stand-in itself broke at {request.path}")

    async def _got(self, request: web.Request) -> web.Response:
        self.calls.append(Call(request.match_info["method"], {}, status=404))
        return web.Response(status=404)

    def _socket_url(self) -> str:
        return self._base.replace("http", "ws", 1) + self._sockets.ticket()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        method = self._methods.get(name)
        trouble = await self._troubles.take(name)
        token, args, wrong = await _arguments(request, method)
        call = Call(name, self._secrets.cleaned(args, name), self._secrets.owner(token))
        self.calls.append(call)
        if trouble.breaks and not trouble.after:
            return self._troubled(request, call, trouble)
        try:
            if wrong is not None:
                raise wrong
            call.answer = {"ok": True, **self._run(name, method, token, args)}
        except Refused as refused:
            call.error = refused.word
            call.answer = {"ok": False, "error": refused.word, **refused.more}
        if trouble.breaks:
            return self._troubled(request, call, trouble)
        return self._answered(call, method)

    def _run(self, name: str, method: Method | None, token: str, args: Mapping[str, Any]) -> Json:
        if method is None:
            self._desk.failures.add(f"{name}: a method that the stand-in does not know")
            raise Refused("unknown_method")
        if unknown := sorted(set(args) - set(method.arguments.split()) - _ANYWHERE):
            self._desk.failures.add(f"{name}: Slack does not read the arguments {unknown}")
        self.tokens.check(token, method, name)
        if name == "auth.test" and token == self._desk.world.app.app_token:
            return shapes.auth_app(self._desk.world)
        return method.run(self._desk, args)

    def _answered(self, call: Call, method: Method | None) -> web.Response:
        scopes = {"bot": ",".join(sorted(self._desk.world.app.scopes)), "app": "connections:write"}
        headers = {"x-oauth-scopes": scopes[call.token]} if call.token in scopes else {}
        if method is not None and method.scope:
            headers["x-accepted-oauth-scopes"] = method.scope
        return web.json_response(call.answer, headers=headers)

    def _troubled(self, request: web.Request, call: Call, trouble: Trouble) -> web.Response:
        if trouble.dropped:
            call.status, call.error = 0, "reset"
            reset(request)
            return web.Response(status=500)
        call.status = trouble.status
        if trouble.status == 429:
            call.error = "ratelimited"
            body = {"ok": False, "error": "ratelimited"}
            return web.json_response(body, status=429, headers={"Retry-After": str(trouble.retry_after)})
        return web.Response(status=trouble.status, text="upstream connect error", content_type="text/html")

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        """A post to a response address: `ok`, or 404 once it is used up."""
        trouble = await self._troubles.take(ANSWERS)
        try:
            body = json.loads(await request.read())
        except ValueError:
            body = None
        call = Call(ANSWERS, self._secrets.cleaned(body, ANSWERS) if isinstance(body, dict) else {"": str(body)})
        self.calls.append(call)
        if trouble.breaks and not trouble.after:
            return self._troubled(request, call, trouble)
        refused = self._use(request.path, body)
        if refused is not None:
            call.error, call.status = refused.word, 404 if refused.word.endswith(("_url", "_service")) else 400
            return web.json_response({"ok": False, "error": refused.word}, status=call.status)
        return self._troubled(request, call, trouble) if trouble.breaks else web.Response(text="ok")

    def _use(self, path: str, body: object) -> Refused | None:
        try:
            answer = self._desk.answers.use(path)
            if not isinstance(body, dict):
                raise Refused("invalid_payload")
            answer.bodies.append(body)
            self._desk.respond(answer, body, ANSWERS)
        except Refused as refused:
            return refused
        return None


async def _arguments(request: web.Request, method: Method | None) -> tuple[str, Json, Refused | None]:
    """The token, the arguments, and what is wrong with the body."""
    found: Json = dict(request.query)
    wrong = None
    raw = await request.read()
    if request.content_type == "application/json":
        try:
            body = json.loads(raw)
        except ValueError:
            body, wrong = {}, Refused("invalid_json")
        if not isinstance(body, dict):
            body, wrong = {}, Refused("json_not_object")
        # Slack's older reads drop a JSON body without a word (kortix-ai/suna #6616 and others found out)
        found |= {} if method is not None and method.form_only else body
    elif request.content_type == "application/x-www-form-urlencoded":
        found |= dict(urllib.parse.parse_qsl(raw.decode(errors="replace"), keep_blank_values=True))
    elif raw:
        wrong = Refused("invalid_post_type")
    header = request.headers.get("Authorization", "")
    given = str(found.pop("token", ""))
    # apps.connections.open takes its token in the header only
    token = header.removeprefix("Bearer ") if header or (method is not None and method.app_token) else given
    return token, found, wrong
