"""A name that could be somebody else's never stands alone: the identity is beside it, wherever it is read."""

from __future__ import annotations

import json

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.called import LOOKED_AT, Names, label
from bot.command import BoundInvocation, Target
from bot.model import Kind, Permissions
from bot.plain import spans_text
from bot.press import decode, encode
from bot.reply import Reply, Table
from tests.core.faults import UNREACHABLE, failing
from tests.house import STANDUP, House, told

CALLER, NUMBER = "sip_+15105550100", "15105550100"


@pytest.fixture
def twins(house: House) -> House:
    """Two people called Anna, both heard."""
    house.rooms.join(STANDUP, JoinGrant("anna-2", "Anna"))
    house.rooms.publish(STANDUP, "anna-2")
    return house


def line(reply: Reply) -> str:
    """What the other moderators are told."""
    assert reply.public is not None
    return spans_text(reply.public.title)


def table(reply: Reply) -> Table:
    return next(part for part in reply.parts if isinstance(part, Table))


async def test_of_two_people_of_one_name_answer_and_line_say_who_it_was(twins: House) -> None:
    done = await twins.say("mute anna-2")
    assert told(done).startswith("Muted Anna (anna-2) in standup: microphone")
    assert "Muted Anna (anna-2) in standup" in line(done)
    assert told(await twins.press("Keep muted")).startswith("Keeping Anna (anna-2) muted in standup")
    assert told(await twins.say("unmute anna-2")).startswith("Anna (anna-2) may use")
    assert "Removed Anna (anna-2) from standup." in line(await twins.sure("kick anna-2"))


async def test_a_name_that_is_nobody_elses_stands_alone_in_answers(house: House) -> None:
    done = await house.say("mute anna")
    assert told(done).startswith("Muted Anna in standup: microphone")
    assert "Muted Anna in standup" in line(done)


@pytest.mark.parametrize("name", ["ANNA", "Ánna", "An\u200bna", "  Anna ", "anna"])
async def test_names_that_look_alike_are_told_apart(house: House, name: str) -> None:
    house.rooms.join(STANDUP, JoinGrant("evil", name))
    sid = house.person("anna").sid
    assert told(await house.say(f"demote {sid}")).startswith("Anna (anna) is in the audience")
    assert "(evil) is in the audience" in told(await house.say("demote evil"))


async def test_names_that_differ_behind_what_a_label_shows_are_told_apart(house: House) -> None:
    for identity in ("long-1", "long-2"):
        house.rooms.join(STANDUP, JoinGrant(identity, "x" * LOOKED_AT + identity))
    assert "(long-1) is in the audience" in told(await house.say("demote long-1"))


async def test_a_name_that_is_somebody_elses_identity_does_not_stand_alone(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("evil", "bob"))
    assert told(await house.say("demote evil")).startswith("bob (evil) is in the audience")


async def test_a_name_that_ends_as_if_in_an_identity_does_not_stand_alone(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("evil", "Anna (anna)"))
    assert told(await house.say("demote evil")).startswith("Anna (anna) (evil) is in the audience")


async def test_what_stands_for_rows_tells_people_of_one_name_apart(twins: House) -> None:
    reply = await twins.say("participants")
    called = table(reply).called
    assert {"Anna (anna)", "Anna (anna-2)", "Bob Stone"} <= set(called)
    assert len(set(called)) == len(called) == len(table(reply).rows)


async def test_a_press_in_a_list_of_two_people_of_one_name_says_who_it_was(twins: House) -> None:
    rows = table(await twins.say("participants", menus=True))
    menu = rows.menus[rows.called.index("Anna (anna-2)")]
    twins.use()  # another process, which has not seen the room
    done = await twins.tap(menu[0])
    assert told(done).startswith("Muted Anna (anna-2) in standup")
    assert twins.track("anna-2").muted
    assert not twins.track("anna").muted


async def test_a_press_says_who_it_was_where_the_other_came_after_the_list(house: House) -> None:
    rows = table(await house.say("participants", menus=True))
    house.rooms.join(STANDUP, JoinGrant("anna-2", "Anna"))
    await house.say("participants")
    done = await house.tap(rows.menus[rows.called.index("Anna")][0])
    assert told(done).startswith("Muted Anna (anna) in standup")


async def test_what_failed_early_is_told_with_the_identity_too(twins: House) -> None:
    await twins.say("mute anna-2")
    twins.service.around = failing(UNREACHABLE, "GetParticipant", after=False)
    assert "/mute Anna (anna-2) in standup: LiveKit cannot be reached." in line(await twins.press("Keep muted"))


