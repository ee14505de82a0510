"""What is, what shall be, and the difference between them.

A state is flattened into named fields; a difference is the fields that differ. Recording, previewing, writing and
undoing all work on those fields, so each of them is written once for every action.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self, TypeAlias, TypeVar

from bot.history import canonical
from bot.model import Participant, Permissions, Room, Source, Track
from bot.orders import Order

Value: TypeAlias = str | bool | list[str] | None

PERMISSION = "permission."
BASE, ORDERS = "base.", "orders"
ATTRIBUTE = "attributes."
TRACK = "track."
MUTED = ".muted"
SOURCES = PERMISSION + "can_publish_sources"
SOURCE_LISTS = (SOURCES, BASE + "can_publish_sources")


class Flat(Protocol):
    def fields(self) -> Mapping[str, Value]: ...


@dataclass(frozen=True, slots=True)
class Ground:
    """What the permission of a session stands on: what it would be without any order, and the orders on it, oldest
    first. No order of the id 0 is written down yet."""

    base: Permissions
    orders: tuple[Order, ...] = ()

    def fields(self) -> dict[str, Value]:
        flat = {BASE + name.removeprefix(PERMISSION): value for name, value in permission_fields(self.base).items()}
        return {**flat, ORDERS: [str(order.id) for order in self.orders if order.id]}


@dataclass(frozen=True, slots=True)
class PersonState:
    """One person (identity, sid) in one room; `participant` is None when that person is not there.

    `ground` is known where Usher keeps their session, or orders are on them, and it was asked for.
    """

    room: str
    participant: Participant | None
    ground: Ground | None = None

    @property
    def sid(self) -> str | None:
        return self.participant.sid if self.participant else None

    def fields(self) -> dict[str, Value]:
        person = self.participant
        if person is None:
            return {"session": None}
        flat: dict[str, Value] = {
            "session": person.sid,
            "room": self.room,
            "name": person.name,
            "metadata": person.metadata,
        }
        flat |= {ATTRIBUTE + key: value for key, value in person.attributes.items()}
        flat |= permission_fields(person.permission)
        flat |= self.ground.fields() if self.ground is not None else {}
        for track in person.tracks:
            flat[TRACK + track.sid] = describe_source(track)
            flat[TRACK + track.sid + MUTED] = track.muted
        return flat


@dataclass(frozen=True, slots=True)
class RoomState:
    """One room; `room` is None when it has ended."""

    name: str
    room: Room | None

    def fields(self) -> dict[str, Value]:
        if self.room is None:
            return {"open": False}
        return {"open": True, "room.metadata": self.room.metadata}


State = TypeVar("State", PersonState, RoomState)


def permission_fields(permission: Permissions) -> dict[str, Value]:
    flat: dict[str, Value] = {PERMISSION + name: getattr(permission, name) for name in BOOLEAN_PERMISSIONS}
    flat[SOURCES] = sorted(permission.can_publish_sources)
    return flat


BOOLEAN_PERMISSIONS = tuple(name for name in Permissions.__slots__ if name != "can_publish_sources")


def describe_source(track: Track) -> str:
    return track.source.value if track.source is not Source.UNKNOWN else f"{track.type.value} of unknown source"


@dataclass(frozen=True, slots=True)
class Change:
    """One field's value before and after; a field that was or is not there has the value None."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    def encode(self) -> str:
        """The form that the history keeps: canonical JSON of [field, before, after]."""
        return canonical([[c.field, c.before, c.after] for c in self.changes]) if self.changes else ""

    @classmethod
    def decode(cls, recorded: Mapping[str, tuple[Any, Any]]) -> Self:
        return cls(tuple(Change(name, before, after) for name, (before, after) in recorded.items()))

    def starting(self, prefix: str) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.field.startswith(prefix))

    def get(self, name: str) -> Change | None:
        return next((change for change in self.changes if change.field == name), None)


_WHOLE = ("session", "open")


def difference(before: Flat, after: Flat) -> Difference:
    """The fields that differ. Where the session or the room itself is another, that alone is the difference."""
    was, shall = before.fields(), after.fields()
    for name in _WHOLE:
        if was.get(name) != shall.get(name):
            return Difference((Change(name, was.get(name), shall.get(name)),))
    names = list(was) + [name for name in shall if name not in was]
    return Difference(
        tuple(Change(name, was.get(name), shall.get(name)) for name in names if was.get(name) != shall.get(name))
    )


def with_field(state: State, name: str, value: Any) -> State:
    """The state with one writable field set; ValueError for one that cannot be written."""
    if isinstance(state, RoomState):
        if name == "room.metadata" and state.room is not None:
            return replace(state, room=replace(state.room, metadata=value))
    elif state.participant is not None:
        if name == "room":
            return replace(state, room=value)
        if name.startswith(BASE) and state.ground is not None:
            base = _permission_with(state.ground.base, name.removeprefix(BASE), value)
            return replace(state, ground=replace(state.ground, base=base))
        return replace(state, participant=_person_with(state.participant, name, value))
    raise ValueError(f"the field {name!r} cannot be written")


def _permission_with(permission: Permissions, name: str, value: Any) -> Permissions:
    value = frozenset(Source(word) for word in value) if isinstance(value, list) else value
    return replace(permission, **{name: value})


def _person_with(person: Participant, name: str, value: Any) -> Participant:
    if name in ("name", "metadata"):
        return replace(person, **{name: value})
    if name.startswith(ATTRIBUTE):
        key = name.removeprefix(ATTRIBUTE)
        rest = {k: v for k, v in person.attributes.items() if k != key}
        return replace(person, attributes=rest if value is None else {**rest, key: value})
    if name.startswith(PERMISSION):
        return replace(person, permission=_permission_with(person.permission, name.removeprefix(PERMISSION), value))
    if name.startswith(TRACK) and name.endswith(MUTED):
        sid = name.removeprefix(TRACK).removesuffix(MUTED)
        tracks = tuple(replace(t, muted=value) if t.sid == sid else t for t in person.tracks)
        return replace(person, tracks=tracks)
    raise ValueError(f"the field {name!r} cannot be written")
