"""What moderators do, from every way in to Slack, confirmed by the people in the room and by the history."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from bot.model import Source
from tests.e2e.scene import Scene, event
from tests.e2e.slack_run import Bot
from tests.people import Person
from tests.slack_stand_in import Shown

pytestmark = [pytest.mark.real, pytest.mark.participants, pytest.mark.asyncio(loop_scope="module")]

MIC = Source.MICROPHONE
WAYS = ("slash command", "mention in a thread", "direct message")


@dataclass(frozen=True, slots=True)
class Step:
    """A line, what is pressed then, what the answer says, and what the people hear: (who, what, about, detail)."""

    line: str
    words: str
    heard: tuple[tuple[str, str, str, str | None], ...]
    press: str = ""
    publishes: bool = False


MUTE = Step("mute bob", "Muted bob", (("eve", "track_muted", "bob", "microphone"),))
LOCK = Step(
    "mute bob lock", "Keeping bob muted",
    (("bob", "permission_changed", "bob", None), ("eve", "track_unpublished", "bob", "microphone")),
)  # fmt: skip
UNMUTE = Step("unmute bob", "bob may use microphone", (("bob", "permission_changed", "bob", None),), "", True)
DEMOTE = Step("demote bob", "bob is in the audience", LOCK.heard)
PROMOTE = Step("promote bob", "bob is on stage", UNMUTE.heard, "", True)
METADATA = Step('metadata bob {"table":4}', "Set the metadata of bob", (("eve", "metadata_changed", "bob", None),))
UNDO = Step("undo", "Undid case", UNMUTE.heard, "Undo it", True)
QUIET = Step(
    "quiet", "Quiet: 2 of 2 people muted",
    (("bob", "track_muted", "eve", "microphone"), ("eve", "track_muted", "bob", "microphone")), "Quiet the room",
)  # fmt: skip
KICK = Step(
    "kick bob", "Removed bob",
    (("bob", "disconnected", "bob", "PARTICIPANT_REMOVED"), ("eve", "left", "bob", None)), "Remove",
)  # fmt: skip
DONE = [("intent", ""), ("outcome", "done")]
HELD = [("order", "done"), *DONE, ("ended", ""), *DONE]  # a lock, and its end, in one case
QUIETED = [("intent", "")] * 2 + [("outcome", "done")] * 2
CHOSEN = {
    "Mute": MUTE, "Keep muted": LOCK, "Give back what was taken": UNMUTE, "Move to audience": DEMOTE,
    "Bring on stage": PROMOTE, "Quiet the whole room": QUIET, "Remove": KICK,
}  # fmt: skip
TYPED = (MUTE, LOCK, UNMUTE, DEMOTE, PROMOTE, METADATA, LOCK, UNDO, QUIET, KICK)


class Round:
    """Ann moderates bob and eve, step by step."""

    def __init__(self, bot: Bot, hall: Scene, people: dict[str, Person], way: str = "") -> None:
        self.bot, self.hall, self.people, self.way = bot, hall, people, way
        self.thread = bot.slack.say("ben", "general", "somebody is loud").ts

    @classmethod
    async def begin(cls, bot: Bot, hall: Scene, way: str = "") -> Round:
        people = {name: await hall.join(name, MIC) for name in ("eve", "bob")}
        return cls(bot, hall, people, way)

    async def do(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self.bot.new_page()
            self.empty_ears()
            shown = await self.say(step)
            await self.confirmed(step)
            assert shown.direct if self.way == "direct message" else shown.ephemeral
            assert shown.thread_ts == (self.thread if self.way == "mention in a thread" else "")

    def empty_ears(self) -> None:
        for person in self.people.values():
            person.heard.clear()

    async def say(self, step: Step) -> Shown:
        last = max(self.bot.cases(self.hall.room), default=0)
        await self.typed(f"undo {last}" if step.line == "undo" else self.placed(step.line))
        if step.press:
            await self.bot.slack.press("ann", await self.bot.seen("ann", "?"), step.press)
        return await self.bot.seen("ann", step.words)

    def placed(self, line: str) -> str:
        """With the room behind the command's first argument: a text goes on to the end."""
        command, *rest = line.split(" ", 2)
        return " ".join([command, *rest[:1], f"in:{self.hall.room}", *rest[1:]])

    async def typed(self, line: str) -> None:
        slack = self.bot.slack
        if self.way == "mention in a thread":
            await slack.mention("ann", "general", line, thread_ts=self.thread)
        elif self.way == "direct message":
            await slack.direct("ann", line)
        else:
            name, _, rest = line.partition(" ")
            own = f"/{name}" in slack.app.commands
            done = await slack.slash("ann", "general", *((f"/{name}", rest) if own else ("/usher", line)))
            assert done.acked is not None

    async def confirmed(self, step: Step) -> None:
        """By the people in the room; who may speak again does so."""
        for who, what, about, detail in step.heard:
            await self.people[who].hears(event(what, about, detail))
        if step.publishes:
            await self.people["bob"].publish(MIC)
            await self.people["eve"].hears(event("track_published", "bob", "microphone"))

    async def in_modal(self, action: str, step: Step) -> None:
        """Room, person by search, action; what is asked then is answered there."""
        bot = self.bot
        bot.new_page()
        self.empty_ears()
        await bot.slack.shortcut("ann", "moderate")
        view = await bot.view("ann", "Room")
        person = await bot.in_room("ann", view, self.hall.room)
        found = await bot.offered("ann", view, "bo")
        assert "bob" in found
        await bot.slack.submit("ann", view, {person: found, "action": action})
        if step.press:
            await bot.slack.press("ann", await bot.view("ann", "?"), step.press)
        await bot.view("ann", step.words.replace("bob", "*bob*"))
        await self.confirmed(step)


