"""The one built-in HTTP server, for whatever platforms and operators send to Usher."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import suppress
from dataclasses import replace

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

from adapters.boundary import logged
from adapters.values import HostPort
from bot.errors import BotError

MOST_BYTES = 1024 * 1024
READ_SECONDS = 10.0
CUT_SECONDS = 0.2  # for the last bytes of answers that are ready, and for handlers to notice that they were cancelled
log = logging.getLogger(__name__)


async def body_of(request: web.Request) -> bytes:
    """All that was sent, if it comes in time; else it is refused with 408."""
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None


class HttpServer:
    """Routes are added before it starts.

    It answers by itself what is no route's business, and says nothing about what there is: 404 and 405 without a body,
    413 for a body of more than 1 MiB, 500 where a handler fails. It logs neither requests nor their headers.
    """

    def __init__(self, address: HostPort) -> None:
        self._address = address
        self._routes: list[tuple[str, str, Handler]] = []
        self._runner: web.AppRunner | None = None
        self._closing = False
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def url(self) -> str:
        """`http://host:port`; the port is the real one after `start`."""
        return f"http://{self._address}"

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Requests of that method to exactly that path are the handler's."""
        if self._runner is not None:
            raise RuntimeError("Routes are added before the server starts.")
        self._routes.append((method, path, handler))

    async def start(self) -> tuple[str, int]:
        """Listen; the host and the port. `BotError` where nobody can listen there."""
        app = web.Application(client_max_size=MOST_BYTES, middlewares=[self._handled])
        for method, path, handler in self._routes:
            app.router.add_route(method, path, handler)
        protocol = log.getChild("protocol")
        protocol.addFilter(_is_ours)
        self._runner = web.AppRunner(app, access_log=None, logger=protocol, shutdown_timeout=CUT_SECONDS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._address.host, self._address.port).start()
        except (OSError, UnicodeError) as error:
            await self._runner.cleanup()
            raise BotError(f"Usher cannot listen on {self._address} ({_why(error)}): see USHER_HTTP.") from None
        self._address = replace(self._address, port=self._runner.addresses[0][1])
        return self._address.host, self._address.port

    async def aclose(self, seconds: float) -> None:
        """Accept nothing more from now on; give requests under way that long, then cut them off."""
        self._closing = True
        if self._runner is None:
            return
        for site in self._runner.sites:
            await site.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        await self._runner.cleanup()

    @web.middleware
    async def _handled(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self._closing:  # it came on a connection that was open before
            return web.Response(status=503, headers={"Connection": "close"})
        self._under_way += 1
        self._idle.clear()
        try:
            return await _answered(request, handler)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether it is about a failure of this process, and not about somebody who does not speak HTTP."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError | web.RequestPayloadError))


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        if (request.content_length or 0) > MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(MOST_BYTES)
        return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        return web.Response(status=413, text="The body is larger than 1 MiB, which is the most that is taken.\n")
    except web.HTTPException as refused:
        allowed = {"Allow": refused.headers["Allow"]} if "Allow" in refused.headers else {}
        return web.Response(status=refused.status, headers=allowed)
    except web.RequestPayloadError:
        return web.Response(status=400)
    except Exception as error:  # noqa: BLE001 - the boundary: the server goes on, and its log repeats nothing of a request
        if isinstance(error, ConnectionError) and request.transport is None:
            return web.Response(status=400)  # whoever asked has gone, and nobody reads it
        logged(error)
        return web.Response(status=500)


def _why(error: Exception) -> str:
    """asyncio puts the address, in its own way, into what the system said."""
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return "there is no such host"
