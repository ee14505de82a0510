"""The way to Slack's Web API and to response URLs: one session, and every refusal or silence is a `SlackError`.

slack_sdk's client is set up here, with that session, for Bolt and Socket Mode. Usher's own calls go past its
`api_call`: that one follows redirects, waits for as long as a Retry-After says, repeats a message that may have arrived
when a connection breaks, and fails with an AttributeError on an answer that is no JSON object.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from adapters.clock import SystemClock
from adapters.slack.wire import LIMITED, UNREACHABLE, UNSENT, Answer, SlackError, form, refusal, silence
from bot.ports import Clock
from bot.tasks import within

__all__ = ["RESPONSE_URL", "SlackError", "Web"]

SECONDS = 10
CONNECT_SECONDS = 3
AGAIN_SECONDS = 0.3
PATIENCE_SECONDS = 60.0
RESPONSE_URL = "response_url"

_SLACKS = ("slack.com", "slack-gov.com")
_READS = frozenset({"info", "list", "test"})  # the last word of a method that may be asked twice
_BROKEN = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)
_FAILURES = (aiohttp.ClientError, OSError)


class Web:
    """Slack's Web API with one token. `aclose` when done."""

    def __init__(
        self,
        token: str,
        *,
        base_url: str,
        proxy: str = "",
        ca_file: str = "",
        patience: float = PATIENCE_SECONDS,
        clock: Clock | None = None,
    ) -> None:
        """`patience` is how many seconds one call waits in all for a rate limit to pass.

        OSError (ssl.SSLError too) when the CA file cannot be used.
        """
        self._base = URL(base_url.rstrip("/") + "/")
        self._proxy = proxy or None
        self._patience = patience
        self._clock = clock or SystemClock()
        self._tls = ssl.create_default_context(cafile=ca_file or None)
        self._session: aiohttp.ClientSession | None = None
        self._lines: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._client = AsyncWebClient(
            token, base_url=str(self._base), timeout=SECONDS, ssl=self._tls, logger=_quiet_logger(),
            retry_handlers=[AsyncRateLimitErrorRetryHandler()],
        )  # fmt: skip
        self._client.proxy = self._proxy  # only the settings count: it would take HTTPS_PROXY and not heed NO_PROXY
        self._headers = {"Authorization": f"Bearer {token}", "User-Agent": self._client.headers["User-Agent"]}

    @property
    def client(self) -> AsyncWebClient:
        """slack_sdk's, for Bolt and Socket Mode; ask for it inside the running loop, so that it has the session."""
        with suppress(RuntimeError):  # no loop is running
            self._open()
        return self._client

    async def call(self, method: str, /, **arguments: object) -> Mapping[str, Any]:
        """What Slack answers to this method, with these arguments (None is left out); `SlackError` when it is no "ok".

        Always a POST of a form: not every method takes a JSON body.
        """
        found, _ = await self._called(method, arguments)
        return found

    async def granted(self) -> tuple[Mapping[str, Any], frozenset[str]]:
        """What `auth.test` answers, and the scopes of the token: none where Slack does not say them."""
        found, answer = await self._called("auth.test", {})
        return found, frozenset(scope for scope in answer.scopes.replace(" ", "").split(",") if scope)

    async def _called(self, method: str, arguments: Mapping[str, object]) -> tuple[Mapping[str, Any], Answer]:
        content, url = form(arguments), self._base / method
        headers = {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}
        # chat.postMessage is limited for each channel, the other methods for the app as a whole.
        line = f"{method} {arguments.get('channel', '')}"
        answer = await self._in_line(method, line, lambda: self._post(method, url, content, headers))
        data = answer.data
        if data is not None and data.get("ok") is True and answer.status == 200:
            return data, answer
        raise refusal(method, answer)

    async def respond(self, url: str, body: Mapping[str, Any]) -> None:
        """Post the message to a payload's `response_url`; `SlackError` with "used_url", "expired_url" or the like."""
        target, content = self._response_url(url), json.dumps(body).encode()
        headers = {"User-Agent": self._headers["User-Agent"], "Content-Type": "application/json"}
        answer = await self._in_line(RESPONSE_URL, url, lambda: self._post(RESPONSE_URL, target, content, headers))
        data = answer.data
        if answer.status != 200 or (data is not None and data.get("ok") is False):
            raise refusal(RESPONSE_URL, answer)

    async def aclose(self) -> None:
        """Close the session; calls after that are refused as unreachable."""
        await self._open().close()

    def _open(self) -> aiohttp.ClientSession:
        """The session, made when it is first wanted: it belongs to the running loop."""
        if self._session is None:
            self._session = self._client.session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._tls),
                timeout=aiohttp.ClientTimeout(total=SECONDS, sock_connect=CONNECT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def _in_line(self, method: str, line: str, send: Callable[[], Awaitable[Answer]]) -> Answer:
        """What `send` brings. Once Slack limits the rate, calls of that line go one at a time, each after its pause."""
        until, ready = self._clock.monotonic() + self._patience, 0.0
        queue = self._lines.get(line)
        if queue is None:
            answer = await send()
            if not answer.limited:
                return answer
            ready = self._clock.monotonic() + answer.pause
            queue = self._lines.setdefault(line, asyncio.Lock())
        try:
            await within(self._clock, max(0.0, until - self._clock.monotonic()), queue.acquire())
        except TimeoutError:
            raise SlackError(method, LIMITED) from None
        try:
            while ready <= until:
                await self._clock.sleep(max(0.0, ready - self._clock.monotonic()))
                answer = await send()
                if not answer.limited:
                    return answer
                ready = self._clock.monotonic() + answer.pause
        finally:
            queue.release()
        raise SlackError(method, LIMITED)

    async def _post(self, method: str, url: URL, content: bytes, headers: Mapping[str, str]) -> Answer:
        """One answer; tried again once if the request did not arrive for certain, or if reading twice is harmless."""
        try:
            return await self._exchange(method, url, content, headers)
        except _FAILURES as failure:
            read = method.rpartition(".")[2] in _READS
            if not isinstance(failure, UNSENT) and not (read and isinstance(failure, _BROKEN)):
                raise silence(method, failure) from None
        await self._clock.sleep(AGAIN_SECONDS)
        try:
            return await self._exchange(method, url, content, headers)
        except _FAILURES as failure:
            raise silence(method, failure) from None

    async def _exchange(self, method: str, url: URL, content: bytes, headers: Mapping[str, str]) -> Answer:
        session = self._open()
        if session.closed:
            raise SlackError(method, UNREACHABLE, why="Usher is stopping")
        # A redirect would carry the token, or the message, to somebody else.
        async with session.post(
            url, data=content, headers=headers, proxy=self._proxy, ssl=self._tls, allow_redirects=False
        ) as response:
            said = response.headers
            body = await response.read()
            return Answer(response.status, body, said.get("Retry-After", ""), said.get("X-OAuth-Scopes", ""))

    def _response_url(self, text: str) -> URL:
        """Payloads are signed, or come over our own websocket. Still, what one of them names is not simply posted to:
        it must be Slack itself over https, or the host that the settings name (GovSlack, a stand-in)."""
        try:
            url = URL(text)
        except (ValueError, TypeError):
            raise SlackError(RESPONSE_URL, "invalid_url") from None
        host = url.host or ""
        slack = url.scheme == "https" and any(host == one or host.endswith(f".{one}") for one in _SLACKS)
        configured = url.scheme == self._base.scheme and host == self._base.host
        if url.user is not None or not (slack or configured):
            raise SlackError(RESPONSE_URL, "foreign_url")
        return url


def _quiet_logger() -> logging.Logger:
    """slack_sdk logs whole requests and answers, unless the level of its logger stands higher than "debug"."""
    logger = logging.getLogger("adapters.slack.sdk")
    logger.setLevel(logging.INFO)
    return logger
