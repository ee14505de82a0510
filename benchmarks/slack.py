"""200 slash commands in one second against `usher run`: how soon each is acknowledged, and answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import aiohttp

from benchmarks import chats
from benchmarks.chats import AWAY, COMMANDS, LONGEST, PAUSE, ROOMS
from benchmarks.children import child
from benchmarks.harness import Row, Scale
from tests.clocks import eventually
from tests.crowd import Order, orders
from tests.slack_crowd import answers, moderators, sent
from tests.slack_stand_in import Delivery, SlackStandIn, stand_in

MODES = {"socket": "Socket Mode", "http": "HTTP"}
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
        admins = [f"slack:{slack.world.team}/{slack.world.user(name).id}" for name in who]
        chat = slack.environment if mode == "socket" else slack.http_environment
        async with chats.usher(chat, said["url"], admins, STARTED) as started:
            await _ready(slack, mode, started)
            for number in range(rounds + 1):
                async with http.post(said["url"] + "/reset") as answer:
                    assert answer.status == 200
                done, seconds = await _round(slack, orders(who, chats.people(count), f" of {number}"))
                if number:
                    acknowledged += [1e3 * (one.acked or LONGEST) for one in done]
                    answered += [1e3 * one for one in seconds]
                await asyncio.sleep(PAUSE)
    return chats.rows(f"{count} Slack commands in a second, {MODES[mode]}", rounds, acknowledged, answered)


async def _round(slack: SlackStandIn, wanted: Sequence[Order]) -> tuple[list[Delivery], list[float]]:
    """All of them once; and the seconds until each was answered."""
    before = len(slack.deliveries)

    def sent_at(one: Delivery) -> float:
        return one.attempts[0].sent if answers(one) else 0

    watching = asyncio.create_task(chats.answered(lambda: slack.deliveries[before:], len(wanted), sent_at))
    done = await sent(slack, wanted)
    async with asyncio.timeout(120):
        seconds = await watching
    wrong = [text for one in done for text in answers(one) if "went wrong" in text or "did not answer" in text]
    assert [one for one in done if len(answers(one)) != 1] == []
    assert wrong == []
    return done, seconds


async def _ready(slack: SlackStandIn, mode: str, started: str) -> None:
    """Until it has its websocket, or answers behind the address that it has printed."""
    if mode == "socket":
        await slack.connected(seconds=60)
        return
    url = started.partition(" on ")[2]

    async def answers_there() -> bool:
        return (await slack.ssl_check(url)).status == 200

    await eventually(answers_there)
    slack.use_http(url)
