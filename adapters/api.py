"""What services of an application ask Usher over HTTP: only those that have the token, and in JSON."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.http import body_of
from adapters.rarely import Rarely
from bot.errors import HistoryError
from bot.ports import Clock

log = logging.getLogger(__name__)


class Unanswerable(Exception):
    """The request is not as it should be; a sentence says how it should."""

    def __init__(self, why: str, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.why, self.status, self.headers = why, status, headers


class Api:
    """Guards handlers: they are called for whoever shows the token, and what they raise becomes an answer."""

    def __init__(self, token: str, clock: Clock) -> None:
        self._token = token.encode()
        self._refused = Rarely(log, clock, "Requests without the token of the API: %s.")

    def guarded(self, answer: Callable[[web.Request], Awaitable[web.Response]]) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            if not self._knows(request.headers.get("Authorization", "")):
                self._refused.happened("refused")
                return said("The token of the API is missing, or another one.", 401, {"WWW-Authenticate": "Bearer"})
            try:
                return await answer(request)
            except Unanswerable as error:
                return said(error.why, error.status, error.headers)
            except HistoryError as error:
                return said(error.user_text, 503)

        return handle

    def _knows(self, authorization: str) -> bool:
        """Compared in a time that tells nothing of how much of it is right."""
        kind, _, token = authorization.partition(" ")
        return hmac.compare_digest(token.strip().encode(errors="replace"), self._token) and kind.lower() == "bearer"


def said(why: str, status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer that is no answer to what was asked."""
    return web.json_response({"error": why}, status=status, headers=headers)


async def posted(request: web.Request, must: Mapping[str, int], may: Mapping[str, int]) -> dict[str, str]:
    """The texts of a JSON object under the names that must and that may be there, "" for one that is not.

    Each name comes with the most characters that its text may have. `Unanswerable` where the object is another one.
    """
    body = await body_of(request)
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise Unanswerable(f"The body is to be a JSON object with {' and '.join(must)}.")
    return {name: _text(given.get(name), name, most, must=name in must) for name, most in {**must, **may}.items()}


def asked(request: web.Request, name: str, most: int, *, must: bool = False) -> str:
    """A parameter of the query; "" where it is not there and need not be."""
    return _text(request.query.get(name), name, most, must=must)


def _text(value: Any, name: str, most: int, *, must: bool) -> str:
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise Unanswerable(f"{name} is to be text.")
    if must and not value:
        raise Unanswerable(f"{name} is missing.")
    if len(value) > most:
        raise Unanswerable(f"{name} is longer than {most} characters.")
    return value
