"""Undoing puts back exactly what was changed; differences survive the history."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions.permissions import SetPermissions
from bot.actions.profile import SetProfile
from bot.actions.restore import Restore, irreversible, observed, plan_undo
from bot.history import decode_difference
from bot.model import ALL_SOURCES, Participant, Permissions, Room, Source, Track, TrackType
from bot.state import SOURCES, Change, Difference, PersonState, RoomState, difference, with_field
from tests.core.strategies import (
    people,
    person_actions,
    person_states,
    set_permissions,
)

MICROPHONE = Track("TR_1", TrackType.AUDIO, Source.MICROPHONE)
BOB = Participant("bob", "PA_1", "Bob", tracks=(MICROPHONE,))
HERE = PersonState("here", BOB)
GONE = PersonState("here", None)
ROOM = RoomState("here", Room("here", "RM_1", "m"))
ENDED = RoomState("here", None)


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
        (Change("attributes.a", "", "x"), "an empty value"),
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
