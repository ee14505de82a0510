"""A short name whose line goes on like a longer one: of somebody who has just left, or with a typing error."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.history import Outcome
from bot.model import Permissions
from tests.house import STANDUP, House, labels, options, told

BERG = "anna-berg"


def untouched(house: House) -> bool:
    anna = house.person("anna")
    return not house.writes and not house.track("anna").muted and bool(anna.permission["can_publish"])


async def gone(house: House, identity: str = BERG) -> None:
    """Somebody whom a list has shown, and who has left since."""
    await house.say("participants")
    house.rooms.leave(STANDUP, identity)


@pytest.mark.parametrize(
    "line",
    [
        "mute Anna Berg", "demote Anna Berg", "mute anna berg lock", "mute Anna Berg for 10m", "mute @Anna Berg",
        "mute ANNA BERG shouting", "mute anna berg, shouting", "mute Anna Brg", "demote Anna Bergg", "mute anna b",
        "mute anna ber shouting", "kick anna berg", "ban Anna Berg", "unmute anna berg",
    ],
)  # fmt: skip
async def test_with_whoever_has_left_nobody_of_a_shorter_name_is_mistaken(house: House, line: str) -> None:
    await gone(house)
    reply = await house.say(line)
    assert untouched(house)
    assert reply.outcome is None
    assert "Who is meant" in told(reply)
    assert labels(reply)[0] == "Anna"


@pytest.mark.parametrize("line", ["demote Anna Brg", "mute anna Bergg shouting", "mute anna breg lock"])
async def test_a_typing_error_in_a_longer_name_is_a_choice_with_who_has_it(house: House, line: str) -> None:
    reply = await house.say(line)
    assert untouched(house)
    assert "Anna Berg" in labels(reply)


async def test_a_typing_error_in_the_first_word_is_no_other_person_either(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("anne", "Anne", Permissions()))
    reply = await house.say("demote Anne Berg")
    assert labels(reply) == ["Anne", "Anna Berg"]
    assert not house.writes


async def test_the_choice_shows_what_the_words_are_otherwise_and_who_has_left(house: House) -> None:
    await gone(house)
    reply = await house.say("mute Anna Berg")
    assert "1. Anna (anna), microphone open, joined 31 min ago, in standup. Reason: Berg" in told(reply)
    assert "Anna Berg (anna-berg) has left." in told(reply)
    done = await house.press("Anna")
    assert (done.outcome, (await house.case(done.case)).opening.reason) == (Outcome.DONE, "Berg")


async def test_whoever_has_no_name_is_called_by_the_identity(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("anna-kim"))
    await gone(house, "anna-kim")
    assert "anna-kim has left." in told(await house.say("mute anna kim"))


async def test_who_has_left_can_be_picked_where_the_command_is_about_them_too(house: House) -> None:
    await gone(house)
    await house.say("ban Anna Berg for 1h")
    question = await house.press("Anna Berg")
    assert "Keep Anna Berg (anna-berg) out of standup for 1 h" in told(question)
    await house.yes()
    [order] = await house.database.orders.active()
    assert order.who is not None
    assert order.who.identity == BERG


async def test_a_choice_among_those_who_are_there_binds_the_time_behind_the_name(house: House) -> None:
    await house.say("demote Anna Brg for 10m late")
    done = await house.press("Anna Berg")
    assert "is in the audience in standup for 10 min" in told(done)
    assert "Reason: late" in told(done)
    assert house.person("anna").permission["can_publish"]


@pytest.mark.parametrize(
    "reason", ["shouting", "berating others", "is loud", "be quiet please", "b is loud", "keeps talking about Bergen"]
)
async def test_a_reason_is_a_reason(house: House, reason: str) -> None:
    await gone(house)
    reply = await house.say(f"mute anna {reason}")
    assert reply.outcome is Outcome.DONE
    assert f"Reason: {reason}" in told(reply)


async def test_quotes_end_a_name(house: House) -> None:
    await gone(house)
    reply = await house.say('mute "Anna" Berg')
    assert (reply.outcome, house.track("anna").muted) == (Outcome.DONE, True)


async def test_a_text_behind_a_name_is_not_the_rest_of_another_one(house: House) -> None:
    await gone(house)
    assert "Who is meant" in told(await house.say("name Anna Berg Bergmann", "alice"))
    assert not house.writes
    done = await house.say("name anna Annika", "alice")
    assert done.outcome is Outcome.DONE


async def test_whoever_has_come_back_is_not_told_to_have_left(house: House) -> None:
    await gone(house)
    house.rooms.join(STANDUP, JoinGrant(BERG, "Anna Berg"))
    reply = await house.say("demote anna brg")
    assert labels(reply) == ["Anna", "Anna Berg"]
    assert "left" not in told(reply)


async def test_of_hidden_people_who_have_left_only_admins_learn(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("h", "Anna Klein", Permissions(hidden=True)))
    await house.say("participants", "alice")
    house.rooms.leave(STANDUP, "h")
    assert "Who is meant" in told(await house.say("mute anna klein", "alice"))
    reply = await house.say("mute anna klein")
    assert reply.outcome is Outcome.DONE
    assert "Who is meant" not in told(reply)


async def test_in_another_room_nobody_has_left_this_one(house: House) -> None:
    await gone(house)
    house.rooms.join("backstage", JoinGrant("anna", "Anna"))
    house.rooms.publish("backstage", "anna")
    reply = await house.say("mute anna berg in:backstage", "alice", room="backstage")
    assert reply.outcome is Outcome.DONE


async def test_many_who_have_left_are_not_all_told(house: House) -> None:
    for number in range(6):
        house.rooms.join(STANDUP, JoinGrant(f"berg{number}", "Anna Berg"))
    await house.say("participants")
    for identity in (BERG, *(f"berg{number}" for number in range(6))):
        house.rooms.leave(STANDUP, identity)
    reply = await house.say("ban anna berg")
    assert [one.label for one in options(reply)] == ["Anna", *["Anna Berg"] * 3]
