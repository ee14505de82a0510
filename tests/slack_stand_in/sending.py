"""Deliveries on their way: over Socket Mode or signed HTTP, waited for as long as Slack waits, and sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp

from tests.slack_stand_in import effects, signed
from tests.slack_stand_in.answers import Answer
from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.deliveries import EVENT, INTERACTIVE, Attempt, Delivery
from tests.slack_stand_in.desk import Desk
from tests.slack_stand_in.signed import Answered, Post, Poster
from tests.slack_stand_in.sockets import Sockets
from tests.slack_stand_in.views import View
from tests.slack_stand_in.world import Channel

ACK_SECONDS = 15.0  # Slack itself gives up after 3: a busy machine is no failure
ACCEPTING = frozenset({"slash_commands", "block_suggestion", "view_submission"})
"""Whose acknowledgement Slack reads: recorded for the first; the others are answered so by Bolt and by every SDK."""

# Which scope lets an app hear of an event.
_EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
}


class Sending:
    """`http_url` switches from Socket Mode to signed HTTP. `deliveries` are all that were ever sent."""

    def __init__(self, desk: Desk, sockets: Sockets, accepting: frozenset[str] = ACCEPTING) -> None:
        self._desk, self._sockets, self._accepting = desk, sockets, accepting
        self.poster = Poster()
        self.deliveries: list[Delivery] = []
        self.ack_seconds = ACK_SECONDS
        self.http_url = ""
        self.base = ""

    def unheard(self, event: str, channel: Channel | None = None) -> str:
        """Why Slack tells the app nothing of this event; "" when it does."""
        app = self._desk.world.app
        scope = _EVENT_SCOPES.get(event, "")
        if event not in app.events:
            return f"the app does not listen to {event}"
        if scope and scope not in app.scopes:
            return f"the app has no scope {scope}"
        if channel is not None and app.user not in channel.members:
            return f"the app is not in {channel.name}"
        return ""

    async def deliver(
        self,
        kind: str,
        what: str,
        payload: Json,
        *,
        user: str = "",
        answer: Answer | None = None,
        view: View | None = None,
        unheard: str = "",
    ) -> Delivery:
        """Send it, and wait until it is acknowledged or Slack's time is up."""
        accepts = (payload["type"] if kind == INTERACTIVE else kind) in self._accepting
        delivery = Delivery(kind, what, payload, accepts, user, answer, view, undelivered=unheard)
        self.deliveries.append(delivery)
        if not unheard:
            await self.send(delivery)
        return delivery

    async def send(self, delivery: Delivery, reason: str = "") -> Attempt | None:
        """One attempt; another one of the same thing says for what `reason` (timeout, http_error, ...)."""
        if self.http_url:
            return await self._post(delivery, reason)
        attempt = await self._sockets.send(delivery, lambda payload: self._acknowledged(delivery, payload), reason)
        if attempt is None:
            delivery.undelivered = "no connection"
            return None
        try:
            await asyncio.wait_for(attempt.done.wait(), self.ack_seconds)
        except TimeoutError:
            delivery.trouble = delivery.trouble or "operation_timeout"
        return attempt

    async def _post(self, delivery: Delivery, reason: str) -> Attempt:
        attempt = Attempt("")
        retry = (len(delivery.attempts), reason) if delivery.attempts else None
        delivery.attempts.append(attempt)
        body, content_type = signed.encoded(delivery.kind, delivery.payload)
        how = Post(self._desk.world.app.signing_secret, retry=retry)
        try:
            async with asyncio.timeout(self.ack_seconds):
                answered = await self.poster.post(self.http_url, body, content_type, how)
        except TimeoutError:
            delivery.trouble = "operation_timeout"
            return attempt
        except aiohttp.ClientError as error:
            delivery.undelivered = str(error) or type(error).__name__
            return attempt
        signed.note(attempt, answered)
        if attempt.acked is None:
            delivery.trouble = f"http_status_{answered.status}"
        else:
            self._acknowledged(delivery, attempt.payload)
        return attempt

    def _acknowledged(self, delivery: Delivery, payload: Any) -> None:
        """Only the first acknowledgement counts, and only in time."""
        if sum(one.acked is not None for one in delivery.attempts) > 1:
            return
        if (delivery.acked or 0.0) > self.ack_seconds:
            delivery.trouble = "operation_timeout"
            return
        effects.acknowledged(self._desk, delivery, payload)

    async def deliver_http(
        self,
        url: str,
        payload: Mapping[str, Any],
        kind: str = EVENT,
        *,
        secret: str = "",
        age: float = 0.0,
        headers: Mapping[str, str | None] | None = None,
        retry: tuple[int, str] | None = None,
    ) -> Answered:
        """Post a payload, signed as the options say (by default as Slack does); nothing becomes of its answer."""
        body, content_type = signed.encoded(kind, dict(payload))
        how = Post(secret or self._desk.world.app.signing_secret, age, headers or {}, retry)
        return await self.poster.post(url, body, content_type, how)

    async def ssl_check(self, url: str, *, method: str = "POST") -> Answered:
        """What Slack asks now and then of a command's URL; it wants a 200."""
        query = {"ssl_check": "1", "token": "verification_token"}
        if method == "GET":
            return await self.poster.get(url, query)
        return await self.deliver_http(url, query, "slash_commands")

    async def url_verification(self, url: str) -> Answered:
        """What Slack asks when the request URL is set; it wants the challenge back."""
        payload = {"token": "verification_token", "challenge": self._desk.stamps.secret(), "type": "url_verification"}
        answered = await self.deliver_http(url, payload)
        if answered.status == 200 and payload["challenge"] not in answered.body:
            self._desk.failures.add("url_verification: the challenge is not in the answer")
        return answered
