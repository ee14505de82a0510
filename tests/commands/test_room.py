"""Which room: the one given, else the default, else the only live one in scope, else a choice. And /use."""

from __future__ import annotations

from bot.history import Outcome
from bot.people import Role
from bot.reply import Audience, Tone
from tests.house import BACKSTAGE, STANDUP, House, labels, told


async def test_the_only_live_room_in_scope_is_taken_and_named(house: House) -> None:
    reply = await house.say("mute bob", room="")
    assert reply.outcome is Outcome.DONE
    assert "in standup" in told(reply)


async def test_several_rooms_are_a_choice_which_runs_the_words_there(house: House) -> None:
    reply = await house.say("mute bob lock shouting", "alice", room="")
    assert "Which room?" in told(reply)
    assert labels(reply) == [BACKSTAGE, STANDUP]
    assert not house.writes
    done = await house.press(STANDUP, "alice")
    assert "Reason: shouting" in told(done)
    assert done.outcome is Outcome.DONE


async def test_many_rooms_are_cut_and_it_is_said(house: House) -> None:
    for number in range(12):
        house.rooms.open(f"r{number}")
    reply = await house.say("participants", "alice", room="")
    assert len(labels(reply)) == 10
    assert "4 more: name it with in:ROOM" in told(reply)


async def test_no_live_room_is_said_so(house: House) -> None:
    house.rooms.delete(STANDUP)
    reply = await house.say("mute bob", room="")
    assert reply.tone is Tone.ERROR
    assert "No room in your scope is live" in told(reply)


async def test_use_sets_the_default_of_the_channel_alone_and_is_announced(house: House) -> None:
    reply = await house.say("use standup", "alice", room="", channel="mods")
    assert (reply.outcome, reply.audience) == (Outcome.DONE, Audience.PUBLIC)
    assert "standup is now the room of this channel" in told(reply)
    assert (await house.say("mute bob", "alice", room="", channel="mods")).outcome is Outcome.DONE
    assert "Which room?" in told(await house.say("mute bob", "alice", room="", channel="other"))


async def test_use_again_is_already_and_another_one_says_what_it_was(house: House) -> None:
    await house.say("use standup", "alice", room="")
    assert (await house.say("use standup", "alice", room="")).outcome is Outcome.ALREADY
    assert "Before: standup" in told(await house.say("use backstage", "alice", room=""))


async def test_a_glob_follows_the_live_room_of_that_name(house: House) -> None:
    house.rooms.open("daily-1")
    await house.say("use daily-*", "alice", room="")
    assert "daily-1: 0 people" in told(await house.say("participants", "alice", room=""))
    house.rooms.delete("daily-1")
    house.rooms.open("daily-2")
    assert "daily-2: 0 people" in told(await house.say("participants", "alice", room=""))
    house.rooms.open("daily-3")
    assert labels(await house.say("participants", "alice", room="")) == ["daily-2", "daily-3"]


async def test_a_glob_without_a_live_room_is_asked_about(house: House) -> None:
    await house.say("use daily-*", "alice", room="")
    reply = await house.say("participants", "alice", room="")
    assert "No live room is called daily-*" in told(reply)
    assert labels(reply) == [BACKSTAGE, STANDUP]


async def test_a_default_whose_room_ended_is_asked_again(house: House) -> None:
    await house.say("use standup", "alice", room="")
    house.rooms.delete(STANDUP)
    for line in ("mute mei", "participants", "quiet"):
        reply = await house.say(line, "alice", room="")
        assert "No live room is called standup" in told(reply)
        assert labels(reply) == [BACKSTAGE]
    assert not house.writes


async def test_a_default_out_of_scope_is_refused_without_its_name(house: House) -> None:
    await house.say("use backstage", "alice", room="")
    reply = await house.say("mute mei", room="")
    assert reply.outcome is Outcome.REFUSED
    assert BACKSTAGE not in told(reply)
    assert not house.writes


async def test_use_of_a_room_that_is_not_live_offers_near_names(house: House) -> None:
    reply = await house.say("use standpu", "alice", room="")
    assert "No live room is called standpu" in told(reply)
    assert (await house.press(STANDUP, "alice")).outcome is Outcome.DONE


async def test_use_is_for_moderators_of_that_room(house: House) -> None:
    assert (await house.say("use standup", "vera")).outcome is Outcome.REFUSED
    assert (await house.say("use backstage")).outcome is Outcome.REFUSED
    await house.grant("console:mix", Role.VIEWER, BACKSTAGE)
    await house.grant("console:@stage", Role.MODERATOR, STANDUP)
    for room in (BACKSTAGE, "back*"):
        assert (await house.say(f"use {room}", "mix", groups=("console:@stage",))).outcome is Outcome.REFUSED


async def test_use_of_a_glob_beyond_the_scope_is_refused(house: House) -> None:
    assert (await house.say("use *")).outcome is Outcome.REFUSED
    assert (await house.say("use stand*")).outcome is Outcome.REFUSED
    assert (await house.say("use standup")).outcome is Outcome.DONE


async def test_a_room_chosen_beforehand_is_weaker_than_the_one_that_is_named(house: House) -> None:
    assert "backstage" in told(await house.say("participants backstage", "alice", room=STANDUP))
    assert "backstage" in told(await house.say("participants in:backstage", "alice", room=STANDUP))


async def test_a_room_whose_name_looks_like_a_glob_is_a_room(house: House) -> None:
    house.rooms.open("[daily] 1")
    assert "[daily] 1: 0 people" in told(await house.say('participants "[daily] 1"', "alice"))
