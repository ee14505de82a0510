"""proto3 JSON as LiveKit's RoomService reads and writes it.

In: snake_case and camelCase, null is the default, unknown fields and enum names are dropped without a word
(`DiscardUnknown`), a wrong type is `malformed`. Out: snake_case, every default, int64 as strings.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from adapters.livekit.simulator.people import LivePerson, LiveTrack
from adapters.livekit.simulator.rooms import LiveRoom
from adapters.livekit.wire import Json

SOURCES = ("UNKNOWN", "CAMERA", "MICROPHONE", "SCREEN_SHARE", "SCREEN_SHARE_AUDIO")

Reader = Callable[[object], Any]
Fields = Mapping[str, Reader]


class Malformed(Exception):
    """The server's own answer is 400 `malformed`."""


def text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed
    return value


def flag(value: object) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Malformed
    return value


def binary(value: object) -> bytes:
    """Standard or URL-safe base64, padded or not."""
    plain = text(value).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed from None


def texts(value: object) -> list[str]:
    return [_present(item) for item in _array(value)]


def text_map(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Malformed
    return {key: _present(item) for key, item in value.items()}


def number(value: object) -> int:
    """An int64: a number, or a string of one."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Malformed
    try:
        return int(value)
    except ValueError:
        raise Malformed from None


def sources(value: object) -> list[str]:
    """Exact upper-case names and numbers count; any other name is dropped without a word (trap 1)."""
    kept = []
    for item in _array(value):
        if isinstance(item, str):
            kept += [item] if item in SOURCES else []
        elif isinstance(item, int) and not isinstance(item, bool):
            kept.append(SOURCES[item] if 0 <= item < len(SOURCES) else "UNKNOWN")
        else:
            raise Malformed
    return kept


PERMISSION: Fields = {
    "can_subscribe": flag,
    "can_publish": flag,
    "can_publish_data": flag,
    "can_publish_sources": sources,
    "hidden": flag,
    "recorder": flag,
    "can_update_metadata": flag,
    "agent": flag,
    "can_subscribe_metrics": flag,
    "can_manage_agent_session": flag,
}


def permission(value: object) -> Json | None:
    """None (unchanged) for null; otherwise all ten fields, those left out at their zero (trap 2)."""
    return None if value is None else read(value, PERMISSION)


def read(value: object, fields: Fields) -> Json:
    """The fields of a message, in either spelling, with their defaults."""
    if not isinstance(value, dict):
        raise Malformed
    return {name: reader(value.get(name, value.get(_camel(name)))) for name, reader in fields.items()}


def room_json(room: LiveRoom) -> Json:
    """A `Room`, its `turn_password` included (trap 14)."""
    people = [person for person in room.people.values() if person.counted]
    return {
        "sid": room.sid,
        "name": room.name,
        "empty_timeout": 300,
        "departure_timeout": 20,
        "max_participants": 0,
        "creation_time": str(room.created_ms // 1000),
        "creation_time_ms": str(room.created_ms),
        "turn_password": "turn-password-that-nobody-may-see",
        "enabled_codecs": [],
        "metadata": room.metadata,
        "num_participants": len(people),
        "num_publishers": sum(bool(person.tracks) for person in people),
        "active_recording": any(person.permission["recorder"] for person in room.people.values()),
        "version": None,
    }


def participant_json(person: LivePerson) -> Json:
    """A `ParticipantInfo`."""
    return {
        "sid": person.sid,
        "identity": person.identity,
        "state": "ACTIVE",
        "tracks": [track_json(track) for track in person.tracks.values()],
        "metadata": person.metadata,
        "joined_at": str(person.joined_ms // 1000),
        "joined_at_ms": str(person.joined_ms),
        "name": person.name,
        "version": person.version,
        "permission": dict(person.permission),
        "region": "",
        "is_publisher": bool(person.permission["can_publish"]) and person.published,
        "kind": person.grant.kind.name,
        "attributes": dict(person.attributes),
        "disconnect_reason": "UNKNOWN_REASON",
        "kind_details": [],
        "data_tracks": [],
        "client_protocol": 2,
        "capabilities": [],
    }


def track_json(track: LiveTrack) -> Json:
    """A `TrackInfo`, without the codecs' details."""
    video = track.type == "VIDEO"
    return {
        "sid": track.sid,
        "type": track.type,
        "name": track.name,
        "muted": track.muted,
        "width": 1280 if video else 0,
        "height": 720 if video else 0,
        "simulcast": False,
        "source": track.source,
        "layers": [],
        "mime_type": "video/VP8" if video else "audio/red",
        "mid": "",
        "codecs": [],
        "encryption": "NONE",
        "stream": "camera",
    }


def _array(value: object) -> Iterable[object]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Malformed
    return value


def _present(value: object) -> str:
    """Within a list or a map, null is no string."""
    if value is None:
        raise Malformed
    return text(value)


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)
