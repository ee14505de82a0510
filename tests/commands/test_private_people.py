"""What is for admins stays with them: numbers of callers, hidden people in the history, rooms out of scope."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.errors import Unavailable
from bot.history import Case, Outcome
from bot.model import Kind, Source
from bot.people import Role
from tests.house import BACKSTAGE, STANDUP, House, labels, told

CALLER = "sip_+441234567890"
NUMBER = "441234567890"


@pytest.fixture
def called(house: House) -> House:
    attributes = {"sip.phoneNumber": f"+{NUMBER}"}
    house.rooms.join(STANDUP, JoinGrant(CALLER, f"Phone {NUMBER}", attributes=attributes, kind=Kind.SIP))
    house.rooms.publish(STANDUP, CALLER, Source.MICROPHONE)
    return house


def digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


async def test_no_answer_to_a_moderator_holds_a_caller_s_number_or_its_end(called: House) -> None:
    await called.say("participants")
    for line in ("participants", "find phone", "mute sip", "mute phone", "participant phone", "kick sip", "history"):
        reply = await called.say(line)
        for text in (told(reply), *labels(reply)):
            assert NUMBER[-8:] not in digits(text), line
    await called.sure(f"kick {called.person(CALLER).sid} --force", "alice")
    assert NUMBER[-8:] not in digits(told(await called.say("history")))


async def test_a_search_by_a_caller_s_number_finds_nothing_for_whoever_is_no_admin(called: House) -> None:
    await called.say(f"mute {CALLER}", "alice")
    for line in ("find 4412345", "participants +441234", "history +4412345"):
        assert "Phone" not in told(await called.say(line)), line
        assert "…90" not in told(await called.say(line)), line
        assert "Phone" in told(await called.say(line, "alice")), line
    assert "is called" in told(await called.say("mute sip_+44123")), "a prefix of the number is nobody"
    assert "It is not clear" in told(await called.say(f"quiet except {CALLER}"))


async def test_a_moderator_reaches_a_caller_by_a_choice_and_by_the_session(called: House) -> None:
    await called.say("mute phone")
    choice = await called.press(1)
    assert choice.outcome is Outcome.DONE
    assert called.track(CALLER).muted
    assert (await called.say(f"mute {called.person(CALLER).sid}")).outcome is Outcome.ALREADY


async def test_sip_attributes_in_a_case_are_for_admins(house: House) -> None:
    done = await house.say(f"attribute bob sip.phoneNumber=00{NUMBER} table=4", "alice")
    assert NUMBER not in told(await house.say(f"case {done.case}"))
    assert "table" in told(await house.say(f"case {done.case}"))
    assert NUMBER in told(await house.say(f"case {done.case}", "alice"))


async def test_a_case_about_somebody_hidden_is_for_admins(house: House) -> None:
    refused = await house.say("mute EG_recorder lock", "alice")
    done = await house.sure("mute EG_recorder lock --force", "alice")
    gone = await house.sure("kick EG_recorder --force", "alice")
    for number in (refused.case, done.case, gone.case):
        assert number is not None
        for who in ("mia", "vera"):
            assert "EG_recorder" not in told(await house.say("history", who))
            assert "There is no case" in told(await house.say(f"case {number}", who))
        assert "EG_recorder" in told(await house.say(f"case {number}", "alice"))
    assert "EG_recorder" in told(await house.say("history", "alice"))


@pytest.mark.parametrize("forgotten", [False, True])
async def test_somebody_hidden_who_left_was_never_there_for_a_moderator(house: House, forgotten: bool) -> None:
    await house.sure("kick EG_recorder --force", "alice")
    if forgotten:  # another process, which has only the history
        house.use(recent=type(house.services.recent)())
    assert "Nobody in standup is called" in told(await house.say("kick EG_recorder"))
    again = await house.say("kick EG_recorder", "alice")
    assert again.question or again.outcome is Outcome.ALREADY
    assert "EG_recorder" not in told(await house.say("history"))


async def test_a_visible_person_of_the_same_room_keeps_their_cases(house: House) -> None:
    await house.sure("kick EG_recorder --force", "alice")
    await house.say("mute bob")
    assert "Bob Stone" in told(await house.say("history", "vera"))


@pytest.fixture
async def moved(cloud: House) -> Case:
    done = await cloud.sure("move bob backstage", "alice")
    assert done.outcome is Outcome.DONE
    return await cloud.case(done.case)


async def test_undoing_a_move_needs_the_right_in_both_rooms(cloud: House, moved: Case) -> None:
    reply = await cloud.say(f"undo {moved.number}")
    assert reply.outcome is Outcome.REFUSED
    assert BACKSTAGE not in told(reply)
    assert "bob" in cloud.rooms.rooms[BACKSTAGE].people
    await cloud.grant("console:mia", Role.MODERATOR, STANDUP, BACKSTAGE)
    assert (await cloud.sure(f"undo {moved.number}")).outcome is Outcome.DONE


async def test_a_case_names_no_room_that_the_reader_may_not_see(cloud: House, moved: Case) -> None:
    seen = told(await cloud.say(f"case {moved.number}"))
    assert BACKSTAGE not in seen
    assert "another room" in seen
    assert BACKSTAGE in told(await cloud.say(f"case {moved.number}", "alice"))


async def test_the_record_of_a_failed_undo_or_use_names_its_room(house: House) -> None:
    done = await house.say("demote bob")

    async def broken(*_: object, **__: object) -> None:
        raise Unavailable("LiveKit did not answer.", "timeout", sent=False)

    house.service.get_participant = broken  # type: ignore[method-assign, assignment]
    house.service.list_rooms = broken  # type: ignore[method-assign, assignment]
    house.service.list_participants = broken  # type: ignore[method-assign, assignment]
    for line in (f"undo {done.case}", "use standup", "mute bob", "close"):
        reply = await house.say(line)
        assert (await house.case(reply.case)).opening.room == STANDUP, line


async def test_the_record_of_a_confirmed_close_that_failed_names_its_room(house: House) -> None:
    await house.say("close --force", "alice")

    async def broken(*_: object, **__: object) -> None:
        raise Unavailable("LiveKit did not answer.", "timeout", sent=False)

    house.service.list_rooms = broken  # type: ignore[method-assign, assignment]
    reply = await house.yes("alice")
    assert (await house.case(reply.case)).opening.room == STANDUP
