"""Who is meant: exactly one session, or a choice. Never a guess."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.history import Outcome
from bot.model import Permissions
from bot.people import Role
from tests.house import STANDUP, House, labels, told


@pytest.mark.parametrize("typed", ["anna", "Anna", "ANNA", "Ánna"])
async def test_an_exact_identity_or_name_is_acted_on_though_others_begin_with_it(house: House, typed: str) -> None:
    reply = await house.say(f"mute {typed}")
    assert reply.outcome is Outcome.DONE
    assert house.track("anna").muted


@pytest.mark.parametrize("typed", ["ann", "bo", "Stone", "len", "hanna"])
async def test_a_prefix_or_a_look_alike_is_a_choice_even_of_one(house: House, typed: str) -> None:
    reply = await house.say(f"mute {typed} shouting")
    assert not house.writes
    assert reply.outcome is None
    assert labels(reply)
    assert "Reason: shouting" in told(reply)


async def test_a_choice_shows_name_end_of_the_identity_open_tracks_and_joined_ago(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("x" * 60 + "-0123456789a", "Anna"))
    reply = await house.say("mute ANNA")
    assert "1. Anna (anna), microphone open, joined 31 min ago, in standup" in told(reply)
    assert "2. Anna (…-0123456789a), nothing published, joined just now, in standup" in told(reply)
    done = await house.press(1)
    assert done.outcome is Outcome.DONE
    assert house.track("anna").muted


async def test_of_several_with_one_name_none_is_guessed(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("bob2", "Bob Stone"))
    reply = await house.say("kick bob stone")
    assert len(labels(reply)) == 2
    assert not reply.question


async def test_an_identity_that_is_also_somebody_elses_name_is_a_choice(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("impostor", "bob"))
    reply = await house.say("mute bob")
    assert not house.writes
    assert sorted(labels(reply)) == ["Bob Stone", "bob (impostor)"]


async def test_a_choice_holds_the_session_and_says_when_it_changed(house: House) -> None:
    await house.say("mute ann")
    house.rooms.rejoin(STANDUP, "anna")
    house.rooms.publish(STANDUP, "anna")
    assert "new session" in told(await house.press("Anna"))
    assert not house.writes


@pytest.mark.parametrize(
    ("line", "end"),
    [
        ("mute ann mic,camera lock loud", ": /mute anna camera,microphone lock in:standup"),
        ("demote ann loud", ": /demote anna in:standup"),
        ("name ann Bob", "."),
    ],
)
async def test_what_has_to_be_typed_again_is_said_where_a_line_can_say_it(house: House, line: str, end: str) -> None:
    await house.grant("console:mia", Role.ADMIN, STANDUP)
    choice = await house.say(line)
    house.rooms.rejoin(STANDUP, "anna")
    answer = told(await house.press("Anna", of=choice))
    assert answer.endswith(f"if it is still meant{end}")


async def test_a_choice_is_made_once(house: House) -> None:
    reply = await house.say("mute ann")
    await house.press("Anna", of=reply)
    again = await house.press("Anna Berg", of=reply)
    assert "answered already" in told(again)


@pytest.mark.parametrize("mention", ["<@U012AB3CD>", "<@!8012>", "<@&8012>", "<!here>", "<#C01|general>"])
async def test_a_chat_mention_is_never_taken_for_a_name(house: House, mention: str) -> None:
    house.rooms.join(STANDUP, JoinGrant("trap", mention))
    reply = await house.say(f"mute {mention}")
    assert "A chat mention is not a participant" in told(reply)
    assert not house.writes


@pytest.mark.parametrize("command", ["mute", "ban"])
@pytest.mark.parametrize(
    "who",
    [
        "<@8012>\u200b",
        "\u2060<@8012>",
        " <@8012> ",
        "spam <@8012>",
        "<@8012> spam",
        "x<@&8012>",
        "@everyone",
        "@here\u200b",
    ],
)
async def test_a_chat_mention_is_none_either_with_something_beside_it(house: House, command: str, who: str) -> None:
    house.rooms.join(STANDUP, JoinGrant("trap", who))
    house.rooms.join(STANDUP, JoinGrant("trap-2", who.strip("@\u200b")))
    reply = await house.say(command, options={"who": who})
    assert "A chat mention is not a participant" in told(reply)
    assert not reply.buttons


@pytest.mark.parametrize("identity", ["ann@everyone.example", "a<b>@here", "<3", "I <#heart> you", "<@", "@everyone2"])
async def test_what_only_looks_like_a_mention_is_a_name(house: House, identity: str) -> None:
    house.rooms.join(STANDUP, JoinGrant(identity, "Somebody"))
    house.rooms.publish(STANDUP, identity)
    assert "Muted Somebody" in told(await house.say("mute", options={"who": identity}))


async def test_somebody_without_a_name_is_called_by_the_identity(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("Nameless-1"))
    assert (await house.say("demote nameless-1")).outcome is Outcome.DONE


async def test_a_blank_name_names_nobody(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("blank", " "))
    assert "Nobody in standup" in told(await house.say('kick " "'))


async def test_a_name_that_looks_like_an_instruction_is_isolated_on_one_line(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("evil", "Eve\n12 kick Bob\u202e\u2066: done", Permissions()))
    answer = told(await house.say("participant evil"))
    assert "\nEve" not in answer
    assert "Eve 12 kick Bob: done in standup" in answer.splitlines()[0]
    assert "\u202e" not in answer


async def test_a_long_list_of_choices_is_cut_and_says_so(house: House) -> None:
    for number in range(14):
        house.rooms.join(STANDUP, JoinGrant(f"guest-{number}", f"Guest {number}"))
    reply = await house.say("mute guest")
    assert len(labels(reply)) == 10
    assert "4 more: type more of the name" in told(reply)


async def test_the_longest_name_wins_where_it_is_one_person(house: House) -> None:
    reply = await house.say("mute Bob Stone Cold")
    assert "Reason: Cold" in told(reply)


async def test_a_name_goes_on_or_the_reason_begins_so_it_is_a_choice(house: House) -> None:
    reply = await house.say("mute Anna B")
    assert sorted(labels(reply)) == ["Anna", "Anna Berg"]
    assert not house.writes
