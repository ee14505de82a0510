"""Between the model and Twirp JSON; no I/O, so that everything about the format can be tested without a server.

The server answers snake_case with all defaults, int64 as strings and enums as upper-case names; unset messages are
null (livekit/protocol `livekit_room.twirp.go`, serve*JSON). Reading tolerates whatever a newer server may add.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from bot.errors import Rejected
from bot.model import (
    ALL_SOURCES,
    Kind,
    Participant,
    ParticipantState,
    Permissions,
    Room,
    Source,
    Track,
    TrackType,
)

Json = dict[str, Any]

_E = TypeVar("_E", Source, TrackType, Kind, ParticipantState)

_SOURCES = {name.name: name for name in Source}
_TYPES = {"AUDIO": TrackType.AUDIO, "VIDEO": TrackType.VIDEO, "DATA": TrackType.DATA}
_KINDS = {kind.name: kind for kind in Kind if kind is not Kind.OTHER}
_STATES = {state.name: state for state in ParticipantState}

# What stands for a field left out (proto3's zero), and for a name newer than ours. Named once: looking up a member
# of an enum is slow in Python 3.11, and a long list does it four times a person.
_STATE_DEFAULTS = (ParticipantState.JOINING, ParticipantState.ACTIVE)
_KIND_DEFAULTS = (Kind.STANDARD, Kind.OTHER)
_TYPE_DEFAULTS = (TrackType.AUDIO, TrackType.DATA)
_SOURCE_DEFAULTS = (Source.UNKNOWN, Source.UNKNOWN)

_FLAGS = (
    "can_subscribe",
    "can_publish",
    "can_publish_data",
    "can_update_metadata",
    "hidden",
    "recorder",
    "agent",
    "can_subscribe_metrics",
    "can_manage_agent_session",
)


def read_room(data: object) -> Room:
    """A `Room`; `turn_password` and the codecs are left behind."""
    room = _mapping(data)
    return Room(
        name=_text(room, "name"),
        sid=_text(room, "sid"),
        metadata=_text(room, "metadata"),
        created_at=_moment(room, "creation_time"),
        num_participants=_number(room, "num_participants"),
        num_publishers=_number(room, "num_publishers"),
        active_recording=room.get("active_recording") is True,
        max_participants=_number(room, "max_participants"),
    )


def read_rooms(data: object) -> tuple[Room, ...]:
    """The rooms of a ListRooms answer, sorted by name."""
    return tuple(sorted(map(read_room, _items(data, "rooms")), key=attrgetter("name")))


def read_participant(data: object) -> Participant:
    """A `ParticipantInfo`."""
    info = _mapping(data)
    attributes = _mapping(info.get("attributes"))
    return Participant(
        identity=_text(info, "identity"),
        sid=_text(info, "sid"),
        name=_text(info, "name"),
        state=_enum(_STATES, info.get("state"), *_STATE_DEFAULTS),
        kind=_enum(_KINDS, info.get("kind"), *_KIND_DEFAULTS),
        kind_details=tuple(map(str, _items(info, "kind_details"))),
        metadata=_text(info, "metadata"),
        attributes={key: value for key, value in attributes.items() if isinstance(value, str)},
        permission=read_permission(info.get("permission")),
        tracks=tuple(map(read_track, _items(info, "tracks"))),
        joined_at=_moment(info, "joined_at"),
        is_publisher=info.get("is_publisher") is True,
        version=_number(info, "version"),
        region=_text(info, "region"),
    )


def read_participants(data: object) -> tuple[Participant, ...]:
    """The people of a ListParticipants answer, sorted by identity (the server's order is random on each call)."""
    return tuple(sorted(map(read_participant, _items(data, "participants")), key=attrgetter("identity")))


def read_track(data: object) -> Track:
    """A `TrackInfo`. A type newer than ours reads as DATA: it must never count as something audible."""
    info = _mapping(data)
    return Track(
        sid=_text(info, "sid"),
        type=_enum(_TYPES, info.get("type"), *_TYPE_DEFAULTS),
        source=_enum(_SOURCES, info.get("source"), *_SOURCE_DEFAULTS),
        name=_text(info, "name"),
        muted=info.get("muted") is True,
        mime_type=_text(info, "mime_type"),
        width=_number(info, "width"),
        height=_number(info, "height"),
    )


def read_permission(data: object) -> Permissions:
    """A `ParticipantPermission`; an absent one grants nothing.

    An empty source list is all four. Sources that we cannot name are left out, and a list that held nothing else
    becomes the empty set: unlike on the wire, it must not turn into "all".
    """
    permission = _mapping(data)
    flags = tuple([value is True for value in map(permission.get, _FLAGS)])
    return _permissions(flags, tuple(map(str, _items(permission, "can_publish_sources"))))


@lru_cache(maxsize=256)
def _permissions(flags: tuple[bool, ...], listed: tuple[str, ...]) -> Permissions:
    """Shared, since a room of a thousand people holds only a few different permissions."""
    known = frozenset(_SOURCES.get(name, Source.UNKNOWN) for name in listed) & ALL_SOURCES
    return Permissions(can_publish_sources=known if listed else ALL_SOURCES, **dict(zip(_FLAGS, flags, strict=True)))


def write_permission(permission: Permissions) -> Json:
    """All ten fields, since LiveKit replaces the whole permission.

    All four sources are written as the empty list, the form that the server keeps for "no restriction" (naming all four
    would withhold tracks of unknown source). An empty set is therefore written as `can_publish: false`. Raises
    `Rejected` for a source without a name on the wire: the server would drop it and read the rest as the whole list.
    """
    sources = permission.can_publish_sources
    if not sources <= ALL_SOURCES:
        raise Rejected("Only microphone, camera, screen share and its sound can be allowed.", "invalid_argument")
    written: Json = {flag: getattr(permission, flag) for flag in _FLAGS}
    written["can_publish"] = permission.can_publish and bool(sources)
    written["can_publish_sources"] = [] if sources == ALL_SOURCES else sorted(source.name for source in sources)
    return written


def participant_update(
    room: str,
    identity: str,
    permission: Permissions | None,
    metadata: str | None,
    name: str | None,
    attributes: Mapping[str, str] | None,
) -> Json:
    """The body of UpdateParticipant, holding only what is to change."""
    body: Json = {"room": room, "identity": identity}
    if permission is not None:
        body["permission"] = write_permission(permission)
    if metadata is not None:
        body["metadata"] = metadata
    if name is not None:
        body["name"] = name
    if attributes is not None:
        body["attributes"] = dict(attributes)
    return body


def data_message(room: str, data: bytes, topic: str, identities: Sequence[str]) -> Json:
    """The body of SendData."""
    return {
        "room": room,
        "data": base64.b64encode(data).decode("ascii"),
        "kind": "RELIABLE",
        "destination_identities": list(identities),
        "topic": topic,
    }


def removal(room: str, identity: str, revoke_token_ts: int | None) -> Json:
    """The body of RemoveParticipant; the time is an int64, a string in proto3 JSON."""
    body: Json = {"room": room, "identity": identity}
    if revoke_token_ts is not None:
        body["revoke_token_ts"] = str(revoke_token_ts)
    return body


def _mapping(data: object) -> Mapping[str, Any]:
    return data if isinstance(data, dict) else {}


def _items(data: object, key: str) -> list[Any]:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, list) else []


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _number(data: Mapping[str, Any], key: str) -> int:
    """int64 comes as a string, uint32 as a number; 0 for anything that is neither."""
    value = data.get(key)
    if type(value) is int:
        return value
    try:
        return int(value) if isinstance(value, str) else 0
    except ValueError:
        return 0


def _moment(data: Mapping[str, Any], key: str) -> datetime | None:
    """Milliseconds where the server gives them, else seconds; None when unset or out of range."""
    seconds = _number(data, f"{key}_ms") / 1000 or float(_number(data, key))
    if seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _enum(names: Mapping[str, _E], value: object, default: _E, other: _E) -> _E:
    """`default` is proto3's zero for what was left out, `other` stands for names newer than ours."""
    if value is None:
        return default
    return names.get(value, other) if isinstance(value, str) else other
