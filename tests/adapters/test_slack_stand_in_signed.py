"""The stand-in's posts are signed and encoded as Slack's are, and acknowledged as Slack's are."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from tests.adapters.slack_stand_in_app import running
from tests.conformance.slack_data import data, present
from tests.slack_stand_in import SlackStandIn
from tests.slack_stand_in.sending import ACK_SECONDS
from tests.slack_stand_in.signed import signature


@present
async def test_a_signature_is_slacks(slack: SlackStandIn) -> None:
    vector = data("recorded/request_signature.vector.json")
    assert signature(vector["signing_secret"], vector["timestamp"], vector["body"].encode()) == vector["signature"]


class Door:
    """A URL that checks signatures with Slack's own verifier, and answers as the test says."""

    def __init__(self, slack: SlackStandIn) -> None:
        self.verifier = SignatureVerifier(slack.app.signing_secret)
        self.requests: list[tuple[dict[str, str], str]] = []
        self.status, self.body = 200, ""

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.text()
        self.requests.append((dict(request.headers), body))
        good = request.method == "GET" or self.verifier.is_valid_request(body, dict(request.headers))
        return web.Response(status=self.status if good else 401, text=self.body)


@pytest.fixture
async def door(slack: SlackStandIn) -> AsyncIterator[Door]:
    found = Door(slack)
    application = web.Application()
    application.router.add_route("*", "/slack/events", found.handle)
    runner = web.AppRunner(application, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.use_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    yield found
    await runner.cleanup()


async def test_posts_are_signed_and_forgeries_are_not_slacks(slack: SlackStandIn, door: Door) -> None:
    url = slack.sending.http_url
    assert (await slack.deliver_http(url, {"type": "x"})).status == 200
    assert (await slack.deliver_http(url, {"type": "x"}, secret="forged")).status == 401
    assert (await slack.deliver_http(url, {"type": "x"}, age=600)).status == 401
    assert (await slack.deliver_http(url, {"type": "x"}, headers={"X-Slack-Signature": None})).status == 401
    await slack.deliver_http(url, {"type": "x"}, retry=(2, "http_timeout"))
    sent, _ = door.requests[-1]
    assert (sent["X-Slack-Retry-Num"], sent["X-Slack-Retry-Reason"]) == ("2", "http_timeout")


async def test_each_kind_of_payload_has_its_encoding(slack: SlackStandIn, door: Door) -> None:
    await slack.slash("ann", "general", "/usher", "a&b")
    await slack.shortcut("ann", "moderate")
    await slack.direct("ann", "hi")
    slash, shortcut, event = door.requests
    assert slash[0]["Content-Type"] == shortcut[0]["Content-Type"] == "application/x-www-form-urlencoded"
    assert "text=a%26amp%3Bb&" in slash[1]
    assert shortcut[1].startswith("payload=%7B%22type%22%3A+%22shortcut%22")
    assert (event[0]["Content-Type"], event[1].startswith('{"token"')) == ("application/json", True)


async def test_only_a_200_acknowledges(slack: SlackStandIn, door: Door) -> None:
    door.body = "plain text"
    done = await slack.slash("ann", "general", "/usher")
    assert (done.status, done.ack, slack.seen_by("ann").last.text) == (200, "plain text", "plain text")
    door.status = 500
    failed = await slack.slash("ann", "general", "/usher")
    assert (failed.acked, failed.status, failed.trouble) == (None, 500, "http_status_500")
    await slack.redeliver(failed, "http_error")
    assert door.requests[-1][0]["X-Slack-Retry-Num"] == "1"
    assert len(slack.seen_by("ann").messages) == 1


async def test_a_url_that_answers_late_or_not_at_all_did_not_acknowledge(slack: SlackStandIn, door: Door) -> None:
    slack.sending.ack_seconds = 0.0
    assert (await slack.slash("ann", "general", "/usher")).trouble == "operation_timeout"
    slack.sending.ack_seconds = ACK_SECONDS
    slack.use_http("http://127.0.0.1:9/")
    done = await slack.slash("ann", "general", "/usher")
    assert done.acked is None
    assert "9" in done.undelivered


async def test_a_body_that_slack_does_not_read_fails_the_test(slack: SlackStandIn, door: Door) -> None:
    door.body = '{"text": "lost"}'
    await slack.direct("ann", "hi")
    slack.failures.take("message.im: its acknowledgement carries a payload")


async def test_slacks_own_questions_have_their_answers(slack: SlackStandIn, door: Door) -> None:
    url = slack.sending.http_url
    assert (await slack.ssl_check(url)).status == 200
    assert (await slack.ssl_check(url, method="GET")).status == 200
    await slack.url_verification(url)
    slack.failures.take("the challenge is not in the answer")
    async with running(slack, "http") as bolt:
        answered = await slack.url_verification(bolt)
        assert (answered.status, set(answered.payload)) == (200, {"challenge"})
        assert (await slack.ssl_check(bolt)).status == 200
        assert (await slack.deliver_http(bolt, {"type": "x"}, secret="forged")).status == 401
