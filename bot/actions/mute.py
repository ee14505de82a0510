"""Whether a track is muted. Not a lock: people can unmute themselves at any time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.model import Participant, Source, Track, TrackType
from bot.state import PersonState

AUDIBLE: frozenset[Source] | None = None
SCREEN = frozenset({Source.SCREEN_SHARE, Source.SCREEN_SHARE_AUDIO})


@dataclass(frozen=True, slots=True)
class SetMuted:
    """The tracks of these sources are muted, or are not. `sources` None means everything that can be heard."""

    muted: bool
    sources: frozenset[Source] | None = AUDIBLE

    def amend(self, state: PersonState) -> PersonState:
        person = state.participant
        if person is None:
            return state
        tracks = tuple(replace(t, muted=self.muted) if matches(t, self.sources) else t for t in person.tracks)
        return replace(state, participant=replace(person, tracks=tracks))

    def bears_on(self, state: PersonState) -> bool:
        """Whether there is any such track: nothing to mute is not "already muted"."""
        return state.participant is not None and bool(matching(state.participant, self.sources))

    def holds(self, state: PersonState) -> bool:
        return state.participant is not None and self.amend(state) == state


def matching(person: Participant, sources: frozenset[Source] | None) -> tuple[Track, ...]:
    return tuple(track for track in person.tracks if matches(track, sources))


def matches(track: Track, sources: frozenset[Source] | None) -> bool:
    """Whether a track is of these sources; SDKs that name no source are matched by type (audio: microphone)."""
    if sources is None:
        return track.audible
    if track.source is Source.UNKNOWN:
        guess = {TrackType.AUDIO: Source.MICROPHONE, TrackType.VIDEO: Source.CAMERA}.get(track.type)
        return guess in sources
    return track.source in sources
