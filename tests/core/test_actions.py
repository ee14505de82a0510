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
from bot.actions.restore import Restore, irreversible, observed, plan_undo
from bot.actions.room import Close, SetRoomMetadata
from bot.history import decode_difference
from bot.model import ALL_SOURCES, Participant, Permissions, Room, Source, Track, TrackType
from bot.state import SOURCES, Change, Difference, PersonState, RoomState, difference, with_field
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


def test_an_empty_attribute_deletes_the_key() -> None:
    state = PersonState("here", replace(BOB, attributes={"a": "1", "b": "2"}))
    after = SetProfile(attributes={"a": "", "c": "3"}).amend(state).participant
    assert after is not None
    assert after.attributes == {"b": "2", "c": "3"}


@given(person_states, person_actions)
def test_a_difference_survives_the_history(state: PersonState, action: Any) -> None:
    changes = difference(state, action.amend(state))
    assert Difference.decode(decode_difference(changes.encode())) == changes


@given(person_states, person_actions)
def test_what_a_difference_was_to_bring_about_is_observed_in_its_result(state: PersonState, action: Any) -> None:
    after = action.amend(state)
    assert observed(difference(state, after), after)


@given(people(), set_permissions | st.builds(SetProfile, name=st.just("n"), attributes=st.just({"a": "x", "b": ""})))
def test_undoing_puts_back_every_field_that_can_be_put_back(person: Participant, action: Any) -> None:
    before = PersonState("here", person)
    after = action.amend(before)
    changes = difference(before, after)
    undone = Restore(changes).amend(after)
    for change in difference(before, undone).changes:
        assert irreversible(change) or irreversible(changes.get(change.field) or change)
    plan = plan_undo(changes, after)
    assert not plan.moved_on
    assert {c.field for c in (*plan.restorable, *plan.irreversible)} == {c.field for c in changes.changes}


@given(people(), people(), set_permissions)
def test_undoing_touches_no_field_that_somebody_changed_since(
    person: Participant, later: Participant, action: SetPermissions
) -> None:
    before = PersonState("here", person)
    changes = difference(before, action.amend(before))
    now = PersonState("here", replace(later, sid=person.sid, tracks=()))
    undone = Restore(changes).amend(now)
    for change in difference(now, undone).changes:
        recorded = changes.get(change.field)
        assert recorded is not None
        if change.field == SOURCES:  # of a list, what we gave and took is ours, the rest is theirs
            ours = set(recorded.before) ^ set(recorded.after)
            assert set(change.before) ^ set(change.after) <= ours
            continue
        assert (change.before, change.after) == (recorded.after, recorded.before)


@given(people(), set_permissions)
def test_undoing_is_idempotent_and_its_own_plan_is_then_empty(person: Participant, action: SetPermissions) -> None:
    before = PersonState("here", person)
    changes = difference(before, action.amend(before))
    restore = Restore(changes)
    undone = restore.amend(action.amend(before))
    assert restore.amend(undone) == undone
    assert not plan_undo(changes, undone).restorable
    assert restore.holds(undone)


def test_over_puts_back_what_somebody_changed_since() -> None:
    changes = Difference((Change("attributes.a", "1", "2"),))
    now = PersonState("here", replace(BOB, attributes={"a": "3"}))
    assert Restore(changes).amend(now) == now
    over = Restore(changes, over=True).amend(now).participant
    assert over is not None
    assert over.attributes == {"a": "1"}


def test_nothing_is_put_back_on_somebody_who_is_gone() -> None:
    restore = Restore(Difference((Change("name", "a", "b"),)))
    assert not restore.bears_on(GONE)
    assert not restore.holds(GONE)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Change("track.TR_1.muted", False, True), "a mute has no undo"),
        (Change("track.TR_1.muted", True, False), ""),
        (Change("track.TR_1", "microphone", None), "publishes again"),
        (Change("track.TR_1.muted", True, None), "publishes again"),
        (Change("session", "PA_1", None), "join again"),
        (Change("open", True, False), "closed room"),
        (Change("metadata", "", "x"), "cannot clear a metadata"),
        (Change("name", "", "x"), "cannot clear a name"),
        (Change("name", "x", "y"), ""),
        (Change("room.metadata", "", "x"), ""),
        (Change("attributes.a", None, "x"), ""),
        (Change(SOURCES, ["camera"], ["microphone"]), ""),
        (Change("room", "a", "b"), ""),
    ],
)
def test_what_livekit_cannot_put_back_stands_in_one_table(change: Change, why: str) -> None:
    assert why in irreversible(change)
    assert bool(why) == bool(irreversible(change))


@pytest.mark.parametrize(("name", "value"), [("session", "x"), ("track.TR_1", "x"), ("nonsense", 1)])
def test_a_field_that_cannot_be_written_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        with_field(HERE, name, value)


def test_neither_is_a_field_of_what_is_not_there() -> None:
    for state in (GONE, ENDED, ROOM):
        with pytest.raises(ValueError, match="cannot be written"):
            with_field(state, "name", "x")  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "n"), ("metadata", "m"), ("attributes.a", "1"), ("permission.hidden", True), ("room", "there"),
        (SOURCES, ["camera", "microphone"]), ("track.TR_1.muted", True),
    ],
)  # fmt: skip
def test_a_written_field_reads_back(name: str, value: Any) -> None:
    assert with_field(HERE, name, value).fields()[name] == value
    assert [change.field for change in difference(HERE, with_field(HERE, name, value)).changes] == [name]


def test_where_the_session_or_the_room_is_another_that_alone_is_the_difference() -> None:
    other = PersonState("there", replace(BOB, sid="PA_2", name="x"))
    assert [change.field for change in difference(HERE, other).changes] == ["session"]
    assert [change.field for change in difference(ROOM, ENDED).changes] == ["open"]


def test_a_full_source_list_is_all_four() -> None:
    assert Permissions().can_publish_sources == ALL_SOURCES
    assert HERE.fields()[SOURCES] == sorted(ALL_SOURCES)
