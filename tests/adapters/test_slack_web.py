"""Slack's Web API over real sockets: what is sent, what is sent again, and what every other answer means."""

from __future__ import annotations

import asyncio
import logging
import ssl
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest

from adapters.slack import web as web_module
from adapters.slack.web import AGAIN_SECONDS, SlackError, Web
from tests.clocks import until
from tests.hostile import Act, HostileServer, cut_reply, hang, hostile, raw, reply, reset
from tests.house import SteppedClock

TOKEN = "xoxb-1234-very-secret"
OK = reply(200, {"ok": True})
HOOK = "https://hooks.slack.com/commands/T1/2/3"


class SkippingClock(SteppedClock):
    """Whoever sleeps wakes at once, and so much later it is then; timeouts are real ones."""

    def __init__(self, meanwhile: Callable[[], Awaitable[object]] | None = None) -> None:
        super().__init__()
        self.slept: list[float] = []
        self._meanwhile = meanwhile

    async def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.slept.append(seconds)
            self.advance(seconds)
        if self._meanwhile is not None:
            await self._meanwhile()

    def timeout(self, seconds: float) -> asyncio.Timeout:
        return asyncio.timeout(seconds)


@asynccontextmanager
async def slack(*acts: Act, **settings: Any) -> AsyncIterator[tuple[Web, HostileServer]]:
    """The way to a server that does `acts`."""
    async with hostile(*acts) as server:
        web = Web(TOKEN, **{"base_url": f"{server.url}/api/", "clock": SkippingClock(), **settings})
        try:
            yield web, server
        finally:
            await web.aclose()


async def refused(work: Awaitable[object]) -> SlackError:
    with pytest.raises(SlackError) as caught:
        await work
    return caught.value


def limited(seconds: str) -> Act:
    return reply(429, {"ok": False, "error": "ratelimited"}, Retry_After=seconds)


def asleep(clock: SteppedClock) -> int:
    return sum(not waiting.done() for _, waiting in clock._sleepers)


# --- what is sent --------------------------------------------------------------------------------


async def test_arguments_are_a_form_with_json_in_it_and_none_is_left_out() -> None:
    blocks = [{"type": "divider"}]
    async with slack(OK) as (web, server):
        await web.call(
            "chat.postMessage", channel="C1", text="Grüße & mehr", blocks=blocks, mrkdwn=False, thread_ts=None
        )
    (request,) = server.requests
    assert request.path == "/api/chat.postMessage"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert parse_qs(request.body.decode()) == {
        "channel": ["C1"], "text": ["Grüße & mehr"], "blocks": ['[{"type": "divider"}]'], "mrkdwn": ["false"],
    }  # fmt: skip


async def test_reads_are_posted_too() -> None:
    async with slack(reply(200, {"ok": True, "user": {"id": "U1"}})) as (web, server):
        assert (await web.call("users.info", user="U1"))["user"] == {"id": "U1"}
    (request,) = server.requests
    assert (request.verb, request.path, request.body) == ("POST", "/api/users.info", b"user=U1")


async def test_half_a_surrogate_pair_does_not_keep_an_answer_from_being_sent() -> None:
    async with slack(OK) as (web, server):
        await web.call("chat.postMessage", text="a\ud83db")
        await web.respond(f"{server.url}/r", {"text": "a\ud83db"})
    assert server.requests[0].body == b"text=a%3Fb"


async def test_bolt_and_usher_share_one_session_and_its_connections() -> None:
    async with slack(OK) as (web, server):
        await web.call("auth.test")
        await web.client.auth_test()
        await web.respond(f"{server.url}/r", {"text": "x"})
        assert len(server._writers) == 1
    assert len(server.requests) == 3


def test_nothing_is_opened_before_there_is_a_loop() -> None:
    assert Web(TOKEN, base_url="https://slack.com/api").client.session is None


async def test_once_closed_it_is_unreachable() -> None:
    async with slack(OK) as (web, server):
        await web.aclose()
        error = await refused(web.call("auth.test"))
    assert (error.unreachable, error.sent, server.requests) == (True, False, [])


@pytest.mark.parametrize("method", ["users.info", "chat.postMessage"])
async def test_closing_ends_what_is_under_way(method: str) -> None:
    async with slack(hang) as (web, server):
        under_way = asyncio.create_task(web.call(method))
        await until(lambda: len(server.requests) == 1)
        await web.aclose()
        assert (await refused(under_way)).unreachable


# --- what is sent again --------------------------------------------------------------------------


