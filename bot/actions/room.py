"""What is said of a whole room: its metadata, and whether it goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.state import RoomState


@dataclass(frozen=True, slots=True)
class Close:
    """That room (by its sid) has ended; the same name may be alive again with another sid."""

    sid: str

    def amend(self, state: RoomState) -> RoomState:
        if state.room is None or state.room.sid != self.sid:
            return state
        return replace(state, room=None)

    def bears_on(self, state: RoomState) -> bool:
        return True

    def holds(self, state: RoomState) -> bool:
        return state.room is None or state.room.sid != self.sid


@dataclass(frozen=True, slots=True)
class SetRoomMetadata:
    """The room's metadata is this text; here "" does clear."""

    metadata: str

    def amend(self, state: RoomState) -> RoomState:
        if state.room is None:
            return state
        return replace(state, room=replace(state.room, metadata=self.metadata))

    def bears_on(self, state: RoomState) -> bool:
        return state.room is not None

    def holds(self, state: RoomState) -> bool:
        return state.room is not None and self.amend(state) == state
