"""Commands in Discord, through discord.py and SimCord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from adapters.livekit.simulator.lively import BACKSTAGE, STANDUP
from bot.people import Role
from bot.registry import load
from tests.discord_usher import GUILD, Usher, labels, text, usher_for


@pytest.fixture
async def usher(tmp_path: Path) -> AsyncIterator[Usher]:
    async with usher_for(tmp_path) as running:
        yield running


async def test_an_answer_that_is_ready_in_time_is_the_response_and_for_the_caller_alone(usher: Usher) -> None:
    done = await usher.call("ann", "participants", room=STANDUP)
    assert (done.deferred, done.ephemeral) == (False, True)
    assert "standup: 10 people" in text(done)
    [sent] = usher.sent("POST", "/callback")
    assert (sent["type"], sent["data"]["flags"]) == (4, 64)


async def test_a_slow_answer_is_deferred_and_takes_the_place_of_what_waits_for_it(usher: Usher) -> None:
    with usher.slow("MutePublishedTrack", 2.0):
        done = await usher.call("ben", "mute", who="bob", in_=STANDUP)
    assert done.ephemeral
    assert "Muted Bob Stone" in text(done)
    assert done.followups == []
    assert [one["type"] for one in usher.sent("POST", "/callback")] == [5]
    assert len(usher.sent("PATCH", "/messages/@original")) == 1


async def test_a_confirmation_names_person_and_room_and_its_answer_takes_its_place(usher: Usher) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    assert "Remove Omar (omar) from standup?" in text(question)
    assert labels(question) == ["Remove", "No, leave it"]
    assert usher.here("omar")
    done = await usher.click("ann", question, "Remove")
    assert not usher.here("omar")
    assert "Removed Omar" in text(done)
    assert done.response
    assert question.response
    assert done.response.id == question.response.id


async def test_enter_pressed_twice_is_one_action_and_both_get_its_answer(usher: Usher) -> None:
    await usher.call("ben", "mute", who="anna", in_=STANDUP)
    first = usher.anew(_called(usher.arrived[-1], who="bob"))
    second = usher.anew(first)
    with usher.slow("MutePublishedTrack", 0.2):
        await usher.deliver(first, second)
    assert "Muted Bob Stone" in text(usher.answers(first))
    assert text(usher.answers(first)) == text(usher.answers(second))
    assert [case.opening.identity for case in await usher.cases()] == ["bob", "anna"]


def _called(payload: dict[str, Any], **options: str) -> dict[str, Any]:
    """The call with these values for options that it has."""
    given = [{**one, "value": options.get(one["name"], one["value"])} for one in payload["data"]["options"]]
    return {**payload, "data": {**payload["data"], "options": given}}


async def test_the_same_after_something_else_is_done_again_however_soon(usher: Usher) -> None:
    for command in ("promote", "demote", "promote"):
        await usher.call("ann", command, who="omar", in_=STANDUP)
    assert usher.person("omar").permission["can_publish"]
    assert len(await usher.cases()) == 3


async def test_a_command_that_is_delivered_again_acts_once_and_is_answered_once(usher: Usher) -> None:
    await usher.call("ben", "mute", who="bob", in_=STANDUP)
    usher.rooms.set_muted(STANDUP, "bob", next(iter(usher.person("bob").tracks)), False)
    sent = len(usher.env.http_requests)
    await usher.deliver(usher.arrived[-1])
    assert usher.open("bob")
    assert len(await usher.cases()) == 1
    assert len(usher.env.http_requests) == sent


GIVEN: dict[str, dict[str, Any]] = {
    "attribute": {"who": "bob", "pairs": "seat=4", "in_": STANDUP},
    "ban": {"who": "bob", "for_": "1h", "everywhere": True, "in_": STANDUP},
    "bans": {"room": STANDUP, "page": 1},
    "case": {"n": 99},
    "close": {"room": STANDUP, "force": True},
    "demote": {"who": "bob", "in_": STANDUP},
    "door": {"room": STANDUP, "state": "listen-only", "for_": "10m", "reason": "raid"},
    "find": {"text": "bob"},
    "help": {"command": "mute"},
    "history": {"who": "bob"},
    "kick": {"who": "bob", "in_": STANDUP},
    "metadata": {"who": "bob", "text": "{}", "in_": STANDUP},
    "moderator": {"who": None, "role": "viewer"},
    "moderators": {},
    "move": {"who": "bob", "room": BACKSTAGE, "in_": STANDUP},
    "mute": {"who": "bob", "what": "camera,microphone", "lock": True, "reason": "loud", "in_": STANDUP},
    "name": {"who": "bob", "text": "Bob Stone Jr", "in_": STANDUP},
    "order": {"n": 99, "end": True},
    "orders": {"room": STANDUP, "page": 1},
    "participant": {"who": "bob", "in_": STANDUP},
    "participants": {"room": STANDUP, "filter": "open", "page": 1},
    "permissions": {"who": "bob", "pairs": "can_publish=false", "in_": STANDUP},
    "promote": {"who": "omar", "in_": STANDUP, "dry_run": True},
    "quiet": {"room": STANDUP, "except_": "bob"},
    "reason": {"n": 99, "text": "loud"},
    "room-metadata": {"in_": STANDUP},
    "rooms": {},
    "unban": {"who": "bob", "case": "99"},
    "undo": {"n": 99},
    "unmute": {"who": "bob", "in_": STANDUP},
    "use": {"room": STANDUP},
    "whoami": {},
}
SAID = {
    "attribute": "seat", "ban": "Bob Stone", "bans": "kept out", "case": "99", "close": "End standup",
    "demote": "Bob Stone", "door": "are listen-only",
    "find": "bob", "help": "mute", "history": "bob", "kick": "Remove Bob Stone", "metadata": "metadata",
    "moderator": "viewer", "moderators": "admin", "move": "Bob Stone", "mute": "Bob Stone", "name": "Jr", "order": "99",
    "orders": "in force", "participant": "Bob Stone", "participants": "standup", "permissions": "Bob Stone",
    "promote": "Omar", "quiet": "standup", "reason": "99", "room-metadata": "standup", "rooms": "backstage",
    "unban": "kept out", "undo": "99", "unmute": "Bob Stone", "use": "standup", "whoami": "admin",
}  # fmt: skip


@pytest.mark.parametrize("root", ["", "usher"])
async def test_every_command_can_be_called_with_its_options(tmp_path: Path, root: str) -> None:
    assert set(GIVEN) == set(SAID) == {one.name for one in load()}
    async with usher_for(tmp_path, root=root) as usher:
        for name, given in GIVEN.items():
            options = {key: usher.people["cat"] if value is None else value for key, value in given.items()}
            path = usher.adapter.desk.names.typed(name).removeprefix("/")
            said = text(await usher.call("ann", path, **options))
            assert SAID[name] in said, (name, said)
            assert "Usage" not in said, (name, said)
            assert "went wrong" not in said, (name, said)


async def test_below_a_root_every_command_is_one_of_its_subcommands(tmp_path: Path) -> None:
    async with usher_for(tmp_path, root="usher") as usher:
        assert "Muted Bob Stone" in text(await usher.call("ann", "usher person mute", who="bob", in_=STANDUP))
        assert "/usher person mute" in text(await usher.call("ann", "usher help"))


async def test_a_stranger_is_refused_with_their_id_and_who_can_grant(usher: Usher) -> None:
    done = await usher.call("cat", "participants", room=STANDUP)
    assert f"Your id is {usher.subject('cat')}. An admin can give you a role" in text(done)
    assert "console:op" in text(done)
    assert not [word for word in ("bob", "Bob", "10 people") if word in text(done)]


async def test_a_role_counts_on_its_server_and_is_no_name(usher: Usher) -> None:
    assert "Muted Bob Stone" in text(await usher.call("dora", "mute", who="bob", in_=STANDUP))
    other = usher.env.create_guild("Elsewhere")
    same = other.create_role("Mods", permissions=administrator())
    channel = other.create_text_channel("general")
    there = other.add_member(usher.people["dora"].user, roles=[same])
    done = await there.slash(channel, "mute", who="omar", **{"in": STANDUP})
    assert "You are not a moderator here" in text(done)


def administrator() -> discord.Permissions:
    return discord.Permissions(administrator=True)


async def test_discords_administrators_are_strangers_without_a_role_of_ours(usher: Usher) -> None:
    boss = usher.guild.create_role("Boss", permissions=administrator())
    usher.people["eve"] = usher.guild.add_member(usher.env.create_user("eve"), roles=[boss])
    assert "You are not a moderator here" in text(await usher.call("eve", "mute", who="bob", in_=STANDUP))
    assert usher.open("bob")


async def test_everyone_is_no_role(usher: Usher) -> None:
    await usher.grant(f"discord:{GUILD}/@{GUILD}", Role.ADMIN)
    assert "You are not a moderator here" in text(await usher.call("cat", "participants", room=STANDUP))


async def test_in_direct_messages_only_who_has_a_grant_of_their_own_is_served(usher: Usher) -> None:
    ann = await usher.people["ann"].user.slash("participants", room=STANDUP)
    assert "standup: 10 people" in text(ann)
    dora = await usher.people["dora"].user.slash("participants", room=STANDUP)
    assert "You are not a moderator here" in text(dora)


async def test_on_a_server_that_is_not_among_those_of_the_settings_nobody_is_served(tmp_path: Path) -> None:
    async with usher_for(tmp_path, guilds=GUILD) as usher:
        assert "standup: 10 people" in text(await usher.call("ann", "participants", room=STANDUP))
        called = usher.arrived[-1]
        other = usher.env.create_guild("Elsewhere")
        channel = other.create_text_channel("general")
        other.add_member(usher.people["ann"].user)
        there = usher.anew({**called, "guild_id": str(other.id), "channel_id": str(channel.id)})
        there["channel"] = {**called["channel"], "id": str(channel.id), "guild_id": str(other.id)}
        await usher.deliver(there)
        said = text(usher.answers(there))
        assert "does not serve this server" in said
        assert usher.subject("ann") in said
        assert "people" not in said


async def test_what_is_set_for_a_channel_counts_in_its_threads(usher: Usher) -> None:
    await usher.call("ann", "use", room=STANDUP)
    general = usher.channel("general")
    message = await usher.people["ann"].send(general, "look")
    assert usher.env.bot.get_channel(general.id)
    thread = usher.env.backend.create_thread(general.id, "about it", usher.people["ann"].id, message_id=message.id)
    await usher.env.settle()
    inside = next(one for one in general.threads if one.id == thread.id)
    done = await usher.people["ann"].slash(inside, "participants")
    assert "standup: 10 people" in text(done)


async def test_servers_of_every_shard_are_served(tmp_path: Path) -> None:
    async with usher_for(tmp_path, shards=2) as usher:
        mine = int(GUILD) >> 22
        other = usher.env.create_guild("Elsewhere", shard_id=1 - mine % 2)
        ann = other.add_member(usher.people["ann"].user)
        channel = other.create_text_channel("general")
        staff = other.create_role("Staff", permissions=discord.Permissions(administrator=True))
        eve = other.add_member(usher.env.create_user("eve"), roles=[staff])
        assert "You are not a moderator here" in text(await eve.slash(channel, "mute", who="bob"))
        assert "admin" in text(await ann.slash(channel, "whoami"))
        assert "standup: 10 people" in text(await usher.call("ann", "participants", room=STANDUP))


async def test_a_mention_is_never_taken_for_a_name(usher: Usher) -> None:
    done = await usher.call("ben", "mute", who=usher.people["cat"].mention, in_=STANDUP)
    assert "Muted" not in text(done)
    assert await usher.cases() == ()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("someone is screaming in *standup*!", "standup: 10 people"),
        ("**backstage**", "backstage: 2 people"),
        ("standup or backstage", "Which room?"),
        ("help", "Which room?"),
    ],
)
async def test_from_a_message_it_is_the_room_that_the_message_names(usher: Usher, said: str, answer: str) -> None:
    general = usher.channel("general")
    alert = await usher.people["cat"].send(general, said)
    done = await usher.people["ann"].context_menu(general, "Moderate this room", alert)
    assert answer in text(done)
    assert done.ephemeral


async def test_from_a_message_a_stranger_learns_of_no_room(usher: Usher) -> None:
    general = usher.channel("general")
    alert = await usher.people["ann"].send(general, "look at standup")
    done = await usher.people["cat"].context_menu(general, "Moderate this room", alert)
    assert "You are not a moderator here" in text(done)


async def test_while_usher_stops_nothing_is_begun(usher: Usher) -> None:
    await usher.adapter.desk.under_way.settle(0)
    done = await usher.call("ben", "mute", who="bob", in_=STANDUP)
    assert "being restarted" in text(done)
    assert usher.open("bob")
