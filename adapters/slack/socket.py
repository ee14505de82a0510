"""Socket Mode: a websocket that we open, so that no public address is needed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.under_way import unless

CONNECT_SECONDS = 20.0
LOST_SECONDS = 30.0  # slack_sdk reconnects by itself, but may try one address that is of no use any more for ever
LOOK_SECONDS = 0.5
PING_SECONDS = 5.0
log = logging.getLogger("slack_sdk.socket_mode")


class Disconnected(Exception):
    """There is no connection, and none could be made for a while."""


async def serve(
    app: AsyncApp, web_client: AsyncWebClient, proxy: str, stopped: asyncio.Event, said: Callable[[bool], None]
) -> None:
    """Serve until `stopped`; `said` is told whether there is a connection. `Disconnected` when it stays away.

    `web_client` holds the app-level token: Bolt would take the bot's for `apps.connections.open`.
    """
    handler = AsyncSocketModeHandler(
        app, web_client.token, logger=log, web_client=web_client, proxy=proxy or None, ping_interval=PING_SECONDS
    )
    handler.client.proxy = proxy or None  # only the settings count: without one it takes the environment's
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await unless(stopped, handler.client.connect())  # type: ignore[no-untyped-call]
        await _watch(handler, stopped, said)
    except TimeoutError:
        raise Disconnected from None
    finally:
        said(False)
        await handler.client.close()  # type: ignore[no-untyped-call]


async def _watch(handler: AsyncSocketModeHandler, stopped: asyncio.Event, said: Callable[[bool], None]) -> None:
    loop = asyncio.get_running_loop()
    seen = loop.time()
    while not stopped.is_set():
        connected = await handler.client.is_connected()
        said(connected)
        if connected:
            seen = loop.time()
        elif loop.time() - seen > LOST_SECONDS:
            raise Disconnected
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await stopped.wait()
        except TimeoutError:
            continue
