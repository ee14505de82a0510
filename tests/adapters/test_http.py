"""The built-in HTTP server, over real sockets: what it refuses, what it does not tell, and how it ends."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import BytesIO

import aiohttp
import pytest
from aiohttp import web

from adapters.http import MOST_BYTES, HttpServer, body_of
from adapters.values import HostPort
from bot.errors import BotError
from tests.clocks import until

ANY = HostPort("127.0.0.1", 0)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def echo(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


class Held:
    """A handler that says when it has begun, and waits until it may go on."""

    def __init__(self) -> None:
        self.begun, self.go = asyncio.Event(), asyncio.Event()
        self.cancelled = False

    async def handle(self, request: web.Request) -> web.Response:
        self.begun.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return web.Response(text="held")


@asynccontextmanager
async def serving(handler: Handler = echo) -> AsyncIterator[tuple[HttpServer, aiohttp.ClientSession]]:
    """A server with a POST route at /in, and a client of it."""
    server = HttpServer(ANY)
    server.add("POST", "/in", handler)
    await server.start()
    async with aiohttp.ClientSession(server.url) as client:
        try:
            yield server, client
        finally:
            await server.aclose(0)


async def test_a_route_gets_its_requests() -> None:
    async with serving() as (_, client), client.post("/in", data=b"hello") as answer:
        assert (answer.status, await answer.read()) == (200, b"hello")


async def test_it_says_where_it_listens_with_the_port_that_it_got() -> None:
    server = HttpServer(ANY)
    server.add("POST", "/in", echo)
    assert server.url == "http://127.0.0.1:0"
    host, port = await server.start()
    assert (host, port > 0, server.url) == ("127.0.0.1", True, f"http://127.0.0.1:{port}")
    await server.aclose(0)


async def test_it_listens_where_it_was_told_and_nowhere_else() -> None:
    async with serving() as (server, _):
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.2", port)


async def test_ipv6_has_its_brackets() -> None:
    server = HttpServer(HostPort("::1", 0))
    server.add("POST", "/in", echo)
    try:
        host, port = await server.start()
    except BotError:
        assert not has_ipv6()
        return
    async with aiohttp.ClientSession(server.url) as client, client.post("/in", data=b"six") as answer:
        assert (host, server.url, await answer.read()) == ("::1", f"http://[::1]:{port}", b"six")
    await server.aclose(0)


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True


async def test_a_route_that_comes_too_late_is_a_mistake() -> None:
    async with serving() as (server, _):
        with pytest.raises(RuntimeError, match="before"):
            server.add("GET", "/late", echo)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("POST", "/in/", 404), ("POST", "/in/../secret", 404), ("GET", "/in", 405)],
)
async def test_what_is_not_there_is_answered_with_nothing_about_what_is(method: str, path: str, status: int) -> None:
    async with serving() as (_, client), client.request(method, path) as answer:
        assert (answer.status, await answer.read()) == (status, b"")
        assert answer.headers.get("Allow") == ("POST" if status == 405 else None)


async def test_a_body_of_one_mebibyte_is_taken_and_a_byte_more_is_not() -> None:
    async with serving() as (_, client):
        async with client.post("/in", data=BytesIO(b"x" * MOST_BYTES)) as answer:
            assert (answer.status, len(await answer.read())) == (200, MOST_BYTES)
        async with client.post("/in", data=BytesIO(b"x" * (MOST_BYTES + 1))) as answer:
            assert answer.status == 413
            assert await answer.text() == "The body is larger than 1 MiB, which is the most that is taken.\n"


async def test_a_large_body_is_refused_also_where_its_size_was_not_announced() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 65536 + 1):
            yield b"x" * 65536

    async with serving() as (_, client), client.post("/in", data=pieces()) as answer:
        assert answer.status == 413


async def test_a_handler_that_fails_tells_the_sender_nothing_and_the_log_no_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def failing(request: web.Request) -> web.Response:
        raise RuntimeError(request.headers["X-Secret"])

    headers = {"Authorization": "Bearer t0ken", "X-Secret": "s3cret"}
    with caplog.at_level(logging.DEBUG):
        async with serving(failing) as (_, client):
            async with client.post("/in", data=b"b0dy", headers=headers) as answer:
                assert (answer.status, await answer.read()) == (500, b"")
            async with client.post("/in", headers=headers) as answer:
                assert answer.status == 500
    assert "RuntimeError" in caplog.text
    assert [word for word in ("s3cret", "b0dy", "t0ken", "Bearer") if word in caplog.text] == []


async def test_no_request_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with serving() as (_, client), client.post("/in?token=t0ken", data=b"b0dy") as answer:
            assert answer.status == 200
    assert [word for word in ("/in", "t0ken", "b0dy") if word in caplog.text] == []


async def test_a_place_that_is_taken_is_said_in_a_sentence() -> None:
    async with serving() as (server, _):
        host, _, port = server.url.removeprefix("http://").rpartition(":")
        second = HttpServer(HostPort(host, int(port)))
        second.add("POST", "/in", echo)
        with pytest.raises(BotError) as caught:
            await second.start()
    said = f"Usher cannot listen on {host}:{port} (Address already in use): see USHER_HTTP."
    assert caught.value.user_text == said


@pytest.mark.parametrize("host", ["no.such.host.invalid", "a..b"])
async def test_a_host_that_does_not_exist_is_said_in_a_sentence(host: str) -> None:
    server = HttpServer(HostPort(host, 0))
    with pytest.raises(BotError, match="there is no such host"):
        await server.start()


async def test_closing_lets_a_request_under_way_finish_and_takes_no_other() -> None:
    held = Held()
    async with serving(held.handle) as (server, client):
        asked = asyncio.create_task(answered(client))
        await held.begun.wait()
        closing = asyncio.create_task(server.aclose(60))
        await asyncio.sleep(0)
        with pytest.raises(aiohttp.ClientConnectorError):
            await answered(client)
        assert not closing.done()
        held.go.set()
        assert await asked == (200, b"held")
        await closing


async def answered(client: aiohttp.ClientSession) -> tuple[int, bytes]:
    async with client.post("/in") as answer:
        return answer.status, await answer.read()


async def test_while_it_closes_a_connection_that_was_open_before_brings_nothing_new() -> None:
    held = Held()
    async with serving(held.handle) as (server, client):
        address = server.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(*address)
        asked = asyncio.create_task(answered(client))
        await held.begun.wait()
        writer.write(b"GET /else HTTP/1.1\r\nHost: usher\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 404 ")
        closing = asyncio.create_task(server.aclose(60))
        await asyncio.sleep(0)
        writer.write(b"POST /in HTTP/1.1\r\nHost: usher\r\nContent-Length: 0\r\n\r\n")
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert head.startswith("http/1.1 503 ")
        assert "connection: close" in head
        held.go.set()
        assert (await asked)[0] == 200
        await closing
        writer.close()
        await writer.wait_closed()


async def test_closing_cuts_off_what_takes_longer_than_it_may() -> None:
    held = Held()
    async with serving(held.handle) as (server, client):
        asked = asyncio.create_task(answered(client))
        await held.begun.wait()
        await server.aclose(0.05)
        with pytest.raises(aiohttp.ClientError):
            await asked
    assert held.cancelled


async def test_closing_twice_does_nothing_more() -> None:
    async with serving() as (server, _):
        await server.aclose(10)
        await server.aclose(10)


async def test_whoever_goes_in_the_middle_of_a_request_is_no_bug(caplog: pytest.LogCaptureFixture) -> None:
    read: list[BaseException] = []
    begun = asyncio.Event()

    async def reading(request: web.Request) -> web.Response:
        begun.set()
        try:
            return web.Response(body=await request.read())
        except BaseException as error:
            read.append(error)
            raise

    async with serving(reading) as (server, _):
        host, _, port = server.url.removeprefix("http://").rpartition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        await begun.wait()
        writer.transport.abort()
        await until(lambda: read)
    assert isinstance(read[0], ConnectionError)
    assert caplog.messages == []


async def test_a_broken_connection_of_ours_is_a_bug(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(request: web.Request) -> web.Response:
        raise ConnectionResetError

    async with serving(broken) as (_, client), client.post("/in") as answer:
        assert answer.status == 500
    assert "ConnectionResetError" in caplog.text


CHUNKED = b"POST /in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("sent", [CHUNKED + b"s3cret\r\n", b"s3cret / HTTP/1.1\r\nno header\r\n\r\n"])
async def test_whoever_does_not_speak_http_is_refused_and_not_logged(
    caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    async with serving() as (server, _):
        host, _, port = server.url.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(sent)
        assert b" 400 " in await reader.readline()
        writer.close()
    assert caplog.messages == []


async def test_a_body_that_is_not_compressed_as_it_says_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    headers = {"Content-Encoding": "gzip"}
    async with serving() as (_, client), client.post("/in", data=BytesIO(b"s3cret" * 20), headers=headers) as answer:
        assert (answer.status, await answer.text()) == (400, "")
    assert caplog.messages == []


async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def reading(request: web.Request) -> web.Response:
        return web.Response(body=await body_of(request))

    async def never() -> AsyncIterator[bytes]:
        yield b"half"
        await asyncio.Event().wait()

    async with serving(reading) as (_, client):
        async with client.post("/in", data=b"whole") as answer:
            assert await answer.read() == b"whole"
        monkeypatch.setattr("adapters.http.READ_SECONDS", 0.01)
        async with client.post("/in", data=never()) as answer:
            assert (answer.status, await answer.text()) == (408, "")


async def test_a_body_that_breaks_off_in_its_encoding_is_no_bug(caplog: pytest.LogCaptureFixture) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def reading(request: web.Request) -> web.Response:
        begun.set()
        try:
            return web.Response(body=await request.read())
        finally:
            ended.set()

    async with serving(reading) as (server, _):
        host, _, port = server.url.removeprefix("http://").rpartition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(CHUNKED + b"3\r\nabc\r\n")
        await begun.wait()
        writer.write(b"s3cret\r\n")
        writer.close()
        await ended.wait()
    assert caplog.messages == []
