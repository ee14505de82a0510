"""Slack's SDK without a framework, for the tests of the stand-in: bare calls, and acknowledgements as told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack_stand_in_app import modal
from tests.clocks import ManualClock
from tests.slack_stand_in import SlackStandIn, View


class Raw:
    """`answer` goes with each acknowledgement; silent, it gives none.

    The SDK gives up a connection whose pong takes longer than half of `ping_seconds`, and looks as seldom for one that
    is lost: a short time is for tests that lose theirs alone.
    """

    def __init__(self, slack: SlackStandIn, ping_seconds: float = 10) -> None:
        client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
        self.client = SocketModeClient(slack.app.app_token, web_client=client, ping_interval=ping_seconds)
        self.client.socket_mode_request_listeners.append(self._hear)
        self.client.on_message_listeners.append(self._keep)
        self.heard: list[SocketModeRequest] = []
        self.frames: list[dict[str, Any]] = []
        self.answer: Any = None
        self.silent = False

    async def _hear(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.heard.append(request)
        if not self.silent:
            await self.send({"envelope_id": request.envelope_id} | ({"payload": self.answer} if self.answer else {}))

    async def _keep(self, message: aiohttp.WSMessage) -> None:
        self.frames.append(json.loads(message.data))

    async def send(self, frame: Any) -> None:
        await self.client.send_message(frame if isinstance(frame, str) else json.dumps(frame))


@asynccontextmanager
async def raw(slack: SlackStandIn, ping_seconds: float = 10) -> AsyncIterator[Raw]:
    found = Raw(slack, ping_seconds)
    before = len(slack.sockets.open)
    await found.client.connect()  # type: ignore[no-untyped-call]
    await slack.connected(before + 1)
    try:
        yield found
    finally:
        await found.client.close()  # type: ignore[no-untyped-call]


class Timed:
    """A stand-in whose clock the test moves, with an app that acknowledges and does nothing else."""

    def __init__(self, slack: SlackStandIn, clock: ManualClock, app: Raw) -> None:
        self.slack, self.clock, self.app = slack, clock, app
        self.client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url, retry_handlers=[])

    async def trigger(self) -> str:
        return str((await self.slack.shortcut("ann", "moderate")).payload["trigger_id"])

    async def opened(self, **more: Any) -> View:
        await self.client.views_open(trigger_id=await self.trigger(), view=modal(**more))
        return self.slack.seen_by("ann").view

    async def refused(self, method: str, **args: Any) -> str:
        with pytest.raises(SlackApiError) as refused:
            await self.client.api_call(method, json=args)
        return str(refused.value.response["error"])


def client_of(slack: SlackStandIn, token: str = "") -> AsyncWebClient:
    return AsyncWebClient(token or slack.app.bot_token, base_url=slack.api_url, retry_handlers=[])


async def asked(client: AsyncWebClient, method: str, **args: Any) -> dict[str, Any]:
    """The answer, as a form with POST; what is refused too."""
    try:
        return dict((await client.api_call(method, data=args)).data)  # type: ignore[arg-type]
    except SlackApiError as error:
        return dict(error.response.data)


async def word(client: AsyncWebClient, method: str, **args: Any) -> str:
    """What it was refused for; "" for an answer that is ok."""
    return str((await asked(client, method, **args)).get("error", ""))
