"""Whether one session of a person is in the room."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.state import PersonState


@dataclass(frozen=True, slots=True)
class Remove:
    """That session is gone. Another session of the same person is not this statement's business."""

    sid: str

    def amend(self, state: PersonState) -> PersonState:
        return replace(state, participant=None) if state.sid == self.sid else state

    def bears_on(self, state: PersonState) -> bool:
        return True

    def holds(self, state: PersonState) -> bool:
        return state.sid != self.sid


@dataclass(frozen=True, slots=True)
class Move:
    """The person stands in another room."""

    destination: str

    def amend(self, state: PersonState) -> PersonState:
        return replace(state, room=self.destination)

    def bears_on(self, state: PersonState) -> bool:
        return state.participant is not None

    def holds(self, state: PersonState) -> bool:
        return state.participant is not None and state.room == self.destination
