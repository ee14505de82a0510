"""Every way in which LiveKit, or what stands before it, can say no, as one sentence that says what to do.

Decided by Twirp's `code`; the message is shown only where it comes from well-formed Twirp JSON, and cleaned. Bodies are
never shown: LiveKit's own 401 echoes the bearer token (up to v1.13.5, livekit/livekit pkg/service/auth.go).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.errors import NotFound, Rejected, RoomError, Unavailable, Unsupported

MAX_MESSAGE = 200
"""Characters of the server's own words that are shown."""

MAX_SKEW_SECONDS = 60
"""LiveKit's leeway when it checks a token's times (livekit/protocol auth/verifier.go)."""

_PREFIX = "twirp error unknown: "  # put before messages that crossed psrpc (livekit/protocol utils/xtwirp/errors.go)
_TOKEN = re.compile(r"eyJ[\w-]+(\.[\w-]*)*|[\w-]{10,}\.[\w-]{10,}\.[\w-]*|(?i:bearer)\s+\S+")
_MOVES = frozenset({"MoveParticipant", "ForwardParticipant"})
_BAD_ADDRESS = "That address does not answer like a LiveKit server. Check LIVEKIT_URL, its path included."

# Twirp code -> whether nothing was done for certain, and the sentence; {said} is the server's own word, if any.
_REJECTIONS: dict[str, tuple[bool, str]] = {
    "invalid_argument": (True, "LiveKit refused the value{said}."),
    "out_of_range": (True, "LiveKit refused the value{said}."),
    "malformed": (True, "LiveKit could not read the request{said}. Please report this as a bug in Usher."),
    "already_exists": (True, "LiveKit says that it exists already{said}."),
    "failed_precondition": (True, "LiveKit refused{said}."),
    "permission_denied": (True, "LiveKit does not allow this with Usher's key{said}."),
    "bad_route": (True, _BAD_ADDRESS),
    "aborted": (False, "LiveKit broke the change off{said}. Look at the room, then try again."),
    "unknown": (False, "LiveKit failed{said}. Look at the room before trying again."),
    "internal": (False, "LiveKit had an internal error{said}. Look at the room before trying again."),
    "dataloss": (False, "LiveKit lost data{said}. Look at the room before trying again."),
}

_SILENCES = {
    "unavailable": "LiveKit got no answer from the node that holds this participant or room. "
    "They may just have left; look again in a moment.",
    "deadline_exceeded": "LiveKit took too long to answer. Look at the room before trying again.",
    "canceled": "LiveKit broke off before it had answered. Look at the room before trying again.",
}

# What a proxy or another server means where no Twirp code is given.
_BY_STATUS = {
    400: "malformed",
    401: "unauthenticated",
    403: "permission_denied",
    404: "bad_route",
    405: "bad_route",
    408: "deadline_exceeded",
    413: "too_large",
    429: "resource_exhausted",
    500: "internal",
    501: "unimplemented",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: `date` is its Date header, "" when absent."""

    status: int
    body: bytes
    date: str = ""


def read_answer(answer: Answer, method: str, now: datetime, secrets: Iterable[str] = ()) -> dict[str, object]:
    """The JSON object of a 200; raises the `RoomError` that any other answer stands for.

    `now` is our clock, for telling a skewed one; `secrets` are never repeated.
    """
    if answer.status == 200:
        data = _json_object(answer.body)
        if data is None:
            raise unreadable()
        return data
    raise refusal(answer, method, now, secrets)


def unreadable() -> Unavailable:
    """For a 200 that is not what LiveKit answers: whatever was asked for may have been done."""
    text = "LiveKit's answer could not be read. Look at the room, and check that LIVEKIT_URL is LiveKit's address."
    return Unavailable(text, "bad_answer", sent=True)


def refusal(answer: Answer, method: str, now: datetime, secrets: Iterable[str] = ()) -> RoomError:
    """The error that an answer other than 200 stands for."""
    data = _json_object(answer.body) or {}
    code, message = data.get("code"), data.get("msg")
    if not isinstance(code, str) or not isinstance(message, str):
        return _without_twirp(answer, now)
    if code == "unauthenticated":
        return _unauthenticated(answer, now)
    said = clean(message, secrets)
    if code == "unimplemented" or (method in _MOVES and "not implemented" in message):
        return _unsupported(method)
    return _by_code(code, said)


def clean(message: str, secrets: Iterable[str] = ()) -> str:
    """The server's words fit to be shown: one line, no control characters, nothing that looks like a token or a key."""
    text = message.replace(_PREFIX, "")
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "[removed]")
    text = _TOKEN.sub("[removed]", text)
    text = "".join(mark if unicodedata.category(mark)[0] != "C" else " " for mark in text)
    text = " ".join(text.split()).rstrip(".")
    return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1].rstrip() + "…"