async def test_a_rate_limit_is_waited_for_as_long_as_slack_says() -> None:
    clock = SkippingClock()
    async with slack(limited("7"), limited("x"), OK, clock=clock) as (web, server):
        await web.call("chat.postMessage", channel="C1", text="x")
    assert clock.slept == [7, 1]
    assert len(server.requests) == 3


async def test_a_rate_limit_that_outlasts_the_patience_is_no_answer() -> None:
    clock = SkippingClock()
    async with slack(limited("40"), clock=clock, patience=60) as (web, server):
        error = await refused(web.call("users.info", user="U1"))
    assert (error.error, error.unreachable, error.sent) == ("ratelimited", True, False)
    assert clock.slept == [40]
    assert len(server.requests) == 2


async def test_while_one_waits_for_a_rate_limit_the_others_of_that_channel_line_up_and_no_other_channel_does() -> None:
    clock = SteppedClock()
    async with slack(limited("30"), OK, clock=clock) as (web, server):
        first = asyncio.create_task(web.call("chat.postMessage", channel="C1", text="1"))
        await until(lambda: asleep(clock) == 1)
        second = asyncio.create_task(web.call("chat.postMessage", channel="C1", text="2"))
        await web.call("chat.postMessage", channel="C2", text="3")
        assert len(server.requests) == 2
        clock.advance(30)
        await asyncio.gather(first, second)
    assert [parse_qs(one.body.decode())["text"] for one in server.requests] == [["1"], ["3"], ["1"], ["2"]]


async def test_who_stands_in_line_has_patience_too() -> None:
    clock = SteppedClock()
    async with slack(limited("30"), limited("29"), OK, clock=clock, patience=60) as (web, server):
        first = asyncio.create_task(web.call("chat.postMessage", channel="C1", text="1"))
        await until(lambda: asleep(clock) == 1)
        second = asyncio.create_task(web.call("chat.postMessage", channel="C1", text="2"))
        await until(lambda: asleep(clock) == 2)
        clock.advance(30)
        await until(lambda: len(server.requests) == 2 and asleep(clock) == 2)
        server.then(hang)
        clock.advance(30)
        assert (await refused(second)).error == "ratelimited"
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


async def test_a_message_that_may_have_arrived_is_not_sent_twice() -> None:
    async with slack(reset, OK) as (web, server):
        error = await refused(web.call("chat.postMessage", channel="C1", text="x"))
        server.then(reset, OK)
        with pytest.raises(aiohttp.ClientError):
            await web.client.chat_postMessage(channel="C1", text="x")
    assert (error.error, error.unreachable, error.sent) == ("unreachable", True, True)
    assert len(server.requests) == 2


async def test_what_is_only_read_is_asked_again_when_the_connection_breaks() -> None:
    async with slack(reset, OK) as (web, server):
        assert await web.call("users.info", user="U1") == {"ok": True}
        server.then(reset, reset, OK)
        assert (await refused(web.call("users.info", user="U1"))).sent
    assert len(server.requests) == 4


async def test_what_surely_did_not_arrive_is_sent_once_more() -> None:
    servers: list[asyncio.Server] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"ok": true}')
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    await listener.wait_closed()

    async def begin() -> None:
        servers.append(await asyncio.start_server(answer, "127.0.0.1", port))

    web = Web(TOKEN, base_url=f"http://127.0.0.1:{port}/api/", clock=SkippingClock(begin))
    assert await web.call("chat.postMessage", channel="C1", text="x") == {"ok": True}
    await web.aclose()
    servers[0].close()


async def test_where_nothing_listens_it_is_tried_twice_and_was_not_sent() -> None:
    async with hostile(OK) as server:
        address = server.url
    clock = SkippingClock()
    web = Web(TOKEN, base_url=address, clock=clock)
    error = await refused(web.call("chat.postMessage", channel="C1", text="x"))
    await web.aclose()
    assert (error.error, error.unreachable, error.sent) == ("unreachable", True, False)
    assert error.why == "nothing listens there"
    assert clock.slept == [AGAIN_SECONDS]


async def test_no_answer_in_time_is_none_and_is_not_waited_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_module, "SECONDS", 0.05)
    async with slack(hang) as (web, server):
        error = await refused(web.call("users.info", user="U1"))
    assert (error.error, error.why, error.sent) == ("unreachable", "it took too long", True)
    assert len(server.requests) == 1


# --- what the answers mean -----------------------------------------------------------------------


async def test_a_wrong_token_is_slacks_own_word() -> None:
    async with slack(reply(200, {"ok": False, "error": "invalid_auth"})) as (web, _):
        error = await refused(web.call("auth.test"))
    assert (error.method, error.error, error.needed, str(error)) == (
        "auth.test", "invalid_auth", "", "auth.test: invalid_auth",
    )  # fmt: skip
    assert not error.unreachable
    assert not error.sent


