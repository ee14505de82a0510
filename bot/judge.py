"""What became of a write, from the error it met and from what the room shows afterwards. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.errors import BotError, NotFound, Rejected, RoomError, Unavailable, Unsupported
from bot.history import Outcome
from bot.subject import Action, Subject
from bot.words import display, told


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    code: str = ""
    error: BotError | None = None


def late(*, sent: bool) -> Unavailable:
    """The error for a write that had no time left, or that got no answer in its time."""
    if sent:
        return Unavailable("LiveKit did not answer in time.", "timeout", sent=True)
    return Unavailable("There was no time left to try this one. Nothing was sent.", "timeout", sent=False)


def judge(subject: Subject[Any], action: Action[Any], after: Any, error: BotError | None) -> Verdict:
    """The verdict; `after` None means that the room could not be looked at.

    `done` needs the room to show it. An error that settles the matter (the server said no, or was never asked) makes
    it `failed`; without an answer, and without the room showing the change, it is `unknown`.
    """
    if after is None:
        if settles(error):
            return _failed(error)
        unseen = "LiveKit was asked, but the room cannot be looked at now."
        return Verdict(Outcome.UNKNOWN, error.code if error else "not_seen", error or RoomError(unseen))
    if subject.strayed(after):
        name = told(display(subject.name, subject.identity) or subject.room)
        left = RoomError(f"{name} left before it could be done, or came back in another session.", "session_changed")
        return Verdict(Outcome.FAILED, left.code, left)
    if action.holds(after):
        return Verdict(Outcome.DONE, error.code if error else "", _although(error))
    if error is None:
        return Verdict(Outcome.NOT_EFFECTIVE, "not_effective")
    if settles(error) or isinstance(error, Rejected):
        return _failed(error)
    return Verdict(Outcome.UNKNOWN, error.code, error)


def settles(error: BotError | None) -> bool:
    """Whether after this error it is certain that the call changed nothing."""
    if isinstance(error, Rejected):
        return error.certain
    if isinstance(error, Unavailable):
        return not error.sent
    return isinstance(error, NotFound | Unsupported)


def may_show_later(action: Action[Any], after: Any, error: object) -> bool:
    """Whether a change that was accepted, or may have been, is not in the room yet: seen up to 60 ms late, when an
    app was still confirming the change before."""
    refused = isinstance(error, BotError) and settles(error)
    return after is not None and not refused and not action.holds(after)


def _failed(error: BotError | None) -> Verdict:
    return Verdict(Outcome.FAILED, error.code if error else "", error)


def _although(error: BotError | None) -> BotError | None:
    if error is None or isinstance(error, NotFound):
        return None
    return RoomError("LiveKit answered with an error, but the room shows the change.", error.code)
