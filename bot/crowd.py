"""A room full of people, as a moderator wants to see it: who could be heard first, then raised hands, then speakers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from bot.called import with_identity
from bot.model import Kind, Participant, Source, Track, TrackType
from bot.policy import Policy
from bot.reply import Spans
from bot.state import PersonState
from bot.words import fold

SOURCES = (Source.MICROPHONE, Source.CAMERA, Source.SCREEN_SHARE, Source.SCREEN_SHARE_AUDIO)
_ORDER = (*SOURCES, Source.UNKNOWN)


def hand_raised(person: Participant, policy: Policy) -> bool:
    """Whether one of the attributes that applications use for it says so."""
    values = (person.attributes.get(key, "") for key in policy.hand_attributes)
    return any(value and fold(value) not in ("false", "0", "no", "off") for value in values)


def on_stage(person: Participant) -> bool:
    return bool(person.permission.effective_sources)


def locked_sources(person: Participant) -> tuple[Source, ...]:
    """The sources that someone on stage may not publish."""
    if not on_stage(person):
        return ()
    return tuple(source for source in SOURCES if source not in person.permission.effective_sources)


GROUPS = ("Open microphones", "Hands raised", "On stage", "Audience")


def group_of(person: Participant, policy: Policy) -> int:
    """Which of the groups somebody belongs to: the first that fits."""
    return 0 if person.open_audio else 1 if hand_raised(person, policy) else 2 if on_stage(person) else 3


def ordered(people: Iterable[Participant], policy: Policy) -> list[Participant]:
    """Open microphones, then hands, then speakers, then the rest; by name within each. LiveKit's order is random."""

    def rank(person: Participant) -> tuple[int, str, str]:
        return (group_of(person, policy), fold(person.display), person.identity)

    return sorted(people, key=rank)


def called(person: Participant, folded: str) -> bool:
    """Whether these folded words are a part of the name or the identity."""
    return folded in fold(person.name) or folded in fold(person.identity)


def _shows(source: Source, type_: TrackType) -> Callable[[Participant, Policy], bool]:
    def test(person: Participant, _: Policy) -> bool:
        return any(t.source is source or (t.source is Source.UNKNOWN and t.type is type_) for t in person.tracks)

    return test


def _of_kind(kind: Kind) -> Callable[[Participant, Policy], bool]:
    return lambda person, _: person.kind is kind


_TESTS: dict[str, Callable[[Participant, Policy], bool]] = {
    "open": lambda p, _: bool(p.open_audio),
    "unmuted": lambda p, _: bool(p.open_audio),
    "muted": lambda p, _: any(t.audible for t in p.tracks) and not p.open_audio,
    "mic": _shows(Source.MICROPHONE, TrackType.AUDIO),
    "microphone": _shows(Source.MICROPHONE, TrackType.AUDIO),
    "camera": _shows(Source.CAMERA, TrackType.VIDEO),
    "screen": lambda p, _: any(t.source in (Source.SCREEN_SHARE, Source.SCREEN_SHARE_AUDIO) for t in p.tracks),
    "stage": lambda p, _: on_stage(p),
    "speakers": lambda p, _: on_stage(p),
    "audience": lambda p, _: not on_stage(p),
    "listeners": lambda p, _: not on_stage(p),
    "hand": hand_raised,
    "hands": hand_raised,
    "locked": lambda p, _: bool(locked_sources(p)),
    "hidden": lambda p, _: p.permission.hidden,
    **{kind.value: _of_kind(kind) for kind in Kind},
}
FILTERS = frozenset(_TESTS)


def matching(people: Sequence[Participant], words: str, policy: Policy) -> list[Participant]:
    """Those who fit: a known word (`open`, `muted`, `stage`, `hands`, ...) or a part of name or identity."""
    wanted = fold(words)
    if not wanted:
        return list(people)
    if (test := _TESTS.get(wanted)) is not None:
        return [person for person in people if test(person, policy)]
    return [person for person in people if called(person, wanted)]


def ago(since: datetime | None, now: datetime) -> str:
    """`3 min`, `2 h 5 min`, `4 d`; "" when it is not known."""
    if since is None:
        return ""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{minutes // 1440} d"


def joined(person: Participant, now: datetime) -> str:
    """`joined 3 min ago`."""
    since = ago(person.joined_at, now)
    return "" if not since else "joined just now" if since == "just now" else f"joined {since} ago"


def track_word(track: Track) -> str:
    """What moderators call the track."""
    words = {
        Source.MICROPHONE: "microphone", Source.CAMERA: "camera", Source.SCREEN_SHARE: "screen",
        Source.SCREEN_SHARE_AUDIO: "screen sound",
    }  # fmt: skip
    return words.get(track.source) or ("audio of unknown source" if track.audible else f"{track.type.value} track")


def in_order(tracks: Iterable[Track]) -> list[Track]:
    """Microphones first; LiveKit lists tracks in another order at each call."""
    return sorted(tracks, key=lambda track: (_ORDER.index(track.source), track.sid))


def devices(person: Participant) -> str:
    """`microphone open, camera muted`; "nothing published" for a silent one."""
    return (
        ", ".join(f"{track_word(t)} {'open' if t.open else 'muted'}" for t in in_order(person.tracks))
        or "nothing published"
    )


def who(person: Participant) -> Spans:
    """Name and, behind it, the end of the identity where it says more."""
    return with_identity(person.name, person.identity)


def source_word(source: Source) -> str:
    return (
        source.value.replace("_", " ").replace("screen share audio", "screen sound").replace("screen share", "screen")
    )


def sources_text(sources: Iterable[Source]) -> str:
    """`microphone, camera, screen`."""
    order = list(Source)
    return ", ".join(source_word(s) for s in sorted(sources, key=order.index)) or "nothing"


def tracks_text(tracks: Iterable[Track]) -> str:
    """Each track named: `microphone TR_..., camera TR_...`."""
    return ", ".join(f"{track_word(track)} {track.sid}" for track in in_order(tracks))


def unpublished(before: PersonState, after: PersonState | None) -> str:
    """The tracks that are gone after a change."""
    if before.participant is None or after is None or after.participant is None:
        return ""
    left = {track.sid for track in after.participant.tracks}
    return tracks_text(track for track in before.participant.tracks if track.sid not in left)
