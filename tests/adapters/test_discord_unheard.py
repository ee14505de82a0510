"""What Discord has taken and nobody was told of: its answer is another one, or is lost with the connection. Over real
sockets, through all of discord.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from adapters import answering
from adapters.livekit.calls import Call
from adapters.livekit.simulator.lively import STANDUP
from adapters.livekit.wire import Json
from tests.both_chats import Discord, Grounds, beside, grounds, in_discord
from tests.discord_stand_in import CALLBACK, DiscordStandIn, Shown

HOW = ["another answer", "a lost connection"]


@pytest.fixture
async def ground(discord: DiscordStandIn, tmp_path: Path) -> AsyncIterator[Grounds]:
    async with grounds(tmp_path / "house", f"discord:{discord.world.user('ann').id}") as found:
        yield found


@pytest.fixture
async def chat(discord: DiscordStandIn, ground: Grounds) -> AsyncIterator[Discord]:
    async with in_discord(discord, ground.house) as found:
        yield found


def unheard(discord: DiscordStandIn, how: str, *, taken: bool = True) -> None:
    """The next acknowledgement is taken (or not), and nobody is told."""
    if how == HOW[0]:
        discord.trouble.fail(CALLBACK, 504, after=taken)
    else:
        discord.trouble.drop(CALLBACK, after=taken)


def slow(ground: Grounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is ready in time."""

    async def wait(call: Call, carry_out: Callable[[], Awaitable[Json]]) -> Json:
        await asyncio.sleep(0.4)
        return await carry_out()

    ground.service.around = wait
    monkeypatch.setattr(answering, "ANSWER_SECONDS", 0.1)


async def settled(discord: DiscordStandIn, words: str) -> list[Shown]:
    """All that Ann sees, once that is among it and nothing more is under way."""
    await discord.until(lambda: [one for one in discord.seen_by("ann").messages if words in one.text])
    await asyncio.sleep(0.3)
    return [one for one in discord.seen_by("ann").messages if one.ephemeral or one.author == discord.app.id]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("participants", {"room": STANDUP}, "10 people"),
        ("kick", {"who": "omar", "in": STANDUP}, "Remove"),
        ("mute", {"who": "bob", "in": STANDUP}, "Muted"),
    ],
)
async def test_an_acknowledgement_that_was_taken_unheard_is_our_own_and_the_answer_shows_once(
    discord: DiscordStandIn,
    ground: Grounds,
    chat: Discord,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    late: bool,
    command: str,
    options: dict[str, str],
    words: str,
) -> None:
    if late:
        slow(ground, monkeypatch)
    unheard(discord, how)
    await discord.command("ann", "general", command, options)
    await discord.until(lambda: [call.code for call in discord.called(CALLBACK)] == [0, 40060])
    [shown] = await settled(discord, words)
    assert shown.ephemeral
    assert not shown.loading


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("late", [False, True])
async def test_what_takes_the_place_of_a_question_is_ours_then_too(
    discord: DiscordStandIn, ground: Grounds, chat: Discord, monkeypatch: pytest.MonkeyPatch, how: str, late: bool
) -> None:
    await discord.command("ann", "general", "kick", {"who": "omar", "in": STANDUP})
    [question] = await settled(discord, "Remove")
    if late:
        slow(ground, monkeypatch)
    unheard(discord, how)
    await discord.press("ann", question, "Remove")
    [shown] = await settled(discord, "Removed")
    assert shown.labels


@pytest.mark.parametrize("how", HOW)
async def test_an_acknowledgement_that_was_not_taken_is_given_again_in_time(
    discord: DiscordStandIn, chat: Discord, how: str
) -> None:
    unheard(discord, how, taken=False)
    done = await discord.command("ann", "general", "participants", {"room": STANDUP})
    [shown] = await settled(discord, "10 people")
    assert (shown.ephemeral, done.trouble) == (True, "")


async def test_of_two_processes_the_second_still_says_nothing(
    discord: DiscordStandIn, ground: Grounds, chat: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with beside(ground) as other, in_discord(discord, other):
        await discord.command("ann", "general", "participants", {"room": STANDUP})
        await discord.until(lambda: [call.code for call in discord.called(CALLBACK)].count(40060) == 1)
        assert len(await settled(discord, "10 people")) == 1
        slow(ground, monkeypatch)
        await discord.command("ann", "general", "participants", {"room": STANDUP})
        await discord.until(lambda: [call.code for call in discord.called(CALLBACK)].count(40060) == 2)
        await discord.until(lambda: [one.loading for one in discord.seen_by("ann").messages] == [False, False])
        assert len(await settled(discord, "10 people")) == 2
    assert discord.called("POST /webhooks/{application}/{token}") == []
