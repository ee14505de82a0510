"""Every row of the command table from Discord, confirmed by the people in the room and by the history."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.history import Outcome
from bot.model import Source
from bot.registry import load
from tests.discord_stand_in import Shown
from tests.e2e.discord_run import Bot, text
from tests.e2e.scene import Scene, event
from tests.people import Person

pytestmark = [pytest.mark.real, pytest.mark.participants, pytest.mark.asyncio(loop_scope="module")]

MIC = Source.MICROPHONE
DONE = [("intent", ""), ("outcome", "done")]
LOCKED = [("order", "done"), *DONE]
Heard = tuple[str, str, str, str | None]
RENAMED: tuple[Heard, ...] = (("eve", "room_metadata_changed", "", None),)
ROOM = "(the room)"
MUTED: tuple[Heard, ...] = (("eve", "track_muted", "bob", "microphone"),)
TAKEN: tuple[Heard, ...] = (
    ("bob", "permission_changed", "bob", None), ("eve", "track_unpublished", "bob", "microphone"),
)  # fmt: skip
GIVEN: tuple[Heard, ...] = (("bob", "permission_changed", "bob", None),)


@dataclass(frozen=True, slots=True)
class Step:
    """A command, its options, what the answer says, and what the people hear: (who, what, about, detail). `press` is
    what is pressed then; who may speak again `publishes`. `entries` are what it leaves in the history (None: nothing).
    """

    command: str
    options: Mapping[str, Any]
    says: str
    heard: tuple[Heard, ...] = ()
    press: str = ""
    publishes: bool = False
    entries: Sequence[tuple[str, str]] | None = field(default_factory=lambda: DONE)


def look(command: str, says: str, /, **options: Any) -> Step:
    return Step(command, options, says, entries=None)


def of_bob(command: str, says: str, heard: tuple[Heard, ...] = (), /, **more: Any) -> Step:
    kept = {name: more.pop(name) for name in ("press", "publishes", "entries") if name in more}
    return Step(command, {"who": "bob", "in": ROOM, **more}, says, heard, **kept)


STEPS = (
    look("whoami", "admin"),
    look("help", "Mute everything audible", command="mute"),
    look("rooms", "live room"),
    look("find", "bob", text="bo"),
    look("participants", "2 people", room=ROOM),
    look("participant", "microphone", who="bob", **{"in": ROOM}),
    of_bob("mute", "Muted bob", MUTED, reason="loud"),
    of_bob("mute", "Keeping bob muted", TAKEN, lock=True, entries=LOCKED),
    of_bob("unmute", "bob may use microphone", GIVEN, publishes=True, entries=None),
    of_bob("demote", "bob is in the audience", TAKEN),
    of_bob("promote", "bob is on stage", GIVEN, publishes=True),
    of_bob("metadata", "Set the metadata of bob", (("eve", "metadata_changed", "bob", None),), text='{"table":4}'),
    of_bob("attribute", "Changed attributes of bob", (("eve", "attributes_changed", "bob", None),), pairs="seat=4"),
    of_bob("permissions", "Changed permissions of bob", GIVEN, pairs="can_publish_data=false"),
    of_bob("name", "bob is called Robert", (("eve", "name_changed", "bob", "Robert"),), text="Robert"),
    Step("room-metadata", {"text": "{}", "in": ROOM}, "Set the metadata of", RENAMED),
    Step("quiet", {"room": ROOM, "except": "eve"}, "Quiet: 1 person muted", MUTED, "Quiet the room"),
    of_bob("move", "LiveKit Cloud", room="elsewhere", press="Move", entries=[("intent", ""), ("outcome", "failed")]),
    of_bob("kick", "Removed", (("bob", "disconnected", "bob", "PARTICIPANT_REMOVED"), ("eve", "left", "bob", None)),
           press="Remove"),
    of_bob("ban", "Keeping Robert out", press="Keep out", entries=[("order", "done")]),
    look("bans", "1 ban is in force", room=ROOM),
    Step("unban", {"who": "bob"}, "Ended the ban of Robert", entries=None),
    look("history", "kick", room=ROOM),
    look("moderators", "admin"),
    Step("door", {"room": ROOM, "state": "shut"}, "are shut until", press="Shut", entries=[("order", "done")]),
    look("orders", "door shut", room=ROOM),
    Step("close", {"room": ROOM}, "Ended", (("eve", "disconnected", "eve", "ROOM_DELETED"),), "End the room"),
)  # fmt: skip
ELSEWHERE = {
    "case",
    "order",
    "reason",
    "undo",
    "use",
    "moderator",
}  # tried below: they are about a case, a channel, a person


class Round:
    """Ann moderates bob and eve, step by step."""

    def __init__(self, bot: Bot, stage: Scene, people: dict[str, Person]) -> None:
        self.bot, self.stage, self.people = bot, stage, people

    @classmethod
    async def begin(cls, bot: Bot, stage: Scene) -> Round:
        return cls(bot, stage, {name: await stage.join(name, MIC) for name in ("eve", "bob")})

    async def do(self, step: Step) -> Shown:
        for person in self.people.values():
            person.heard.clear()
        before = set(self.bot.cases(self.stage.room))
        self.bot.new_page()
        options = {name: self.stage.room if one == ROOM else one for name, one in step.options.items()}
        done = await self.bot.discord.command("ann", "general", step.command, options)
        assert done.trouble == ""
        if step.press:
            await self.bot.discord.press("ann", await self.bot.seen("ann", "?"), step.press)
        shown = await self.bot.seen("ann", step.says)
        assert shown.ephemeral
        for who, what, about, detail in step.heard:
            await self.people[who].hears(event(what, about, detail))
        if step.publishes:
            await self.people["bob"].publish(MIC)
            await self.people["eve"].hears(event("track_published", "bob", "microphone"))
        recorded = [entries for case, entries in self.bot.cases(self.stage.room).items() if case not in before]
        assert recorded == ([step.entries] if step.entries is not None else []), step
        return shown


async def test_every_command_is_tried() -> None:
    assert {step.command for step in STEPS} | ELSEWHERE == {command.name for command in load()}


async def test_every_command_has_its_effect_and_is_recorded_once(discord_bot: Bot, stage: Scene) -> None:
    shift = await Round.begin(discord_bot, stage)
    for step in STEPS:
        await shift.do(step)


async def test_a_case_is_looked_at_explained_and_undone(discord_bot: Bot, stage: Scene) -> None:
    bot, shift = discord_bot, await Round.begin(discord_bot, stage)
    await shift.do(of_bob("mute", "Keeping bob muted", TAKEN, lock=True, entries=LOCKED))
    [case] = bot.cases(stage.room)
    bot.new_page()
    await bot.discord.command("ann", "general", "reason", n=case, text="shouting")
    await bot.seen("ann", f"Case {case} has a new reason: shouting")
    await bot.discord.command("ann", "general", "undo", n=case)
    await bot.discord.press("ann", await bot.seen("ann", f"Undo case {case}?"), "Undo it")
    await bot.seen("ann", f"Undid case {case}")
    await shift.people["bob"].publish(MIC)
    await shift.people["eve"].hears(event("track_published", "bob", "microphone"))
    await bot.discord.command("ann", "general", "case", n=case)
    shown = text(await bot.seen("ann", f"Case {case} mute lock bob"))
    assert "ended" in shown
    assert "Reason: shouting" in shown
    assert bot.cases(stage.room)[case][:3] == LOCKED


async def test_a_channel_has_its_room_and_a_role_of_the_server_is_given_one(discord_bot: Bot, stage: Scene) -> None:
    """Whoever has that role moderates the room in that channel, without naming it."""
    bot, shift = discord_bot, await Round.begin(discord_bot, stage)
    helpers = next(role for role in bot.discord.world.guild("Home").roles.values() if role.name == "Helpers")
    await bot.discord.command("ann", "rules", "use", room=stage.room)
    await bot.seen("ann", "is now the room of this channel")
    await bot.discord.command("cat", "rules", "mute", who="bob")
    await bot.seen("cat", "You are not a moderator here")
    given = {"who": helpers, "role": "moderator", "in": stage.room}
    await bot.discord.command("ann", "general", "moderator", given)
    await bot.seen("ann", "has the role moderator")
    await bot.discord.command("cat", "rules", "mute", who="bob", reason="loud")
    await shift.people["eve"].hears(event("track_muted", "bob", "microphone"))
    await bot.seen("cat", "Muted bob")


async def test_each_case_has_one_public_line(discord_bot: Bot, stage: Scene) -> None:
    """Of this room and of all those before it; nobody else is told of what was refused."""
    bot = discord_bot
    await stage.join("bob", MIC)
    await bot.discord.command("ann", "general", "mute", {"who": "bob", "in": stage.room})
    await bot.seen("ben", "Muted bob", "mods")
    mods = bot.discord.world.channel("mods").id
    lines = [text(one) for one in bot.discord.seen_by("ben").messages if one.channel == mods]
    told = {int(line.rpartition("Case ")[2].rstrip(".")) for line in lines}
    assert told == {entry.case for entry in bot.entries() if entry.outcome is not Outcome.REFUSED}


async def test_the_history_of_all_of_it_is_whole(discord_bot: Bot, stage: Scene) -> None:
    ran = (asyncio.to_thread(discord_bot.shell, "history", word) for word in ("verify", "export"))
    verified, lines = await asyncio.gather(*ran)
    assert "The history is whole" in verified
    exported = [json.loads(line) for line in lines.splitlines()]
    assert [one["seq"] for one in exported] == list(range(1, len(exported) + 1))
    assert {one["actor"] for one in exported} == {discord_bot.account("ann"), discord_bot.account("cat")}
