"""200 interactions in one second against `usher run`: how soon each is acknowledged, and answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import aiohttp

from benchmarks import chats
from benchmarks.chats import AWAY, COMMANDS, LONGEST, PAUSE, ROOMS
from benchmarks.children import child
from benchmarks.harness import Row, Scale
from tests.crowd import Order, orders
from tests.discord_crowd import answers, moderators, sent
from tests.discord_stand_in import DiscordStandIn, Interaction, stand_in

STARTED = "Discord: started, "


async def run(scale: Scale) -> list[Row]:
    """Rounds of a second each, after one that is not counted."""
    count, rounds = scale.of(COMMANDS, 20), scale.of(5, 1)
    acknowledged: list[float] = []
    answered: list[float] = []
    each = str(COMMANDS // ROOMS)
    async with (
        child("simulator", each, each, str(AWAY), str(ROOMS)) as said,
        stand_in() as discord,
        aiohttp.ClientSession() as http,
    ):
        discord.checks.schemas, discord.timing.answer_seconds = False, LONGEST
        who = moderators(discord)
        admins = [f"discord:{discord.world.user(name).id}" for name in who]
        async with chats.usher(discord.environment, said["url"], admins, STARTED):
            await discord.connected(seconds=60)
            await discord.until(discord.commands, 60)
            for number in range(rounds + 1):
                async with http.post(said["url"] + "/reset") as answer:
                    assert answer.status == 200
                done, seconds = await _round(discord, orders(who, chats.people(count), f" of {number}"))
                if number:
                    acknowledged += [1e3 * (one.answered or LONGEST) for one in done]
                    answered += [1e3 * one for one in seconds]
                await asyncio.sleep(PAUSE)
    return chats.rows(f"{count} Discord interactions in a second", rounds, acknowledged, answered)


async def _round(discord: DiscordStandIn, wanted: Sequence[Order]) -> tuple[list[Interaction], list[float]]:
    """All of them once, each fourth one typed and not sent; and the seconds until each was answered."""
    before = len(discord.interactions)

    def sent_at(one: Interaction) -> float:
        return one.began if answers(one) else 0

    watching = asyncio.create_task(chats.answered(lambda: discord.interactions[before:], len(wanted), sent_at))
    done = await sent(discord, wanted, completing=True)
    async with asyncio.timeout(120):
        seconds = await watching
    wrong = [text for one in done for text in answers(one) if "went wrong" in text or "did not answer" in text]
    assert [one for one in done if len(answers(one)) != 1 or one.refused] == []
    assert wrong == []
    return done, seconds
