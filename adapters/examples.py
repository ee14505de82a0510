"""What the main answers look like in Slack, made by the code itself: `docs/slack.md`."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from adapters.livekit.simulator.lively import STANDUP, lively_rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.slack.blocks import Block
from adapters.slack.lines import Workspace
from adapters.slack.names import SlashNames
from adapters.slack.render import render
from adapters.slack.views import Kept, home_view, moderate_view
from adapters.wiring import House, Plan, assembled
from bot.command import Invocation
from bot.people import ChatUser
from bot.policy import Policy
from bot.registry import load
from bot.reply import Button, Reply, each_button
from bot.suggest import Suggestions
from bot.working import working

HOME, CHANNEL = "T012AB3CD", "slack:T012AB3CD/C012AB3CD"
ANN = ChatUser(f"slack:{HOME}/U045EF6GH", "ann")
STRANGER = ChatUser(f"slack:{HOME}/U0STRANGE", "kim")
OPAQUE = "(token)"
REASONS = ("shouting", "spam", "off topic")


class Still:
    """A clock that stands still, so that the page is always the same."""

    def now(self) -> datetime:
        return datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()


@dataclass(frozen=True, slots=True)
class Example:
    title: str
    text: str
    blocks: Sequence[Block]


async def examples() -> list[Example]:
    """The main answers, each as its fallback text and its blocks."""
    clock = Still()
    service = SimulatedRoomService(lively_rooms(clock.now), clock=clock, wait_seconds=0)
    policy = Policy(admins=(ANN.subject,), reasons=REASONS)
    with tempfile.TemporaryDirectory(prefix="usher-examples-") as folder:
        plan = Plan(service, f"sqlite:///{Path(folder) / 'usher.db'}", policy, clock=clock)
        async with assembled(plan) as house:
            return [example async for example in _shown(house)]


def page() -> str:
    """`docs/slack.md`, without its heading."""
    return "\n\n".join(piece for example in asyncio.run(examples()) for piece in _pieces(example))


def _pieces(example: Example) -> list[str]:
    text = ["\n".join(["```text", example.text, "```"])] if example.text else []
    dump = "\n".join(json.dumps(block, ensure_ascii=False) for block in example.blocks)
    folded = f"<details><summary>Blocks</summary>\n\n```json\n{dump}\n```\n\n</details>"
    return [f"## {example.title}", *text, folded]


async def _shown(house: House) -> AsyncIterator[Example]:
    async def say(line: str, user: ChatUser = ANN) -> Reply:
        return await house.dispatcher.handle(Invocation(user, CHANNEL, line, room=STANDUP, menus=True))

    async def press(token: str) -> Reply:
        return await house.dispatcher.press(ANN, CHANNEL, token, menus=True)

    people = await say("participants")
    yield _message("Who is in the room: a menu behind each person", people)
    muted = await say("mute bob")
    yield _message("A write, to the person who asked: the configured reasons are one tap away", muted)
    if muted.public is not None:
        yield _message("The same, to the other moderators", muted.public)
    yield _message("Its button, pressed", await press(_token(muted, "Keep muted")))
    yield _message("What cannot be taken back is asked about", await say("kick omar"))
    yield _message("What could be meant in two ways is a choice", await say("mute ann"))
    yield _message("A case", await say("case 1"))
    yield _message("Undo", await say("undo"))
    yield _message("A refusal", await say("mute bob", STRANGER))
    yield _message("A typo", await say("mtue bob"))
    yield _message("While something takes long", working(Invocation(ANN, CHANNEL, "mute bob"), None))
    rooms = await Suggestions(house.dispatcher).rooms(ANN)
    yield _view('The modal "Moderate"', moderate_view([room.name for room in rooms], Kept(STANDUP)))
    yield _view("The App Home", home_view([(room.name, room.facts) for room in rooms], account=ANN.subject))


def _token(reply: Reply, label: str) -> str:
    return next(button.token for button in reply.buttons if button.label == label)


def _message(title: str, reply: Reply) -> Example:
    """With the same tokens at each run: real ones are random."""
    message = render(each_button(reply, _opaque), Workspace(HOME, SlashNames.read([one.name for one in load()])))
    return Example(title, message.text, message.blocks)


def _opaque(button: Button) -> Button:
    return replace(button, token=OPAQUE)


def _view(title: str, view: Block) -> Example:
    return Example(title, "", [view])
