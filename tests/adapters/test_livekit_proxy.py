"""The way to LiveKit through a proxy."""

from __future__ import annotations

import asyncio

from adapters.livekit.transport import exchange, open_http

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


async def test_a_proxy_gets_its_login_and_the_request_without_it_in_the_address() -> None:
    heard: list[str] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(ANSWER)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(proxy, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with open_http(proxy=f"http://ada:secret@127.0.0.1:{port}") as http:
            answer = await exchange(http, "http://livekit.example/twirp/x", b"{}", "token", 5)
    assert answer.status == 200
    (request,) = heard
    assert request.startswith("POST http://livekit.example/twirp/x ")
    assert "Proxy-Authorization: Basic YWRhOnNlY3JldA==" in request
    assert "ada" not in request
