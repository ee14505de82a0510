"""What stands where a button was pressed in Discord: while that takes long, and when it is pressed once more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from simcord.results import InteractionResult

from adapters.livekit.calls import Call
from adapters.livekit.simulator.lively import STANDUP
from adapters.livekit.wire import Json
from tests.discord_payloads import renamed
from tests.discord_usher import Usher, labels, text, usher_for

ORIGINAL = "/webhooks/*/messages/@original"


@pytest.fixture
async def usher(tmp_path: Path) -> AsyncIterator[Usher]:
    async with usher_for(tmp_path) as running:
        yield running


def edits(usher: Usher) -> list[tuple[str, bool]]:
    """What was put into the place of the message, in order: its words, and whether anything can be pressed there."""
    return [(one["content"], bool(one["components"])) for one in usher.sent("PATCH", "/messages/@original")]


async def until(found: Callable[[], object]) -> None:
    end = time.perf_counter() + 30
    while not found() and time.perf_counter() < end:
        await asyncio.sleep(0.01)


async def once_more(usher: Usher, press: dict[str, Any]) -> InteractionResult:
    """The same button on a screen that has not changed since."""
    again = usher.anew(press)
    await usher.deliver(again)
    return usher.answers(again)


@pytest.mark.parametrize("label", ["Remove", "No, leave it"])
async def test_a_later_press_stands_beside_what_the_first_one_came_to(usher: Usher, label: str) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    assert question.response
    buttons = {one["label"]: one["custom_id"] for one in question.response.components[0]["components"]}
    await usher.click("ann", question, "Remove")
    press = usher.arrived[-1]
    outcome = text(question)
    assert "Removed Omar" in outcome
    late = await once_more(usher, renamed(press, buttons[label]))
    [case] = await usher.cases()
    assert text(late) == f"This has been answered already. /case {case.number} shows what came of it."
    assert late.ephemeral
    assert text(question) == outcome
    assert "Keep out" in labels(question)


async def test_a_press_while_the_first_is_under_way_is_told_so(usher: Usher) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    late: list[InteractionResult] = []

    async def meanwhile(call: Call, carry_out: Callable[[], Awaitable[Json]]) -> Json:
        if call.method == "RemoveParticipant":
            again = usher.anew(usher.arrived[-1])
            usher.env.backend.emit("INTERACTION_CREATE", again)
            late.append(usher.answers(again))
            await until(lambda: late[0].response)
        return await carry_out()

    usher.service.around = meanwhile
    await usher.click("ann", question, "Remove")
    assert text(late[0]) == "This was pressed before, and is being worked on. The answer to that press follows."
    assert "Removed Omar" in text(question)
    assert not usher.here("omar")


async def test_what_takes_long_is_said_in_the_place_of_the_question_without_buttons(usher: Usher) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    with usher.slow("RemoveParticipant"):
        await usher.click("ann", question, "Remove")
    (working, pressable), (done, _) = edits(usher)
    assert working.startswith("Working on it: ")
    assert "Omar" in working
    assert not pressable
    assert done.startswith("Removed")
    assert text(question).startswith("Removed Omar")


async def test_a_question_that_still_stands_comes_back_after_a_slow_refusal(usher: Usher) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    assert question.response
    before = text(question), labels(question)
    with usher.slow("GetParticipant"):
        usher.rooms.rejoin(STANDUP, "omar")
        done = await usher.click("ann", question, "Remove")
    assert edits(usher)[0][0].startswith("Working on it: ")
    assert (text(question), labels(question)) == before
    [refused] = done.followups
    assert "came back in a new session" in refused.content
    assert refused.ephemeral


async def test_where_the_question_cannot_be_shown_again_the_answer_takes_its_place(
    usher: Usher, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)

    async def look(call: Call, carry_out: Callable[[], Awaitable[Json]]) -> Json:
        await until(lambda: edits(usher))
        fault = {"method": "PATCH", "path": ORIGINAL, "status": 500, "code": 0, "message": "", "times": 1}
        usher.env.backend.faults.append(fault)
        return await carry_out()

    usher.rooms.rejoin(STANDUP, "omar")
    usher.service.around = look
    monkeypatch.setattr("adapters.answering.ANSWER_SECONDS", 0.05)
    done = await usher.click("ann", question, "Remove")
    assert "came back in a new session" in text(question)
    assert labels(question) == []
    assert done.followups == []


async def test_where_that_it_is_worked_on_cannot_be_shown_the_answer_still_comes(usher: Usher) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    usher.env.inject_error("PATCH", ORIGINAL, status=500)
    with usher.slow("RemoveParticipant"):
        await usher.click("ann", question, "Remove")
    assert text(question).startswith("Removed Omar")


async def test_of_two_slow_presses_in_one_message_one_takes_its_place(usher: Usher) -> None:
    question = await usher.call("ann", "kick", who="omar", in_=STANDUP)
    with usher.refused("ann"):
        await usher.click("ann", question, "Remove")
    presses = [usher.anew(usher.arrived[-1]) for _ in range(2)]
    with usher.slow("GetParticipant"):
        await usher.deliver(*presses)
    assert [one["type"] for one in usher.sent("POST", "/callback")[-2:]] == [6, 5]
    assert not usher.here("omar")
