"""One HTTP exchange, and what its failure means: above all, whether the request can have reached the server."""

from __future__ import annotations

import asyncio
import base64
import errno
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from adapters.livekit.errors import Answer
from bot.errors import Unavailable

CONNECT_SECONDS = 2.0

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=100, keepalive_expiry=15.0)

# Raised before a byte of the request is written. Everything else may have been acted on. httpx-aiohttp's own mapping is
# no guide: it turns a connection that broke after the request had been sent into `httpx.ConnectTimeout`.
_BEFORE_SENDING = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientProxyConnectionError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)


def open_http(ca_file: Path | None = None, proxy: str | None = None) -> httpx.AsyncClient:
    """A client with one pool, over aiohttp; OSError or ssl.SSLError when the CA file cannot be used.

    Redirects are not followed, since they would carry the token elsewhere. Measured against livekit-server v1.13.5 on
    two cores (GetParticipant + UpdateParticipant, 600 pairs, 64 in flight): httpx's own transport 111-142 pairs/s,
    this one 425-530, livekit-api 504-732; one pair at a time 4.6, 3.0 and 2.5-3.6 ms at the median.
    """
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    transport = AiohttpTransport(verify=context, limits=_LIMITS, proxy=_through(proxy), trust_env=False)
    return httpx.AsyncClient(transport=transport, follow_redirects=False, trust_env=False)


def _through(address: str | None) -> httpx.Proxy | None:
    """The proxy with its login as a header, which aiohttp turns into Proxy-Authorization: its own BasicAuth, which
    `httpx-aiohttp` would use, is deprecated."""
    if not address:
        return None
    proxy = httpx.Proxy(address)
    if not proxy.auth:
        return proxy
    login = base64.b64encode(":".join(proxy.auth).encode()).decode()
    return httpx.Proxy(proxy.url, headers={"Authorization": f"Basic {login}"})


async def exchange(http: httpx.AsyncClient, url: str, content: bytes, token: str, seconds: float) -> Answer:
    """POST and read all of the answer within `seconds`; `Unavailable` when there is none."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    timeout = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    try:
        async with asyncio.timeout(seconds):
            response = await http.post(url, content=content, headers=headers, timeout=timeout)
    except TimeoutError:
        raise _too_slow() from None
    except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError) as failure:
        raise silence(failure) from None
    return Answer(response.status_code, response.content, response.headers.get("date", ""))


def silence(failure: BaseException) -> Unavailable:
    """What an exchange that brought no answer means, in one sentence that says what to do."""
    causes = tuple(_causes(failure))
    if any(isinstance(cause, _BEFORE_SENDING) for cause in causes):
        return Unavailable(_unreached(causes), "unavailable", sent=False)
    if any(isinstance(cause, TimeoutError | httpx.TimeoutException) for cause in causes) and not _broken(causes):
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
