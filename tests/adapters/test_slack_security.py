"""Requests that are not Slack's, and payloads that ask for more than whoever sends them may have."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from adapters.http import MOST_BYTES
from adapters.livekit.simulator.lively import STANDUP
from tests.slack_stand_in import SlackStandIn
from tests.slack_stand_in.signed import Answered, Post, signature
from tests.slack_usher import MODES, Usher, usher_for

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@pytest.fixture
async def http(slack: SlackStandIn, tmp_path: Path) -> AsyncIterator[Usher]:
    """Behind the built-in server."""
    async with usher_for(slack, tmp_path, mode="http") as running:
        yield running


def mute(usher: Usher, **more: str) -> dict[str, str]:
    """Ann's `/usher mute bob`, as Slack sends it."""
    world = usher.slack.world
    return {
        "token": "verification_token", "team_id": world.team, "channel_id": world.channel("general").id,
        "user_id": world.user("ann").id, "user_name": "ann", "command": "/usher", "text": f"mute bob in:{STANDUP}",
        "response_url": f"{usher.slack.api_url}nowhere", "trigger_id": "1.2.mute", **more,
    }  # fmt: skip


async def post(usher: Usher, body: bytes, content_type: str = FORM, *, how: Post | None = None) -> Answered:
    """Posted to where Slack posts, signed as Slack does unless `how` says otherwise."""
    sending = usher.slack.sending
    return await sending.poster.post(sending.http_url, body, content_type, how or Post(usher.slack.app.signing_secret))


async def nothing_was_done(usher: Usher) -> bool:
    await asyncio.sleep(0.05)
    return usher.open("bob") and await usher.cases() == () and usher.service.calls == []


SECONDS = {"six minutes old": 360.0, "six minutes ahead": -360.0}


@pytest.mark.parametrize("how", SECONDS)
async def test_a_request_is_refused_when_its_time_is_too_far_off(http: Usher, how: str) -> None:
    secret = http.slack.app.signing_secret
    answer = await post(http, urlencode(mute(http)).encode(), how=Post(secret, age=SECONDS[how]))
    assert answer.status == 401
    assert await nothing_was_done(http)


FORGED: Mapping[str, Mapping[str, str | None]] = {
    "no signature": {"X-Slack-Signature": None},
    "no timestamp": {"X-Slack-Request-Timestamp": None},
    "neither": {"X-Slack-Signature": None, "X-Slack-Request-Timestamp": None},
    "an empty signature": {"X-Slack-Signature": ""},
    "another version": {"X-Slack-Signature": "v1=00"},
    "a signature beyond ASCII": {"X-Slack-Signature": "v0=é"},
    "a timestamp that is no number": {"X-Slack-Request-Timestamp": "yesterday"},
    "an empty timestamp": {"X-Slack-Request-Timestamp": ""},
    "a fraction of a second": {"X-Slack-Request-Timestamp": f"{time.time()}"},
    "an endless timestamp": {"X-Slack-Request-Timestamp": "9" * 5000},
    "the lazy header of Bolt": {"X-Slack-Signature": "v0=00", "X-Slack-Bolt-Lazy-Only": "1"},
}


@pytest.mark.parametrize("what", FORGED)
async def test_a_request_is_refused_when_its_headers_are_no_signature(
    http: Usher, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    how = Post(http.slack.app.signing_secret, headers=FORGED[what])
    answer = await post(http, urlencode(mute(http)).encode(), how=how)
    assert answer.status == 401
    assert await nothing_was_done(http)
    assert caplog.records == []


async def test_a_request_with_another_secret_is_refused(http: Usher, caplog: pytest.LogCaptureFixture) -> None:
    answer = await post(http, urlencode(mute(http)).encode(), how=Post("forged"))
    assert answer.status == 401
    assert await nothing_was_done(http)
    assert caplog.records == []


async def test_a_body_that_was_changed_after_it_was_signed_is_refused(http: Usher) -> None:
    now = str(int(time.time()))
    signed = signature(http.slack.app.signing_secret, now, urlencode(mute(http)).encode())
    headers = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": signed}
    changed = urlencode(mute(http, text=f"mute anna in:{STANDUP}")).encode()
    assert (await post(http, changed, how=Post("", headers=headers))).status == 401
    assert await nothing_was_done(http)


UNREADABLE = {
    "no form": (b"\xff\xfe", FORM),
    "no JSON": (b"{", JSON),
    "a list": (b"[1]", JSON),
    "a number": (b"1", JSON),
    "nothing": (b"", JSON),
    "JSON without an end": (b"[" * 100_000, JSON),
    "a payload that is no JSON": (urlencode({"payload": "{"}).encode(), FORM),
    "a payload that is a list": (urlencode({"payload": "[]"}).encode(), FORM),
    "a user that is a number": (json.dumps({"type": "block_actions", "user": 1}).encode(), JSON),
}


@pytest.mark.parametrize("secret", ["", "forged"])
@pytest.mark.parametrize("what", UNREADABLE)
async def test_what_cannot_be_read_is_refused_without_a_bug_in_the_log(
    http: Usher, what: str, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Anybody can post anything to a public address."""
    body, content_type = UNREADABLE[what]
    answer = await post(http, body, content_type, how=Post(secret or http.slack.app.signing_secret))
    assert answer.status in (400, 401, 404)
    assert await nothing_was_done(http)
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []
