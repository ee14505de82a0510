"""A question that is asked again while it waits is the same question: one answer is enough, and it waits longer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.database.database import Database
from bot.errors import HistoryError
from bot.history import Outcome
from bot.reply import Reply
from tests.database_fixtures import opened
from tests.house import BACKSTAGE, SERVER, House, button, told


def tokens(reply: Reply) -> list[str]:
    return [one.token for one in reply.buttons]


async def test_repeating_a_command_shows_the_question_that_waits(house: House) -> None:
    first = await house.say("kick bob spamming")
    again = await house.say("kick bob spamming")
    assert again.question
    assert told(again) == told(first)
    assert tokens(again) == tokens(first)
    assert len(set(tokens(again))) == 2


@pytest.mark.parametrize(("answered", "pressed"), [(0, 1), (1, 0)])
async def test_answering_one_answers_both(house: House, answered: int, pressed: int) -> None:
    asked = [await house.say("kick bob"), await house.say("kick bob")]
    assert (await house.press("Remove", of=asked[answered])).outcome is Outcome.DONE
    assert "answered already" in told(await house.press("Remove", of=asked[pressed]))
    assert house.writes == ["RemoveParticipant"]


async def test_whoever_repeats_has_the_full_time_again_for_both(house: House) -> None:
    first = await house.say("kick bob")
    house.clock.advance(200)
    again = await house.say("kick bob")
    house.clock.advance(200)
    item = await house.database.pending.get(tokens(first)[0])
    assert item is not None
    assert (item.expires - house.clock.now()).total_seconds() == 100
    assert (await house.press("Remove", of=again)).outcome is Outcome.DONE


async def test_it_is_the_same_question_in_another_process(house: House, tmp_path: Path) -> None:
    first = await house.say("kick bob")
    await house.say("mute anna")  # what is written is written in order
    mine = house.database
    async with opened(tmp_path / "usher.db", clock=house.clock, server=SERVER) as other:
        await _use(house, other)
        again = await house.say("kick bob")
        assert tokens(again) == tokens(first)
        assert (await house.press("No, leave it", of=again)).outcome is None
        await _use(house, mine)
    assert "answered already" in told(await house.press("Remove", of=first))
    assert "RemoveParticipant" not in house.writes


async def test_it_is_the_same_question_after_a_restart(tmp_path: Path) -> None:
    async with House.opened(tmp_path) as house:
        first = await house.say("kick bob")
        sid = house.person("bob").sid
    async with House.opened(tmp_path) as house:
        house.person("bob").sid = sid
        again = await house.say("kick bob")
        assert tokens(again) == tokens(first)
        assert (await house.press("Remove", of=first)).outcome is Outcome.DONE


async def _use(house: House, database: Database) -> None:
    house.database = database
    house.use(pending=database.pending)


async def test_once_it_is_answered_it_is_asked_anew(house: House) -> None:
    first = await house.say("kick bob")
    await house.press("No, leave it", of=first)
    again = await house.say("kick bob")
    assert set(tokens(again)).isdisjoint(tokens(first))
    assert (await house.press("Remove", of=again)).outcome is Outcome.DONE


async def test_once_it_has_expired_it_is_asked_anew(house: House) -> None:
    first = await house.say("kick bob")
    house.clock.advance(301)
    again = await house.say("kick bob")
    assert set(tokens(again)).isdisjoint(tokens(first))
    assert "expired" in told(await house.press("Remove", of=first))
    assert (await house.press("Remove", of=again)).outcome is Outcome.DONE


async def test_a_refused_press_leaves_the_question_to_be_repeated(house: House) -> None:
    first = await house.say("kick bob")
    assert "not yours" in told(await house.press("Remove", "alice", of=first))
    assert tokens(await house.say("kick bob")) == tokens(first)


@pytest.mark.parametrize(
    "more", [{"line": "kick bob shouting"}, {"line": "kick anna"}, {"as_": "alice"}, {"channel": "elsewhere"}]
)
async def test_another_reason_person_asker_or_channel_makes_another_question(
    house: House, more: dict[str, Any]
) -> None:
    first = await house.say("kick bob")
    other = await house.say(**{"line": "kick bob", **more})
    assert other.question
    assert set(tokens(other)).isdisjoint(tokens(first))
    assert tokens(await house.say("kick bob")) == tokens(first), "the first one waits still"


async def test_somebody_in_another_session_makes_another_question(house: House) -> None:
    first = await house.say("kick bob")
    house.rooms.rejoin("standup", "bob")
    again = await house.say("kick bob")
    assert set(tokens(again)).isdisjoint(tokens(first))
    assert (await house.press("Remove", of=again)).outcome is Outcome.DONE


async def test_a_room_is_quieted_of_the_people_that_the_question_named(house: House) -> None:
    first = await house.say("quiet")
    assert tokens(await house.say("quiet")) == tokens(first)
    await house.say("mute bob")
    other = await house.say("quiet")
    assert set(tokens(other)).isdisjoint(tokens(first))
    assert tokens(await house.say("quiet")) == tokens(other)


async def test_the_same_command_in_another_room_is_another_question(house: House) -> None:
    first = await house.say("quiet", "alice")
    other = await house.say("quiet", "alice", room=BACKSTAGE)
    assert set(tokens(other)).isdisjoint(tokens(first))


async def test_a_choice_is_no_question_and_is_offered_anew(house: House) -> None:
    first = await house.say("mute ann")
    again = await house.say("mute ann")
    assert button(first, 1).token != button(again, 1).token


class Unreadable:
    """Buttons are kept, but nobody can look which ones wait."""

    def __init__(self, pending: Any) -> None:
        self._pending = pending

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pending, name)

    async def waiting(self, owner: str, channel: str) -> Any:
        raise HistoryError("The history cannot be read.")


async def test_where_nobody_can_look_what_waits_it_is_asked_anew(house: House) -> None:
    first = await house.say("kick bob")
    house.use(pending=Unreadable(house.database.pending))
    again = await house.say("kick bob")
    assert again.question
    assert set(tokens(again)).isdisjoint(tokens(first))
    assert (await house.press("Remove", of=again)).outcome is Outcome.DONE


async def test_a_question_that_was_answered_meanwhile_is_asked_anew(house: House) -> None:
    first = await house.say("kick bob")

    class Overtaken(Unreadable):
        async def waiting(self, owner: str, channel: str) -> Any:
            found = await self._pending.waiting(owner, channel)
            await self._pending.spend(tokens(first)[1])
            return found

    house.use(pending=Overtaken(house.database.pending))
    again = await house.say("kick bob")
    assert set(tokens(again)).isdisjoint(tokens(first))
    assert (await house.press("Remove", of=again)).outcome is Outcome.DONE