@pytest.mark.parametrize("way", WAYS)
async def test_every_action_has_its_effect_and_is_recorded_once(bot: Bot, hall: Scene, way: str) -> None:
    await (await Round.begin(bot, hall, way)).do(TYPED)
    assert list(bot.cases(hall.room).values()) == [DONE, HELD, DONE, DONE, DONE, HELD, QUIETED, DONE]


async def test_every_action_of_the_modal_has_its_effect_and_is_recorded_once(bot: Bot, hall: Scene) -> None:
    await hall.join("mallory", room=f"{hall.room}-2")  # so that there is a room to be chosen
    shift = await Round.begin(bot, hall)
    await bot.knows(hall.room)
    for action, step in CHOSEN.items():
        await shift.in_modal(action, step)
    assert list(bot.cases(hall.room).values()) == [DONE, HELD, DONE, DONE, QUIETED, DONE]


async def test_each_case_has_one_public_line_and_the_end_of_what_stays_another(bot: Bot, hall: Scene) -> None:
    """Of this room and of all those before it."""
    await hall.join("bob", MIC)
    await bot.slack.slash("ann", "general", "/usher", f"mute bob in:{hall.room}")
    await bot.seen("ben", "Muted bob", "mods")
    lines = [one.text for one in bot.slack.seen_by("ben").messages if one.channel == bot.slack.world.channel("mods").id]
    told = sorted(int(line.rpartition("Case ")[2].rstrip(".")) for line in lines)
    done = {entry.case for entry in bot.entries() if entry.kind.value == "intent"}
    assert told == sorted([*done, *(entry.case for entry in bot.entries() if entry.kind.value == "ended")])


async def test_the_history_of_all_of_it_is_whole(bot: Bot, hall: Scene) -> None:
    ran = (asyncio.to_thread(bot.shell, "history", word) for word in ("verify", "export"))
    verified, lines = await asyncio.gather(*ran)
    assert "The history is whole" in verified
    exported = [json.loads(line) for line in lines.splitlines()]
    assert [one["seq"] for one in exported] == list(range(1, len(exported) + 1))
    intents = Counter((one["case"], one["identity"]) for one in exported if one["kind"] == "intent")
    ends = Counter((one["case"], one["identity"]) for one in exported if one["kind"] == "ended")
    assert set((intents - ends).values()) == {1}
    assert {one["actor"] for one in exported} == {"slack:T0HOME/U0ANN"}


async def test_only_socket_mode_asks_for_websockets(bot: Bot, hall: Scene) -> None:
    assert bool(bot.slack.called("apps.connections.open")) == bool(bot.slack.sockets.open) == (bot.mode == "socket")
