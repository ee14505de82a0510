"""What LiveKit knows of rooms, people and tracks, in LiveKit's own words.

Source of the facts: livekit/protocol `protobufs/livekit_models.proto`. The one deviation from the wire: an empty
`can_publish_sources` means "all" there and is the full set here, so that set arithmetic is safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.words import display


class Source(StrEnum):
    """`livekit.TrackSource`, spelled as in join tokens (the RPCs use the upper-case names)."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SCREEN_SHARE = "screen_share"
    SCREEN_SHARE_AUDIO = "screen_share_audio"
    UNKNOWN = "unknown"


ALL_SOURCES = frozenset(source for source in Source if source is not Source.UNKNOWN)


class TrackType(StrEnum):
    AUDIO = "audio"
    VIDEO = "video"
    DATA = "data"


class Kind(StrEnum):
    """`livekit.ParticipantInfo.Kind`. `OTHER` is a kind newer than this list."""

    STANDARD = "standard"
    INGRESS = "ingress"
    EGRESS = "egress"
    SIP = "sip"
    AGENT = "agent"
    CONNECTOR = "connector"
    BRIDGE = "bridge"
    OTHER = "other"


class ParticipantState(StrEnum):
    JOINING = "joining"
    JOINED = "joined"
    ACTIVE = "active"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class Track:
    """A published track. `sid` is LiveKit's (`TR_...`)."""

    sid: str
    type: TrackType
    source: Source
    name: str = ""
    muted: bool = False
    mime_type: str = ""
    width: int = 0
    height: int = 0

    @property
    def audible(self) -> bool:
        """Whether listeners could hear it: every audio track, whatever source its publisher named."""
        return self.type is TrackType.AUDIO

    @property
    def open(self) -> bool:
        return not self.muted


@dataclass(frozen=True, slots=True)
class Permissions:
    """`livekit.ParticipantPermission`; LiveKit replaces the whole of it on each update."""

    can_subscribe: bool = True
    can_publish: bool = True
    can_publish_data: bool = True
    can_publish_sources: frozenset[Source] = ALL_SOURCES
    can_update_metadata: bool = False
    hidden: bool = False
    recorder: bool = False
    agent: bool = False
    can_subscribe_metrics: bool = False
    can_manage_agent_session: bool = False

    @property
    def effective_sources(self) -> frozenset[Source]:
        """The sources that may be published now: none of them unless `can_publish`."""
        return self.can_publish_sources if self.can_publish else frozenset()

    def allows(self, track: Track) -> bool:
        """Whether the server lets this track stand.

        A track of unknown source is allowed only while no source is withheld
        (livekit/protocol auth/grants.go, `GetCanPublishSource`).
        """
        if track.type is TrackType.DATA:
            return self.can_publish_data
        if track.source is Source.UNKNOWN:
            return self.effective_sources >= ALL_SOURCES
        return track.source in self.effective_sources


@dataclass(frozen=True, slots=True)
class Participant:
    """One session of one person in one room: identity is the person, sid (`PA_...`) the session."""

    identity: str
    sid: str
    name: str = ""
    state: ParticipantState = ParticipantState.ACTIVE
    kind: Kind = Kind.STANDARD
    kind_details: tuple[str, ...] = ()
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    permission: Permissions = Permissions()
    tracks: tuple[Track, ...] = ()
    joined_at: datetime | None = None
    is_publisher: bool = False
    version: int = 0
    region: str = ""

    @property
    def display(self) -> str:
        """The name, or the identity of someone who has none that can be seen."""
        return display(self.name, self.identity)

    @property
    def open_audio(self) -> tuple[Track, ...]:
        return tuple(track for track in self.tracks if track.audible and track.open)


@dataclass(frozen=True, slots=True)
class Room:
    """`livekit.Room` without what must not be shown (`turn_password`).

    `num_participants` lags and leaves out agents and recorders: exact counts come from the participants.
    """

    name: str
    sid: str = ""
    metadata: str = ""
    created_at: datetime | None = None
    num_participants: int = 0
    num_publishers: int = 0
    active_recording: bool = False
    max_participants: int = 0
