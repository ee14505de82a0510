"""Libraries at work on things that must not be logged: `python -m tests.logged_process ours | everything`.

`ours` logs as `usher` does with USHER_LOG_LEVEL=debug; `everything` as Python does, to show that they would have told.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from contextlib import suppress

import httpx
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters import logs
from adapters.http import HttpServer
from adapters.values import HostPort

TOKEN, ANSWERED, TYPED, ASKED = "xoxb-1-t0ken", "4nswered", "typ3d", "4sked"


async def api(request: web.Request) -> web.Response:
    return web.json_response({"ok": False, "error": ANSWERED})


async def authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U1", bot_token=TOKEN)


async def main() -> None:
    server = HttpServer(HostPort("127.0.0.1", 0))
    server.add("POST", "/api/auth.test", api)
    await server.start()
    client = AsyncWebClient(TOKEN, base_url=f"{server.url}/api/")
    with suppress(SlackApiError):
        await client.api_call("auth.test", data={"asked": ASKED})
    app = AsyncApp(client=client, name="usher", authorize=authorize, request_verification_enabled=False)
    event = {"type": "message", "user": "U1", "text": TYPED}
    await app.async_dispatch(AsyncBoltRequest(body=json.dumps({"type": "event_callback", "event": event})))
    async with httpx.AsyncClient() as http:
        await http.post(f"{server.url}/api/auth.test?asked={ASKED}")
    await server.aclose(1)
    logging.getLogger("adapters.slack").debug("Usher is heard.")
    # as slack_sdk puts it when a websocket cannot be opened
    logging.getLogger("slack_sdk").error("No connection to wss://wss.example/link/?ticket=%s&app_id=1", TOKEN)


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        logs.set_up("debug", sys.stderr)
    else:
        logging.basicConfig(level=logging.DEBUG)
    asyncio.run(main())
