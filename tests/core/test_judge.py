"""Verdicts, cases, and who was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.actions.presence import Remove
from bot.errors import NotFound, Rejected, RoomError, Unavailable, Unsupported
from bot.history import Case, Content, Entry, EntryKind, Outcome, decode_difference
from bot.judge import judge, settles
from bot.model import Participant
from bot.recent import Recent
from bot.state import PersonState
from bot.subject import PersonSubject

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BOB = PersonSubject("r", "bob", "PA_1", "Bob", gone_is_fine=True)
THERE, GONE = PersonState("r", Participant("bob", "PA_1")), PersonState("r", None)
REFUSED = Rejected("no", "invalid_argument")
BROKEN = Rejected("500", "internal", certain=False)
LOST, UNSENT = Unavailable("?", sent=True), Unavailable("!", sent=False)


@pytest.mark.parametrize(
    ("after", "error", "outcome"),
    [
        (GONE, None, Outcome.DONE),
        (GONE, BROKEN, Outcome.DONE),
        (GONE, LOST, Outcome.DONE),
        (GONE, NotFound("x"), Outcome.DONE),
        (THERE, None, Outcome.NOT_EFFECTIVE),
        (THERE, REFUSED, Outcome.FAILED),
        (THERE, NotFound("x"), Outcome.FAILED),
        (THERE, Unsupported("x"), Outcome.FAILED),
        (THERE, UNSENT, Outcome.FAILED),
        (THERE, LOST, Outcome.UNKNOWN),
        (None, None, Outcome.UNKNOWN),
        (None, LOST, Outcome.UNKNOWN),
        (None, BROKEN, Outcome.UNKNOWN),
        (None, REFUSED, Outcome.FAILED),
        (None, UNSENT, Outcome.FAILED),
    ],
)
def test_the_verdict_is_what_the_room_shows_and_never_done_without_it(
    after: PersonState | None, error: RoomError | None, outcome: Outcome
) -> None:
    verdict = judge(BOB, Remove("PA_1"), after, error)
    assert verdict.outcome is outcome
    assert (verdict.outcome is Outcome.DONE) <= (after is not None)


def test_an_answer_that_never_came_settles_nothing() -> None:
    assert not settles(LOST)
    assert not settles(BROKEN)
    assert not settles(None)
    assert all(settles(error) for error in (REFUSED, UNSENT, NotFound("x"), Unsupported("x")))


def entry(seq: int, kind: EntryKind, refers: int | None = None, outcome: Outcome | None = None, **said: str) -> Entry:
    return Entry(seq, 1, kind, NOW, "w", "s", Content(**said), refers, outcome)


def test_a_case_is_told_by_its_entries() -> None:
    intent, other = entry(1, EntryKind.INTENT, reason="first", command="mute"), entry(2, EntryKind.INTENT)
    done = entry(3, EntryKind.OUTCOME, 1, Outcome.DONE, reason="first")
    later = entry(4, EntryKind.RECONCILED, 1, Outcome.UNKNOWN)
    case = Case(1, (intent, other, done, later, entry(5, EntryKind.REASON, 1, reason="second")))
    assert case.intents == (intent, other)
    assert case.about(intent) == later
    assert case.about(other) is None
    assert case.reasons == ("first", "second")
    assert case.opening.command == "mute"
    assert not case.undone
    assert Case(1, (*case.entries, entry(6, EntryKind.UNDONE, 1))).undone
    assert Case(1, (replace(intent, content=None),)).opening == Content()


def test_no_difference_is_none() -> None:
    assert decode_difference("") == {}


def test_who_was_seen_is_bounded_and_the_newest_session_counts() -> None:
    recent = Recent(most=2)
    recent.remember("r", [Participant("a", "PA_1", "Ann"), Participant("b", "PA_2", "Bob")])
    recent.remember("r", [Participant("a", "PA_3", "Ann"), Participant("c", "PA_4", "Ann")])
    assert recent.find("r", ["b"]) is None
    assert "PA_3" in str(recent.find("r", ["x", "a"]))
    assert recent.find("other", ["a"]) is None
    assert len(recent.named("r", "ann")) == 2
