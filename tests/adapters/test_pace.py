"""So many times within so many seconds, each key by itself."""

from __future__ import annotations

import pytest

from adapters import pace
from adapters.pace import Pace
from tests.house import SteppedClock


def test_as_often_as_allowed_and_again_when_the_first_is_long_enough_ago() -> None:
    clock = SteppedClock()
    paced = Pace(clock, 2, 30)
    assert paced.allows("ann")
    clock.advance(10)
    assert [paced.allows("ann") for _ in range(3)] == [True, False, False]
    clock.advance(20)
    assert [paced.allows("ann") for _ in range(2)] == [True, False]
    clock.advance(10)
    assert paced.allows("ann")


def test_nobody_is_slowed_down_by_others() -> None:
    paced = Pace(SteppedClock(), 1, 30)
    assert [paced.allows(who) for who in ("ann", "ben", "ann", "cat")] == [True, True, False, True]


def test_what_is_not_allowed_does_not_count() -> None:
    clock = SteppedClock()
    paced = Pace(clock, 1, 30)
    for _ in range(8):
        paced.allows("ann")
        clock.advance(4)
    assert [paced.allows("ann"), paced.allows("ann")] == [True, False]


def test_a_flood_of_keys_is_forgotten_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MOST_KEYS", 2)
    paced = Pace(SteppedClock(), 1, 30)
    assert [paced.allows(who) for who in ("ann", "ben", "cat", "cat", "ann")] == [True, True, True, False, True]
