"""Who is told of a write in Discord, and who is not."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
from simcord.backend import serializers

from adapters.livekit.simulator.lively import BACKSTAGE, STANDUP
from bot.history import ChannelDefault, Content, Draft, EntryKind
from tests.both_chats import grounds, in_discord
from tests.discord_stand_in import POST, DiscordStandIn
from tests.discord_usher import GUILD, MODS, Usher, labels, usher_for

CHANNELS = ("general", "open", "secret", "mods")


@pytest.fixture
async def usher(tmp_path: Path) -> AsyncIterator[Usher]:
    """With a moderation channel, which everybody reads."""
    async with usher_for(tmp_path, told=True) as running:
        yield running


def told(usher: Usher, words: str) -> list[str]:
    """The channels in which others read that."""
    return [name for name in CHANNELS if name in usher.guild.channels and any(words in one for one in usher.said(name))]


async def test_a_write_is_told_in_the_moderation_channel_with_who_and_what(usher: Usher) -> None:
    await usher.call("ben", "mute", who="bob", reason="loud", in_=STANDUP)
    assert told(usher, "Muted Bob Stone") == ["mods"]
    [line] = usher.said("mods")
    assert line.startswith(f"{usher.people['ben'].id}: Muted Bob Stone in standup")
    assert "Reason: loud" in line
    assert labels(usher.channel("mods").last_message)


async def test_what_was_read_refused_or_only_asked_about_is_told_nobody(usher: Usher) -> None:
    await usher.call("ben", "participants", room=STANDUP)
    await usher.call("ben", "mute", who="mei", in_=BACKSTAGE)
    await usher.call("cat", "mute", who="bob", in_=STANDUP)
    await usher.call("ben", "kick", who="omar", in_=STANDUP)
    assert [usher.said(name) for name in CHANNELS] == [[], [], [], []]


async def test_the_private_channel_of_the_room_comes_first(usher: Usher) -> None:
    await usher.call("ann", "use", "secret", room=STANDUP)
    await usher.call("ben", "mute", "general", who="bob", in_=STANDUP)
    assert told(usher, "Muted Bob Stone") == ["secret"]
    await usher.call("ann", "mute", "general", who="tom", in_=BACKSTAGE)
    assert told(usher, "Tom") == ["mods"]


async def test_a_channel_that_everybody_reads_is_never_told_though_it_follows_the_room(usher: Usher) -> None:
    await usher.call("ann", "use", "open", room=STANDUP)
    await usher.call("ben", "mute", "open", who="bob", in_=STANDUP)
    assert told(usher, "Muted Bob Stone") == ["mods"]
    assert usher.said("open") == []


async def test_a_channel_that_becomes_public_is_told_no_more(usher: Usher) -> None:
    await usher.call("ann", "use", "secret", room=STANDUP)
    channel = usher.env.backend.get_channel(usher.channel("secret").id)
    channel.overwrites = []
    usher.env.backend.emit("CHANNEL_UPDATE", dict(serializers.channel_payload(usher.env.backend, channel)))
    await usher.env.settle()
    await usher.call("ben", "mute", who="bob", in_=STANDUP)
    assert told(usher, "Muted Bob Stone") == ["mods"]


async def test_a_write_of_a_direct_message_is_told_where_the_room_is_followed(usher: Usher) -> None:
    await usher.call("ann", "use", "secret", room=STANDUP)
    await usher.people["ann"].user.slash("mute", who="bob", **{"in": STANDUP})
    assert told(usher, "Muted Bob Stone") == ["secret"]


async def test_a_direct_message_that_follows_a_room_is_no_channel_of_others(usher: Usher) -> None:
    ann = usher.people["ann"].user
    await ann.slash("use", room=STANDUP)
    await ann.slash("mute", who="bob")
    assert told(usher, "Muted Bob Stone") == ["mods"]
    assert [one for one in usher.direct("ann") if one.startswith(str(ann.id))] == []


@pytest.mark.parametrize(("guilds", "lines"), [("", 1), (GUILD, 0)])
async def test_a_channel_of_a_server_that_is_not_served_is_told_nothing(
    tmp_path: Path, guilds: str, lines: int
) -> None:
    async with usher_for(tmp_path, guilds=guilds) as usher:
        other = usher.env.create_guild("Elsewhere")
        unseen = discord.PermissionOverwrite(view_channel=False)
        own = other.me
        assert own is not None
        seen = discord.PermissionOverwrite(view_channel=True, send_messages=True)
        there = other.create_text_channel("secret", overwrites={other.default_role: unseen, own: seen})
        default = ChannelDefault(f"discord:{other.id}/{there.id}", STANDUP)
        await usher.house.database.history.append([Draft(EntryKind.DEFAULT, Content(), projection=default)])
        await usher.call("ann", "mute", who="anna", in_=STANDUP)
        called, ann = usher.arrived[-1], usher.people["ann"].user
        called["data"]["options"][0]["value"] = "bob"
        direct = {key: one for key, one in called.items() if key not in ("guild_id", "member")}
        number = str(ann.dm_channel.id)
        user = called["member"]["user"]
        await usher.deliver(
            usher.anew({**direct, "user": user, "channel_id": number, "channel": {"id": number, "type": 1}})
        )
        assert not usher.open("bob")
        assert len(there.history()) == lines


@pytest.mark.parametrize("status", [403, 500])
async def test_where_the_channel_does_not_take_it_the_moderation_channel_is_told(usher: Usher, status: int) -> None:
    await usher.call("ann", "use", "secret", room=STANDUP)
    usher.env.inject_error("POST", f"/channels/{usher.channel('secret').id}/messages", status=status, code=50013)
    await usher.call("ben", "mute", who="bob", in_=STANDUP)
    assert told(usher, "Muted Bob Stone") == ["mods"]


async def test_a_line_that_nobody_takes_is_logged_and_the_answer_arrives(
    usher: Usher, caplog: pytest.LogCaptureFixture
) -> None:
    usher.env.inject_error("POST", f"/channels/{MODS}/messages", status=403, code=50001)
    done = await usher.call("ben", "mute", who="bob", in_=STANDUP)
    assert done.response
    assert "Muted" in done.response.content
    [error] = [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
    assert error == f"The line about a case could not be posted ({MODS}: 50001)."


async def test_without_a_moderation_channel_nobody_else_is_told(tmp_path: Path) -> None:
    async with usher_for(tmp_path) as usher:
        await usher.call("ben", "mute", who="bob", in_=STANDUP)
        assert told(usher, "Muted") == []


async def test_names_that_are_markup_ping_nobody_and_link_nowhere(usher: Usher) -> None:
    usher.person("bob").name = "@everyone <@&1> [x](https://discord.gg/x) **b**"
    await usher.call("ben", "mute", who="bob", reason="<@1> @here", in_=STANDUP)
    bodies = usher.sent("POST", f"/channels/{MODS}/messages") + usher.sent("POST", "/callback")
    assert [one.get("allowed_mentions", one.get("data", {}).get("allowed_mentions")) for one in bodies] == [
        {"parse": []}
    ] * 2


@pytest.mark.parametrize("made", [False, True], ids=["before it was made", "once it was made"])
@pytest.mark.parametrize("times", [1, 2])
async def test_a_line_whose_connection_breaks_is_posted_all_the_same_and_once(
    discord: DiscordStandIn, tmp_path: Path, made: bool, times: int
) -> None:
    mods = discord.world.channel("mods").id
    async with (
        grounds(tmp_path, f"discord:{discord.world.user('ann').id}") as ground,
        in_discord(discord, ground.house, USHER_DISCORD_CHANNEL=mods),
    ):
        discord.trouble.drop(POST, times=times, after=made)
        await discord.command("ann", "general", "mute", {"who": "bob", "in": STANDUP})
        await discord.until(lambda: len(discord.called(POST)) > times)
        await discord.until(lambda: [one for one in discord.seen_by("ben").messages if one.channel == mods])
        assert len(discord.called(POST)) == times + 1
    assert len([one for one in discord.seen_by("ben").messages if one.channel == mods]) == 1


async def test_a_line_whose_connection_breaks_each_time_is_logged(
    discord: DiscordStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mods = discord.world.channel("mods").id
    async with (
        grounds(tmp_path, f"discord:{discord.world.user('ann').id}") as ground,
        in_discord(discord, ground.house, USHER_DISCORD_CHANNEL=mods),
    ):
        discord.trouble.drop(POST, times=10)
        await discord.command("ann", "general", "mute", {"who": "bob", "in": STANDUP})
        await discord.until(lambda: "The line about a case could not be posted" in caplog.text)
