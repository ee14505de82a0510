"""Hypothesis strategies for what LiveKit may know of somebody."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from bot.actions.mute import SetMuted
from bot.actions.permissions import SetPermissions
from bot.actions.presence import Move, Remove
from bot.actions.profile import SetProfile
from bot.actions.room import Close, SetRoomMetadata
from bot.model import ALL_SOURCES, Participant, Permissions, Room, Source, Track, TrackType
from bot.state import BOOLEAN_PERMISSIONS, PersonState, RoomState

words = st.text(max_size=8)
some_words = st.text(min_size=1, max_size=8)
keys = st.sampled_from(["a", "b", "vip", "sip.phoneNumber"])
source_sets = st.frozensets(st.sampled_from(sorted(ALL_SOURCES)))
some_sources = st.frozensets(st.sampled_from(sorted(ALL_SOURCES)), min_size=1)

permissions = st.builds(
    Permissions, can_publish_sources=some_sources, **{name: st.booleans() for name in BOOLEAN_PERMISSIONS}
)
tracks = st.lists(
    st.builds(
        Track,
        sid=st.sampled_from([f"TR_{n}" for n in range(6)]),
        type=st.sampled_from(TrackType),
        source=st.sampled_from(Source),
        muted=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda track: track.sid,
).map(tuple)


@st.composite
def people(draw: st.DrawFn) -> Participant:
    """Somebody as the server shows them: only tracks that the permission lets stand."""
    permission = draw(permissions)
    return Participant(
        identity="bob",
        sid=draw(st.sampled_from(["PA_1", "PA_2"])),
        name=draw(words),
        metadata=draw(words),
        attributes=draw(st.dictionaries(keys, some_words | st.just(""), max_size=3)),
        permission=permission,
        tracks=tuple(track for track in draw(tracks) if permission.allows(track)),
    )


person_states = st.builds(PersonState, room=st.sampled_from(["here", "there"]), participant=st.none() | people())
room_states = st.builds(
    RoomState,
    name=st.just("here"),
    room=st.none() | st.builds(Room, name=st.just("here"), sid=st.sampled_from(["RM_1", "RM_2"]), metadata=words),
)

flags = st.dictionaries(st.sampled_from(BOOLEAN_PERMISSIONS), st.booleans(), max_size=3)
set_permissions = st.one_of(
    st.builds(SetPermissions, flags=flags, give=source_sets, take=source_sets),
    st.builds(SetPermissions, flags=flags, sources=some_sources),
)
person_actions: st.SearchStrategy[Any] = st.one_of(
    set_permissions,
    st.builds(SetMuted, muted=st.booleans(), sources=st.none() | some_sources),
    st.builds(
        SetProfile,
        metadata=st.none() | some_words,
        name=st.none() | some_words,
        attributes=st.dictionaries(keys, words, max_size=3),
    ),
    st.builds(Remove, sid=st.sampled_from(["PA_1", "PA_2"])),
    st.builds(Move, destination=st.sampled_from(["here", "there"])),
)
room_actions: st.SearchStrategy[Any] = st.one_of(
    st.builds(SetRoomMetadata, metadata=words), st.builds(Close, sid=st.sampled_from(["RM_1", "RM_2"]))
)
