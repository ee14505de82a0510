"""The main answers of every chat, made by the code itself in the demo's rooms: `docs/slack.md`, `docs/discord.md`."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.livekit.simulator.lively import STANDUP, lively_rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.wiring import House, Plan, assembled
from bot.command import Invocation
from bot.people import ChatUser
from bot.policy import Policy
from bot.reply import Button, Reply, each_button
from bot.suggest import Suggestions

ROOM = STANDUP
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
    """What is read of an answer, and the rest of what is sent, a line for each; `folded` is what that is called."""

    title: str
    text: str
    folded: str
    sent: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Platform:
    """Ann is admin and asks in `channel`, a stranger asks there too. `message` shows a reply, `others` what only this
    platform shows."""

    ann: ChatUser
    stranger: ChatUser
    channel: str
    message: Callable[[str, Reply], Example]
    others: Callable[[Suggestions], Awaitable[Sequence[Example]]]


def page(platform: Platform) -> str:
    """The main answers there: each as its text and, folded, as the rest of what is sent."""
    made = asyncio.run(_made(platform))
    return "\n\n".join(piece for example in made for piece in _pieces(example))


def _pieces(example: Example) -> list[str]:
    text = ["\n".join(["```text", example.text, "```"])] if example.text else []
    dump = "\n".join(json.dumps(one, ensure_ascii=False) for one in example.sent)
    rest = [f"<details><summary>{example.folded}</summary>\n\n```json\n{dump}\n```\n\n</details>"] if dump else []
    return [f"## {example.title}", *text, *rest]


async def _made(platform: Platform) -> list[Example]:
    clock = Still()
    service = SimulatedRoomService(lively_rooms(clock.now), clock=clock, wait_seconds=0)
    policy = Policy(admins=(platform.ann.subject,), reasons=REASONS)
    with tempfile.TemporaryDirectory(prefix="usher-examples-") as folder:
        plan = Plan(service, f"sqlite:///{Path(folder) / 'usher.db'}", policy, clock=clock)
        async with assembled(plan) as house:
            shown = [
                platform.message(title, each_button(reply, _opaque)) async for title, reply in _told(house, platform)
            ]
            return [*shown, *await platform.others(Suggestions(house.dispatcher))]


async def _told(house: House, platform: Platform) -> AsyncIterator[tuple[str, Reply]]:
    ann, channel = platform.ann, platform.channel

    async def say(line: str, user: ChatUser = ann) -> Reply:
        return await house.dispatcher.handle(Invocation(user, channel, line, room=ROOM, menus=True))

    yield "Who is in the room: what can be done to each person is a tap away", await say("participants")
    muted = await say("mute bob")
    yield "A write, to the person who asked: the configured reasons are one tap away", muted
    if muted.public is not None:
        yield "The same, to the other moderators", muted.public
    keep = next(button.token for button in muted.buttons if button.label == "Keep muted")
    yield "Its button, pressed", await house.dispatcher.press(ann, channel, keep, menus=True)
    yield "What cannot be taken back is asked about", await say("kick omar")
    yield "What could be meant in two ways is a choice", await say("mute ann")
    yield "A case", await say("case 1")
    yield "Undo", await say("undo")
    yield "A refusal", await say("mute bob", platform.stranger)
    yield "A typo", await say("mtue bob")
    yield "An answer of many lines", await say("help")


def _opaque(button: Button) -> Button:
    """The same token at each run: real ones are random."""
    return replace(button, token=OPAQUE)
