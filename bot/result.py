"""One part of what is to be done in a room, and what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic

from bot.errors import BotError, SessionChanged
from bot.history import Outcome
from bot.state import Difference
from bot.subject import Action, S, Subject
from bot.words import display, told


@dataclass(frozen=True, slots=True)
class Part(Generic[S]):
    """Whom it is about, and what shall be. `settle` writes down what follows, once the room shows it and before that
    is recorded as done; a `HistoryError` of it leaves the part undone."""

    subject: Subject[S]
    action: Action[S]
    settle: Callable[[Result[S]], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Result(Generic[S]):
    """What became of one part. `outcome` None: nothing was attempted (`error` says why, or there was nothing to do).

    `changes` is the difference between `before` and `wanted`.
    """

    part: Part[S]
    before: S
    wanted: S
    after: S | None = None
    outcome: Outcome | None = None
    case: int | None = None
    code: str = ""
    error: BotError | None = None
    owed: bool = False
    intent: int | None = None
    changes: Difference = field(default_factory=Difference)

    @property
    def void(self) -> bool:
        """There was nothing that the action could bear on."""
        return self.outcome is None and self.error is None


def strayed_error(subject: Subject[Any], state: Any) -> SessionChanged:
    """The sentence for a session that has ended or been replaced."""
    if not subject.identity:
        return SessionChanged(f"The room {told(subject.room)} has ended, or has begun anew since. Nothing was done.")
    name, room = told(display(subject.name, subject.identity)), told(subject.room)
    if state.sid is None:
        return SessionChanged(f"{name} has left {room}. Nothing was done.", "gone")
    return SessionChanged(f"{name} left {room} and came back in a new session since. Nothing was done.")
