"""A message that begins with a mention of the bot, and direct messages, through discord.py and SimCord."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from adapters.discord import hearing
from adapters.discord.offer import UNKEPT, WORDS
from adapters.discord.presses import NOT_YOURS
from adapters.livekit.simulator.lively import STANDUP
from bot.errors import HistoryError
from bot.plain import plain
from tests.discord_usher import Usher, labels, text, usher_for

HOME = "general"


@pytest.fixture
async def usher(tmp_path: Path) -> AsyncIterator[Usher]:
    async with usher_for(tmp_path) as running:
        yield running


def me(usher: Usher) -> str:
    assert usher.env.bot.user is not None
    return usher.env.bot.user.mention


def offers(usher: Usher, channel: str = HOME) -> list[Any]:
    """What the bot says in that channel, as everybody reads it."""
    return [one for one in usher.channel(channel).history() if one.author.bot and not one.flags.ephemeral]


async def write(usher: Usher, who: str, line: str, channel: str = HOME) -> Any:
    """Somebody writes to the bot; the message that it writes below."""
    before = len(offers(usher, channel))
    await usher.people[who].send(usher.channel(channel), f"{me(usher)} {line}")
    *older, offer = offers(usher, channel)
    assert len(older) == before
    return offer


def words(usher: Usher, who: str, said: str = WORDS) -> str:
    return said.format(author=usher.people[who].id)


async def test_a_mention_is_answered_with_a_button_that_only_says_what_was_written(usher: Usher) -> None:
    offer = await write(usher, "ben", "mute bob in:standup too loud")
    assert offer.content == words(usher, "ben")
    assert labels(offer) == ["/mute bob in:standup too loud"]
    assert (usher.service.calls, await usher.cases()) == ([], ())


async def test_its_press_carries_the_line_out_for_that_person_alone_and_takes_the_button_away(usher: Usher) -> None:
    offer = await write(usher, "ben", "mute bob in:standup too loud")
    done = await usher.click("ben", offer, "/mute bob in:standup too loud")
    assert done.ephemeral
    assert "Muted Bob Stone" in text(done)
    assert "Reason: too loud" in text(done)
    assert not usher.open("bob")
    assert offers(usher) == []
    [case] = await usher.cases()
    assert case.opening.actor == usher.subject("ben")


async def test_roles_count_where_the_button_is_pressed(usher: Usher) -> None:
    offer = await write(usher, "dora", "mute bob")
    assert "Muted Bob Stone" in text(await usher.click("dora", offer, "/mute bob"))


async def test_whoever_may_not_is_refused_alone_and_learns_no_name(usher: Usher) -> None:
    offer = await write(usher, "cat", "mute bob")
    assert offer.content == words(usher, "cat")
    refused = await usher.click("cat", offer, "/mute bob")
    assert refused.ephemeral
    assert "You are not a moderator here" in text(refused)
    assert usher.subject("cat") in text(refused)
    assert not any(name in text(refused) for name in ("Stone", STANDUP))
    assert usher.open("bob")


async def test_nobody_else_can_press_it_not_even_an_admin(usher: Usher) -> None:
    offer = await write(usher, "ben", "mute bob")
    other = await usher.click("ann", offer, "/mute bob")
    assert text(other) == plain(NOT_YOURS)
    assert other.ephemeral
    assert usher.open("bob")
    assert "Muted Bob Stone" in text(await usher.click("ben", offer, "/mute bob"))


async def test_a_button_forged_with_the_own_id_does_not_carry_out_somebody_elses_line(usher: Usher) -> None:
    offer = await write(usher, "cat", "mute bob")
    token = (await write(usher, "ben", "kick omar")).components[0].to_dict()["components"][0]["custom_id"].split(":")[2]
    await usher.click("cat", offer, "/mute bob")
    forged = usher.anew(usher.arrived[-1])
    row = forged["message"]["components"][0]["components"][0]
    row["custom_id"] = forged["data"]["custom_id"] = f"offer:{usher.people['cat'].id}:{token}"
    await usher.deliver(forged)
    assert "is not yours, or is not known any more" in text(usher.answers(forged))
    assert usher.here("omar")


async def test_what_is_asked_about_first_is_asked_about_behind_the_press_too(usher: Usher) -> None:
    question = await usher.click("ben", await write(usher, "ben", "kick omar"), "/kick omar")
    assert question.ephemeral
    assert "Remove Omar (omar) from standup?" in text(question)
    assert usher.here("omar")
    assert "Removed Omar" in text(await usher.click("ben", question, "Remove"))
    assert not usher.here("omar")


async def test_a_button_of_before_a_restart_carries_its_line_out(usher: Usher) -> None:
    offer = await write(usher, "ben", "mute bob")
    await usher.env.restart_bot(usher.adapter.client(shard_count=1))
    assert "Muted Bob Stone" in text(await usher.click("ben", offer, "/mute bob"))


async def test_a_line_is_carried_out_once_though_it_was_written_and_pressed_twice(usher: Usher) -> None:
    first, second = [await write(usher, "ben", "mute bob") for _ in range(2)]
    await usher.click("ben", first, "/mute bob")
    assert "answered already" in text(await usher.click("ben", second, "/mute bob"))
    assert len(await usher.cases()) == 1


async def test_the_same_message_delivered_again_is_answered_once(usher: Usher) -> None:
    sent: list[Any] = []
    usher.env.backend.subscribers.append(lambda event, payload: sent.append((event, payload)))
    await write(usher, "ben", "mute bob")
    [payload] = [payload for event, payload in sent if event == "MESSAGE_CREATE" and not payload["author"].get("bot")]
    usher.env.backend.emit("MESSAGE_CREATE", payload)
    await usher.env.settle()
    assert len(offers(usher)) == 1


async def test_a_long_line_is_carried_out_whole_though_its_button_shows_the_beginning(usher: Usher) -> None:
    reason = "very " * 60 + "loud"
    offer = await write(usher, "ben", f"mute bob {reason}")
    [label] = labels(offer)
    assert label.startswith("/mute bob very very")
    assert label.endswith("…")
    assert f"Reason: {reason}" in text(await usher.click("ben", offer, label))


@pytest.mark.parametrize("line", ["", "  ", ":", "`help`"])
async def test_a_mention_and_nothing_else_asks_for_help(usher: Usher, line: str) -> None:
    offer = await write(usher, "cat", line)
    assert labels(offer) == ["/help"]
    assert "/whoami" in text(await usher.click("cat", offer, "/help"))


async def test_words_that_are_no_command_are_told_so_behind_the_press(usher: Usher) -> None:
    offer = await write(usher, "ben", "mut bob")
    assert labels(offer) == ["mut bob"]
    assert "mute" in text(await usher.click("ben", offer, "mut bob"))


async def test_below_a_root_the_button_calls_the_command_as_it_is_called_there(tmp_path: Path) -> None:
    async with usher_for(tmp_path, root="usher") as usher:
        for line in ("mute bob", "/usher person mute bob"):
            assert labels(await write(usher, "ben", line)) == ["/usher person mute bob"]
        done = await usher.click("ben", offers(usher)[-1], "/usher person mute bob")
        assert "Muted Bob Stone" in text(done)


async def test_in_a_thread_it_is_answered_there_and_the_channels_default_counts(usher: Usher) -> None:
    await usher.call("ann", "use", HOME, room="backstage")
    home, ann = usher.channel(HOME), usher.people["ann"]
    message = await ann.send(home, "look")
    created = usher.env.backend.create_thread(home.id, "about it", ann.id, message_id=message.id)
    await usher.env.settle()
    thread = next(one for one in home.threads if one.id == created.id)
    await ann.send(thread, f"{me(usher)} participants")
    [offer] = [one for one in thread.history() if one.author.bot]
    assert "backstage" in text(await usher.click("ann", offer, "/participants"))


async def test_nobody_is_called_and_nothing_is_formatted_by_what_was_written(usher: Usher) -> None:
    hostile = "@everyone <@&300000000000000000> **loud** [x](https://example.com) discord.gg/abc"
    offer = await write(usher, "cat", hostile)
    assert offer.content == words(usher, "cat")
    [body] = usher.sent("POST", "/messages")
    assert body["allowed_mentions"] == {"parse": []}
    assert body["embeds"] == []


@pytest.mark.parametrize(
    "said",
    [
        "hello",
        "ask {me} to mute bob",
        "@everyone",
        "<@1> mute bob",
        "<@&1> mute bob",
        "\\{me} mute bob",
    ],
)
async def test_what_does_not_begin_with_its_mention_is_not_meant_for_it(usher: Usher, said: str) -> None:
    await usher.people["ben"].send(usher.channel(HOME), said.format(me=me(usher)))
    assert offers(usher) == []


async def test_a_reply_to_the_bot_an_edit_another_bot_and_a_webhook_are_left_alone(usher: Usher) -> None:
    offer = await write(usher, "ben", "mute bob")
    await usher.people["ben"].send(usher.channel(HOME), "mute omar", reply_to=offer)
    said = await usher.people["ben"].send(usher.channel(HOME), "hello")
    await usher.people["ben"].edit(said, f"{me(usher)} mute omar")
    other = usher.guild.add_member(usher.env.create_user("other", bot=True))
    await other.send(usher.channel(HOME), f"{me(usher)} mute omar")
    hook = usher.guild.create_webhook(usher.channel(HOME), "hook")
    await hook.send(f"{me(usher)} mute omar")
    assert len([one for one in offers(usher) if one.content == words(usher, "ben")]) == 1


async def test_on_a_server_that_is_not_served_nothing_is_said(tmp_path: Path) -> None:
    async with usher_for(tmp_path, guilds="210000000000000000") as usher:
        await usher.people["ann"].send(usher.channel(HOME), f"{me(usher)} participants")
        assert offers(usher) == []


async def test_with_the_setting_off_discord_tells_of_no_message(tmp_path: Path) -> None:
    async with usher_for(tmp_path, mentions="off") as usher:
        assert usher.env.bot.intents == discord.Intents(guilds=True)
        await usher.people["ben"].send(usher.channel(HOME), f"{me(usher)} mute bob")
        await usher.people["ben"].send_dm("mute bob")
        assert offers(usher) == []
        assert usher.direct("ben") == ["mute bob"]


async def test_no_privileged_intent_is_needed_for_it(usher: Usher) -> None:
    intents = usher.env.bot.intents
    assert (intents.message_content, intents.members, intents.presences) == (False, False, False)
    assert dict(intents)["guild_messages"]


async def test_a_mentioned_account_is_nobody_in_a_room_unless_a_setting_says_so(tmp_path: Path) -> None:
    async with usher_for(tmp_path, identities={"discord": "staff-{id}"}) as usher:
        cat = usher.people["cat"]
        offer = await write(usher, "ben", f"mute {cat.mention} told {cat.mention}")
        assert labels(offer) == [f"/mute staff-{cat.id} told @Cat"]


async def test_the_account_of_somebody_called_like_a_participant_is_not_taken_for_one(usher: Usher) -> None:
    other = usher.guild.add_member(usher.env.create_user("bob", global_name="Bob Stone"))
    offer = await write(usher, "ben", f"mute {other.mention}")
    assert labels(offer) == [f"/mute {other.mention}"]
    refused = await usher.click("ben", offer, labels(offer)[0])
    assert "Muted" not in text(refused)
    assert usher.open("bob")


async def test_a_flood_of_one_person_leaves_the_others_their_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hearing, "WRITTEN", 2)
    async with usher_for(tmp_path) as usher:
        for number in range(4):
            await usher.people["cat"].send(usher.channel(HOME), f"{me(usher)} {number}")
        assert len(offers(usher)) == 2
        await write(usher, "ben", "mute bob")
    assert [one.getMessage() for one in caplog.records if "too fast" in one.getMessage()] == [
        "Messages to the bot came too fast to be answered: 1 in channels."
    ]


async def test_a_flood_of_many_people_into_one_channel_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "IN_A_CHANNEL", 2)
    async with usher_for(tmp_path) as usher:
        for who in ("cat", "dora", "ann"):
            await usher.people[who].send(usher.channel(HOME), f"{me(usher)} help")
        assert len(offers(usher)) == 2
        await write(usher, "ben", "mute bob", "open")


async def test_where_the_bot_may_not_write_nothing_happens_and_it_is_logged(
    usher: Usher, caplog: pytest.LogCaptureFixture
) -> None:
    mute = discord.PermissionOverwrite(view_channel=True, send_messages=False)
    own, everybody = usher.guild.me, discord.PermissionOverwrite(view_channel=True, send_messages=True)
    assert own is not None
    usher.guild.create_text_channel("rules", overwrites={usher.guild.default_role: everybody, own: mute})
    caplog.set_level(logging.INFO)
    await usher.people["ben"].send(usher.channel("rules"), f"{me(usher)} mute bob")
    assert offers(usher, "rules") == []
    [line] = [one for one in caplog.records if "reached nobody" in one.getMessage()]
    assert (line.levelname, "50013" in line.getMessage()) == ("INFO", True)


async def test_a_line_that_cannot_be_kept_is_told_so(usher: Usher, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: Any) -> None:
        raise HistoryError("The disk is full.")

    monkeypatch.setattr(type(usher.house.services.pending), "put", full)
    offer = await write(usher, "ben", "mute bob")
    assert (offer.content, labels(offer)) == (words(usher, "ben", UNKEPT), [])


async def test_while_it_stops_it_says_so_and_keeps_nothing(usher: Usher) -> None:
    usher.adapter.desk.under_way.closing = True
    offer = await write(usher, "ben", "mute bob")
    assert "Usher is being restarted. Nothing was done." in offer.content
    await usher.people["ben"].send_dm("mute bob")
    assert "Usher is being restarted" in usher.direct("ben")[-1]
    assert usher.open("bob")


async def test_a_direct_message_is_answered_there_with_all_that_can_be_pressed(usher: Usher) -> None:
    await usher.people["ben"].send_dm("participants in:standup")
    assert "9 people" in usher.direct("ben")[-1]
    shown = usher.people["ben"].user.dm_channel.history()[-1]
    done = await usher.people["ben"].user.click(shown, label="Mute Bob Stone")
    assert "Muted Bob Stone" in text(done)
    assert not usher.open("bob")


async def test_what_is_done_by_a_direct_message_is_told_to_the_others(tmp_path: Path) -> None:
    async with usher_for(tmp_path, told=True) as usher:
        await usher.people["ben"].send_dm(f"{me(usher)} `mute bob in:standup`")
        assert "Muted Bob Stone" in usher.direct("ben")[-1]
        [line] = usher.said("mods")
        assert "Muted Bob Stone" in line
        [case] = await usher.cases()
        assert case.opening.actor == usher.subject("ben")


@pytest.mark.parametrize("who", ["cat", "dora"])
async def test_directly_no_role_of_a_server_counts_and_a_refusal_tells_the_own_id(usher: Usher, who: str) -> None:
    await usher.people[who].send_dm("mute bob in:standup")
    refused = usher.direct(who)[-1]
    assert "You are not a moderator here" in refused
    assert usher.subject(who) in refused
    assert usher.open("bob")


async def test_what_is_typed_twice_directly_is_done_once(usher: Usher) -> None:
    with usher.slow("MutePublishedTrack"):
        for _ in range(2):
            usher.env.backend.create_message(
                usher.people["ben"].user.dm_channel.id, int(usher.people["ben"].id), "mute bob in:standup"
            )
        await usher.env.settle()
    assert len(await usher.cases()) == 1
    assert sum("Muted Bob Stone" in one for one in usher.direct("ben")) == 2


async def test_a_slow_answer_to_a_direct_message_is_announced_by_typing(usher: Usher) -> None:
    with usher.slow("MutePublishedTrack"):
        await usher.people["ben"].send_dm("mute bob in:standup")
    assert len(usher.sent("POST", "/typing")) == 1
    assert "Muted Bob Stone" in usher.direct("ben")[-1]


async def test_a_picture_without_words_is_no_command(usher: Usher) -> None:
    channel = usher.people["ben"].user.dm_channel
    picture = usher.env.backend.store_attachments(channel.id, [("me.png", b"png")])
    await usher.people["ben"].send_dm("", attachments=picture)
    assert usher.direct("ben") == [""]