async def test_a_missing_scope_is_named() -> None:
    answer = {"ok": False, "error": "missing_scope", "needed": "usergroups:read", "provided": "commands,chat:write"}
    async with slack(reply(200, answer)) as (web, _):
        error = await refused(web.call("usergroups.users.list", usergroup="S1"))
    assert (error.error, error.needed, error.unreachable) == ("missing_scope", "usergroups:read", False)


@pytest.mark.parametrize("needed", [7, TOKEN, "a" * 201, None])
async def test_a_scope_that_looks_like_none_is_not_repeated(needed: object) -> None:
    async with slack(reply(200, {"ok": False, "error": "missing_scope", "needed": needed})) as (web, _):
        assert (await refused(web.call("auth.test"))).needed == ""


@pytest.mark.parametrize("word", ["internal_error", "fatal_error", "service_unavailable"])
async def test_a_failure_of_slacks_own_is_no_usable_answer(word: str) -> None:
    async with slack(reply(200, {"ok": False, "error": word})) as (web, _):
        assert (await refused(web.call("auth.test"))).unreachable


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (reply(200, b"<html>Log in to the guest network</html>", content_type="text/html"), "could not be read"),
        (reply(200, b""), "could not be read"),
        (reply(200, b'{"ok": tr'), "could not be read"),
        (reply(200, b"\xff\xfe"), "could not be read"),
        (reply(200, b"[" * 100_000), "could not be read"),
        (reply(200, ["ok"]), "could not be read"),
        (reply(200, {}), "could not be read"),
        (reply(200, {"ok": False}), "could not be read"),
        (reply(200, {"ok": False, "error": f"token {TOKEN}"}), "could not be read"),
        (reply(200, {"ok": False, "error": ["x"]}), "could not be read"),
        (reply(404, b"<html>Not found</html>", content_type="text/html"), "HTTP 404"),
        (reply(500, {"ok": True}), "HTTP 500"),
        (reply(503, {"ok": False, "error": "some_error"}), "HTTP 503"),
        (cut_reply(b'{"ok": true', 12), "the connection broke"),
        (raw(b"SSH-2.0-OpenSSH_9.6\r\n", close=True), "the connection broke"),
    ],
)
async def test_an_answer_that_is_none_of_slacks_is_no_usable_answer(act: Act, why: str) -> None:
    async with slack(act) as (web, server):
        error = await refused(web.call("chat.postMessage", channel="C1", text="x"))
    assert (error.error, error.unreachable) == ("unreachable", True)
    assert why in error.why
    assert error.sent is (why != "HTTP 404")
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with hostile(OK) as elsewhere, slack(reply(status, Location=f"{elsewhere.url}/api/x")) as (web, server):
        error = await refused(web.call("chat.postMessage", channel="C1", text="x"))
        posted = await refused(web.respond(f"{server.url}/r", {"text": "x"}))
    assert elsewhere.requests == []
    assert (error.error, error.why, posted.error) == ("unreachable", f"HTTP {status}", "unreachable")


# --- what is never shown -------------------------------------------------------------------------


async def test_no_token_reaches_an_exception_a_repr_or_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ticket = reply(200, {"ok": True, "url": "wss://slack.example/?ticket=secret"})
    async with slack(ticket, limited("1"), reset, reply(200, {"ok": False, "error": TOKEN})) as (web, server):
        await web.client.auth_test()
        told = [await refused(web.call("chat.postMessage", channel="C1", text="x")) for _ in range(2)]
        server.then(reply(200, b"<html>", content_type="text/html"))
        told.append(await refused(web.call("chat.postMessage", channel="C1", text="x")))
        shown = [repr(web), repr(web.client), caplog.text]
    for error in told:
        shown += [str(error), repr(error), repr(vars(error)), "".join(traceback.format_exception(error))]
    assert len(server.requests) == 5
    assert [text for text in shown if "secret" in text] == []


async def test_a_proxy_s_login_reaches_the_proxy_and_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with hostile(OK, OK, reply(407)) as proxy:
        through = proxy.url.replace("://", "://ada:hush@")
        web = Web(TOKEN, base_url="http://slack.example/api/", proxy=through, clock=SkippingClock())
        await web.call("auth.test")
        await web.client.auth_test()
        error = await refused(web.call("auth.test"))
        await web.aclose()
    assert [one.path for one in proxy.requests] == ["http://slack.example/api/auth.test"] * 3
    assert {one.headers["proxy-authorization"] for one in proxy.requests} == {"Basic YWRhOmh1c2g="}
    assert "hush" not in caplog.text + repr(vars(error))


