"""Each action is one pure, idempotent statement; undoing puts back exactly what it changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions.mute import SetMuted
from bot.actions.permissions import SetPermissions
from bot.actions.presence import Move, Remove
from bot.actions.profile import SetProfile
from bot.actions.room import Close, SetRoomMetadata
from bot.model import ALL_SOURCES, Participant, Permissions, Room, Source, Track, TrackType
from bot.state import PersonState, RoomState, difference
from tests.core.strategies import (
    people,
    permissions,
    person_actions,
    person_states,
    room_actions,
    room_states,
    set_permissions,
    source_sets,
)

MICROPHONE = Track("TR_1", TrackType.AUDIO, Source.MICROPHONE)
BOB = Participant("bob", "PA_1", "Bob", tracks=(MICROPHONE,))
HERE = PersonState("here", BOB)
GONE = PersonState("here", None)
ROOM = RoomState("here", Room("here", "RM_1", "m"))
ENDED = RoomState("here", None)


@given(person_states, person_actions)
def test_an_action_on_a_person_is_idempotent(state: PersonState, action: Any) -> None:
    once = action.amend(state)
    assert action.amend(once) == once
    assert not difference(once, action.amend(once))


@given(room_states, room_actions)
def test_an_action_on_a_room_is_idempotent(state: RoomState, action: Any) -> None:
    once = action.amend(state)
    assert action.amend(once) == once


@given(person_states, person_actions)
def test_it_holds_exactly_when_there_is_nothing_to_change(state: PersonState, action: Any) -> None:
    if action.holds(state):
        assert not difference(state, action.amend(state))
    elif state.participant is not None:
        assert difference(state, action.amend(state))
    assert action.holds(action.amend(state)) or state.participant is None


@given(people(), set_permissions)
def test_the_source_list_is_never_empty_since_that_means_all_four(person: Participant, action: SetPermissions) -> None:
    assert action.permission(person.permission).can_publish_sources


@given(permissions, source_sets, source_sets)
def test_giving_and_taking_sources_leaves_exactly_those_and_every_other_permission(
    now: Permissions, give: frozenset[Source], take: frozenset[Source]
) -> None:
    after = SetPermissions(give=give, take=take).permission(now)
    if give or take:
        assert after.effective_sources == (now.effective_sources | give) - take
    kept = replace(after, can_publish=now.can_publish, can_publish_sources=now.can_publish_sources)
    assert kept == now


@given(permissions, st.dictionaries(st.sampled_from(["can_publish", "hidden", "can_publish_data"]), st.booleans()))
def test_flags_change_what_they_name_alone(now: Permissions, flags: dict[str, bool]) -> None:
    after = SetPermissions(flags=flags).permission(now)
    assert after == replace(now, **flags)  # type: ignore[arg-type]


def test_taking_the_last_source_is_can_publish_false_with_the_list_as_it_was() -> None:
    now = Permissions(can_publish_sources=frozenset({Source.MICROPHONE}))
    after = SetPermissions(take=frozenset({Source.MICROPHONE})).permission(now)
    assert after == replace(now, can_publish=False)


def test_taking_a_source_from_the_audience_takes_it_out_of_the_list_for_when_they_may_publish() -> None:
    after = SetPermissions(take=frozenset({Source.MICROPHONE})).permission(Permissions(can_publish=False))
    assert not after.can_publish
    assert after.can_publish_sources == ALL_SOURCES - {Source.MICROPHONE}


def test_giving_a_source_to_the_audience_gives_that_alone() -> None:
    after = SetPermissions(give=frozenset({Source.CAMERA})).permission(Permissions(can_publish=False))
    assert after.effective_sources == {Source.CAMERA}


def test_an_empty_source_list_cannot_even_be_stated() -> None:
    with pytest.raises(ValueError, match="all four"):
        SetPermissions(sources=frozenset())


def test_a_source_list_is_either_replaced_or_changed() -> None:
    with pytest.raises(ValueError, match="not both"):
        SetPermissions(sources=frozenset({Source.CAMERA}), take=frozenset({Source.CAMERA}))


def test_the_tracks_that_the_permission_no_longer_allows_go_with_it() -> None:
    camera = Track("TR_2", TrackType.VIDEO, Source.CAMERA)
    unknown = Track("TR_3", TrackType.AUDIO, Source.UNKNOWN)
    state = PersonState("here", replace(BOB, tracks=(MICROPHONE, camera, unknown)))
    after = SetPermissions(take=frozenset({Source.MICROPHONE})).amend(state)
    assert after.participant is not None
    assert after.participant.tracks == (camera,), "one of unknown source stands only while nothing is withheld"


def test_data_tracks_follow_can_publish_data() -> None:
    data = Track("TR_4", TrackType.DATA, Source.UNKNOWN)
    assert Permissions().allows(data)
    assert not Permissions(can_publish_data=False).allows(data)
    assert Permissions(can_publish=False).allows(data)


@pytest.mark.parametrize("action", [SetMuted(True), SetPermissions(), SetProfile(), Move("there")])
def test_a_statement_about_somebody_who_is_not_there_bears_on_nothing_and_holds_not(action: Any) -> None:
    assert not action.bears_on(GONE)
    assert not action.holds(GONE)


def test_a_mute_without_a_track_bears_on_nothing() -> None:
    assert not SetMuted(True, frozenset({Source.CAMERA})).bears_on(HERE)
    assert SetMuted(True).bears_on(HERE)


def test_tracks_without_a_source_are_matched_by_their_type() -> None:
    audio, video = (Track("TR_5", kind, Source.UNKNOWN) for kind in (TrackType.AUDIO, TrackType.VIDEO))
    state = PersonState("here", replace(BOB, tracks=(audio, video)))
    after = SetMuted(True, frozenset({Source.CAMERA})).amend(state).participant
    assert after is not None
    assert [track.muted for track in after.tracks] == [False, True]


def test_a_removal_is_of_that_session_alone() -> None:
    assert Remove("PA_1").holds(GONE)
    assert Remove("PA_0").holds(HERE)
    assert Remove("PA_0").amend(HERE) == HERE
    assert Remove("PA_1").amend(HERE) == GONE
    assert Remove("PA_1").bears_on(GONE)


def test_closing_is_of_that_life_of_the_room_alone() -> None:
    assert Close("RM_0").amend(ROOM) == ROOM
    assert Close("RM_1").amend(ROOM) == ENDED
    assert Close("RM_1").holds(ENDED)
    assert Close("RM_1").bears_on(ENDED)


def test_a_room_that_ended_has_no_metadata_to_set() -> None:
    action = SetRoomMetadata("x")
    assert action.amend(ENDED) == ENDED
    assert not action.holds(ENDED)
    assert not action.bears_on(ENDED)
    assert action.holds(action.amend(ROOM))


@pytest.mark.parametrize("given", [{"metadata": ""}, {"name": ""}])
def test_what_livekit_cannot_clear_cannot_be_stated(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="cannot clear"):
        SetProfile(**given)  # type: ignore[arg-type]


def test_other_attributes_stay_as_they_are_also_with_an_empty_value() -> None:
    state = PersonState("here", replace(BOB, attributes={"raised": "", "b": "2"}))
    for action in (SetProfile(name="n"), SetProfile(metadata="m"), SetProfile(attributes={"b": "3"})):
        after = action.amend(state).participant
        assert after is not None
        assert after.attributes["raised"] == ""


def test_an_empty_attribute_deletes_the_key() -> None:
    state = PersonState("here", replace(BOB, attributes={"a": "1", "b": "2"}))
    after = SetProfile(attributes={"a": "", "c": "3"}).amend(state).participant
    assert after is not None
    assert after.attributes == {"b": "2", "c": "3"}