async def test_somebody_who_took_another_name_since_the_question_is_called_by_both(house: House) -> None:
    question = await house.say("kick omar")
    house.person("omar").name = "Hana Ito"
    done = await house.press("Remove", of=question)
    assert told(done).startswith("Removed Omar (omar, called Hana Ito now) from standup.")
    assert "Removed Omar (omar, called Hana Ito now) from standup." in line(done)
    assert "kick Hana Ito (omar) in standup" in told(await house.say(f"case {done.case}"))


async def test_somebody_who_took_another_name_since_the_list_is_asked_about_by_both(house: House) -> None:
    rows = table(await house.say("participants", menus=True))
    menu = rows.menus[rows.called.index("Omar")]
    house.person("omar").name = "Hana Ito"
    question = await house.tap(next(one for one in menu if one.label == "Remove"))
    assert told(question).startswith("Remove Omar (omar, called Hana Ito now) from standup?")


async def test_somebody_without_a_name_who_took_one_since_is_called_by_both(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("quiet-one", ""))
    question = await house.say("kick quiet-one")
    house.person("quiet-one").name = "Anna"
    assert told(await house.press("Remove", of=question)).startswith("Removed quiet-one (called Anna now) from")


async def test_a_name_spelled_differently_is_no_other_name(house: House) -> None:
    question = await house.say("kick omar")
    house.person("omar").name = "OMAR"
    assert told(await house.press("Remove", of=question)).startswith("Removed OMAR from standup.")


async def test_history_and_case_always_say_the_identity(house: House) -> None:
    done = await house.say("mute bob")
    assert "mute, Bob Stone (bob) in standup, done" in told(await house.say("history"))
    case = told(await house.say(f"case {done.case}"))
    assert "mute Bob Stone (bob) in standup: done" in case
    assert ": Bob Stone, identity bob (session PA_" in case


async def test_the_case_of_an_order_says_the_whole_identity(house: House) -> None:
    identity = "someone-with-a-long-identity-7f3a2b"
    house.rooms.join(STANDUP, JoinGrant(identity, "Zoe"))
    done = await house.sure(f"ban {identity}")
    assert f", identity {identity}" in told(await house.say(f"case {done.case}")).splitlines()[1]


async def test_somebody_hidden_makes_no_name_shared_for_who_may_not_know_them(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("shadow", "Anna", Permissions(hidden=True)))
    sid = house.person("anna").sid
    assert told(await house.say(f"demote {sid}")).startswith("Anna is in the audience")
    assert told(await house.say(f"promote {sid}", "alice")).startswith("Anna (anna) is on stage")


async def test_callers_of_one_name_keep_their_numbers(house: House) -> None:
    for identity in (CALLER, CALLER[:-2] + "11"):
        house.rooms.join(STANDUP, JoinGrant(identity, "Phone", kind=Kind.SIP))
        house.rooms.publish(STANDUP, identity)
    sid = house.person(CALLER).sid
    listed = await house.say("participants")
    done = await house.say(f"mute {sid}")
    assert told(done).startswith("Muted Phone (")
    for answer in (told(done), line(done), *table(listed).called, told(await house.say("history"))):
        assert NUMBER[:-2] not in answer
    assert "Phone" in line(done)


async def test_a_name_of_which_nothing_is_seen_falls_back_to_the_identity(house: House) -> None:
    for number, name in enumerate(("\u200b\u200d\ufeff", "   ", "\u3164\u115f", "\u2800", "\u0301")):
        house.rooms.join(STANDUP, JoinGrant(f"ghost-{number}", name))
        done = await house.say(f"demote ghost-{number}")
        assert told(done).startswith(f"ghost-{number} is in the audience")
        assert f"demote ghost-{number} in standup" in told(await house.say(f"case {done.case}"))
        assert f"Remove ghost-{number} (ghost-{number}) from" in told(await house.say(f"kick ghost-{number}"))
    assert {f"ghost-{number}" for number in range(5)} <= set(table(await house.say("participants")).called)


def test_a_press_that_an_older_usher_stored_is_still_read() -> None:
    bound = BoundInvocation("mute", STANDUP, Target(STANDUP, "anna", "PA_1", "Anna", shared=True))
    assert decode(encode(bound)) == bound
    data = json.loads(encode(bound))
    data["target"] = data["target"][:4]
    older = decode(json.dumps(data))
    assert isinstance(older, BoundInvocation)
    assert older.target == Target(STANDUP, "anna", "PA_1", "Anna")


def test_a_label_shows_the_end_of_the_identity_whatever_the_length_of_the_name() -> None:
    long = "n" * 300
    names = Names([("x" * 40 + "1", long), ("x" * 40 + "2", long)])
    first, second = label(long, "x" * 40 + "1", names), label(long, "x" * 40 + "2", names)
    assert first != second
    assert max(len(first), len(second)) <= 50
