"""Socket Mode when there is no connection: given up after a while, and nothing said twice or to nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.livekit.simulator.lively import STANDUP
from adapters.slack import socket
from adapters.under_way import UnderWay
from tests.slack_stand_in import SlackStandIn
from tests.slack_usher import opened, usher_for


async def nobody(_: Mapping[str, Any], __: Mapping[str, Any]) -> None:
    raise AssertionError("nothing was received")


@asynccontextmanager
async def serving(slack: SlackStandIn, said: list[bool]) -> AsyncIterator[asyncio.Task[None]]:
    app = AsyncApp(token=slack.app.bot_token, signing_secret="", request_verification_enabled=False)
    client = AsyncWebClient(slack.app.app_token, base_url=slack.api_url)
    stopped = asyncio.Event()
    task = asyncio.create_task(socket.serve(app, client, "", stopped, said.append, nobody, UnderWay()))
    try:
        yield task
    finally:
        stopped.set()
        await asyncio.wait({task})


async def test_without_a_first_connection_it_is_given_up(slack: SlackStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "CONNECT_SECONDS", 0.2)
    slack.sockets.refusing = True
    said: list[bool] = []
    async with serving(slack, said) as task:
        with pytest.raises(socket.Disconnected):
            await task
    assert said == [False]


async def test_a_lost_connection_that_does_not_come_back_is_given_up(
    slack: SlackStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("LOST_SECONDS", 0.3), ("LOOK_SECONDS", 0.05), ("ATTEMPT_SECONDS", 0.1)):
        monkeypatch.setattr(socket, name, seconds)
    said: list[bool] = []
    async with serving(slack, said) as task:
        await slack.until(lambda: True in said)
        slack.sockets.refusing = True
        slack.sockets.drop()
        with pytest.raises(socket.Disconnected):
            await task
    assert said[-1] is False
    assert len(slack.called("apps.connections.open")) > 1


async def test_it_stops_while_it_tries_to_connect(slack: SlackStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "LOOK_SECONDS", 0.05)
    said: list[bool] = []
    async with serving(slack, said) as task:
        await slack.until(lambda: True in said)
        slack.sockets.refusing = True
        slack.sockets.drop()
        await slack.until(lambda: len(slack.called("apps.connections.open")) == 2)
    assert task.exception() is None


async def broken(*_: object) -> None:
    raise ConnectionResetError


async def test_only_the_answer_to_a_command_takes_another_way_than_its_acknowledgement(
    slack: SlackStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with usher_for(slack, tmp_path):
        await slack.shortcut("ann", "moderate")
        [view] = await slack.until(lambda: opened(slack, "ann"))
        person = next(str(one["block_id"]) for one in view.blocks if str(one["block_id"]).startswith("person"))
        monkeypatch.setattr(socket, "send_async_response", broken)
        slack.sending.ack_seconds = 0.3
        await slack.search("ann", view, person, "bob")
        await slack.open_home("ann")
        done = await slack.slash("ann", "general", "/participants", STANDUP)
        await slack.until(lambda: done.bodies)
        assert "10 people" in done.bodies[0]["text"]
        said = [call.method for call in slack.calls if call.method.startswith(("chat.", "response"))]
        assert said == ["response_url"]
