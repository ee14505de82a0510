"""Slack and Discord are two ways to the same thing: each command is reached from both, answers the same in substance,
and leaves the same in the history."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.discord import hearing
from adapters.livekit.simulator.lively import BACKSTAGE, STANDUP
from bot.people import Role
from bot.words import fold
from tests.both_chats import COMMANDS, Chat, Grounds, grounds, in_discord, in_slack, neutral
from tests.discord_stand_in import stand_in as discord_stand_in
from tests.slack_stand_in import stand_in as slack_stand_in


@dataclass(frozen=True, slots=True)
class Step:
    """A command with its options, what is pressed then, and a word of the last answer."""

    command: str
    options: Mapping[str, str]
    says: str
    press: str = ""


IN = {"in": STANDUP}
BOB = {"who": "bob", **IN}
STEPS = (
    Step("whoami", {}, "admin"),
    Step("help", {"command": "mute"}, "Mute everything audible"),
    Step("help", {}, "What you may use"),
    Step("moderators", {}, "admin"),
    Step("moderator", {"who": "@cat", "role": "viewer", "in": "standup,back-*"}, "has the role viewer"),
    Step("rooms", {}, "2 live rooms"),
    Step("find", {"text": "tom"}, "Tom Hart"),
    Step("mute", {"who": "anna"}, "Muted Anna", STANDUP),
    Step("use", {"room": STANDUP}, "is now the room"),
    Step("participants", {}, "standup: 10 people"),
    Step("participants", {"room": STANDUP, "filter": "open"}, "5"),
    Step("participant", {"who": "bob"}, "Bob Stone in standup"),
    Step("mute", {"who": "ann", **IN}, "Who is meant"),
    Step("mute", {"who": "nobody", **IN}, "Nobody in standup"),
    Step("mute", {"who": "Bob Stone", "what": "camera", "reason": "not *safe* for <work>", **IN}, "Muted Bob Stone"),
    Step("mute", {**BOB, "lock": "true", "reason": "shouting"}, "Keeping Bob Stone muted"),
    Step("orders", {"room": STANDUP}, "1 order is in force"),
    Step("order", {"n": "5"}, "the lock of Bob Stone"),
    Step("reason", {"n": "5", "text": "shouting  at everybody"}, "shouting"),
    Step("undo", {"n": "5"}, "Undid case 5", "Undo it"),
    Step("unmute", {"who": "hana", "dry-run": "true", **IN}, "Nothing would change"),
    Step("unmute", {"who": "anna-berg", **IN}, "Anna Berg"),
    Step("demote", BOB, "in the audience"),
    Step("promote", {**BOB, "what": "microphone"}, "on stage"),
    Step("name", {**BOB, "text": "Robert & Söhne"}, "is called Robert & Söhne"),
    Step("metadata", {**BOB, "text": '{"table": 4}'}, "Set the metadata"),
    Step("attribute", {**BOB, "pairs": "team=red seat=4"}, "Changed attributes"),
    Step("permissions", {**BOB, "pairs": "can_publish_data=false"}, "Changed permissions"),
    Step("room-metadata", {"text": "{}", **IN}, "Set the metadata of standup"),
    Step("door", {"room": STANDUP, "state": "listen-only", "for": "10m"}, "are listen-only for 10 min"),
    Step("door", {"room": STANDUP, "state": "shut", "reason": "raid"}, "are shut until", "Shut"),
    Step("door", {"room": STANDUP, "state": "open"}, "are open"),
    Step("ban", {"who": "noa", "for": "1h", "reason": "spam", **IN}, "out of standup for 1 h", "Keep out"),
    Step("ban", {"who": "nobody-7", **IN}, "Nothing was done", "No, leave it"),
    Step("bans", {}, "1 ban is in force"),
    Step("unban", {"who": "noa"}, "Ended the ban of"),
    Step("quiet", {"room": STANDUP, "except": "bob"}, "Quiet: ", "Quiet the room"),
    Step("kick", {"who": "omar", **IN}, "Nothing was done", "No, leave it"),
    Step("kick", {"who": "omar", "reason": "spam", **IN}, "Removed Omar", "Remove"),
    Step("kick", {"who": "EG_recorder", **IN}, "is egress"),
    Step("move", {**BOB, "room": BACKSTAGE}, "Moved", "Move"),
    Step("close", {"room": BACKSTAGE}, "Ended", "End the room"),
    Step("history", {"room": STANDUP, "kind": "mute"}, "History"),
    Step("case", {"n": "5"}, "ended"),
    Step("case", {"n": "999"}, "999"),
    Step("undo", {"n": "4"}, "mute"),
)


@dataclass
class Seen:
    """What a chat came to: the answers, and the history."""

    answers: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)


Way = Callable[[Path], AbstractAsyncContextManager[tuple[Chat, Grounds]]]


@asynccontextmanager
async def by_slack(where: Path) -> AsyncIterator[tuple[Chat, Grounds]]:
    async with slack_stand_in() as slack:
        admin = f"slack:{slack.world.team}/{slack.world.user('ann').id}"
        async with grounds(where, admin) as ground, in_slack(slack, ground.house) as chat:
            yield chat, ground


@asynccontextmanager
async def by_discord(where: Path, root: str = "") -> AsyncIterator[tuple[Chat, Grounds]]:
    async with discord_stand_in() as discord:
        for who in ("ann", "ben"):
            discord.world.add_member("Home", who)  # in the place of who they were, who had a role
        admin = f"discord:{discord.world.user('ann').id}"
        settings = {"USHER_DISCORD_ROOT": root}
        async with grounds(where, admin) as ground, in_discord(discord, ground.house, **settings) as chat:
            yield chat, ground


def by_discord_below_a_root(where: Path) -> AbstractAsyncContextManager[tuple[Chat, Grounds]]:
    return by_discord(where, "usher")


@pytest.fixture(autouse=True)
def any_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test writes to the bot faster than a person does."""
    for limit in ("WRITTEN", "IN_A_CHANNEL"):
        monkeypatch.setattr(hearing, limit, 1000)


