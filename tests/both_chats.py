"""Slack and Discord before a house: each the whole adapter in this process, over real sockets to its stand-in.

Ann is admin in both, and what is said there about accounts, commands and times is made comparable.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from adapters.clock import SystemClock
from adapters.discord.adapter import discord_adapter
from adapters.discord.names import CommandNames
from adapters.http import HttpServer
from adapters.livekit.simulator.lively import lively_rooms
from adapters.livekit.simulator.rooms import Rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.settings import load as settings_of
from adapters.slack.adapter import slack_adapter
from adapters.wiring import House, Plan, assembled
from bot.command import Command, Kind
from bot.history import Entry
from bot.options import written
from bot.policy import Policy
from bot.registry import load
from bot.words import fold
from tests.discord_markup import seen as read_in_discord
from tests.discord_stand_in import DiscordStandIn
from tests.discord_stand_in import Shown as InDiscord
from tests.fresh import fresh
from tests.slack_stand_in import Shown as InSlack
from tests.slack_stand_in import SlackStandIn

REGISTRY = load()
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
REASONS = ("shouting", "spam")
COMMANDS = [*REGISTRY]
PEOPLE = ("ann", "ben", "cat")
Options = Mapping[str, str]
OFFERED = "Nothing is done yet. Press to go on"


class Still(SystemClock):
    """Always the same moment, so that two houses say the same of when something was; deadlines go on."""

    def now(self) -> datetime:
        return NOW


@dataclass
class Grounds:
    """A house, and the rooms behind it."""

    house: House
    rooms: Rooms
    service: SimulatedRoomService
    plan: Plan

    @property
    def history(self) -> AsyncIterator[Entry]:
        return self.house.database.history.entries()

    async def entries(self, chats: Sequence[Chat]) -> list[str]:
        """The whole history, a line for each entry, with people in the place of their accounts."""
        return [
            neutral(f"{one.case} {one.kind} {one.outcome} {one.code} {one.refers} {one.server} {one.content}", *chats)
            async for one in self.history
        ]


class Chat(Protocol):
    """`call`, `say` (the same in words, behind a mention of the bot) and `press` return the answer as it is read;
    `account` is a person's subject."""

    name: str

    def account(self, who: str) -> str: ...
    def spelled(self, text: str) -> str: ...
    async def call(self, who: str, command: str, options: Options) -> str: ...
    async def say(self, who: str, command: str, options: Options) -> str: ...
    async def press(self, who: str, label: str) -> str: ...


@dataclass
class Slack:
    slack: SlackStandIn
    name: str = "slack"
    last: InSlack | None = None
    channel: str = "general"

    def account(self, who: str) -> str:
        return f"slack:{self.slack.world.team}/{self.slack.world.user(who).id}"

    def spelled(self, text: str) -> str:
        """With commands as the core has them."""
        return re.sub(r"/usher[- ](?=[a-z])", "/", text)

    async def call(self, who: str, command: str, options: Options) -> str:
        before = self._screen(who)
        line = f"{command} {written(REGISTRY[command], options)}".strip()
        done = await self.slack.slash(who, self.channel, "/usher", line)
        assert done.trouble == "", done.trouble
        return await self._answer(who, before)

    async def say(self, who: str, command: str, options: Options) -> str:
        before = self._screen(who)
        await self.slack.mention(who, self.channel, _line(command, options, self._mention))
        return await self._answer(who, before)

    async def press(self, who: str, label: str) -> str:
        assert self.last is not None
        before = self._screen(who)
        await self.slack.press(who, self.last, label)
        return await self._answer(who, before)

    def _mention(self, who: str) -> str:
        return f"<@{self.slack.world.user(who).id}>"

    def _screen(self, who: str) -> set[tuple[str, str]]:
        return {(one.ts, one.text) for one in self.slack.seen_by(who).messages}

    async def _answer(self, who: str, before: set[tuple[str, str]]) -> str:
        def answers() -> list[InSlack]:
            shown = [one for one in self.slack.seen_by(who).messages if one.ephemeral or one.direct]
            return [one for one in shown if (one.ts, one.text) not in before and "Working on it" not in one.text]

        self.last = (await self.slack.until(answers))[-1]
        return self.last.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@dataclass
