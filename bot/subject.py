"""Whom or what an action is about: how to look at it and how to write its difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bot.errors import NotFound
from bot.model import Participant
from bot.ports import RoomService
from bot.state import Difference, PersonState, RoomState
from bot.write import write_person, write_room

S = TypeVar("S", PersonState, RoomState)


class Action(Protocol[S]):
    """A pure, idempotent statement of what shall be.

    `bears_on` is false where there is nothing that it could say something about (no track of that source).
    `holds` is "it is so now": for a person it includes that there is somebody of whom it can be so.
    """

    def amend(self, state: S) -> S: ...

    def bears_on(self, state: S) -> bool: ...

    def holds(self, state: S) -> bool: ...


class Subject(Protocol[S]):
    """One person's session, or one room. `key` is what is locked around read, intent, write and look."""

    @property
    def key(self) -> tuple[str, str]: ...

    @property
    def room(self) -> str: ...

    @property
    def identity(self) -> str: ...

    @property
    def sid(self) -> str: ...

    @property
    def name(self) -> str: ...

    async def look(self, service: RoomService) -> S: ...

    async def write(self, service: RoomService, before: S, wanted: S, changes: Difference) -> S | None: ...

    def strayed(self, state: S) -> bool:
        """Whether the state is not, or no longer, about this session."""

    def replaced(self, state: S) -> bool:
        """Whether another session stands where one was to be removed: that is not "gone already"."""


@dataclass(frozen=True, slots=True)
class PersonSubject:
    """One session of one person. `destination` is looked into as well when they are gone from `room`.

    `gone_is_fine` is for removal, which is about a session that may have ended. `revoke_token_ts` goes with it.
    """

    room: str
    identity: str
    sid: str
    name: str = ""
    destination: str = ""
    gone_is_fine: bool = False
    revoke_token_ts: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        return (self.room, self.identity)

    async def look(self, service: RoomService) -> PersonState:
        try:
            return PersonState(self.room, await service.get_participant(self.room, self.identity))
        except NotFound:
            if not self.destination:
                return PersonState(self.room, None)
        try:
            return PersonState(self.destination, await service.get_participant(self.destination, self.identity))
        except NotFound:
            return PersonState(self.room, None)

    def find(self, people: Sequence[Participant]) -> PersonState:
        """The state as a list of the room's participants shows it."""
        return PersonState(self.room, next((p for p in people if p.identity == self.identity), None))

    async def write(
        self, service: RoomService, before: PersonState, wanted: PersonState, changes: Difference
    ) -> PersonState | None:
        answer = await write_person(service, before, wanted, changes, self.revoke_token_ts)
        return PersonState(self.room, answer) if answer is not None else None

    def strayed(self, state: PersonState) -> bool:
        if self.gone_is_fine or (self.destination and state.room == self.destination):
            return False
        return state.sid != self.sid

    def replaced(self, state: PersonState) -> bool:
        return self.gone_is_fine and state.sid not in (None, self.sid)


@dataclass(frozen=True, slots=True)
class RoomSubject:
    """One life of one room: the same name may open again under another sid."""

    room: str
    sid: str
    gone_is_fine: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return (self.room, "")

    @property
    def identity(self) -> str:
        return ""

    @property
    def name(self) -> str:
        return ""

    async def look(self, service: RoomService) -> RoomState:
        found = await service.list_rooms([self.room])
        return RoomState(self.room, next((room for room in found if room.name == self.room), None))

    async def write(
        self, service: RoomService, before: RoomState, wanted: RoomState, changes: Difference
    ) -> RoomState | None:
        await write_room(service, before, changes)
        return None

    def strayed(self, state: RoomState) -> bool:
        return not self.gone_is_fine and (state.room is None or state.room.sid != self.sid)

    def replaced(self, state: RoomState) -> bool:
        return self.gone_is_fine and state.room is not None and state.room.sid != self.sid
