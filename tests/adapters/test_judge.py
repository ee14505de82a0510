"""What became of a write: by the error that it met and by what the room shows, all combinations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from bot.errors import BotError, NotFound, Rejected, RoomError, Unavailable, Unsupported
from bot.history import Outcome
from bot.judge import judge, late, may_show_later, settles

REFUSED = Rejected("LiveKit refused it.", "permission_denied")
INTERNAL = Rejected("LiveKit failed inside.", "internal", certain=False)
NEVER_SENT = Unavailable("LiveKit cannot be reached.", "refused", sent=False)
NO_ANSWER = Unavailable("LiveKit did not answer.", "timeout", sent=True)
GONE = NotFound("There is no such person.")
NOT_OFFERED = Unsupported("This server cannot move.")
OTHER = RoomError("Something else.", "other")
CERTAIN = (REFUSED, NEVER_SENT, GONE, NOT_OFFERED)
UNCERTAIN = (INTERNAL, NO_ANSWER, OTHER)


@dataclass(frozen=True)
class Subject:
    name: str = "Bob"
    identity: str = "bob"
    room: str = "stage"

    def strayed(self, state: object) -> bool:
        return state == "strayed"


class Action:
    def holds(self, state: object) -> bool:
        return state == "holds"


BOB: Any = Subject()
ACTION: Any = Action()


def verdict(after: str | None, error: BotError | None, subject: Any = BOB) -> tuple[Outcome, str, str]:
    found = judge(subject, ACTION, after, error)
    return found.outcome, found.code, found.error.user_text if found.error else ""


def test_done_needs_no_more_than_that_the_room_shows_it() -> None:
    assert verdict("holds", None) == (Outcome.DONE, "", "")
    assert verdict("holds", GONE) == (Outcome.DONE, "not_found", "")


@pytest.mark.parametrize("error", [*(e for e in CERTAIN if e is not GONE), *UNCERTAIN])
def test_what_the_room_shows_counts_more_than_an_error(error: BotError) -> None:
    although = "LiveKit answered with an error, but the room shows the change."
    assert verdict("holds", error) == (Outcome.DONE, error.code, although)


def test_what_was_accepted_and_is_not_there_is_not_effective() -> None:
    assert verdict("does not", None) == (Outcome.NOT_EFFECTIVE, "not_effective", "")


@pytest.mark.parametrize("after", ["does not", None])
@pytest.mark.parametrize("error", CERTAIN)
def test_an_error_that_settles_it_means_failed(error: BotError, after: str | None) -> None:
    assert verdict(after, error) == (Outcome.FAILED, error.code, error.user_text)


def test_a_500_and_a_room_without_the_change_mean_failed() -> None:
    assert verdict("does not", INTERNAL) == (Outcome.FAILED, "internal", INTERNAL.user_text)


@pytest.mark.parametrize("error", [NO_ANSWER, OTHER])
def test_no_answer_and_a_room_without_the_change_mean_unknown(error: BotError) -> None:
    assert verdict("does not", error) == (Outcome.UNKNOWN, error.code, error.user_text)


def test_a_room_that_cannot_be_looked_at_makes_it_unknown() -> None:
    unseen = "LiveKit was asked, but the room cannot be looked at now."
    assert verdict(None, None) == (Outcome.UNKNOWN, "not_seen", unseen)
    for error in UNCERTAIN:
        assert verdict(None, error) == (Outcome.UNKNOWN, error.code, error.user_text)


@pytest.mark.parametrize("error", [None, *CERTAIN, *UNCERTAIN])
def test_another_session_is_never_done(error: BotError | None) -> None:
    outcome, code, sentence = verdict("strayed", error)
    assert (outcome, code) == (Outcome.FAILED, "session_changed")
    assert sentence == "Bob left before it could be done, or came back in another session."
    for subject, name in ((Subject(name=""), "bob"), (Subject(name="", identity=""), "stage")):
        assert verdict("strayed", error, subject)[2].startswith(f"{name} left ")


@pytest.mark.parametrize(
    ("error", "settled"),
    [(None, False), *((e, True) for e in CERTAIN), *((e, False) for e in UNCERTAIN)],
)
def test_what_settles_it(error: BotError | None, settled: bool) -> None:
    assert settles(error) is settled


def test_a_write_that_is_late_says_whether_it_was_sent() -> None:
    assert (late(sent=True).sent, late(sent=True).code) == (True, "timeout")
    assert late(sent=False).user_text.endswith("Nothing was sent.")


@pytest.mark.parametrize(
    ("after", "error", "look_again"),
    [
        ("does not", None, True),
        ("does not", "no error at all", True),
        ("does not", NO_ANSWER, True),
        ("does not", REFUSED, False),
        ("holds", None, False),
        (None, None, False),
    ],
)
def test_only_what_may_have_been_accepted_is_looked_at_again(
    after: str | None, error: object, look_again: bool
) -> None:
    assert may_show_later(ACTION, after, error) is look_again
