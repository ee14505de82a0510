"""What reaches a chat adapter twice: which of it is Enter pressed twice, and which is asked anew."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from adapters.once import LATE_SECONDS, SLOW_SECONDS, TWICE_SECONDS, Twice
from tests.house import SteppedClock

ANN, BEN = "slack:T/ANN", "slack:T/BEN"


class Asked:
    """Who asks what; each work is numbered, and ends when it is told to."""

    def __init__(self) -> None:
        self.clock = SteppedClock()
        self.twice = Twice[int](self.clock)
        self.gates: list[asyncio.Event] = []

    def work(self) -> Coroutine[Any, Any, int]:
        number, gate = len(self.gates), asyncio.Event()
        self.gates.append(gate)

        async def wait() -> int:
            await gate.wait()
            return number

        return wait()

    def ask(self, what: str, who: str = ANN) -> asyncio.Task[int]:
        return self.twice.begun(who, what, self.work)[0]

    async def answered(self, what: str, seconds: float = 0.0) -> int:
        """Ask, and wait for the answer, which comes after so many seconds."""
        task = self.ask(what)
        self.clock.advance(seconds)
        for gate in self.gates:
            gate.set()
        answer = await task
        await asyncio.sleep(0)  # the callbacks of a task run after it
        return answer

    def again(self, what: str) -> bool:
        """Whether asking this now is asking anew."""
        return self.twice.begun(ANN, what, self.work)[1]


@pytest.fixture
def asked() -> Asked:
    return Asked()


async def test_the_same_while_it_is_under_way_is_one_work_however_long_that_takes(asked: Asked) -> None:
    first = asked.ask("mute anna")
    asked.clock.advance(14)
    assert asked.ask("mute anna") is first
    assert asked.ask("mute anna", BEN) is not first


@pytest.mark.parametrize("between", ["demote bob", "participants"])
async def test_something_else_in_between_makes_it_another_matter(asked: Asked, between: str) -> None:
    first = asked.ask("promote bob")
    asked.ask(between)
    assert asked.ask("promote bob") is not first


async def test_a_press_in_between_makes_it_another_matter(asked: Asked) -> None:
    first = asked.ask("undo")
    asked.twice.went_on(ANN)
    assert asked.ask("undo") is not first


async def test_what_somebody_else_asks_or_presses_does_not(asked: Asked) -> None:
    first = asked.ask("undo")
    asked.ask("mute bob", BEN)
    asked.twice.went_on(BEN)
    assert asked.ask("undo") is first


@pytest.mark.parametrize(
    ("took", "later", "anew"),
    [
        (0.1, TWICE_SECONDS / 2, False), (0.1, TWICE_SECONDS * 1.5, True),
        (SLOW_SECONDS, LATE_SECONDS / 2, False), (SLOW_SECONDS, LATE_SECONDS * 1.5, True),
        (14.0, LATE_SECONDS / 2, False),
    ],
)  # fmt: skip
async def test_after_the_answer_it_is_the_same_only_as_long_as_nobody_can_have_read_it(
    asked: Asked, took: float, later: float, anew: bool
) -> None:
    await asked.answered("undo", took)
    asked.clock.advance(later)
    assert asked.again("undo") is anew


async def test_nothing_is_kept_of_those_who_have_their_answer(asked: Asked) -> None:
    await asked.answered("mute anna")
    asked.clock.advance(LATE_SECONDS)
    asked.ask("mute bob", BEN)
    assert list(asked.twice._latest) == [BEN]
