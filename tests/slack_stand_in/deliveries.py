"""What was sent to the app and how it was acknowledged, over a websocket and over signed HTTP alike."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from tests.slack_stand_in.answers import Answer
from tests.slack_stand_in.controls import Json, options
from tests.slack_stand_in.views import View

SLASH, EVENT, INTERACTIVE = "slash_commands", "events_api", "interactive"


@dataclass(slots=True, eq=False)
class Attempt:
    """One sending of it. `acked` is in seconds since `sent`; `status` and `body` are of HTTP alone."""

    envelope_id: str
    sent: float = field(default_factory=time.monotonic)
    acked: float | None = None
    payload: Any = field(default=None, repr=False)
    connection: int = 0
    status: int = 0
    body: str = field(default="", repr=False)
    done: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    def acknowledge(self, payload: Any) -> None:
        self.acked, self.payload = time.monotonic() - self.sent, payload


@dataclass(slots=True, eq=False)
class Delivery:
    """A thing that happened. `what` is /command, the event's type or the interaction's; `kind` the envelope's type.

    `undelivered` says why nothing was sent: no connection, or Slack does not tell an app of this. `trouble` is what
    Slack tells the person instead (a late or missing acknowledgement, an answer that it cannot read). `answer` is the
    address to answer at, with all that was posted there.
    """

    kind: str
    what: str
    payload: Json = field(repr=False)
    accepts: bool
    user: str = ""
    answer: Answer | None = field(default=None, repr=False)
    view: View | None = field(default=None, repr=False)
    attempts: list[Attempt] = field(default_factory=list)
    undelivered: str = ""
    trouble: str = ""

    @property
    def acked(self) -> float | None:
        """Seconds until the first acknowledgement; None when there is none (yet)."""
        return next((one.acked for one in self.attempts if one.acked is not None), None)

    @property
    def ack(self) -> Any:
        """What the first acknowledgement carried; None for a bare one."""
        return next((one.payload for one in self.attempts if one.acked is not None), None)

    @property
    def status(self) -> int:
        """Of HTTP mode: the last answer's."""
        return self.attempts[-1].status if self.attempts else 0

    @property
    def options(self) -> list[str]:
        """The labels that a search was answered with."""
        return [one["text"]["text"] for one in options(self.ack or {})]

    @property
    def bodies(self) -> list[Json]:
        """What was posted to its response address."""
        return self.answer.bodies if self.answer else []


def envelope(delivery: Delivery, envelope_id: str, reason: str) -> Json:
    """The frame; only events say how often they were tried before, unless they are."""
    retry = len(delivery.attempts)
    more: Json = {"retry_attempt": retry, "retry_reason": reason} if retry or delivery.kind == EVENT else {}
    return {
        "envelope_id": envelope_id,
        "payload": delivery.payload,
        "type": delivery.kind,
        "accepts_response_payload": delivery.accepts,
        **more,
    }
