"""Signed HTTP mode: what Slack posts to the app's request URL, and what it makes of the answer."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.deliveries import EVENT, SLASH, Attempt

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Post:
    """How it is sent. `secret` signs it (a forged one, if it is not the app's); `age` makes its timestamp older.

    `headers` replace or, with None, remove others: `{"X-Slack-Signature": None}`.
    """

    secret: str
    age: float = 0.0
    headers: Mapping[str, str | None] = field(default_factory=dict)
    retry: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    body: str
    seconds: float
    content_type: str = ""

    @property
    def payload(self) -> Any:
        """The body as Slack reads it: JSON, else a text; None for none."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return self.body


def encoded(kind: str, payload: Json) -> tuple[bytes, str]:
    """The body and its content type: commands as a form, interactions as JSON in a form, events as JSON."""
    if kind == EVENT:
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == SLASH else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), _FORM


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 scheme."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def signed(body: bytes, content_type: str, how: Post) -> dict[str, str]:
    timestamp = str(int(time.time() - how.age))
    headers: dict[str, str | None] = {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(how.secret, timestamp, body),
    }
    if how.retry:
        headers |= {"X-Slack-Retry-Num": str(how.retry[0]), "X-Slack-Retry-Reason": how.retry[1]}
    headers |= how.headers
    return {name: value for name, value in headers.items() if value is not None}


class Poster:
    """One HTTP client for all posts of the stand-in."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def post(self, url: str, body: bytes, content_type: str, how: Post) -> Answered:
        """Errors are aiohttp's: what refuses the connection, or breaks it off, gave no answer."""
        began = time.monotonic()
        async with self._open().post(url, data=body, headers=signed(body, content_type, how)) as response:
            text = await response.text()
        return Answered(response.status, text, time.monotonic() - began, response.content_type)

    async def get(self, url: str, query: Mapping[str, str]) -> Answered:
        began = time.monotonic()
        async with self._open().get(url, params=dict(query)) as response:
            text = await response.text()
        return Answered(response.status, text, time.monotonic() - began, response.content_type)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))  # nobody waits for others
        return self._session


def note(attempt: Attempt, answered: Answered) -> None:
    """Keep the answer; only a 200 acknowledges."""
    attempt.status, attempt.body = answered.status, answered.body
    if answered.status == 200:
        attempt.acknowledge(answered.payload)
