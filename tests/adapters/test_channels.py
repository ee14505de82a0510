"""Lines that nobody asked for: who gets them, on which chat, and what becomes of those that nobody gets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from adapters.channels import BEGIN_SECONDS, Chats
from adapters.discord.client import UsherClient
from adapters.livekit.simulator.lively import STANDUP
from bot.command import BoundInvocation
from bot.history import ChannelDefault, Content, Draft, EntryKind
from bot.plain import plain
from bot.reply import Button, Name, Reply, Tone, say, text
from tests.discord_usher import MODS, labels
from tests.discord_usher import Usher as DiscordUsher
from tests.discord_usher import usher_for as discord_for
from tests.house import House
from tests.slack_stand_in import SlackStandIn
from tests.slack_usher import usher_for as slack_for

MUTE = Button("Look", BoundInvocation("participants", STANDUP))
LINE = Reply(Tone.WARN, say("Somebody reported ", Name("Bob Stone"), "."), (text("Once."),), (MUTE,), case=7)


@dataclass(slots=True, eq=False)
class Fake:
    """A chat that gets everything, or that fails."""

    ready: bool = True
    takes: bool = True
    fails: bool = False
    got: list[tuple[str, Reply]] = field(default_factory=list)
    name: str = "Fake"

    async def tell(self, room: str, line: Reply) -> bool:
        if self.fails:
            raise ZeroDivisionError
        self.got.append((room, line))
        return self.takes


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House.opened(tmp_path) as house:
        yield house


async def test_every_chat_is_told_the_same_line_with_the_same_buttons(house: House) -> None:
    chats, one, two = Chats(house.dispatcher, house.clock), Fake(), Fake()
    chats.join(one)
    leave = chats.join(two)
    assert await chats.tell(STANDUP, LINE)
    assert one.got == two.got
    [(room, line)] = one.got
    assert (room, line.room, plain(line)) == (STANDUP, STANDUP, plain(LINE))
    leave()
    await chats.tell(STANDUP, LINE)
    assert (len(one.got), len(two.got)) == (2, 1)


async def test_whoever_may_can_press_and_nobody_else(house: House) -> None:
    chats, fake = Chats(house.dispatcher, house.clock), Fake()
    chats.join(fake)
    await chats.tell(STANDUP, LINE)
    [(_, line)] = fake.got
    assert "9 people" in plain(await house.press("Look", "mia", of=line))
    assert "people" not in plain(await house.press("Look", "nobody", of=line))


async def test_no_number_of_a_caller_is_in_it(house: House) -> None:
    chats, fake = Chats(house.dispatcher, house.clock), Fake()
    chats.join(fake)
    await chats.tell(STANDUP, Reply(Tone.INFO, say("Reported: ", Name("sip_+4915112345678"), ".")))
    assert "4915112345" not in plain(fake.got[0][1])


async def test_one_that_fails_keeps_the_line_from_no_other(house: House, caplog: pytest.LogCaptureFixture) -> None:
    chats, fake = Chats(house.dispatcher, house.clock), Fake()
    chats.join(Fake(fails=True))
    chats.join(fake)
    assert await chats.tell(STANDUP, LINE)
    assert len(fake.got) == 1
    [bug] = caplog.messages
    assert "ZeroDivisionError" in bug


async def test_a_line_that_nobody_gets_is_in_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    chats = Chats(house.dispatcher, house.clock)
    chats.join(Fake(takes=False))
    assert not await chats.tell(STANDUP, LINE)
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith("No moderator could be told: Somebody reported")
    assert (vars(record)["room"], vars(record)["case"]) == (STANDUP, 7)


@pytest.mark.parametrize(("tone", "level"), [(Tone.INFO, logging.INFO), (Tone.ERROR, logging.ERROR)])
async def test_without_any_chat_the_log_is_told_on_one_line(
    house: House, caplog: pytest.LogCaptureFixture, tone: Tone, level: int
) -> None:
    caplog.set_level(logging.INFO)
    chats = Chats(house.dispatcher, house.clock)
    told = await chats.tell(STANDUP, Reply(tone, say("Reported: ", Name("a\nERROR b\x1b[2J")), (text("Twice."),)))
    assert not told
    [record] = caplog.records
    assert record.levelno == level
    assert "\n" not in record.getMessage()
    assert "\x1b" not in record.getMessage()
    assert record.getMessage().endswith("Twice.")


async def test_a_chat_that_has_only_been_started_is_waited_for(house: House) -> None:
    chats, fake = Chats(house.dispatcher, house.clock), Fake(ready=False)
    chats.join(fake)
    telling = asyncio.create_task(chats.tell(STANDUP, LINE))
    for _ in range(3):
        await asyncio.sleep(0)
        house.clock.advance(0.1)
    assert fake.got == []
    fake.ready = True
    while not telling.done():
        await asyncio.sleep(0)
        house.clock.advance(0.1)
    assert fake.got


async def test_one_that_does_not_connect_is_not_waited_for_for_ever(house: House) -> None:
    chats = Chats(house.dispatcher, house.clock)
    chats.join(Fake(ready=False, takes=False))
    house.clock.advance(BEGIN_SECONDS)
    assert not await chats.tell(STANDUP, LINE)


@pytest.mark.parametrize("follows", [True, False])
async def test_slack_is_told_where_the_room_is_followed_or_else_in_the_moderation_channel(
    slack: SlackStandIn, tmp_path: Path, *, follows: bool
) -> None:
    async with slack_for(slack, tmp_path, mode="http", channel="mods") as usher:
        inside = slack.world.add_channel("stage", [slack.world.user("ann").id, slack.world.app.user], private=True)
        if follows:
            await slack.slash("ann", inside, "/usher", f"use {STANDUP}")
        chats = usher.house.channels
        chats.join(usher.adapter)
        assert await chats.tell(STANDUP, LINE)
        line = await usher.seen("ann", "Somebody reported Bob Stone", "stage" if follows else "mods")
        assert line.labels == ["Look"]
        assert "Case 7." in line.text
        await slack.press("ann", line, "Look")
        await usher.seen("ann", "10 people")


async def test_slack_that_has_not_said_who_we_are_is_told_nothing(slack: SlackStandIn, tmp_path: Path) -> None:
    async with slack_for(slack, tmp_path, mode="http") as usher:
        usher.adapter._account = None
        assert not await usher.adapter.tell(STANDUP, LINE)


async def test_slack_without_any_channel_has_nobody_to_tell(slack: SlackStandIn, tmp_path: Path) -> None:
    async with slack_for(slack, tmp_path, mode="http") as usher:
        assert not await usher.adapter.tell(STANDUP, LINE)
        assert slack.called("chat.postMessage") == []


def client_of(usher: DiscordUsher) -> UsherClient:
    """SimCord connects a client by itself, where `serve` makes one."""
    return cast("UsherClient", usher.env.bot)


async def test_discord_is_told_in_the_private_channel_that_follows_the_room(tmp_path: Path) -> None:
    async with discord_for(tmp_path, told=True, follows="secret") as usher:
        usher.adapter._client = client_of(usher)
        chats = usher.house.channels
        chats.join(usher.adapter)
        assert await chats.tell(STANDUP, LINE)
        await usher.env.settle()
        assert usher.said("mods") == []
        [line] = [one for one in usher.channel("secret").history() if "Somebody reported" in one.content]
        assert "Look" in labels(line)
        await usher.people["ben"].click(line, label="Look")
        assert "9 people" in str(usher.sent("POST", "/callback")[-1])


async def test_discord_is_told_in_the_moderation_channel_where_none_follows(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with discord_for(tmp_path, told=True) as usher:
        usher.adapter._client = client_of(usher)
        default = ChannelDefault(usher.key("mods"), STANDUP)
        await usher.house.database.history.append([Draft(EntryKind.DEFAULT, Content(), projection=default)])
        assert await usher.adapter.tell(STANDUP, LINE)
        assert await usher.adapter.tell("elsewhere", LINE)
        await usher.env.settle()
        assert len(usher.said("mods")) == 2
        usher.env.inject_error("POST", f"/channels/{MODS}/messages", status=403, code=50001)
        assert not await usher.adapter.tell(STANDUP, LINE)
        assert f"A line could not be posted ({MODS}: 50001" in caplog.text


async def test_discord_that_is_not_connected_is_told_nothing(tmp_path: Path) -> None:
    async with discord_for(tmp_path, told=True) as usher:
        assert not await usher.adapter.tell(STANDUP, LINE)
