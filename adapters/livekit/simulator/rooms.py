"""A pure model of LiveKit's rooms: no I/O, an injected clock, and the server's behaviour, traps included.

People act on it (join, publish, unmute themselves, leave, come back with their old token), the RoomService acts on it
(`rpc.py`), and each person's `heard` says what their app was told. Checked against the real server by one contract
suite; facts from livekit/livekit pkg/rtc and pkg/service at v1.13.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from adapters.livekit.simulator.people import Heard, JoinGrant, LivePerson, LiveTrack
from bot.model import Source

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_VIDEO = frozenset({Source.CAMERA, Source.SCREEN_SHARE})


class NotPermitted(Exception):
    """A person's app tried what the server does not let it do (a real client would wait in vain)."""


@dataclass(slots=True)
class LiveRoom:
    """One room with the people in it, by identity."""

    name: str
    sid: str
    created_ms: int
    metadata: str = ""
    people: dict[str, LivePerson] = field(default_factory=dict)


class Rooms:
    """All rooms of one simulated LiveKit project.

    `cloud` switches Move on, `remote_unmute` what 412 otherwise refuses. `seed` fixes sids and the random order of
    lists. Rooms without people stay open, as on a server before its timeouts; `close_empty` ends them.
    """

    def __init__(
        self, now: Callable[[], datetime], *, cloud: bool = False, remote_unmute: bool = False, seed: int = 0
    ) -> None:
        self.cloud = cloud
        self.remote_unmute = remote_unmute
        self.rooms: dict[str, LiveRoom] = {}
        self.random = Random(seed)  # noqa: S311 - a simulation, not a secret
        self._now = now
        self._heard: dict[tuple[str, str], list[Heard]] = {}
        self._grants: dict[tuple[str, str], JoinGrant] = {}

    def open(self, room: str, metadata: str = "") -> LiveRoom:
        """The room of that name, made if need be."""
        if room not in self.rooms:
            self.rooms[room] = LiveRoom(room, self._sid("RM_"), self._ms(), metadata)
        return self.rooms[room]

    def join(self, room: str, grant: JoinGrant | str) -> str:
        """Join with a token that says this (or an identity that may do everything); the sid of the session.

        The same identity twice replaces the first session.
        """
        who = JoinGrant(grant) if isinstance(grant, str) else grant
        here = self.open(room)
        if who.identity in here.people:
            self.remove(room, who.identity, "DUPLICATE_IDENTITY")
        person = LivePerson.arriving(who, self._sid("PA_"), self._ms())
        self._grants[room, who.identity] = who
        self.tell_others(here, person, "joined")
        here.people[who.identity] = person
        return person.sid

    def rejoin(self, room: str, identity: str) -> str:
        """Join again with the token of last time: its permissions are in force again, whatever was changed since."""
        return self.join(room, self._grants[room, identity])

    def leave(self, room: str, identity: str) -> None:
        self.remove(room, identity, "CLIENT_INITIATED")

    def publish(self, room: str, identity: str, source: Source = Source.MICROPHONE, type_: str = "") -> str:
        """The sid of the new track; `NotPermitted` when the permission does not hold its source."""
        here, person = self.rooms[room], self.person(room, identity)
        if not person.may_publish(source.name):
            raise NotPermitted(f"{identity} may not publish {source.value}")
        kind = type_ or ("VIDEO" if source in _VIDEO else "AUDIO")
        track = LiveTrack(self._sid(_sid_prefix(kind, source)), kind, source.name, source.value)
        person.tracks[track.sid] = track
        person.published = True
        self.changed(here, person, "track_published", source.value)
        return track.sid

    def unpublish(self, room: str, identity: str, sid: str) -> None:
        here, person = self.rooms[room], self.person(room, identity)
        track = person.tracks.pop(sid)
        self.changed(here, person, "track_unpublished", track.source.lower())

    def set_muted(self, room: str, identity: str, sid: str, muted: bool) -> LiveTrack | None:
        """By the person's own button, or by the server; None when they publish no such track.

        Muting a muted track is told once more, as by the real server.
        """
        here, person = self.rooms[room], self.person(room, identity)
        track = person.tracks.get(sid)
        if track is not None:
            track.muted = muted
            self.changed(here, person, "track_muted" if muted else "track_unmuted", track.source.lower())
        return track

    def set_attributes(self, room: str, identity: str, attributes: dict[str, str]) -> None:
        """By the person's own app; `NotPermitted` without `can_update_metadata`."""
        here, person = self.rooms[room], self.person(room, identity)
        if not person.permission["can_update_metadata"]:
            raise NotPermitted(f"{identity} may not change their attributes")
        person.merge_attributes(attributes)
        self.changed(here, person, "attributes_changed")

    def raise_hand(self, room: str, identity: str) -> None:
        """As apps commonly do it: an attribute that holds the time."""
        self.set_attributes(room, identity, {"handRaisedAt": self._now().isoformat()})

    def person(self, room: str, identity: str) -> LivePerson:
        """KeyError when not there."""
        return self.rooms[room].people[identity]

    def heard(self, room: str, identity: str) -> tuple[Heard, ...]:
        """Everything that this person's app was told in this room, all sessions together."""
        return tuple(self._heard.get((room, identity), ()))

    def remove(self, room: str, identity: str, reason: str) -> None:
        """Disconnect them; `reason` is a `DisconnectReason` name."""
        here = self.rooms[room]
        person = here.people.pop(identity)
        self._tell(room, identity, Heard("disconnected", identity, reason))
        for track in person.tracks.values():
            self.tell_others(here, person, "track_unpublished", track.source.lower())
        self.tell_others(here, person, "left", reason)

    def delete(self, room: str) -> None:
        """End the room and disconnect everybody."""
        here = self.rooms.pop(room)
        for identity in here.people:
            self._tell(room, identity, Heard("disconnected", identity, "ROOM_DELETED"))

    def close_empty(self) -> None:
        """What the server does when a room's departure or empty timeout is over."""
        for name in [name for name, room in self.rooms.items() if not room.people]:
            del self.rooms[name]

    def move(self, room: str, identity: str, destination: str) -> None:
        """What Cloud does: the session goes on in the other room."""
        here, there = self.rooms[room], self.open(destination)
        person = here.people.pop(identity)
        self.tell_others(here, person, "left", "")
        if identity in there.people:
            self.remove(destination, identity, "DUPLICATE_IDENTITY")
        self._grants[destination, identity] = person.grant
        self.tell_others(there, person, "joined")
        there.people[identity] = person

    def announce(self, room: LiveRoom, identities: Iterable[str], heard: Heard) -> None:
        """Tell some of the people in the room."""
        for identity in identities:
            if identity in room.people:
                self._tell(room.name, identity, heard)

    def changed(self, room: LiveRoom, person: LivePerson, what: str, detail: str = "") -> None:
        """Count the change in their version, and tell them and the others."""
        person.version += 1
        self._tell(room.name, person.identity, Heard(what, person.identity, detail))
        self.tell_others(room, person, what, detail)

    def tell_others(self, room: LiveRoom, about: LivePerson, what: str, detail: str = "") -> None:
        """Clients are told nothing of hidden people (the API lists them all the same)."""
        if not about.permission["hidden"]:
            others = [identity for identity in room.people if identity != about.identity]
            self.announce(room, others, Heard(what, about.identity, detail))

    def _tell(self, room: str, identity: str, heard: Heard) -> None:
        self._heard.setdefault((room, identity), []).append(heard)

    def _ms(self) -> int:
        return int(self._now().timestamp() * 1000)

    def _sid(self, prefix: str) -> str:
        return prefix + "".join(self.random.choices(_LETTERS, k=12))


def _sid_prefix(kind: str, source: Source) -> str:
    """`TR_AM` for a microphone, `TR_VC` for a camera, and so on (seen at the real server)."""
    letters = {
        Source.MICROPHONE: "M",
        Source.CAMERA: "C",
        Source.SCREEN_SHARE: "S",
        Source.SCREEN_SHARE_AUDIO: "s",
        Source.UNKNOWN: "E",
    }
    return f"TR_{kind[0]}{letters[source]}"
