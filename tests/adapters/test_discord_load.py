"""Two hundred interactions in one second: each answered in time, done once, and answered once; by two processes too."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.simulator.people import JoinGrant
from adapters.livekit.wire import Json
from bot.history import CaseQuery, Outcome
from tests.both_chats import Grounds, beside, grounds, in_discord
from tests.crowd import HALLS, PEOPLE, Order, orders
from tests.discord_crowd import answers, moderators, sent
from tests.discord_stand_in import DiscordStandIn, Interaction
from tests.discord_stand_in.errors import TWICE
from tests.discord_stand_in.interactions import DEFER

AWAY_SECONDS = 0.02
HANGING_SECONDS = 2.0
PATIENCE = 60.0

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Crowded:
    discord: DiscordStandIn
    ground: Grounds
    who: list[str]

    def far_away(self, **hanging: float) -> None:
        """Each call to LiveKit takes its time."""

        async def wait(call: Call, carry_out: Callable[[], Awaitable[Json]]) -> Json:
            await asyncio.sleep(hanging.get(call.method, AWAY_SECONDS))
            return await carry_out()

        self.ground.service.around = wait

    async def all_answered(self, done: list[Interaction]) -> None:
        await self.discord.until(lambda: all(answers(one) for one in done), PATIENCE)

    async def nothing_lost_and_nothing_twice(self, wanted: list[Order], done: list[Interaction]) -> None:
        assert [one for one in done if one.trouble] == []
        assert Counter(len(answers(one)) for one in done) == {1: len(wanted)}
        said = [text for one in done for text in answers(one)]
        assert [text for text in said if "went wrong" in text or "did not answer" in text] == []
        cases = (await self.ground.house.database.history.cases(CaseQuery(everywhere=True, limit=1000))).cases
        written = Counter((one.opening.command, one.opening.identity) for one in cases)
        assert written == Counter((order.command, order.identity) for order in wanted if order.identity)
        assert {entry.outcome for case in cases for entry in case.entries} <= {None, Outcome.DONE}
        mutes = Counter(call.body["identity"] for call in self.ground.service.calls if "Mute" in call.method)
        assert set(mutes.values()) == {1}


@pytest.fixture
async def crowded(request: pytest.FixtureRequest, discord: DiscordStandIn, tmp_path: Path) -> AsyncIterator[Crowded]:
    """As many adapters, each with a house of its own on one history; every interaction reaches them all."""
    discord.checks.schemas = False
    who = moderators(discord)
    admins = [f"discord:{discord.world.user(name).id}" for name in who]
    async with AsyncExitStack() as stack:
        ground = await stack.enter_async_context(grounds(tmp_path, *admins))
        for room in HALLS:
            ground.rooms.open(room)
        for room, identity in PEOPLE:
            ground.rooms.join(room, JoinGrant(identity, f"Person {identity}"))
            ground.rooms.publish(room, identity)
        more = [await stack.enter_async_context(beside(ground)) for _ in range(getattr(request, "param", 1) - 1)]
        for house in (ground.house, *more):
            await stack.enter_async_context(in_discord(discord, house))
        await discord.connected(1 + len(more))
        yield Crowded(discord, ground, who)


async def test_two_hundred_interactions_in_a_second_are_answered_in_time_and_done_once(crowded: Crowded) -> None:
    crowded.far_away()
    wanted = orders(crowded.who, PEOPLE)
    done = await sent(crowded.discord, wanted, completing=True)
    await crowded.all_answered(done)
    await crowded.nothing_lost_and_nothing_twice(wanted, done)
    assert [one.refused for one in done if one.refused] == []
    assert len(done) == 200


async def test_while_livekit_hangs_two_hundred_commands_are_acknowledged_and_answered_later(crowded: Crowded) -> None:
    crowded.far_away(ListParticipants=HANGING_SECONDS)
    wanted = orders(crowded.who, PEOPLE)
    done = await sent(crowded.discord, wanted)
    assert {one.kind for one in done} == {DEFER}
    await crowded.all_answered(done)
    await crowded.nothing_lost_and_nothing_twice(wanted, done)


@pytest.mark.parametrize("crowded", [2], indirect=True)
async def test_what_reaches_two_processes_is_done_once_and_answered_once(crowded: Crowded) -> None:
    """What only looks both of them may do; then one of them is turned away, and says nothing."""
    crowded.far_away()
    wanted = orders(crowded.who, PEOPLE[:60])
    done = await sent(crowded.discord, wanted, completing=True)
    await crowded.all_answered(done)
    await crowded.nothing_lost_and_nothing_twice(wanted, done)
    assert {one.copies for one in done} == {2}
    assert {code for one in done for code in one.refused} == {TWICE[1]}
