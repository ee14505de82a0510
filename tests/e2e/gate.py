"""A gate on the way to an HTTP server: calls can be held back, or carried out with their answers held back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

_CHUNK = 65_536


class Gate:
    """`port` is where to ask instead of the server. A method is the end of a path, as `ListParticipants`.

    `waiting` are the methods of the calls that are held just now.
    """

    def __init__(self, server: int) -> None:
        self._server = server
        self._held: dict[str, asyncio.Event] = {}
        self._late: dict[str, asyncio.Event] = {}
        self._writers: set[asyncio.StreamWriter] = set()
        self.waiting: list[str] = []
        self.port = 0

    @contextmanager
    def held(self, *methods: str) -> Iterator[None]:
        """No such call reaches the server before the end of the block."""
        with _closed(self._held, methods):
            yield

    @contextmanager
    def answers_held(self, *methods: str) -> Iterator[None]:
        """Such calls are carried out, and nobody hears of it before the end of the block."""
        with _closed(self._late, methods):
            yield

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._server)
        self._writers |= {writer, back}
        asked: list[str] = []
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._there(reader, back, asked))
                group.create_task(self._back(there, writer, asked))
        except* OSError:
            pass
        finally:
            self._writers -= {writer, back}
            writer.transport.abort()
            back.transport.abort()

    async def _there(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: list[str]) -> None:
        """One request after the other, as HTTP/1.1 has them: the next one comes when the last one is answered."""
        while data := await reader.read(_CHUNK):
            if data.startswith(b"POST "):
                asked[:] = [data.split(b" ", 2)[1].rpartition(b"/")[2].decode()]
                await self._through(self._held, asked)
            writer.write(data)
            await writer.drain()
        writer.write_eof()

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: list[str]) -> None:
        while data := await reader.read(_CHUNK):
            await self._through(self._late, asked)
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _through(self, closed: dict[str, asyncio.Event], asked: list[str]) -> None:
        opened = closed.get(asked[0]) if asked else None
        if opened is not None:
            self.waiting.append(asked[0])
            await opened.wait()
            self.waiting.remove(asked[0])

    def hang_up(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()


@contextmanager
def _closed(closed: dict[str, asyncio.Event], methods: tuple[str, ...]) -> Iterator[None]:
    opened = asyncio.Event()
    closed |= dict.fromkeys(methods, opened)
    try:
        yield
    finally:
        for method in methods:
            closed.pop(method, None)
        opened.set()


@asynccontextmanager
async def gate_to(server: int, port: int = 0) -> AsyncIterator[Gate]:
    """A gate on 127.0.0.1 (port 0: any free one) to a server on another port there, for the length of the block."""
    gate = Gate(server)
    listener = await asyncio.start_server(gate.serve, "127.0.0.1", port)
    gate.port = listener.sockets[0].getsockname()[1]
    try:
        yield gate
    finally:
        listener.close()
        gate.hang_up()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await listener.wait_closed()
