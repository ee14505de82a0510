"""What each RoomService call does to the rooms and answers: the server's semantics on JSON bodies, without a network.

Facts: livekit/livekit pkg/service/roomservice.go and roommanager.go at v1.13.5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapters.livekit.simulator import messages as m
from adapters.livekit.simulator.people import Heard, LivePerson
from adapters.livekit.simulator.rooms import LiveRoom, Rooms
from adapters.livekit.wire import Json

MAX_NAME_BYTES = 256
MAX_METADATA_BYTES = 512 * 1024
MAX_ATTRIBUTES_BYTES = 64 * 1024

_CROSSED = "twirp error unknown: "  # put before messages that came over psrpc or are psrpc errors

STATUS = {
    "bad_route": 404,
    "failed_precondition": 412,
    "invalid_argument": 400,
    "malformed": 400,
    "not_found": 404,
    "unauthenticated": 401,
    "unavailable": 503,
    "unknown": 500,
}
"""Twirp's HTTP status of each code that the simulator uses."""

Grants = Mapping[str, Any]
"""The `video` claim of the caller's token."""


class Failure(Exception):
    """A Twirp error. `silent` ones come only after the server has waited 3 s for a node to answer."""

    def __init__(self, code: str, message: str, *, meta: Json | None = None, silent: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.meta = meta
        self.silent = silent

    @property
    def json(self) -> Json:
        body: Json = {"code": self.code, "msg": self.message}
        return body if self.meta is None else {**body, "meta": self.meta}


def answer(rooms: Rooms, method: str, body: object, grants: Grants) -> Json:
    """Carry out one call and return its answer; `Failure` for anything but a 200."""
    if method not in _METHODS:
        raise Failure("bad_route", f'no handler for path "/twirp/livekit.RoomService/{method}"')
    fields, handler = _METHODS[method]
    try:
        request = m.read(body, fields)
    except m.Malformed:
        raise Failure("malformed", "the json request could not be decoded") from None
    return handler(rooms, request, grants)


def _list_rooms(rooms: Rooms, request: Json, grants: Grants) -> Json:
    _require(grants.get("roomList"))
    wanted = [room for room in rooms.rooms.values() if not request["names"] or room.name in request["names"]]
    rooms.random.shuffle(wanted)
    return {"rooms": [m.room_json(room) for room in wanted]}


def _delete_room(rooms: Rooms, request: Json, grants: Grants) -> Json:
    _require(grants.get("roomCreate"))
    _room(rooms, request)
    rooms.delete(request["room"])
    return {}


def _list_participants(rooms: Rooms, request: Json, grants: Grants) -> Json:
    """An unknown room is an empty one (trap 11); the order is another one each time."""
    _require_admin(request, grants)
    room = rooms.rooms.get(request["room"])
    people = list(room.people.values()) if room else []
    rooms.random.shuffle(people)
    return {"participants": [m.participant_json(person) for person in people]}


def _get_participant(rooms: Rooms, request: Json, grants: Grants) -> Json:
    _require_admin(request, grants)
    return m.participant_json(_present(rooms, request))


def _remove_participant(rooms: Rooms, request: Json, grants: Grants) -> Json:
    """`revoke_token_ts` is read and ignored (trap 4)."""
    _require_admin(request, grants)
    _present(rooms, request)
    rooms.remove(request["room"], request["identity"], "PARTICIPANT_REMOVED")
    return {}


def _mute_published_track(rooms: Rooms, request: Json, grants: Grants) -> Json:
    """Participant, then the unmute setting, and a wrong sid is no error but a null track (trap 6)."""
    _require_admin(request, grants)
    _reachable(rooms, request)
    if not request["muted"] and not rooms.remote_unmute:
        raise Failure("failed_precondition", f"{_CROSSED}remote unmute not enabled")
    track = rooms.set_muted(request["room"], request["identity"], request["track_sid"], request["muted"])
    return {"track": None if track is None else m.track_json(track)}


def _update_participant(rooms: Rooms, request: Json, grants: Grants) -> Json:
    _within_limit("name length", len(request["name"].encode()), MAX_NAME_BYTES)
    _within_limit("metadata size", len(request["metadata"].encode()), MAX_METADATA_BYTES)
    size = sum(len(key.encode()) + len(value.encode()) for key, value in request["attributes"].items())
    _within_limit("attribute size", size, MAX_ATTRIBUTES_BYTES)
    _require_admin(request, grants)
    person = _present(rooms, request)
    room = rooms.rooms[request["room"]]
    _update_profile(rooms, room, person, request)
    if request["permission"] is not None and request["permission"] != person.permission:
        person.permission = request["permission"]
        rooms.changed(room, person, "permission_changed")
        for track in [track for track in person.tracks.values() if not person.may_publish(track.source)]:
            rooms.unpublish(room.name, person.identity, track.sid)
    return m.participant_json(person)


def _update_profile(rooms: Rooms, room: LiveRoom, person: LivePerson, request: Json) -> None:
    """Empty name and metadata mean "unchanged" (trap 13)."""
    if request["name"] not in ("", person.name):
        person.name = request["name"]
        rooms.changed(room, person, "name_changed", person.name)
    if request["metadata"] not in ("", person.metadata):
        person.metadata = request["metadata"]
        rooms.changed(room, person, "metadata_changed", person.metadata)
    if request["attributes"]:
        person.merge_attributes(request["attributes"])
        rooms.changed(room, person, "attributes_changed")


def _move_participant(rooms: Rooms, request: Json, grants: Grants) -> Json:
    _require_admin(request, grants)
    _require(grants.get("destinationRoom") == request["destination_room"])
    if request["room"] == request["destination_room"]:
        text = "destination room cannot be the same as source room"
        raise Failure("invalid_argument", f"{text} ", meta={"argument": text})
    _reachable(rooms, request)
    if not rooms.cloud:
        raise Failure("unknown", f"{_CROSSED}not implemented")
    rooms.move(request["room"], request["identity"], request["destination_room"])
    return {}


def _send_data(rooms: Rooms, request: Json, grants: Grants) -> Json:
    _require_admin(request, grants)
    if len(request["nonce"]) not in (0, 16):
        text = f"nonce should be 16-bytes or not present, got: {len(request['nonce'])} bytes"
        raise Failure("invalid_argument", text)
    room = rooms.rooms.get(request["room"])
    if room is None:
        raise _no_response()
    text = request["data"].decode(errors="replace")
    rooms.announce(
        room, request["destination_identities"] or list(room.people), Heard("data_received", request["topic"], text)
    )
    return {}


def _update_room_metadata(rooms: Rooms, request: Json, grants: Grants) -> Json:
    """Here an empty text does clear."""
    _within_limit("metadata size", len(request["metadata"].encode()), MAX_METADATA_BYTES)
    _require_admin(request, grants)
    room = _room(rooms, request)
    if room.metadata != request["metadata"]:
        room.metadata = request["metadata"]
        rooms.announce(room, list(room.people), Heard("room_metadata_changed", "", room.metadata))
    return m.room_json(room)


def _require(granted: object) -> None:
    """A missing grant is 401, never 403 (pkg/service/auth.go, twirpAuthError)."""
    if not granted:
        raise Failure("unauthenticated", "permissions denied")


def _require_admin(request: Json, grants: Grants) -> None:
    _require(grants.get("roomAdmin") and grants.get("room", "") == request["room"])


def _within_limit(what: str, size: int, limit: int) -> None:
    if size > limit:
        text = f"{what} exceeds limits"
        raise Failure("invalid_argument", f"{text} {limit}", meta={"argument": text})


def _room(rooms: Rooms, request: Json) -> LiveRoom:
    room = rooms.rooms.get(request["room"])
    if room is None:
        raise Failure("not_found", f"{_CROSSED}requested room does not exist")
    return room


def _present(rooms: Rooms, request: Json) -> LivePerson:
    """For the calls that look into the store first."""
    room = rooms.rooms.get(request["room"])
    if room is None or request["identity"] not in room.people:
        raise Failure("not_found", f"{_CROSSED}participant does not exist")
    return room.people[request["identity"]]


def _reachable(rooms: Rooms, request: Json) -> None:
    """For the calls that go straight to the participant's node: nobody there means nobody answers (trap 9)."""
    room = rooms.rooms.get(request["room"])
    if room is None or request["identity"] not in room.people:
        raise _no_response()


def _no_response() -> Failure:
    return Failure("unavailable", f"{_CROSSED}no response from servers", silent=True)


Handler = Callable[[Rooms, Json, Grants], Json]

_WHO: m.Fields = {"room": m.text, "identity": m.text}

_METHODS: dict[str, tuple[m.Fields, Handler]] = {
    "ListRooms": ({"names": m.texts}, _list_rooms),
    "DeleteRoom": ({"room": m.text}, _delete_room),
    "ListParticipants": ({"room": m.text}, _list_participants),
    "GetParticipant": (_WHO, _get_participant),
    "RemoveParticipant": ({**_WHO, "revoke_token_ts": m.number}, _remove_participant),
    "MutePublishedTrack": ({**_WHO, "track_sid": m.text, "muted": m.flag}, _mute_published_track),
    "UpdateParticipant": (
        {**_WHO, "metadata": m.text, "permission": m.permission, "name": m.text, "attributes": m.text_map},
        _update_participant,
    ),
    "MoveParticipant": ({**_WHO, "destination_room": m.text}, _move_participant),
    "SendData": (
        {"room": m.text, "data": m.binary, "destination_identities": m.texts, "topic": m.text, "nonce": m.binary},
        _send_data,
    ),
    "UpdateRoomMetadata": ({"room": m.text, "metadata": m.text}, _update_room_metadata),
}
