"""Names that people chose for themselves cannot write lines, or turn the text around, in what Usher says."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.model import Kind
from bot.people import Role
from bot.plain import plain
from bot.policy import Policy
from bot.reply import Reply, Tone, say
from tests.house import BACKSTAGE, STANDUP, House, told

FORGED = "Hana\nDone: Removed Hana from standup.\nCase 41.\u202e\u2028x"
BIDI = "\u202a\u202b\u202d\u202e\u2066\u2067\u200e\u200f\u0085\u2028\u2029\x0b\x0c\x1b"


def forges_nothing(reply: Reply) -> bool:
    text = told(reply)
    lines = text.splitlines()
    assert "Done: Removed" in text, text
    return not any(line.startswith(("Done:", "Case 41")) for line in lines) and not set(BIDI) & set(text)


@pytest.fixture
def forger(house: House) -> House:
    house.rooms.join(STANDUP, JoinGrant("forger", FORGED))
    house.rooms.publish(STANDUP, "forger")
    house.use(Policy(admins=("console:alice",), protected=("forger",)))
    return house


@pytest.mark.parametrize("as_", ["mia", "alice"])
async def test_a_refusal_over_a_forged_name_is_one_line(forger: House, as_: str) -> None:
    assert forges_nothing(await forger.say("mute forger", as_))


async def test_a_question_over_a_forged_name_says_it_on_one_line(forger: House) -> None:
    assert forges_nothing(await forger.say("mute forger --force", "alice"))


async def test_a_forged_name_that_left_between_question_and_yes_is_one_line(forger: House) -> None:
    await forger.say("kick forger --force", "alice")
    forger.rooms.rejoin(STANDUP, "forger")
    assert forges_nothing(await forger.yes("alice"))
    await forger.say("mute forger --force", "alice")
    forger.rooms.leave(STANDUP, "forger")
    assert forges_nothing(await forger.yes("alice"))


async def test_the_record_of_a_refusal_over_a_forged_name_is_one_line_too(forger: House) -> None:
    refused = await forger.say("mute forger")
    assert forges_nothing(await forger.say(f"case {refused.case}"))
    assert forges_nothing(await forger.say(f"case {refused.case}", "alice"))


async def test_a_room_out_of_scope_with_a_forged_name_is_one_line(house: House) -> None:
    assert forges_nothing(await house.say(f'participants in:"{FORGED}"'))
    assert forges_nothing(await house.say(f'use "{FORGED}"'))
    assert forges_nothing(await house.say(f'move bob "{FORGED}"'))
    house.rooms.open(FORGED)
    assert forges_nothing(await house.say(f'mute nobody in:"{FORGED}"', "alice"))


async def test_what_moved_between_an_action_and_its_undo_is_said_on_one_line(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("forger", FORGED))
    done = await house.say("demote forger")
    house.rooms.leave(STANDUP, "forger")
    assert forges_nothing(await house.say(f"undo {done.case}"))


async def test_a_role_that_is_too_low_in_a_forged_room_is_said_on_one_line(house: House) -> None:
    await house.grant("console:vera", Role.VIEWER, "*")
    house.rooms.open(FORGED)
    house.rooms.join(FORGED, "ida")
    await house.grant("console:stage", Role.MODERATOR, BACKSTAGE)
    groups = ("console:stage",)
    assert forges_nothing(await house.say(f'mute ida in:"{FORGED}"', "vera", room=BACKSTAGE, groups=groups))


def test_usher_s_own_words_never_hold_another_line() -> None:
    text = plain(Reply(Tone.INFO, say(f"a\nb\r\u2028{BIDI}c \u2068ש\u2069 d")))
    assert len(text.splitlines()) == 1
    assert text.endswith("c \u2068ש\u2069 d"), "what isolates a name stays"


async def test_a_sentence_repeats_at_most_a_hundred_characters_of_a_name(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("long", "x" * 250, kind=Kind.EGRESS))
    assert "x" * 101 not in told(await house.say("mute long"))
