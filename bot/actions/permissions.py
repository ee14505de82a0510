"""What someone may do: promote, demote, lock and /permissions are commands over this one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.model import Participant, Permissions, Source
from bot.state import PersonState


@dataclass(frozen=True, slots=True)
class SetPermissions:
    """These flags stand, these sources are given, these are taken; everything else is kept.

    Taking the last source is `can_publish=False` with the source list left as it was, because LiveKit reads an empty
    list as "all four". Of someone who may not publish, a source is taken out of the list that counts once they may;
    giving them one gives that source alone. `sources` replaces the list itself and leaves `can_publish` as it is.
    """

    flags: Mapping[str, bool] = field(default_factory=dict)
    give: frozenset[Source] = frozenset()
    take: frozenset[Source] = frozenset()
    sources: frozenset[Source] | None = None

    def __post_init__(self) -> None:
        if self.sources is not None and not self.sources:
            raise ValueError("an empty source list means all four in LiveKit")
        if self.sources is not None and (self.give or self.take):
            raise ValueError("a source list is replaced, or sources are given and taken: not both")

    def amend(self, state: PersonState) -> PersonState:
        person = state.participant
        if person is None:
            return state
        return replace(state, participant=with_permission(person, self.permission(person.permission)))

    def permission(self, now: Permissions) -> Permissions:
        if self.flags:
            now = replace(now, **dict[str, Any](self.flags))
        if self.sources is not None:
            now = replace(now, can_publish_sources=self.sources)
        if not (self.give or self.take):
            return now
        left = (now.effective_sources | self.give) - self.take
        if left:
            return replace(now, can_publish=True, can_publish_sources=left)
        if now.can_publish:
            return replace(now, can_publish=False)
        return replace(now, can_publish_sources=(now.can_publish_sources - self.take) or now.can_publish_sources)

    def bears_on(self, state: PersonState) -> bool:
        return state.participant is not None

    def holds(self, state: PersonState) -> bool:
        return state.participant is not None and self.amend(state) == state


def with_permission(person: Participant, permission: Permissions) -> Participant:
    """The person under another permission: the server itself removes the tracks that are no longer allowed."""
    if permission == person.permission:
        return person
    tracks = tuple(track for track in person.tracks if permission.allows(track))
    return replace(person, permission=permission, tracks=tracks)
