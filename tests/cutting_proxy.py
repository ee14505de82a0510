"""Between Usher and a PostgreSQL server: cuts the connection on which a transaction is being committed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit, urlunsplit


class Cut(Enum):
    BEFORE = "the server never hears of the commit"
    AFTER = "the server's answer to it is lost"
    FOR_GOOD = "the same, and nobody gets through any more"


@dataclass(slots=True)
class Proxy:
    """`next` says what becomes of the next commit, and is None again once it has been done."""

    url: str
    host: str
    port: int
    next: Cut | None = None
    gone: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.gone:
            writer.close()
            return
        from_server, to_server = await asyncio.open_connection(self.host, self.port)
        answers = asyncio.create_task(_pass_on(from_server, writer))
        try:
            while data := await reader.read(65536):
                cut, self.next = (self.next, None) if b"COMMIT\0" in data else (None, self.next)
                if cut is Cut.BEFORE:
                    break
                if cut is not None:
                    self.gone = cut is Cut.FOR_GOOD
                    answers.cancel()
                    await asyncio.gather(answers, return_exceptions=True)
                    to_server.write(data)
                    await from_server.read(65536)
                    break
                to_server.write(data)
        finally:
            answers.cancel()
            to_server.close()
            writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


@contextmanager
def cutting(url: str) -> Iterator[Proxy]:
    """A proxy, in a thread of its own, to the server of this address; it is at the address `url` of what is given."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    proxy = Proxy("", parts.hostname, parts.port)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def close() -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(proxy.serve, "127.0.0.1"), loop).result()
    try:
        login = parts.netloc.rpartition("@")[0]
        port = server.sockets[0].getsockname()[1]
        proxy.url = urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{port}"))
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