def _by_code(code: str, said: str) -> RoomError:
    if code == "not_found":
        return NotFound(f"LiveKit does not know it{_quoted(said)}: it may have left or ended.")
    if code in _SILENCES:
        return Unavailable(_SILENCES[code], code, sent=True)
    if code == "resource_exhausted":
        return _too_many(said)
    certain, sentence = _REJECTIONS.get(code, (False, "LiveKit refused{said}."))
    return Rejected(sentence.format(said=_quoted(said)), code if code in _REJECTIONS else "rejected", certain=certain)


def _without_twirp(answer: Answer, now: datetime) -> RoomError:
    """Text, HTML or cut JSON: from a proxy, another server or LiveKit's own middleware. Only the status counts."""
    status, code = answer.status, _BY_STATUS.get(answer.status, "")
    if status == 401:
        return _unauthenticated(answer, now)
    if status == 407:
        return Unavailable("The proxy wants credentials. Put them into its address.", "proxy", sent=False)
    if 300 <= status < 400:
        return Rejected("LIVEKIT_URL points to another address. Set it to LiveKit's own.", "redirect")
    if code == "too_large":
        return Rejected("That is too large for LiveKit, nothing was changed. Shorten it.", code)
    if code == "resource_exhausted":
        return _too_many("")
    if code == "unimplemented":
        return _unsupported("")
    if status in {408, 502, 503, 504}:
        return Unavailable(
            "LiveKit, or a proxy before it, is not answering properly just now. Look at the room, then try again.",
            code or "unavailable",
            sent=True,
        )
    return _by_code(code, "") if code else _odd_status(status)


def _odd_status(status: int) -> RoomError:
    return Rejected(
        f"The address in LIVEKIT_URL gave an answer that LiveKit does not give (HTTP {status}). Check it.",
        "bad_answer",
        certain=400 <= status < 500,
    )


def _unauthenticated(answer: Answer, now: datetime) -> Rejected:
    text = "LiveKit refused Usher's key, nothing was changed."
    skew = _skew(answer.date, now)
    if abs(skew) > MAX_SKEW_SECONDS:
        side = "ahead of" if skew > 0 else "behind"
        text += f" This machine's clock is {_span(abs(skew))} {side} LiveKit's: set it right."
    else:
        text += " Check LIVEKIT_API_KEY and LIVEKIT_API_SECRET, and that they belong to LIVEKIT_URL."
    return Rejected(text, "unauthenticated")


def _unsupported(method: str) -> Unsupported:
    if method in _MOVES:
        return Unsupported(
            "This LiveKit server cannot move people; only LiveKit Cloud can. "
            "Nothing was changed: ask the person to join the other room instead."
        )
    return Unsupported("This LiveKit server does not offer that; a newer version may.")


def _too_many(said: str) -> Unavailable:
    return Unavailable(
        f"LiveKit is limiting requests{_quoted(said)}, nothing was changed. Try again in a minute.",
        "resource_exhausted",
        sent=False,
    )


def _quoted(said: str) -> str:
    return f" (“{said}”)" if said else ""


def _skew(date: str, now: datetime) -> float:
    """Seconds by which our clock is ahead of the Date header; 0 when there is none that can be read."""
    try:
        theirs = parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return 0.0
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    return (now - theirs).total_seconds()


def _span(seconds: float) -> str:
    return f"{round(seconds)} s" if seconds < 120 else f"{round(seconds / 60)} min"


def _json_object(body: bytes) -> dict[str, object] | None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
