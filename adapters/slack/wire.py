"""What goes to Slack and what comes back, apart from the way there: forms, answers, what a refusal or silence is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp

from adapters.unanswered import why_unanswered

UNREACHABLE = "unreachable"
LIMITED = "ratelimited"

# Slack's words for "no answer just now"; "ratelimited" only after waiting (https://docs.slack.dev/apis/web-api/).
_NOT_NOW = frozenset(
    {UNREACHABLE, LIMITED, "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
_WORD = re.compile(r"[a-z][a-z0-9_]{0,79}")
_SCOPES = re.compile(r"[a-z_.:, ]{1,200}")

UNSENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
"""Raised before a byte of the request is written; after any other failure it may have been acted on."""


class SlackError(Exception):
    """One Web API call that Slack refused, or that got no answer; its text names the method and the error only.

    `error` is Slack's word ("channel_not_found", "ratelimited", ...) or "unreachable", `needed` the missing scope, else
    "". `why` says in a few words what stood in the way of an answer, else "". `sent` says whether the request may have
    been acted on all the same.
    """

    def __init__(self, method: str, error: str, needed: str = "", *, why: str = "", sent: bool = False) -> None:
        super().__init__(f"{method}: {error}")
        self.method = method
        self.error = error
        self.needed = needed
        self.why = why
        self.sent = sent

    @property
    def unreachable(self) -> bool:
        """No usable answer: no connection, too late, an error of Slack's own, or a rate limit that outlasts us."""
        return self.error in _NOT_NOW


class Caller(Protocol):
    """What asks Slack's Web API: `adapters.slack.web.Web`."""

    async def call(self, method: str, /, **arguments: object) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """`scopes` are those of the token, comma-separated, where Slack says them (`X-OAuth-Scopes`)."""

    status: int
    body: bytes
    retry_after: str = ""
    scopes: str = ""

    @property
    def limited(self) -> bool:
        """Whether nothing was done because there were too many calls."""
        return self.status == 429

    @property
    def pause(self) -> float:
        """Seconds to wait after that; at least one, whatever the answer says."""
        return max(1.0, float(self.retry_after)) if self.retry_after.isdecimal() else 1.0

    @property
    def data(self) -> Mapping[str, Any] | None:
        """The JSON object, or None where it is none."""
        try:
            data = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return data if isinstance(data, dict) else None


def form(arguments: Mapping[str, object]) -> bytes:
    """The arguments as a form, lists and dicts as JSON in it, None left out."""
    fields = {name: _field(value) for name, value in arguments.items() if value is not None}
    return urlencode(fields, errors="replace").encode()  # half a surrogate pair cannot be sent


def _field(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value)
    return str(value)


def refusal(method: str, answer: Answer) -> SlackError:
    """What an answer that is no "ok" stands for. Bodies are never repeated, only words that look like Slack's."""
    data = answer.data
    said = data.get("error") if data is not None else answer.body[:100].decode("ascii", "replace").strip()
    if isinstance(said, str) and _WORD.fullmatch(said) and answer.status < 500:
        needed = data.get("needed") if data is not None and said == "missing_scope" else ""
        return SlackError(method, said, needed if isinstance(needed, str) and _SCOPES.fullmatch(needed) else "")
    why = "its answer could not be read" if answer.status == 200 else f"HTTP {answer.status}"
    return SlackError(method, UNREACHABLE, why=why, sent=answer.status == 200 or answer.status >= 500)


def silence(method: str, failure: BaseException) -> SlackError:
    """What an exchange that brought no answer stands for; the failure's own words may hold a proxy's login."""
    return SlackError(method, UNREACHABLE, why=why_unanswered(failure), sent=not isinstance(failure, UNSENT))
