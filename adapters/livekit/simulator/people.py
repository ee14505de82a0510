"""A person in a simulated room: what their token says, what they publish, and what they have been told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.livekit.wire import Json, write_permission
from bot.model import Kind, Permissions


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that a person's app was told.

    `what` is permission_changed, metadata_changed, name_changed, attributes_changed, track_published, track_muted,
    track_unmuted, track_unpublished, joined, left, room_metadata_changed, data_received or disconnected. `about` is
    the identity that it concerns (for data: the topic), `detail` the source, the new text or the reason.
    """

    what: str
    about: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JoinGrant:
    """What the join token of a person says; it comes back into force whenever they join with it."""

    identity: str
    name: str = ""
    permission: Permissions = field(default_factory=Permissions)
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    kind: Kind = Kind.STANDARD


@dataclass(slots=True)
class LiveTrack:
    """A track as the server holds it; `type` and `source` are names on the wire."""

    sid: str
    type: str
    source: str
    name: str = ""
    muted: bool = False


@dataclass(slots=True)
class LivePerson:
    """One session. `permission` has the ten fields of the wire, an empty source list meaning all."""

    grant: JoinGrant
    sid: str
    joined_ms: int
    permission: Json = field(default_factory=dict)
    name: str = ""
    metadata: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    tracks: dict[str, LiveTrack] = field(default_factory=dict)
    published: bool = False
    version: int = 1

    @classmethod
    def arriving(cls, grant: JoinGrant, sid: str, joined_ms: int) -> LivePerson:
        return cls(
            grant,
            sid,
            joined_ms,
            permission=write_permission(grant.permission),
            name=grant.name,
            metadata=grant.metadata,
            attributes=dict(grant.attributes),
        )

    @property
    def identity(self) -> str:
        return self.grant.identity

    @property
    def counted(self) -> bool:
        """Whether `num_participants` counts them (livekit/livekit pkg/rtc/room.go, updateProto)."""
        return self.grant.kind is not Kind.AGENT and not self.permission["recorder"] and not self.permission["agent"]

    def may_publish(self, source: str) -> bool:
        """`can_publish` wins over the list (livekit/protocol auth/grants.go, GetCanPublishSource)."""
        allowed = self.permission["can_publish_sources"]
        return bool(self.permission["can_publish"]) and (not allowed or source in allowed)

    def merge_attributes(self, attributes: Mapping[str, str]) -> None:
        """Key by key; an empty value deletes."""
        for key, value in attributes.items():
            if value:
                self.attributes[key] = value
            else:
                self.attributes.pop(key, None)
