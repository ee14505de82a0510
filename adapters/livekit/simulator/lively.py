"""Two rooms worth looking at, and a hand that keeps them moving: what `usher demo` shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from adapters.livekit.simulator.people import JoinGrant, LiveTrack
from adapters.livekit.simulator.rooms import NotPermitted, Rooms
from bot.model import Kind, Permissions, Source
from bot.ports import Clock

STANDUP = "standup"
BACKSTAGE = "backstage"

_SPEAKER = Permissions(can_update_metadata=True)
_AUDIENCE = Permissions(can_publish=False, can_publish_data=False, can_update_metadata=True)
_MIC, _CAMERA = Source.MICROPHONE, Source.CAMERA

# who, what they publish, whether their tracks are open, and how many minutes ago they joined
_CAST: tuple[tuple[str, JoinGrant, tuple[Source, ...], bool, int], ...] = (
    (STANDUP, JoinGrant("hana", "Hana Ito", _SPEAKER, attributes={"role": "host"}), (_MIC, _CAMERA), True, 42),
    (STANDUP, JoinGrant("bob", "Bob Stone", _SPEAKER), (_MIC, _CAMERA), True, 35),
    (STANDUP, JoinGrant("anna", "Anna", _SPEAKER), (_MIC,), True, 31),
    (STANDUP, JoinGrant("anna-berg", "Anna Berg", _SPEAKER), (_MIC,), False, 30),
    (STANDUP, JoinGrant("lena", "Lena Okafor", _SPEAKER), (Source.SCREEN_SHARE, Source.SCREEN_SHARE_AUDIO), True, 18),
    (STANDUP, JoinGrant("omar", "Omar", _AUDIENCE), (), True, 12),
    (STANDUP, JoinGrant("noa", "נועה 🎧", _AUDIENCE, attributes={"handRaisedAt": "{now}"}), (), True, 9),
    (STANDUP, JoinGrant("sip_+15550100", "+1 555 0100", Permissions(), kind=Kind.SIP), (_MIC,), True, 6),
    (STANDUP, JoinGrant("agent-notes", "Note taker", Permissions(agent=True), kind=Kind.AGENT), (), True, 42),
    (
        STANDUP,
        JoinGrant("EG_recorder", "", Permissions(hidden=True, recorder=True, can_publish=False), kind=Kind.EGRESS),
        (),
        True,
        40,
    ),
    (BACKSTAGE, JoinGrant("mei", "Mei", _SPEAKER), (_MIC, _CAMERA), True, 55),
    (BACKSTAGE, JoinGrant("tom", "Tom Hart", _SPEAKER), (_MIC,), False, 50),
)

_NEWCOMERS = ("Ida", "Ravi", "Sofía", "Kwame", "Yuki", "Zoë")
_STEADY = frozenset({"hana", "bob", "EG_recorder", "agent-notes"})  # a tour must find them as it left them


def lively_rooms(now: Callable[[], datetime], *, cloud: bool = False, seed: int = 0) -> Rooms:
    """The rooms `standup` (ten people of every kind) and `backstage` (two)."""
    rooms = Rooms(now, cloud=cloud, seed=seed)
    rooms.open(STANDUP, '{"title": "Daily stand-up"}')
    rooms.open(BACKSTAGE, '{"title": "Speakers waiting"}')
    for room, grant, sources, is_open, minutes in _CAST:
        rooms.join(room, grant)
        person = rooms.person(room, grant.identity)
        person.joined_ms -= minutes * 60_000
        if "handRaisedAt" in person.attributes:
            person.attributes["handRaisedAt"] = now().isoformat()
        for source in sources:
            sid = rooms.publish(room, grant.identity, source)
            if not is_open:
                rooms.set_muted(room, grant.identity, sid, True)
    return rooms


class Life:
    """What people do by themselves in `standup`; the same seed gives the same story."""

    def __init__(self, rooms: Rooms, seed: int = 0) -> None:
        self._rooms = rooms
        self._random = Random(seed)  # noqa: S311 - a story, not a secret
        self._newcomers = list(_NEWCOMERS)

    def step(self) -> str:
        """Let one thing happen; a sentence about it, "" when nobody is there to do anything."""
        if STANDUP not in self._rooms.rooms:
            return ""
        acts = [self._arrive, self._turn_microphone, self._turn_microphone, self._raise_hand, self._depart]
        self._random.shuffle(acts)
        return next(filter(None, (act() for act in acts)), "")

    def _arrive(self) -> str:
        if not self._newcomers:
            return ""
        name = self._newcomers.pop(self._random.randrange(len(self._newcomers)))
        identity = name.lower()
        self._rooms.join(STANDUP, JoinGrant(identity, name, _SPEAKER))
        self._rooms.publish(STANDUP, identity)
        return f"{name} joined with an open microphone."

    def _turn_microphone(self) -> str:
        tracks = [(who, track) for who in self._free() for track in self._microphones(who)]
        if not tracks:
            return ""
        who, track = self._random.choice(tracks)
        self._rooms.set_muted(STANDUP, who, track.sid, not track.muted)
        return f"{self._name(who)} {'muted' if track.muted else 'unmuted'} themselves."

    def _raise_hand(self) -> str:
        lowered = [who for who in self._free() if "handRaisedAt" not in self._rooms.person(STANDUP, who).attributes]
        if not lowered:
            return ""
        who = self._random.choice(lowered)
        try:
            self._rooms.raise_hand(STANDUP, who)
        except NotPermitted:
            return ""
        return f"{self._name(who)} raised a hand."

    def _depart(self) -> str:
        guests = [who for who in self._free() if self._name(who) in _NEWCOMERS]
        if not guests:
            return ""
        who = self._random.choice(guests)
        name = self._name(who)
        self._rooms.leave(STANDUP, who)
        self._newcomers.append(name)
        return f"{name} left."

    def _free(self) -> list[str]:
        return [who for who in self._rooms.rooms[STANDUP].people if who not in _STEADY]

    def _microphones(self, who: str) -> list[LiveTrack]:
        tracks = self._rooms.person(STANDUP, who).tracks.values()
        return [track for track in tracks if track.source == _MIC.name]

    def _name(self, who: str) -> str:
        return self._rooms.person(STANDUP, who).name


async def live(life: Life, clock: Clock, every_seconds: float = 8.0) -> None:
    """Something happens every few seconds, until cancelled."""
    while True:
        await clock.sleep(every_seconds)
        life.step()
