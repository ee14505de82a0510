"""Socket Mode: a websocket that we open, so that no public address is needed."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from time import time
from typing import Any, TypeAlias

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.under_way import UnderWay, unless

CONNECT_SECONDS = 20.0
LOST_SECONDS = 30.0
LOOK_SECONDS = 0.5
ATTEMPT_SECONDS = 4.0  # slack_sdk tries one address every five seconds, also when it is of no use any more
LONGEST_PAUSE = 8.0  # apps.connections.open is not to be called often
PING_SECONDS = 5.0
ACK_SECONDS = 2.5  # Slack waits three
log = logging.getLogger("slack_sdk.socket_mode")

Unsent: TypeAlias = Callable[[Mapping[str, Any], Mapping[str, Any]], Coroutine[Any, Any, None]]
"""Takes a payload, and what its acknowledgement was to carry."""


class Disconnected(Exception):
    """There is no connection, and none could be made for a while."""


async def serve(
    app: AsyncApp,
    web_client: AsyncWebClient,
    proxy: str,
    stopped: asyncio.Event,
    said: Callable[[bool], None],
    unsent: Unsent,
    under_way: UnderWay,
) -> None:
    """Serve until `stopped`; `said` is told whether there is a connection. `Disconnected` when it stays away.

    `web_client` holds the app-level token: Bolt would take the bot's for `apps.connections.open`. What is received is
    under way until it is acknowledged.
    """
    log.addFilter(_one_line)
    client = SocketModeClient(
        str(web_client.token), logger=log, web_client=web_client, proxy=proxy or None, auto_reconnect_enabled=False,
        ping_interval=PING_SECONDS,
    )  # fmt: skip
    client.proxy = proxy or None  # only the settings count: without one it takes the environment's
    client.socket_mode_request_listeners.append(_Acknowledging(app, unsent, under_way).handle)  # type: ignore[arg-type]
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await unless(stopped, client.connect())  # type: ignore[no-untyped-call]
        await _keep(client, stopped, said)
    except TimeoutError:
        raise Disconnected from None
    finally:
        said(False)
        await client.close()  # type: ignore[no-untyped-call]


async def _keep(client: SocketModeClient, stopped: asyncio.Event, said: Callable[[bool], None]) -> None:
    """Watch the connection, and open a new one as soon as it is lost: until then nobody can command anything."""
    loop = asyncio.get_running_loop()
    seen, pause = loop.time(), LOOK_SECONDS
    while not stopped.is_set():
        connected = await client.is_connected()
        said(connected)
        if connected:
            seen, pause = loop.time(), LOOK_SECONDS
        elif loop.time() - seen > LOST_SECONDS:
            raise Disconnected
        else:
            await unless(stopped, _again(client))
            pause = LOOK_SECONDS if await client.is_connected() else min(2 * pause, LONGEST_PAUSE)
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await stopped.wait()


async def _again(client: SocketModeClient) -> None:
    """One attempt, with an address of its own."""
    client.last_ping_pong_time = None  # of the connection that was lost
    with suppress(TimeoutError, SlackClientError, aiohttp.ClientError, OSError):
        async with asyncio.timeout(ATTEMPT_SECONDS):
            await client.connect_to_new_endpoint()


class _Acknowledging:
    """Gives envelopes to Bolt, and sends what comes back; what is not sent in time is given to `unsent`.

    While a connection is replaced, slack_sdk holds what is to be sent until there is a new one, or drops it.
    """

    def __init__(self, app: AsyncApp, unsent: Unsent, under_way: UnderWay) -> None:
        self._app = app
        self._unsent = unsent
        self._under_way = under_way
        self._sending: set[asyncio.Task[None]] = set()

    async def handle(self, client: SocketModeClient, request: SocketModeRequest) -> None:
        await asyncio.wait({self._under_way.begin(self._handled(client, request))})

    async def _handled(self, client: SocketModeClient, request: SocketModeRequest) -> None:
        begun = time()
        answer = await run_async_bolt_app(self._app, request)
        sending = asyncio.create_task(send_async_response(client, request, answer, begun))
        self._sending.add(sending)  # never cancelled: that would release slack_sdk's lock while somebody else has it
        sending.add_done_callback(self._sent)
        await asyncio.wait({sending}, timeout=max(0.0, begun + ACK_SECONDS - time()))
        lost = not sending.done() or sending.exception() is not None
        if lost and (carried := _carried(answer)):
            await self._unsent(request.payload, carried)

    def _sent(self, sending: asyncio.Task[None]) -> None:
        self._sending.discard(sending)
        if not sending.cancelled() and (error := sending.exception()) is not None:
            log.warning("An acknowledgement could not be sent (%s).", type(error).__name__)


def _carried(answer: BoltResponse) -> Mapping[str, Any]:
    found = json.loads(answer.body) if answer.body and answer.status == 200 else {}
    return found if isinstance(found, dict) else {}


def _one_line(record: logging.LogRecord) -> bool:
    """slack_sdk logs a whole traceback beside the words of the error, whenever a connection is lost."""
    record.exc_info = None
    return True
