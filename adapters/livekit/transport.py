"""One HTTP exchange, and what its failure means: above all, whether the request can have reached the server."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from adapters.livekit.errors import Answer
from bot.errors import Unavailable

CONNECT_SECONDS = 2.0
CONNECTIONS = 100
IDLE_SECONDS = 15.0

# Raised before a byte of the request is written. Everything else may have been acted on.
_BEFORE_SENDING = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientProxyConnectionError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)


class Http:
    """One pool of connections. Redirects are not followed, since they would carry the token elsewhere.

    OSError or ssl.SSLError when the CA file cannot be used. aiohttp by itself, as in LiveKit's own Python package:
    httpx put around it cost a third of each call's time (docs/benchmarks.md).
    """

    def __init__(self, ca_file: Path | None = None, proxy: str | None = None) -> None:
        self._context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    async def exchange(self, url: str, content: bytes, token: str, seconds: float) -> Answer:
        """POST and read all of the answer within `seconds`; `Unavailable` when there is none."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        timeout = aiohttp.ClientTimeout(sock_connect=min(CONNECT_SECONDS, seconds))
        try:
            async with (
                asyncio.timeout(seconds),
                self._opened().post(url, data=content, headers=headers, timeout=timeout, allow_redirects=False) as got,
            ):
                return Answer(got.status, await got.read(), got.headers.get("Date", ""))
        except (aiohttp.ClientError, OSError) as failure:  # a timeout of the connecting is a ClientError, too
            raise silence(failure) from None

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        """Opened at the first call, since it belongs to the loop that runs then."""
        if self._session is None:
            connector = aiohttp.TCPConnector(ssl=self._context, limit=CONNECTIONS, keepalive_timeout=IDLE_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), proxy=self._proxy
            )
        return self._session


def silence(failure: BaseException) -> Unavailable:
    """What an exchange that brought no answer means, in one sentence that says what to do."""
    causes = tuple(_causes(failure))
    if any(isinstance(cause, _BEFORE_SENDING) for cause in causes):
        return Unavailable(_unreached(causes), "unavailable", sent=False)
    if any(isinstance(cause, TimeoutError) for cause in causes) and not _broken(causes):
        return _too_slow()
    text = "The connection to LiveKit broke before it had answered. Look at the room before trying again."
    return Unavailable(text, "unavailable", sent=True)


def _unreached(causes: tuple[BaseException, ...]) -> str:
    why = "Check that it is running and that LIVEKIT_URL is its address."
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = "Its certificate is not trusted: check LIVEKIT_URL's host name, or name your CA file in the settings."
        elif isinstance(cause, ssl.SSLError):
            why = "It did not speak TLS: check whether LIVEKIT_URL should begin with ws:// instead of wss://."
        elif isinstance(cause, socket.gaierror):
            why = "Its host name was not found: check LIVEKIT_URL and this machine's DNS."
        elif isinstance(cause, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
            why = "The proxy refused: check the proxy's address and credentials."
        elif isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED:
            why = "Nothing listens there: check that it is running and that LIVEKIT_URL is its address."
        else:
            continue
        break
    return f"LiveKit could not be reached, nothing was changed. {why}"


def _too_slow() -> Unavailable:
    text = "LiveKit did not answer in time. Look at the room before trying again."
    return Unavailable(text, "deadline_exceeded", sent=True)


def _broken(causes: tuple[BaseException, ...]) -> bool:
    return any(
        isinstance(cause, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError | ConnectionError)
        for cause in causes
    )


def _causes(failure: BaseException | None) -> Iterator[BaseException]:
    seen = 0
    while failure is not None and seen < 10:
        yield failure
        inner = getattr(failure, "os_error", None) or getattr(failure, "certificate_error", None)
        if isinstance(inner, BaseException):
            yield inner
        failure = failure.__cause__ or failure.__context__
        seen += 1
