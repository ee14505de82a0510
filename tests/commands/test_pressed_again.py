"""What a button says that was pressed before: only what is known of that press."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.wire import Json
from bot.errors import Unavailable
from bot.reply import Reply, Tone
from bot.used import MOST, Used
from tests.house import House, told

ADDS_NOTHING = "This has been answered already. Pressing it again adds nothing."


async def test_while_the_first_press_is_under_way_a_later_one_is_told_so(house: House) -> None:
    question = await house.say("kick bob")
    late: list[Reply] = []

    async def meanwhile(call: Call, carry_out: Callable[[], Awaitable[Json]]) -> Json:
        if call.method == "RemoveParticipant":
            late.extend([await house.press(one, of=question, event_key=one) for one in ("Remove", "No, leave it")])
        return await carry_out()

    house.service.around = meanwhile
    done = await house.press("Remove", of=question, event_key="first")
    assert [told(one) for one in late] == [
        "This was pressed before, and is being worked on. The answer to that press follows."
    ] * 2
    assert all(one.late for one in late)
    assert not done.late
    assert house.writes == ["RemoveParticipant"]


async def test_afterwards_the_case_is_named(house: House) -> None:
    question = await house.say("kick bob")
    done = await house.press("Remove", of=question, event_key="first")
    for label in ("Remove", "No, leave it"):
        late = await house.press(label, of=question, event_key=label)
        assert told(late) == f"This has been answered already. /case {done.case} shows what came of it."
        assert late.late


async def test_what_was_typed_and_waited_under_a_button_is_named_too(house: House) -> None:
    choice = await house.say("mute ann")
    done = await house.press(1, of=choice, event_key="first")
    assert f"/case {done.case} " in told(await house.press(2, of=choice, event_key="second"))


async def test_where_the_answer_was_no_there_is_no_case_to_name(house: House) -> None:
    question = await house.say("kick bob")
    await house.press("No, leave it", of=question, event_key="first")
    assert told(await house.press("Remove", of=question, event_key="second")) == ADDS_NOTHING


async def test_of_a_press_in_another_process_no_more_is_said_than_is_known(house: House) -> None:
    question = await house.say("kick bob")
    await house.press("Remove", of=question, event_key="first")
    house.use()
    assert told(await house.press("Remove", of=question, event_key="second")) == ADDS_NOTHING


async def test_a_refusal_of_before_is_not_taken_for_the_answer(house: House) -> None:
    """It has a case of its own, and did not use the button."""
    question = await house.say("kick bob")

    async def away(call: Call, carry_out: Callable[[], Awaitable[Json]]) -> Json:
        raise Unavailable("LiveKit cannot be reached.", "unreachable", sent=False)

    house.service.around = away
    failed = await house.press("Remove", of=question, event_key="first")
    assert failed.tone is Tone.ERROR
    house.service.around = None
    done = await house.press("Remove", of=question, event_key="second")
    assert f"/case {done.case} " in told(await house.press("Remove", of=question, event_key="third"))


async def test_a_press_that_broke_off_is_not_under_way_any_more() -> None:
    used = Used()
    used.begin("group", "event")

    async def broken() -> Reply:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await used.until("group", "event", broken())
    assert told(used.again("group")) == ADDS_NOTHING


def test_of_very_many_the_oldest_are_forgotten() -> None:
    used = Used()
    for number in range(MOST + 1):
        used.begin(str(number), "event")
    assert told(used.again("0")) == ADDS_NOTHING
    assert "being worked on" in told(used.again("1"))
