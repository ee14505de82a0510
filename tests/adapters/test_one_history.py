"""A moderator who works in Slack and in Discord sees one truth: one house behind both, one history, one room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.livekit.simulator.lively import STANDUP
from tests.both_chats import Chat, Discord, Grounds, Slack, grounds, in_discord, in_slack, neutral
from tests.discord_stand_in import DiscordStandIn
from tests.slack_stand_in import SlackStandIn

BOB = {"who": "bob", "in": STANDUP}


@dataclass(frozen=True, slots=True)
class Both:
    slack: Slack
    discord: Discord
    ground: Grounds

    def other(self, chat: Chat) -> Chat:
        return self.discord if chat is self.slack else self.slack

    def told(self, words: str) -> dict[str, int]:
        """How many lines of these words there are in the moderation channel of each."""
        screens: dict[str, list[Any]] = {
            "slack": self.slack.slack.seen_by("ben").messages,
            "discord": self.discord.discord.seen_by("ben").messages,
        }
        return {name: sum(words in read(one.text) for one in lines) for name, lines in screens.items()}


def read(text: str) -> str:
    """Without any markup of ours."""
    return text.replace("*", "")


@pytest.fixture
async def both(slack: SlackStandIn, discord: DiscordStandIn, tmp_path: Path) -> AsyncIterator[Both]:
    """Ann is admin under both of her accounts, which nobody can know to be of one person."""
    admins = (f"slack:{slack.world.team}/{slack.world.user('ann').id}", f"discord:{discord.world.user('ann').id}")
    told = {
        "USHER_SLACK_CHANNEL": slack.world.channel("mods").id,
        "USHER_DISCORD_CHANNEL": discord.world.channel("mods").id,
    }
    async with (
        grounds(tmp_path, *admins) as ground,
        in_slack(slack, ground.house, **told) as one,
        in_discord(discord, ground.house, **told) as other,
    ):
        yield Both(one, other, ground)


@pytest.mark.parametrize("first", ["slack", "discord"])
async def test_a_case_that_is_opened_in_one_is_undone_in_the_other(both: Both, first: str) -> None:
    one: Chat = both.slack if first == "slack" else both.discord
    other = both.other(one)
    bob = both.ground.rooms.person(STANDUP, "bob")
    before = dict(bob.permission)
    assert "Case 1." in await one.call("ann", "mute", {**BOB, "lock": "true", "reason": "shouting"})
    assert bob.permission != before

    assert "mute lock" in await other.call("ann", "history", {"room": STANDUP})
    assert "Undo case 1?" in await other.call("ann", "undo", {"n": "1"})
    assert "Undid case 1" in await other.press("ann", "Undo it")
    assert bob.permission == before

    actors = {entry.kind.value: entry.content.actor async for entry in both.ground.history if entry.content}
    assert (actors["order"], actors["ended"]) == (one.account("ann"), other.account("ann"))
    shown = [neutral(await chat.call("ann", "case", {"n": "1"}), both.slack, both.discord) for chat in (one, other)]
    assert shown[0] == shown[1]
    assert "ended, just now, by <ann>" in shown[0]
    assert "has ended already" in await one.call("ann", "undo", {"n": "1"})
    assert both.told("Keeping Bob Stone muted") == {"slack": 0, "discord": 0} | {first: 1}
    assert both.told("Undid case 1") == {"slack": 0, "discord": 0} | {other.name: 1}


async def test_what_does_not_stay_is_undone_in_the_other_too(both: Both) -> None:
    bob = both.ground.rooms.person(STANDUP, "bob")
    await both.slack.call("ann", "name", {**BOB, "text": "Robert"})
    await both.discord.call("ann", "undo", {"n": "1"})
    assert "Undid case 1" in await both.discord.press("ann", "Undo it")
    assert bob.name == "Bob Stone"
    assert f"undone, just now, by Ann ({both.discord.account('ann')})" in await both.slack.call(
        "ann", "case", {"n": "1"}
    )


async def test_the_same_person_acted_on_from_both_at_once_is_acted_on_once(both: Both) -> None:
    """One lock for each person: whoever comes second is told that it holds."""
    chats: list[Chat] = [both.slack, both.discord]
    answers = await asyncio.gather(*(chat.call("ann", "demote", BOB) for chat in chats))
    assert sorted("already" in answer for answer in answers) == [False, True]
    assert [call.method for call in both.ground.service.calls if not call.reads] == ["UpdateParticipant"]