async def seen_by_an_admin(way: Way, where: Path, *, words: bool = False) -> Seen:
    async with way(where) as (chat, ground):
        found = Seen()
        ask = chat.say if words else chat.call
        for step in STEPS:
            said = await ask("ann", step.command, step.options)
            found.answers.append(neutral(said, chat))
            if step.press:
                found.answers.append(neutral(await chat.press("ann", step.press), chat))
            assert fold(step.says) in found.answers[-1], (step, found.answers[-1])
        found.entries = await ground.entries([chat])
        return found


async def seen_by_a_stranger(way: Way, where: Path, *, words: bool = False) -> Seen:
    async with way(where) as (chat, ground):
        found = Seen()
        ask = chat.say if words else chat.call
        for command in COMMANDS:
            options = next(step.options for step in STEPS if step.command == command.name)
            found.answers.append(neutral(await ask("ben", command.name, options), chat))
        found.entries = await ground.entries([chat])
        return found


def test_every_command_is_tried() -> None:
    assert {step.command for step in STEPS} == {command.name for command in COMMANDS}


@pytest.mark.parametrize("words", [False, True], ids=["commands", "mentions"])
@pytest.mark.parametrize("way", [by_discord, by_discord_below_a_root], ids=lambda way: way.__name__)
async def test_the_same_is_done_answered_and_recorded_in_discord_as_in_slack(
    way: Way, words: bool, tmp_path: Path
) -> None:
    theirs = await seen_by_an_admin(by_slack, tmp_path / "slack", words=words)
    ours = await seen_by_an_admin(way, tmp_path / "discord", words=words)
    assert ours.answers == theirs.answers
    assert ours.entries == theirs.entries


@pytest.mark.parametrize("words", [False, True], ids=["commands", "mentions"])
@pytest.mark.parametrize("way", [by_discord, by_discord_below_a_root], ids=lambda way: way.__name__)
async def test_a_stranger_is_refused_the_same_in_discord_as_in_slack(way: Way, words: bool, tmp_path: Path) -> None:
    theirs = await seen_by_a_stranger(by_slack, tmp_path / "slack", words=words)
    ours = await seen_by_a_stranger(way, tmp_path / "discord", words=words)
    assert ours.answers == theirs.answers
    assert ours.entries == theirs.entries
    needs_a_role = [one.name for one in COMMANDS if one.role is not Role.NONE]
    refused = {one.name for one, said in zip(COMMANDS, ours.answers, strict=True) if "you are not a moderator" in said}
    assert refused >= set(needs_a_role)
