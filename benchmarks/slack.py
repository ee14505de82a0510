"""200 slash commands in one second against `usher run`: how soon each is acknowledged, and answered."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from benchmarks.children import child
from benchmarks.ground import FOLDER
from benchmarks.harness import Aim, Row, Sample, Scale
from benchmarks.processes import bare_environment
from benchmarks.simulator import names
from tests.clocks import eventually
from tests.livekit_server import API_KEY, API_SECRET
from tests.slack_crowd import Order, answers, moderators, orders, sent
from tests.slack_stand_in import Delivery, SlackStandIn, stand_in

COMMANDS = 200
ROOMS = 20
AWAY = 20  # milliseconds between the room service and us
AIM = Aim("p99", 3000)
MODES = {"socket": "Socket Mode", "http": "HTTP"}
PAUSE = 4.0  # the same words within three seconds are the same command
LOOK = 0.002
LONGEST = 60.0
STARTED = "Slack: started, "


async def run(scale: Scale) -> list[Row]:
    rows: list[Row] = []
    for mode in MODES:
        rows += await _measured(mode, scale.of(COMMANDS, 20), scale.of(5, 1))
    return rows


async def _measured(mode: str, count: int, rounds: int) -> list[Row]:
    """Rounds of a second each, after one that is not counted."""
    acknowledged: list[float] = []
    answered: list[float] = []
    each = str(COMMANDS // ROOMS)
    async with (
        child("simulator", each, each, str(AWAY), str(ROOMS)) as said,
        stand_in() as slack,
        aiohttp.ClientSession() as http,
    ):
        slack.checks.schemas, slack.sending.ack_seconds = False, LONGEST
        who = moderators(slack)
        async with _usher(mode, slack, said["url"], who):
            for number in range(rounds + 1):
                async with http.post(said["url"] + "/reset") as answer:
                    assert answer.status == 200
                done, seconds = await _round(slack, orders(who, _people(count), f" of {number}"))
                if number:
                    acknowledged += [1e3 * (one.acked or LONGEST) for one in done]
                    answered += [1e3 * one for one in seconds]
                await asyncio.sleep(PAUSE)
    late = sum(one > AIM.number for one in acknowledged)
    what = f"{count} Slack commands in a second, {MODES[mode]}"
    note = f"{rounds} rounds; {late} acknowledged later than Slack waits (3 s); LiveKit {AWAY} ms away"
    return [
        Row(f"{what}: acknowledged", "ms", Sample.of(acknowledged), None, AIM, note),
        Row(f"{what}: answered", "ms", Sample.of(answered), note="with its answer, in the acknowledgement or after it"),
    ]


def _people(count: int) -> list[tuple[str, str]]:
    rooms = names(ROOMS)
    return [(rooms[number % ROOMS], f"person-{number // ROOMS}") for number in range(count)]


async def _round(slack: SlackStandIn, wanted: Sequence[Order]) -> tuple[list[Delivery], list[float]]:
    """All of them once; and the seconds until each was answered."""
    before = len(slack.deliveries)
    watching = asyncio.create_task(_answered(slack, before, len(wanted)))
    done = await sent(slack, wanted)
    async with asyncio.timeout(120):
        seconds = await watching
    wrong = [text for one in done for text in answers(one) if "went wrong" in text or "did not answer" in text]
    assert [one for one in done if len(answers(one)) != 1] == []
    assert wrong == []
    return done, seconds


async def _answered(slack: SlackStandIn, before: int, count: int) -> list[float]:
    found: dict[Delivery, float] = {}
    while len(found) < count:
        for one in slack.deliveries[before:]:
            if one not in found and answers(one):
                found[one] = time.monotonic() - one.attempts[0].sent
        await asyncio.sleep(LOOK)
    return list(found.values())


@asynccontextmanager
async def _usher(mode: str, slack: SlackStandIn, livekit: str, who: Sequence[str]) -> AsyncIterator[None]:
    """`usher run` in a process of its own, on a durable history; every one of these people is an admin."""
    admins = ",".join(f"slack:{slack.world.team}/{slack.world.user(name).id}" for name in who)
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        settings = {
            **(slack.environment if mode == "socket" else slack.http_environment),
            "LIVEKIT_URL": livekit,
            "LIVEKIT_API_KEY": API_KEY,
            "LIVEKIT_API_SECRET": API_SECRET,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'usher.db'}",
            "USHER_HTTP": "127.0.0.1:0",
            "USHER_ADMINS": admins,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "adapters.cli", "run", env=bare_environment(settings), stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(60):
                line = ""
                while not line.startswith(STARTED):
                    line = (await process.stdout.readline()).decode()
                if mode == "http":
                    await _serving(slack, line.strip().partition(" on ")[2])
                else:
                    await slack.connected(seconds=60)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def _serving(slack: SlackStandIn, url: str) -> None:
    async def answers_there() -> bool:
        return (await slack.ssl_check(url)).status == 200

    await eventually(answers_there)
    slack.use_http(url)