async def test_only_the_settings_name_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with slack(OK) as (web, server):
        await web.call("auth.test")
        await web.client.auth_test()
    assert len(server.requests) == 2


async def test_a_certificate_that_is_not_trusted_is_none_and_a_ca_file_mends_it() -> None:
    certificate = Path(__file__).parent / "tls" / "localhost.pem"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    async with hostile(OK, tls=context) as server:
        web = Web(TOKEN, base_url=server.url, clock=SkippingClock())
        error = await refused(web.call("auth.test"))
        await web.aclose()
        web = Web(TOKEN, base_url=server.url, ca_file=str(certificate))
        assert await web.call("auth.test") == {"ok": True}
        assert (await web.client.auth_test()).data == {"ok": True}
        await web.aclose()
    assert (error.why, error.sent) == ("the certificate is not trusted", False)


def test_a_ca_file_that_cannot_be_used_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        Web(TOKEN, base_url="https://slack.com/api/", ca_file=str(tmp_path / "none.pem"))


# --- response_url --------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [reply(200, b"ok", content_type="text/html"), reply(200), OK])
async def test_an_answer_goes_to_the_response_url_without_the_token(act: Act) -> None:
    async with slack(act) as (web, server):
        await web.respond(f"{server.url}/commands/T1/2/3", {"text": "Muted.", "replace_original": False})
    (request,) = server.requests
    assert (request.verb, request.path) == ("POST", "/commands/T1/2/3")
    assert request.body == b'{"text": "Muted.", "replace_original": false}'
    assert request.headers["content-type"] == "application/json"
    assert "authorization" not in request.headers


@pytest.mark.parametrize(
    ("act", "word"),
    [
        (reply(404, {"ok": False, "error": "used_url"}), "used_url"),
        (reply(404, {"ok": False, "error": "expired_url"}), "expired_url"),
        (reply(200, {"ok": False, "error": "invalid_blocks"}), "invalid_blocks"),
        (reply(404, b"no_service\n", content_type="text/plain"), "no_service"),
        (reply(404, b"<html>", content_type="text/html"), "unreachable"),
        (reply(500, b"server_error", content_type="text/plain"), "unreachable"),
    ],
)
async def test_a_response_url_that_is_used_up_says_so(act: Act, word: str) -> None:
    async with slack(act) as (web, server):
        error = await refused(web.respond(f"{server.url}/r", {"text": "x"}))
    assert (error.method, error.error) == ("response_url", word)


async def test_a_response_url_that_limits_the_rate_is_tried_again() -> None:
    async with slack(limited("1"), reply(200)) as (web, server):
        await web.respond(f"{server.url}/r", {"text": "x"})
    assert len(server.requests) == 2


async def test_an_answer_that_may_have_arrived_is_not_posted_twice() -> None:
    async with slack(reset, OK) as (web, server):
        assert (await refused(web.respond(f"{server.url}/r", {"text": "x"}))).sent
    assert len(server.requests) == 1


@pytest.mark.parametrize("url", [HOOK, "https://hooks.slack-gov.com/actions/T1/2/3"])
async def test_slacks_own_hosts_are_posted_to(url: str) -> None:
    """Through a proxy, which hears the host's name and goes no further."""
    async with hostile(reply(403)) as proxy:
        web = Web(TOKEN, base_url="https://slack.com/api/", proxy=proxy.url, clock=SkippingClock())
        error = await refused(web.respond(url, {"text": "x"}))
        await web.aclose()
    assert {one.path for one in proxy.requests} == {url.split("/")[2] + ":443"}
    assert (error.why, error.sent) == ("the proxy refused", False)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/commands/1",
        "http://169.254.169.254/latest/meta-data",
        "https://slack.com.example/x",
        "https://notslack.com/x",
        "https://hooks.slack.com@elsewhere.example/x",
        "https://ada:hush@hooks.slack.com/x",
        "https://[::1]/x",
        "ftp://slack.com/x",
        "hooks.slack.com/x",
        "https://127.0.0.1/x",
        "",
    ],
)
async def test_a_payload_cannot_make_us_post_elsewhere(url: str) -> None:
    async with slack(OK) as (web, server):
        assert (await refused(web.respond(url, {"text": "x"}))).error == "foreign_url"
    assert server.requests == []


@pytest.mark.parametrize("url", ["https://[", "http://a:b:c/", None])
async def test_an_address_that_is_none_is_refused(url: Any) -> None:
    async with slack(OK) as (web, _):
        assert (await refused(web.respond(url, {"text": "x"}))).error == "invalid_url"