class Discord:
    discord: DiscordStandIn
    names: CommandNames
    name: str = "discord"
    last: InDiscord | None = None
    channel: str = "general"

    def account(self, who: str) -> str:
        return f"discord:{self.discord.world.user(who).id}"

    def spelled(self, text: str) -> str:
        for command in COMMANDS:
            text = re.sub(rf"{self.names.typed(command.name)}(?![\w-])", f"/{command.name}", text)
        return text

    async def call(self, who: str, command: str, options: Options) -> str:
        before = self._screen(who)
        given = {name: _picked(self.discord, value) for name, value in options.items()}
        path = self.names.typed(command).removeprefix("/")
        done = await self.discord.command(who, self.channel, path, _typed(REGISTRY[command], given), unseen=True)
        assert done.trouble == "", done.trouble
        return await self._answer(who, before)

    async def say(self, who: str, command: str, options: Options) -> str:
        """Below it there is a button to go on, which goes away by its press."""
        before = self._screen(who)
        await self.discord.say(who, self.channel, f"{self.discord.me} {_line(command, options, self.discord.mention)}")
        offered = await self.discord.until(lambda: self.discord.seen_by(who).saying(OFFERED))
        await self.discord.press(who, offered[-1], offered[-1].labels[0])
        said = await self._answer(who, before)
        await self.discord.until(lambda: not self.discord.seen_by(who).saying(OFFERED))
        return said

    async def press(self, who: str, label: str) -> str:
        assert self.last is not None
        before = self._screen(who)
        [shown] = [one for one in self.last.labels if re.sub(r"^\d+\. ", "", one) == label]  # choices have numbers
        await self.discord.press(who, self.last, shown)
        return await self._answer(who, before)

    def _screen(self, who: str) -> set[tuple[str, str]]:
        return {(one.id, one.text) for one in self.discord.seen_by(who).messages}

    async def _answer(self, who: str, before: set[tuple[str, str]]) -> str:
        def answers() -> list[InDiscord]:
            shown = [one for one in self.discord.seen_by(who).messages if one.ephemeral and not one.loading]
            return [one for one in shown if (one.id, one.text) not in before]

        self.last = (await self.discord.until(answers))[-1]
        return read_in_discord(self.last.text).text


def _line(command: str, options: Options, mention: Callable[[str], str]) -> str:
    """The command in words; `@cat` stands for a mention of Cat."""
    given = {name: mention(one[1:]) if one.startswith("@") else one for name, one in options.items()}
    return f"{command} {written(REGISTRY[command], given)}".strip()


def _picked(discord: DiscordStandIn, value: str) -> Any:
    """`@cat` stands for Cat, picked from the list that Discord shows."""
    return discord.world.user(value[1:]) if value.startswith("@") else value


def _typed(command: Command, given: Mapping[str, Any]) -> dict[str, Any]:
    """Each value as its option wants it."""
    kinds = {param.name: param.kind for param in command.params}
    numbers = {name for name, kind in kinds.items() if kind in (Kind.NUMBER, Kind.PAGE)}
    return {name: int(one) if name in numbers else one == "true" or one for name, one in given.items()}


def neutral(text: str, *chats: Chat) -> str:
    """People in the place of their accounts, commands as the core spells them; how each chat writes what is alike does
    not count: capitals of people's names, twins of marks, moments."""
    for chat in chats:
        text = chat.spelled(text)
        for who in PEOPLE:
            account = chat.account(who)
            for form in (account, re.split("[:/]", account)[-1], f"@{who}"):
                text = text.replace(form, f"<{who}>")
    lines = [fold(line) for line in text.split("\n") if not line.startswith("The rest is in the box")]
    told = "\n".join(lines).replace(str(int(NOW.timestamp())), "just now")
    return re.sub(r"(\w+) \(<\1>\)", r"<\1>", told)  # somebody of another chat is not mentioned, but named


@asynccontextmanager
async def grounds(where: Path, *admins: str) -> AsyncIterator[Grounds]:
    clock = Still()
    rooms = lively_rooms(clock.now, cloud=True)
    service = SimulatedRoomService(rooms, clock=clock, wait_seconds=0)
    where.mkdir(exist_ok=True)
    plan = Plan(service, fresh(where), Policy(admins=admins, reasons=REASONS), clock=clock)
    async with assembled(plan) as house:
        yield Grounds(house, rooms, service, plan)


def beside(ground: Grounds) -> AbstractAsyncContextManager[House]:
    """Another house on the same history and rooms, as another process has it."""
    return assembled(ground.plan)


@asynccontextmanager
async def in_slack(slack: SlackStandIn, house: House, **more: str) -> AsyncIterator[Slack]:
    settings = settings_of({**slack.environment, "USHER_HTTP": "127.0.0.1:0", **more})
    adapter = slack_adapter(settings, house, HttpServer(settings["USHER_HTTP"]))
    async with _served(adapter):
        await slack.until(lambda: adapter.ready)
        yield Slack(slack)


@asynccontextmanager
async def in_discord(discord: DiscordStandIn, house: House, **more: str) -> AsyncIterator[Discord]:
    settings = settings_of({**discord.environment, "USHER_HTTP": "127.0.0.1:0", **more})
    adapter = discord_adapter(settings, house, HttpServer(settings["USHER_HTTP"]))
    async with _served(adapter):
        await discord.until(lambda: adapter.ready)
        yield Discord(discord, adapter.desk.names)


@asynccontextmanager
async def _served(adapter: Any) -> AsyncIterator[None]:
    serving = asyncio.create_task(adapter.serve())
    try:
        yield
    finally:
        await adapter.stop(5)
        await serving
