"""A flood of webhooks, genuine and forged: everybody else is answered meanwhile, and the process does not grow."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from pathlib import Path

import aiohttp

from adapters.admitting import ADMISSION_PATH
from adapters.livekit.receiver import WEBHOOKS_PATH
from adapters.livekit.tokens import Credentials
from adapters.metrics import METRICS_PATH
from tests.clocks import PATIENCE, until
from tests.e2e.chat_run import Process
from tests.e2e.console import environment
from tests.livekit_server import CREDENTIALS
from tests.webhooks import event, token

API_TOKEN = "a-long-random-text-of-our-own"
FORGER = Credentials(CREDENTIALS.api_key, "another-secret-of-32-letters-or-more-than-that")
CONNECTIONS, QUESTIONS = 60, 30
MOST_GROWTH = 64 * 1024 * 1024


def request(host: str, key: Credentials, number: int) -> bytes:
    body = event(f"room-{number}")
    lines = (
        f"POST {WEBHOOKS_PATH} HTTP/1.1", f"Host: {host}", f"Authorization: {token(body, time.time(), key)}",
        "Content-Type: application/webhook+json", f"Content-Length: {len(body)}", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode() + body


async def flood(host: str, what: bytes, answered: Counter[str], enough: asyncio.Event) -> None:
    """Send it over one connection, as fast as it is answered."""
    address, _, port = host.rpartition(":")
    while not enough.is_set():
        reader, writer = await asyncio.open_connection(address, int(port))
        head = ""
        while not enough.is_set() and "connection: close" not in head:
            writer.write(what)
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            answered[head[9:12]] += 1
        writer.close()


async def numbers(client: aiohttp.ClientSession) -> dict[str, float]:
    async with client.get(METRICS_PATH) as answer:
        lines = [line.rpartition(" ") for line in (await answer.text()).splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


async def test_a_flood_of_webhooks_blocks_nobody_and_fills_no_memory(tmp_path: Path) -> None:
    env = environment(tmp_path / "usher.db", "ws://127.0.0.1:1", USHER_API_TOKEN=API_TOKEN)
    process = Process(env, tmp_path)
    try:
        [line] = await until(
            lambda: [line for line in process.said if line.startswith("HTTP: ")], PATIENCE, lambda: process.log[-2000:]
        )
        url = line.split()[1]
        headers = {"Authorization": f"Bearer {API_TOKEN}"}
        timeout = aiohttp.ClientTimeout(PATIENCE)
        async with aiohttp.ClientSession(url, headers=headers, timeout=timeout) as client:
            before = await numbers(client)
            answered, enough = Counter[str](), asyncio.Event()
            host = url.removeprefix("http://")
            requests = [request(host, FORGER if i % 3 == 0 else CREDENTIALS, i) for i in range(CONNECTIONS)]
            flooding = [asyncio.create_task(flood(host, one, answered, enough)) for one in requests]
            await until(lambda: sum(answered.values()) > 700, PATIENCE)  # more than are let through at once
            for number in range(QUESTIONS):
                query = {"room": "standup", "identity": f"guest-{number}"}
                async with client.get(ADMISSION_PATH, params=query) as answer:
                    assert (answer.status, (await answer.json())["allowed"]) == (200, True)
            enough.set()
            await asyncio.gather(*flooding)
            after = await numbers(client)
        assert set(answered) == {"200", "401"}
        counted = {name: after[f'usher_webhooks_total{{result="{name}"}}'] for name in ("genuine", "refused", "unread")}
        assert sum(counted.values()) == sum(answered.values())
        assert counted["refused"] == answered["401"]
        assert after["process_resident_memory_bytes"] - before["process_resident_memory_bytes"] < MOST_GROWTH
        assert len(process.log.splitlines()) < 20  # not one for each
        process.popen.send_signal(signal.SIGTERM)
        assert await process.ended() == 0
        assert "Bug " not in process.log
    finally:
        process.kill()
