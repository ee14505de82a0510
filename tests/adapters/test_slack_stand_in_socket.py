"""The stand-in's Socket Mode, driven with the bare SDK client: envelopes, acknowledgements, lost connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack_stand_in_app import ROOMS
from tests.adapters.slack_stand_in_raw import Raw, raw
from tests.slack_stand_in import Shown, SlackStandIn, stand_in
from tests.slack_stand_in.sending import ACCEPTING


@pytest.fixture
async def app(slack: SlackStandIn) -> AsyncIterator[Raw]:
    async with raw(slack) as found:
        yield found


@pytest.fixture
async def losing(slack: SlackStandIn) -> AsyncIterator[Raw]:
    """An app that soon sees that its connection is lost."""
    async with raw(slack, ping_seconds=1) as found:
        yield found


async def test_a_connection_begins_with_hello(slack: SlackStandIn, app: Raw) -> None:
    [hello] = await slack.until(lambda: app.frames)
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert hello["connection_info"] == {"app_id": slack.app.id}


async def test_pings_go_both_ways(slack: SlackStandIn, app: Raw) -> None:
    [connection] = slack.sockets.open
    await slack.until(lambda: connection.pongs)
    await slack.until(lambda: app.client.last_ping_pong_time)


async def test_a_ticket_opens_one_websocket(slack: SlackStandIn) -> None:
    client = AsyncWebClient(slack.app.app_token, base_url=slack.api_url)
    url = (await client.api_call("apps.connections.open"))["url"]
    assert "/link/?ticket=" in url
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as ws:
            assert (await ws.receive_json())["type"] == "hello"
        for wrong in (url, url.replace(slack.app.id, "A0OTHER"), slack.sending.base + "/link/"):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await session.ws_connect(wrong)


@pytest.mark.parametrize("accepting", [ACCEPTING, frozenset({"slash_commands"})])
async def test_only_some_acknowledgements_carry_a_payload(accepting: frozenset[str]) -> None:
    async with stand_in(accepting=accepting) as slack, raw(slack) as app:
        app.answer = {"text": "hello"}
        done = await slack.slash("ann", "general", "/usher")
        assert (done.accepts, done.trouble, slack.seen_by("ann").last.text) == (True, "", "hello")
        bare = [await slack.mention("ann", "general", "x"), await slack.shortcut("ann", "moderate")]
        bare.append(await slack.press("ann", await buttons(slack), "Open"))
        assert [one.accepts for one in bare] == [False] * 3
        for one in bare:
            slack.failures.take(f"{one.what}: its acknowledgement carries a payload")
        app.answer = None
        assert (await slack.mention("ann", "general", "x")).acked is not None


async def buttons(slack: SlackStandIn) -> Shown:
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    await client.chat_postMessage(channel="C0GENERAL", text="Rooms", blocks=ROOMS)
    return slack.seen_by("ann").last


async def test_envelopes_are_of_the_recorded_form(slack: SlackStandIn, app: Raw) -> None:
    await slack.slash("ann", "general", "/usher")
    await slack.mention("ann", "general", "x")
    slash, event = (frame for frame in app.frames if frame["type"] != "hello")
    assert set(slash) == {"envelope_id", "payload", "type", "accepts_response_payload"}
    assert (slash["type"], slash["accepts_response_payload"]) == ("slash_commands", True)
    assert (event["type"], event["accepts_response_payload"]) == ("events_api", False)
    assert (event["retry_attempt"], event["retry_reason"]) == (0, "")


async def test_what_is_not_acknowledged_in_time_failed(slack: SlackStandIn, app: Raw) -> None:
    slack.sending.ack_seconds = 0.05
    app.silent = True
    done = await slack.slash("ann", "general", "/usher")
    assert (done.acked, done.trouble) == (None, "operation_timeout")
    await app.send({"envelope_id": app.heard[0].envelope_id, "payload": {"text": "late"}})
    await slack.until(lambda: done.acked is not None)
    assert slack.seen_by("ann").messages == []  # Slack shows nothing of a late acknowledgement


async def test_an_envelope_is_delivered_again_with_its_retry_fields(slack: SlackStandIn, app: Raw) -> None:
    slack.sending.ack_seconds = 0.05
    app.silent = True
    done = await slack.mention("ann", "general", "x")
    app.silent = False
    await slack.redeliver(done)
    await slack.redeliver(done, "too_slow")
    first, second, third = app.heard
    assert [one.retry_attempt for one in app.heard] == [0, 1, 2]
    assert [one.retry_reason for one in app.heard] == ["", "timeout", "too_slow"]
    assert first.payload == second.payload == third.payload
    assert len({one.envelope_id for one in app.heard}) == 3
    assert [one.acked is not None for one in done.attempts] == [False, True, True]


async def test_a_command_that_comes_again_is_answered_once(slack: SlackStandIn, app: Raw) -> None:
    app.answer = {"text": "hello"}
    done = await slack.slash("ann", "general", "/usher")
    await slack.redeliver(done)
    assert len(slack.seen_by("ann").messages) == 1


@pytest.mark.parametrize(
    ("frame", "failure"),
    [
        ("hello?", "acknowledges nothing"),
        ("[]", "acknowledges nothing"),
        ({"payload": {}}, "acknowledges nothing"),
        ({"envelope_id": "e1"}, "never sent"),
    ],
)
async def test_a_frame_that_acknowledges_nothing_fails_the_test(
    slack: SlackStandIn, app: Raw, frame: Any, failure: str
) -> None:
    await app.send(frame)
    await slack.until(lambda: slack.failures.found)
    slack.failures.take(failure)


async def test_a_second_acknowledgement_fails_the_test(slack: SlackStandIn, app: Raw) -> None:
    await slack.shortcut("ann", "moderate")
    await app.send({"envelope_id": app.heard[0].envelope_id})
    await slack.until(lambda: slack.failures.found)
    slack.failures.take("acknowledged twice")


async def test_a_frame_that_is_too_large_closes_the_connection(slack: SlackStandIn, losing: Raw) -> None:
    [old] = slack.sockets.open
    losing.answer = {"text": "hello", "padding": "x" * 20_000}
    assert (await slack.slash("ann", "general", "/usher")).acked is not None
    slack.sending.ack_seconds = 0.05
    losing.answer = {"text": "hello", "padding": "x" * 20_480}
    assert (await slack.slash("ann", "general", "/usher")).acked is None
    await slack.until(lambda: slack.failures.found)
    assert old.ws.closed
    slack.failures.take("more than 20480 bytes")
    await slack.connected()


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled", "too_many_websockets"])
async def test_a_client_that_is_asked_to_go_comes_back(slack: SlackStandIn, losing: Raw, reason: str) -> None:
    [old] = slack.sockets.open
    await slack.sockets.disconnect(reason)
    await slack.connected()
    [new] = slack.sockets.open
    assert new is not old
    assert [frame["reason"] for frame in losing.frames if frame["type"] == "disconnect"] == [reason]
    assert (await slack.shortcut("ann", "moderate")).acked is not None


async def test_a_client_that_is_cut_off_comes_back(slack: SlackStandIn, losing: Raw) -> None:
    slack.sockets.drop()
    assert (await slack.shortcut("ann", "moderate")).undelivered == "no connection"
    await slack.connected()
    assert (await slack.shortcut("ann", "moderate")).acked is not None


async def test_a_client_that_is_turned_away_tries_again(slack: SlackStandIn, losing: Raw) -> None:
    slack.sockets.refusing = True
    slack.sockets.drop()
    await slack.until(lambda: len(slack.called("apps.connections.open")) > 1)
    assert slack.sockets.open == []
    slack.sockets.refusing = False
    await slack.connected()


async def test_a_half_open_connection_is_given_up_by_the_client(slack: SlackStandIn, losing: Raw) -> None:
    [old] = slack.sockets.open
    old.mute = True
    await slack.until(lambda: [one for one in slack.sockets.open if one is not old])
    assert (await slack.shortcut("ann", "moderate")).acked is not None


async def test_envelopes_go_round_the_connections(slack: SlackStandIn, app: Raw) -> None:
    async with raw(slack) as other:
        done = [await slack.shortcut("ann", "moderate") for _ in range(4)]
        assert (len(app.heard), len(other.heard)) == (2, 2)
        assert {one.attempts[0].connection for one in done} == {1, 2}


async def test_there_are_at_most_ten_connections(slack: SlackStandIn) -> None:
    client = AsyncWebClient(slack.app.app_token, base_url=slack.api_url)
    async with aiohttp.ClientSession() as session:
        opened = []
        for _ in range(11):
            url = (await client.api_call("apps.connections.open"))["url"]
            opened.append(await session.ws_connect(url))
        assert [(await ws.receive_json())["num_connections"] for ws in opened] == list(range(1, 12))
        farewell = await opened[-1].receive_json()
        assert (farewell["reason"], farewell["num_connections"]) == ("too_many_websockets", 11)
        assert (await opened[-1].receive()).type is aiohttp.WSMsgType.CLOSE
        assert len(slack.sockets.open) == 10
        for ws in opened:
            await ws.close()
    await slack.connected(0)


async def test_many_people_at_once_are_all_acknowledged(slack: SlackStandIn, app: Raw) -> None:
    app.answer = {"text": "hello"}
    done = await asyncio.gather(*(slack.slash("ann", "general", "/usher", f"{n}") for n in range(200)))
    assert all(one.acked is not None for one in done)
    assert len(slack.seen_by("ann").messages) == len(slack.deliveries) == 200


async def test_a_stand_in_that_ends_lets_go_of_its_connections() -> None:
    async with stand_in() as slack:
        client = AsyncWebClient(slack.app.app_token, base_url=slack.api_url)
        session = aiohttp.ClientSession()
        url = (await client.api_call("apps.connections.open"))["url"]
        ws = await session.ws_connect(url, autoping=False)
        await slack.connected()
    while (await ws.receive()).type not in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
        pass
    await session.close()


async def test_waiting_for_what_never_comes_ends(slack: SlackStandIn) -> None:
    with pytest.raises(TimeoutError):
        await slack.connected(1, seconds=0.02)
    with pytest.raises(AssertionError, match="not in"):
        await slack.until(lambda: False, seconds=0.02)
