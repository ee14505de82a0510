"""A server on a real socket that misbehaves as told: for what no well-behaved HTTP library will do."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

Act = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""What to do once the whole request has been read."""


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: dict[str, str]
    body: bytes
    verb: str = "POST"

    @property
    def method(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def token(self) -> str:
        return self.headers["authorization"].removeprefix("Bearer ")


class HostileServer:
    """Does `acts` one after the other, the last one for ever; `requests` keeps what was asked."""

    def __init__(self, *acts: Act) -> None:
        self.requests: list[Request] = []
        self.url = ""
        self._acts = list(acts)
        self._writers: set[asyncio.StreamWriter] = set()

    def then(self, *acts: Act) -> None:
        self._acts = list(acts)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while (request := await _read_request(reader)) is not None:
                self.requests.append(request)
                act = self._acts.pop(0) if len(self._acts) > 1 else self._acts[0]
                await act(writer)
                if writer.is_closing():
                    break
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    def hang_up(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    verb, path, _ = first.split(" ", 2)
    return Request(path, headers, body, verb)


@asynccontextmanager
async def hostile(*acts: Act, tls: ssl.SSLContext | None = None) -> AsyncIterator[HostileServer]:
    """Serve on 127.0.0.1 for the length of the block."""
    server = HostileServer(*acts)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()
        server.hang_up()
        await asyncio.sleep(0)


def reply(status: int, body: object = b"", *, content_type: str = "application/json", **headers: str) -> Act:
    """A whole HTTP answer; an object is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return raw(_head(status, len(content), content_type, headers) + content)


def cut_reply(body: bytes, promised: int) -> Act:
    """Promises more bytes than it sends, then closes."""
    return raw(_head(200, promised, "application/json", {}) + body, close=True)


def raw(data: bytes, *, close: bool = False) -> Act:
    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if close:
            writer.close()

    return act


async def reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection with an RST once the request has been read."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def close(writer: asyncio.StreamWriter) -> None:
    """Close without a word."""
    writer.close()


async def hang(_: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.sleep(3600)


def trickle(seconds: float) -> Act:
    """An answer whose bytes never end, each one in time for a timeout between reads."""

    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(_head(200, 1_000_000, "application/json", {}))
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(seconds)

    return act


def _head(status: int, length: int, content_type: str, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {length}", f"Content-Type: {content_type}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
