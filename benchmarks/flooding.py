"""A flood of webhooks, from a process of its own: `python -m benchmarks.flooding HOST PORT A_SECOND CONNECTIONS LONG`.

For so many seconds it sends so many a second over connections that are kept, each of which waits for its answer.
"""

from __future__ import annotations

import asyncio
import sys
import time

from adapters.livekit.receiver import WEBHOOKS_PATH
from tests.livekit_server import CREDENTIALS
from tests.webhooks import event, token


async def main(host: str, port: int, a_second: float, connections: int, seconds: float) -> None:
    pause = connections / a_second
    begun = time.monotonic()
    senders = (_over_one(host, port, n, begun + pause * n / connections, pause, seconds) for n in range(connections))
    await asyncio.gather(*senders)


async def _over_one(host: str, port: int, number: int, due: float, pause: float, seconds: float) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    what, end = _request(number), due + seconds
    while due < end:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        writer.write(what)
        head = await reader.readuntil(b"\r\n\r\n")
        if b"connection: close" in head.lower():
            writer.close()
            reader, writer = await asyncio.open_connection(host, port)
        due = max(due + pause, time.monotonic() - pause)
    writer.close()


def _request(number: int) -> bytes:
    body = event(f"elsewhere-{number}")
    lines = (
        f"POST {WEBHOOKS_PATH} HTTP/1.1", "Host: usher", f"Authorization: {token(body, time.time(), CREDENTIALS)}",
        "Content-Type: application/webhook+json", f"Content-Length: {len(body)}", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode() + body


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])))
