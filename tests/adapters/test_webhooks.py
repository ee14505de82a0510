"""LiveKit's webhooks: which are genuine, which room becomes due, and what comes of all the others."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest

from adapters.endpoints import webhook_key
from adapters.http import MOST_BYTES, HttpServer
from adapters.livekit.receiver import (
    REREAD_SECONDS,
    WAIT_SECONDS,
    WEBHOOKS_PATH,
    WebhookReceiver,
)
from adapters.livekit.tokens import Credentials, KeySource
from adapters.livekit.webhooks import Malformed, NotGenuine, room_of, signed_digest
from adapters.rarely import LOG_SECONDS
from adapters.settings import load
from adapters.throttle import Throttle
from adapters.values import HostPort
from tests.clocks import until
from tests.house import SteppedClock
from tests.livekit_server import CREDENTIALS
from tests.webhooks import event, headers, token

AT = SteppedClock().now().timestamp()
BODY = event()
TOO_LARGE = b"x" * (MOST_BYTES + 1)
OTHER = Credentials("APIother", "another-secret-of-32-letters-or-more-than-that")


def read(body: bytes = BODY, authorization: str | None = None, key: Credentials = CREDENTIALS) -> str:
    return room_of(body, signed_digest(token(body, AT) if authorization is None else authorization, key, AT))


def test_a_genuine_one_names_its_room() -> None:
    assert read() == "standup"
    assert read(event("a\u2028room ☎", "track_published")) == "a\u2028room ☎"


@pytest.mark.parametrize("body", [b"{}", b'{"event":"egress_started"}', b'{"room":{}}', b'{"room":null}'])
def test_what_is_about_no_room_names_none(body: bytes) -> None:
    assert read(body) == ""


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"1", b"nonsense", b'{"room":1}', b'{"room":{"name":7}}', b"\xff{}", b"[" * 100_000]
)
def test_a_genuine_one_that_cannot_be_read_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body)


@pytest.mark.parametrize(("begins", "ends"), [(0, 300), (-1e9, 300), (59, 300), (0, -59), (None, 300), (0, 0.5)])
def test_the_clocks_may_differ_by_a_minute(begins: float | None, ends: float) -> None:
    claims: dict[str, Any] = {"nbf": None if begins is None else AT + begins, "exp": AT + ends}
    assert read(authorization=token(BODY, AT, **claims)) == "standup"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": AT - 61},
        {"nbf": AT + 61},
        {"exp": None},
        {"exp": "later"},
        {"exp": [AT + 300]},
        {"nbf": "now"},
        {"sha256": None},
        {"sha256": hashlib.sha256(BODY).hexdigest()},
        {"sha256": base64.urlsafe_b64encode(hashlib.sha256(b"other").digest()).decode()},
        {"sha256": ["x"]},
        {"sha256": "\ud800"},
        {"iss": "APIother"},
        {"iss": None},
    ],
)
def test_a_claim_that_is_not_as_livekit_makes_it_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(NotGenuine):
        read(authorization=token(BODY, AT, **claims))


def forged() -> dict[str, str]:
    good = token(BODY, AT)
    head, claims, signature = good.split(".")
    deep = base64.urlsafe_b64encode(b"[" * 5000).decode().rstrip("=")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        none = jwt.encode(jwt.decode(good, options={"verify_signature": False}), None, "none")
        other = jwt.encode(jwt.decode(good, options={"verify_signature": False}), CREDENTIALS.api_secret, "HS512")
    return {
        "nothing": "",
        "with Bearer": f"Bearer {good}",
        "no token": "x.y",
        "without a signature": f"{head}.{claims}.",
        "with another signature": f"{head}.{claims}.{signature[::-1]}",
        "of another key": token(BODY, AT, OTHER),
        "of no algorithm": none,
        "of another algorithm": other,
        "of another body": token(b"other", AT),
        "deep": f"{deep}.{deep}.{signature}",
        "beyond ASCII": "é.é.é",
    }


@pytest.mark.parametrize("how", forged())
def test_a_forged_one_is_refused(how: str) -> None:
    with pytest.raises(NotGenuine):
        read(authorization=forged()[how])


def test_a_short_secret_is_the_servers_choice() -> None:
    key = Credentials("devkey", "secret")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        signed = token(BODY, AT, key)
    assert read(authorization=signed, key=key) == "standup"


@dataclass
class Received:
    """A receiver over real sockets, on a clock that stands still, and what it has marked."""

    clock: SteppedClock = field(default_factory=SteppedClock)
    rooms: list[str] = field(default_factory=list)
    everything: int = 0
    client: aiohttp.ClientSession = field(init=False)
    receiver: WebhookReceiver = field(init=False)

    def mark_all(self) -> None:
        self.everything += 1

    @asynccontextmanager
    async def serving(self, key: Credentials | KeySource = CREDENTIALS) -> AsyncIterator[Received]:
        self.receiver = WebhookReceiver(key, self.clock, self.rooms.append, self.mark_all)
        server = HttpServer(HostPort("127.0.0.1", 0))
        server.add("POST", WEBHOOKS_PATH, self.receiver.receive)
        await server.start()
        async with aiohttp.ClientSession(server.url) as self.client:
            try:
                yield self
            finally:
                await server.aclose(0)

    async def post(self, body: bytes = BODY, key: Credentials = CREDENTIALS, **claims: Any) -> int:
        signed = headers(body, self.clock.now().timestamp(), key, **claims)
        async with self.client.post(WEBHOOKS_PATH, data=BytesIO(body), headers=signed) as answer:
            assert await answer.read() == b"" or answer.status == 413
            return answer.status


async def test_a_genuine_one_makes_its_room_due_as_often_as_it_is_sent() -> None:
    async with Received().serving() as server:
        assert [await server.post(), await server.post(), await server.post(event("other"))] == [200] * 3
    assert server.rooms == ["standup", "standup", "other"]
    assert server.everything == 0


async def test_what_is_refused_marks_nothing_and_is_told_no_reason() -> None:
    async with Received().serving() as server:
        assert await server.post(key=OTHER) == 401
        assert await server.post(exp=1) == 401
        assert await server.post(b"nonsense") == 400
        assert await server.post(TOO_LARGE) == 413
    assert (server.rooms, server.everything) == ([], 0)
    assert server.receiver.counted == {"refused": 3}


async def test_one_about_no_room_is_genuine_and_makes_none_due() -> None:
    async with Received().serving() as server:
        assert await server.post(b'{"event":"egress_started"}') == 200
    assert (server.rooms, server.receiver.counted) == ([""], {"genuine": 1})


async def test_however_many_are_refused_the_log_says_so_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    async with Received().serving() as server:
        for _ in range(3):
            await server.post(exp=1)
        await server.post(b"nonsense")
        assert caplog.messages == ["Webhooks that make no room due: 1 not genuine."]
        server.clock.advance(LOG_SECONDS)
        await server.post(exp=1)
    assert caplog.messages[1:] == ["Webhooks that make no room due: 1 malformed, 3 not genuine."]


async def test_a_flood_is_let_through_at_a_pace_and_the_rest_makes_everything_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.livekit.receiver.A_SECOND", 4.0)
    monkeypatch.setattr("adapters.livekit.receiver.AT_ONCE", 2.0)
    async with Received().serving() as server:
        sent = [asyncio.create_task(server.post()) for _ in range(9)]
        await until(lambda: len(server.rooms) == 2 and server.clock.sleepers == 7)
        server.clock.advance(WAIT_SECONDS)
        assert await asyncio.gather(*sent) == [200] * 9
    assert len(server.rooms) == 6
    assert server.everything == 1
    assert server.receiver.counted == {"genuine": 6, "unread": 3}


async def test_a_body_of_no_known_length_is_bounded_too() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b"x" * (1 << 16)

    async with Received().serving() as server:
        signed = headers(BODY, server.clock.now().timestamp())
        async with server.client.post(WEBHOOKS_PATH, data=pieces(), headers=signed) as answer:
            assert answer.status == 413


async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.http.READ_SECONDS", 0.01)

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async with Received().serving() as server:
        signed = headers(BODY, server.clock.now().timestamp())
        async with server.client.post(WEBHOOKS_PATH, data=never(), headers=signed) as answer:
            assert answer.status == 408


async def test_of_what_is_forged_no_body_is_waited_for() -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async with Received().serving() as server:
        signed = headers(BODY, server.clock.now().timestamp(), OTHER)
        async with server.client.post(WEBHOOKS_PATH, data=never(), headers=signed) as answer:
            assert answer.status == 401


async def test_a_key_in_a_file_is_read_again_when_it_fits_no_longer_and_not_for_each_forged_one() -> None:
    keys = [CREDENTIALS]
    reads = 0

    def source() -> Credentials:
        nonlocal reads
        reads += 1
        return keys[-1]

    async with Received().serving(source) as server:
        assert (await server.post(), reads) == (200, 1)
        keys.append(OTHER)
        assert (await server.post(key=OTHER), reads) == (401, 1)
        server.clock.advance(REREAD_SECONDS)
        assert (await server.post(key=OTHER), reads) == (200, 2)
        server.clock.advance(REREAD_SECONDS)
        assert [await server.post() for _ in range(3)] == [401] * 3
        assert reads == 3


async def test_a_key_file_that_cannot_be_read_lets_nothing_through(caplog: pytest.LogCaptureFixture) -> None:
    def source() -> Credentials:
        raise FileNotFoundError("/run/secrets/s3cret")

    async with Received().serving(source) as server:
        assert await server.post() == 401
    assert "The key of webhooks cannot be read (FileNotFoundError)." in caplog.messages
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize("level", [logging.DEBUG])
async def test_no_part_of_a_webhook_is_logged(caplog: pytest.LogCaptureFixture, level: int) -> None:
    caplog.set_level(level)
    async with Received().serving() as server:
        await server.post(key=OTHER)
        await server.post(json.dumps({"room": {"name": "s3cret"}}).encode())
    assert "s3cret" not in caplog.text
    assert "eyJ" not in caplog.text


async def test_those_beyond_the_ones_who_wait_do_not_wait() -> None:
    clock = SteppedClock()
    throttle = Throttle(clock, 1.0, 1.0, 10.0, most_waiting=1)
    assert await throttle.let_through()
    waiting = asyncio.create_task(throttle.let_through())
    await until(lambda: clock.sleepers)
    assert not await throttle.let_through()
    clock.advance(1)
    assert await waiting
    clock.advance(1)
    assert await throttle.let_through()


def test_without_a_key_of_their_own_webhooks_are_signed_with_that_of_the_project(tmp_path: Path) -> None:
    project = {"LIVEKIT_API_KEY": "APIproject", "LIVEKIT_API_SECRET": "project-s3cret"}
    assert webhook_key(load(project)) == Credentials("APIproject", "project-s3cret")
    own = {"USHER_WEBHOOK_API_KEY": "APIhooks", "USHER_WEBHOOK_API_SECRET": "hooks-s3cret"}
    assert webhook_key(load(project | own)) == Credentials("APIhooks", "hooks-s3cret")
    (tmp_path / "secret").write_text("in-a-file\n")
    source = webhook_key(load({**project, "LIVEKIT_API_SECRET": "", "LIVEKIT_API_SECRET_FILE": f"{tmp_path}/secret"}))
    assert callable(source)
    assert source() == Credentials("APIproject", "in-a-file")
