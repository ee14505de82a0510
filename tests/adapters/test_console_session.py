"""A session at the console: what yes, no and numbers answer, and which room is meant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.console.output import whole_text
from adapters.console.session import Session
from bot.dispatch import Dispatcher
from bot.errors import HistoryError
from bot.history import Outcome
from bot.people import ChatUser
from bot.reply import Reply, Tone, say
from tests.house import House, labels, told

ALICE, MIA = ChatUser("console:alice", "alice", origin="root"), ChatUser("console:mia", "mia")
NOTHING = "Nothing is pending. Nothing was done."


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House.opened(tmp_path) as house:
        yield house


@pytest.fixture
def mia(house: House) -> Session:
    return Session(house.dispatcher, MIA, "standup")


def gone(house: House, identity: str) -> bool:
    return identity not in house.rooms.rooms["standup"].people


@pytest.mark.parametrize("word", ["yes", "YES", " Yes ", "y", "Y"])
async def test_yes_in_any_case_does_what_was_asked(house: House, mia: Session, word: str) -> None:
    asked = await mia.answer("/kick bob spamming")
    assert (asked.question, asked.tone, asked.outcome, asked.case) == (True, Tone.WARN, None, None)
    assert not gone(house, "bob")
    done = await mia.answer(word)
    assert (done.command, done.outcome) == ("kick", Outcome.DONE)
    assert gone(house, "bob")


@pytest.mark.parametrize("word", ["no", "NO", " No ", "n"])
async def test_no_in_any_case_does_nothing(house: House, mia: Session, word: str) -> None:
    await mia.answer("/kick bob")
    left = await mia.answer(word)
    assert (told(left), left.tone, left.outcome, left.command) == ("Nothing was done.", Tone.INFO, None, "kick")
    assert not gone(house, "bob")
    assert house.writes == []


@pytest.mark.parametrize("word", ["yes", "No"])
async def test_with_nothing_pending_an_answer_says_so(mia: Session, word: str) -> None:
    for before in ("", "/rooms"):
        await mia.answer(before)
        reply = await mia.answer(word)
        assert (told(reply), reply.tone, reply.outcome) == (NOTHING, Tone.WARN, None)
        assert reply.command == word.casefold()


async def test_a_question_is_answered_once(mia: Session) -> None:
    await mia.answer("/kick bob")
    await mia.answer("yes")
    assert told(await mia.answer("yes")) == NOTHING


async def test_another_command_leaves_a_question_unanswered(house: House, mia: Session) -> None:
    await mia.answer("/kick bob")
    await mia.answer("/rooms")
    assert told(await mia.answer("yes")) == NOTHING
    assert not gone(house, "bob")


async def test_an_empty_line_answers_nothing_and_takes_nothing_away(house: House, mia: Session) -> None:
    await mia.answer("/kick bob")
    assert "Type a command" in told(await mia.answer("  "))
    await mia.answer("yes")
    assert gone(house, "bob")


async def test_a_number_takes_the_choice_of_that_number(house: House, mia: Session) -> None:
    choice = await mia.answer("/mute ann")
    assert choice.outcome is None
    wanted = [label for label in labels(choice) if "berg" not in label.casefold()]
    reply = await mia.answer(str(labels(choice).index(wanted[0]) + 1))
    assert (reply.command, reply.outcome) == ("mute", Outcome.DONE)
    assert house.track("anna").muted


async def test_yes_to_a_choice_asks_which_and_keeps_it(house: House, mia: Session) -> None:
    count = len(labels(await mia.answer("/mute ann")))
    which = await mia.answer("yes")
    assert (told(which), which.tone) == (f"Which one? Answer with a number from 1 to {count}, or no.", Tone.WARN)
    assert (await mia.answer("1")).command == "mute"
    assert len(house.writes) <= 1


async def test_yes_to_the_only_choice_wants_its_number(mia: Session) -> None:
    assert len(labels(await mia.answer("/mute len"))) == 1
    assert told(await mia.answer("yes")) == "Which one? Answer with 1, or no."


async def test_no_to_a_choice_takes_it_away(house: House, mia: Session) -> None:
    await mia.answer("/mute ann")
    left = await mia.answer("no")
    assert (told(left), left.command) == ("Nothing was done.", "mute")
    assert told(await mia.answer("1")) == "There is no choice 1 pending. Nothing was done."
    assert house.writes == []


@pytest.mark.parametrize("number", ["0", "99", "000", "٧٧", "9" * 5000])
async def test_a_number_that_is_no_choice_says_so_and_keeps_the_others(mia: Session, number: str) -> None:
    await mia.answer("/kick bob")
    reply = await mia.answer(number)
    assert (reply.tone, reply.outcome) == (Tone.WARN, None)
    assert "There is no choice" in told(reply)
    assert len(told(reply)) < 100
    assert (await mia.answer("yes")).outcome is Outcome.DONE


async def test_a_number_with_nothing_before_it_says_so(mia: Session) -> None:
    reply = await mia.answer("1")
    assert (told(reply), reply.command) == ("There is no choice 1 pending. Nothing was done.", "1")


async def test_a_number_takes_an_offer_and_any_other_line_goes_on_without(house: House, mia: Session) -> None:
    muted = await mia.answer("/mute bob")
    offer = next(number for number, label in enumerate(labels(muted), 1) if "Keep" in label)
    assert told(await mia.answer("yes")) == NOTHING
    locked = await mia.answer(str(offer))
    assert locked.outcome is Outcome.DONE
    assert "MICROPHONE" not in house.sources("bob")


@pytest.mark.parametrize(
    ("word", "attributes"),
    [
        ("yes", {}),
        ("1", {}),
        ("2", {"a": "theirs"}),
        ("3", {"a": "theirs", "b": "2"}),
        ("no", {"a": "theirs", "b": "2"}),
    ],
)
async def test_a_question_about_what_moved_on_has_three_answers(
    house: House, word: str, attributes: dict[str, str]
) -> None:
    session = Session(house.dispatcher, ALICE, "standup")
    case = (await session.answer("/attribute bob a=1 b=2")).case
    house.rooms.set_attributes("standup", "bob", {"a": "theirs"})
    asked = await session.answer("/undo")
    assert f"Case {case}: somebody has changed this since." in told(asked)
    assert whole_text(asked).endswith("\nAnswer yes or no, or 2 Only the rest.")
    assert (await session.answer(word)).command == "undo"
    assert house.person("bob").attributes == attributes


async def test_a_question_whose_buttons_cannot_be_kept_is_not_pending(house: House) -> None:
    class Full:
        async def put(self, items: object) -> None:
            raise HistoryError("The disk is full.")

        async def waiting(self, owner: str, channel: str) -> tuple[()]:
            return ()

    house.use(pending=Full())
    session = Session(house.dispatcher, MIA, "standup")
    asked = await session.answer("/kick bob")
    assert "cannot be kept" in told(asked)
    assert "Answer yes" not in whole_text(asked)
    assert told(await session.answer("yes")) == NOTHING


async def test_what_cannot_be_pressed_any_more_has_the_name_of_its_command(house: House, mia: Session) -> None:
    await mia.answer("/kick bob")
    house.clock.advance(301)
    late = await mia.answer("yes")
    assert (late.command, late.tone, late.outcome) == ("kick", Tone.ERROR, None)
    assert "expired" in told(late)
    assert not gone(house, "bob")


async def test_an_answer_without_any_command_has_the_word_that_was_typed(house: House, mia: Session) -> None:
    class Nameless(Dispatcher):
        async def press(self, *_: object, **__: object) -> Reply:
            return Reply(Tone.INFO, say("Somehow."))

    session = Session(Nameless(house.services), MIA, "standup")
    asked = await session.answer("/kick bob")
    session._last = replace(asked, command="")
    assert (await session.answer("YES")).command == "yes"


async def test_room_given_at_the_start_is_the_room_until_use_says_otherwise(house: House) -> None:
    session = Session(house.dispatcher, ALICE, "backstage")
    assert "backstage" in told(await session.answer("/participants"))
    assert "standup" in told(await session.answer("/participants standup"))
    assert "backstage" in told(await session.answer("/participants"))
    assert (await session.answer("/use standup")).outcome is Outcome.DONE
    assert "standup: " in told(await session.answer("/participants"))
    assert (await Session(house.dispatcher, ALICE, "backstage").answer("/use standup")).outcome is Outcome.ALREADY


async def test_room_given_at_the_start_comes_before_an_earlier_use(house: House) -> None:
    await Session(house.dispatcher, ALICE).answer("/use standup")
    assert "backstage: " in told(await Session(house.dispatcher, ALICE, "backstage").answer("/participants"))
    assert "standup: " in told(await Session(house.dispatcher, ALICE).answer("/participants"))


async def test_a_use_that_was_refused_changes_no_room(house: House) -> None:
    session = Session(house.dispatcher, MIA, "standup")
    await session.answer("/use backstage")
    assert "standup: " in told(await session.answer("/participants"))


async def test_the_grants_are_those_of_the_moment(house: House, mia: Session) -> None:
    assert (await mia.moderator()).scopes == ("standup",)
    await house.say("/moderator console:mia none", "alice")
    assert (await mia.moderator()).grants == ()
