"""Orders over the base of a session: the newest word counts, ended ones leave no trace, others' work is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions.ordered import Ordered
from bot.fold import Session, bearing, fold, session_of, under
from bot.model import ALL_SOURCES, Participant, Permissions, Source, Track, TrackType
from bot.orders import Amendment, Door, Order
from bot.state import MUTED, SOURCES, TRACK, Change, PersonState, difference
from tests.core.order_strategies import GIVEN, ROOM, bob, door, numbered, order, present
from tests.core.strategies import people, permissions

MICROPHONE, CAMERA, SCREEN = Source.MICROPHONE, Source.CAMERA, Source.SCREEN_SHARE
LOCK = Amendment(take=frozenset({MICROPHONE}))
LOCK_ALL = Amendment(take=ALL_SOURCES)
DEMOTE, PROMOTE = Amendment({"can_publish": False}), Amendment({"can_publish": True})
SPEAK = Amendment(give=frozenset({MICROPHONE}))
FULL, AUDIENCE, SILENT = Permissions(), Permissions(can_publish=False), Permissions(can_publish_data=False)
QUIET = Amendment({"can_publish_data": False})
LATER = GIVEN + timedelta(minutes=1)
lists = st.lists(present, max_size=4)


def listing(*sources: Source, on_stage: bool = True) -> Permissions:
    return Permissions(can_publish=on_stage, can_publish_sources=frozenset(sources))


def here(permission: Permissions, sid: str = "PA_1", room: str = ROOM) -> PersonState:
    return PersonState(room, bob(permission, sid))


def first(state: PersonState) -> Session:
    return session_of((), state, (), GIVEN)


def of(state: PersonState) -> Permissions:
    assert state.participant is not None
    return state.participant.permission


# --- what orders make of a base ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "oldest_first", "expected"),
    [
        (FULL, [], FULL),
        (FULL, [LOCK], listing(*ALL_SOURCES - {MICROPHONE})),
        (listing(MICROPHONE), [LOCK], listing(MICROPHONE, on_stage=False)),
        (listing(MICROPHONE), [LOCK, PROMOTE], listing(MICROPHONE, on_stage=False)),
        (FULL, [LOCK_ALL], replace(FULL, can_publish=False)),
        (FULL, [LOCK_ALL, SPEAK], listing(MICROPHONE)),
        (FULL, [SPEAK, LOCK], listing(*ALL_SOURCES - {MICROPHONE})),
        (FULL, [LOCK, SPEAK], FULL),
        (AUDIENCE, [SPEAK], listing(MICROPHONE)),
        (AUDIENCE, [SPEAK, LOCK], listing(*ALL_SOURCES - {MICROPHONE}, on_stage=False)),
        (AUDIENCE, [LOCK, PROMOTE], listing(*ALL_SOURCES - {MICROPHONE})),
        (FULL, [DEMOTE, Amendment(give=frozenset({CAMERA}))], listing(CAMERA)),
        (FULL, [PROMOTE, DEMOTE], AUDIENCE),
        (AUDIENCE, [DEMOTE, PROMOTE], FULL),
        (FULL, [LOCK, Amendment(take=frozenset({CAMERA}))], listing(*ALL_SOURCES - {MICROPHONE, CAMERA})),
    ],
)
def test_what_orders_make_of_a_base(base: Permissions, oldest_first: list[Amendment], expected: Permissions) -> None:
    assert under(base, numbered(oldest_first)) == expected


@given(permissions, lists)
def test_the_newest_word_on_each_field_counts(base: Permissions, whats: list[Amendment]) -> None:
    after = under(base, numbered(whats))
    for name in ("can_publish_data", "can_subscribe", "can_update_metadata"):
        words = [what.flags[name] for what in whats if name in what.flags]
        assert getattr(after, name) is (words[-1] if words else getattr(base, name))
    for source in ALL_SOURCES:
        words = [source in what.give for what in whats if source in what.give | what.take]
        if words and not words[-1]:
            assert source not in after.effective_sources
    stage = [what.flags.get("can_publish", True) for what in whats if "can_publish" in what.flags or what.give]
    if stage and not stage[-1]:
        assert not after.can_publish


@given(permissions, present)
def test_what_the_newest_order_gives_can_be_used(base: Permissions, what: Amendment) -> None:
    what = replace(what, flags={})
    assert under(base, numbered([DEMOTE, LOCK_ALL, what])).effective_sources == what.give


@given(permissions, st.permutations([LOCK, Amendment(take=frozenset({CAMERA})), QUIET]))
def test_orders_on_different_fields_make_the_same_in_whatever_order_they_were_given(
    base: Permissions, whats: list[Amendment]
) -> None:
    assert under(base, numbered(whats)) == under(base, numbered(sorted(whats, key=repr)))


@given(permissions, lists)
def test_what_an_order_says_twice_is_said_once(base: Permissions, whats: list[Amendment]) -> None:
    assert under(base, numbered([*whats, *whats[-1:]])) == under(base, numbered(whats))


@given(permissions, lists)
def test_no_order_ever_leaves_an_empty_list_of_sources(base: Permissions, whats: list[Amendment]) -> None:
    assert under(base, numbered(whats)).can_publish_sources


# --- which orders bear on somebody ------------------------------------------------------------------------------------


def test_only_orders_in_force_on_this_person_in_this_room_bear_on_them_oldest_first() -> None:
    lock = order(what=LOCK, id=3)
    older = order(what=DEMOTE, id=2)
    others = [
        order(what=LOCK, id=4, ends=LATER),
        order(what=LOCK, id=5, ended=GIVEN),
        order(what=LOCK, id=6, rooms=("backstage",)),
        replace(order(what=LOCK, id=7), who=replace(lock.who, identity="ann")),  # type: ignore[type-var]
    ]
    assert bearing([lock, *others, older], ROOM, bob(), LATER) == (older, lock)


def test_of_the_doors_that_somebody_came_through_the_newest_counts() -> None:
    shut, listen, opened = (door(which, id=n) for n, which in enumerate((Door.SHUT, Door.LISTEN_ONLY, Door.OPEN), 1))
    late = door(Door.SHUT, id=4, at=LATER)
    newcomer = bob(joined_at=GIVEN + timedelta(seconds=1))
    assert bearing([shut, listen], ROOM, newcomer, GIVEN) == (listen,)
    assert bearing([opened, shut, listen, late], ROOM, newcomer, GIVEN) == (opened,)
    assert bearing([shut, listen, late], ROOM, bob(), GIVEN) == ()


# --- the base of a session --------------------------------------------------------------------------------------------


def test_what_was_there_at_first_is_the_base_and_what_a_token_says_is_so_too() -> None:
    state = here(FULL)
    session = session_of((), state, [order(what=LOCK)], LATER)
    assert (session.base, session.ours, session.version) == (FULL, (FULL,), 0)
    assert of(fold(session, state, [order(what=LOCK)], LATER).wanted) == listing(*ALL_SOURCES - {MICROPHONE})


def test_a_session_that_is_known_keeps_its_base_also_where_it_was_moved_to_another_room() -> None:
    known = replace(first(here(FULL)), version=4)
    moved = here(AUDIENCE, room="backstage")
    assert session_of([known], moved, [], LATER) == replace(known, room="backstage")


def test_who_comes_back_with_what_the_orders_left_them_goes_on() -> None:
    lock = order(what=LOCK)
    before = fold(first(here(FULL)), here(FULL), [lock], LATER).session.settled
    back = here(before.ours[-1], "PA_2")
    session = session_of([replace(before, version=4, past=frozenset({9}))], back, [lock], LATER)
    assert session == replace(before, sid="PA_2", version=0)
    assert of(fold(session, back, [], LATER).wanted) == FULL


def test_a_gift_that_somebody_came_back_with_can_be_taken_back_like_any_other() -> None:
    speak = order(what=SPEAK)
    before = fold(first(here(AUDIENCE)), here(AUDIENCE), [speak], LATER).session.settled
    back = session_of([before], here(listing(MICROPHONE), "PA_2"), [speak], LATER)
    assert not fold(back, here(listing(MICROPHONE), "PA_2"), [speak], LATER).overruled
    assert fold(back, here(AUDIENCE, "PA_2"), [speak], LATER).overruled == (speak,)


@pytest.mark.parametrize("token", [FULL, listing(CAMERA), AUDIENCE])
def test_who_comes_back_with_another_token_has_what_that_one_says(token: Permissions) -> None:
    lock = order(what=LOCK)
    before = fold(first(here(FULL)), here(FULL), [lock], LATER).session.settled
    session = session_of([before], here(token, "PA_2"), [lock], LATER)
    assert (session.base, session.ours) == (token, (token,))


def test_what_no_order_explains_any_more_is_not_given_back_to_a_newcomer() -> None:
    """The demotion ended while they were away; a token for the audience is what the application says now."""
    before = fold(first(here(FULL)), here(FULL), [order(what=DEMOTE)], LATER).session.settled
    assert session_of([before], here(AUDIENCE, "PA_2"), [], LATER).base == AUDIENCE
    elsewhere = here(AUDIENCE, "PA_2", room="backstage")
    assert session_of([before], elsewhere, [order(what=DEMOTE)], LATER).base == AUDIENCE
    other = replace(before, identity="ann")
    assert session_of([other], here(AUDIENCE, "PA_2"), [order(what=DEMOTE)], LATER).base == AUDIENCE


def test_the_newest_of_the_sessions_before_is_the_one_that_goes_on() -> None:
    lock = order(what=LOCK)
    left = listing(*ALL_SOURCES - {MICROPHONE})
    newest = replace(first(here(left, "PA_8")), base=left)
    older = replace(first(here(FULL, "PA_7")), ours=(left,))
    assert session_of([newest, older], here(left, "PA_9"), [lock], LATER).base == left
    assert session_of([older, newest], here(left, "PA_9"), [lock], LATER).base == FULL


def test_nobody_has_no_session_and_nothing_is_wanted_of_them() -> None:
    gone = PersonState(ROOM, None)
    with pytest.raises(LookupError):
        session_of((), gone, (), GIVEN)
    assert fold(first(here(FULL)), gone, [order(what=LOCK)], LATER).wanted == gone


def test_a_state_of_another_session_is_not_folded() -> None:
    with pytest.raises(ValueError, match="another session"):
        fold(first(here(FULL)), here(FULL, "PA_2"), [], GIVEN)


# --- one fold after the other -----------------------------------------------------------------------------------------


def test_an_order_that_keeps_somebody_out_removes_that_session() -> None:
    state = here(FULL)
    folded = fold(first(state), state, [order(what=Amendment(absent=True)), order(what=PROMOTE, id=2)], LATER)
    assert folded.wanted == PersonState(ROOM, None)
    assert folded.session == first(state)


def test_an_open_door_lets_nobody_in_who_is_banned() -> None:
    state = PersonState(ROOM, bob(joined_at=LATER))
    ban = order(what=Amendment(absent=True))
    assert fold(first(state), state, [ban, door(Door.OPEN, id=2)], LATER).wanted.participant is None


def test_the_overlap_of_a_lock_and_a_listen_only_door_ends_as_it_began() -> None:
    """A lock for ten minutes, a listen-only door at five, the lock's end, the door's end; they come back at six."""
    minute = timedelta(minutes=1)
    lock = order(what=LOCK, id=1, at=GIVEN, ends=GIVEN + 10 * minute)
    shut = door(Door.LISTEN_ONLY, id=2, at=GIVEN + 5 * minute, ends=GIVEN + 15 * minute)
    state, session = here(FULL), first(here(FULL))
    seen = []
    for minutes in (1, 5, 6, 7, 10, 15):
        at = GIVEN + minutes * minute
        orders = [o for o in (lock, shut) if o.at <= at]
        if minutes == 6:
            state = PersonState(ROOM, bob(FULL, "PA_2", joined_at=at))
            session = session_of([session], state, orders, at)
        folded = fold(session, state, orders, at)
        state, session = folded.wanted, folded.session.settled
        seen.append(of(state))
    locked = listing(*ALL_SOURCES - {MICROPHONE})
    assert seen == [locked, locked, *[replace(locked, can_publish=False)] * 2, AUDIENCE, FULL]


@given(permissions, lists, permissions)
def test_folding_again_changes_nothing(base: Permissions, whats: list[Amendment], now: Permissions) -> None:
    session = replace(first(here(base)), carried=frozenset({1, 2, 9}))
    orders = [*numbered(whats), door(Door.LISTEN_ONLY, id=9, at=GIVEN - timedelta(days=1))]
    folded = fold(session, here(now), orders, LATER)
    remaining = [each for each in orders if each not in folded.overruled]
    for again in (folded.session, folded.session.settled):
        twice = fold(again, folded.wanted, remaining, LATER)
        assert twice.wanted == folded.wanted
        assert twice.session == folded.session.settled
        assert not twice.theirs
        assert not twice.overruled


@given(permissions, lists, permissions)
def test_what_could_not_be_written_is_wanted_again(base: Permissions, whats: list[Amendment], now: Permissions) -> None:
    orders = numbered(whats)
    folded = fold(first(here(base)), here(now), orders, LATER)
    again = fold(folded.session, here(now), orders, LATER)
    assert (again.wanted, again.session, bool(again.theirs)) == (folded.wanted, folded.session, False)


@given(people(), lists)
def test_no_order_mutes_or_opens_a_track(person: Participant, whats: list[Amendment]) -> None:
    state = PersonState(ROOM, person)
    session = replace(first(state), base=FULL)
    orders = [replace(o, who=replace(o.who, identity=person.identity)) for o in numbered(whats)]  # type: ignore[type-var]
    changes = difference(state, fold(session, state, orders, LATER).wanted)
    muted = [change for change in changes.starting(TRACK) if change.field.endswith(MUTED)]
    assert all(change.after is None for change in muted), "a track only goes with its permission"


def test_the_tracks_that_an_order_no_longer_allows_go_with_it() -> None:
    microphone = Track("TR_1", TrackType.AUDIO, MICROPHONE)
    state = PersonState(ROOM, replace(bob(FULL), tracks=(microphone,)))
    wanted = fold(first(state), state, [order(what=LOCK)], LATER).wanted.participant
    assert wanted is not None
    assert wanted.tracks == ()


# --- what others do meanwhile -----------------------------------------------------------------------------------------


def test_what_an_order_takes_is_taken_again_whoever_gave_it_and_that_is_said() -> None:
    lock = order(what=LOCK)
    for base in (FULL, listing(CAMERA)):
        left = fold(first(here(base)), here(base), [lock], LATER)
        after = fold(left.session.settled, here(FULL), [lock], LATER)
        assert of(after.wanted) == listing(*ALL_SOURCES - {MICROPHONE})
        assert [change.field for change in after.theirs.changes] == [SOURCES]
        assert of(fold(after.session.settled, after.wanted, [], LATER).wanted) == FULL, "theirs, once it ends"


def test_what_somebody_else_set_is_left_alone_when_the_order_ends_and_is_said() -> None:
    """While the lock kept them silent, the application brought them on stage with their screen."""
    lock = order(what=Amendment(take=frozenset({MICROPHONE, CAMERA})))
    left = fold(first(here(listing(MICROPHONE))), here(listing(MICROPHONE)), [lock], LATER)
    assert of(left.wanted) == listing(MICROPHONE, on_stage=False)
    theirs = listing(SCREEN, MICROPHONE)
    ended = fold(left.session.settled, here(theirs), [], LATER)
    assert of(ended.wanted) == theirs
    assert ended.theirs.changes == (Change("permission.can_publish", False, True),)


def test_a_source_that_somebody_else_gave_before_the_order_ended_is_left_alone_and_said() -> None:
    left = fold(first(here(FULL)), here(FULL), [order(what=LOCK)], LATER)
    ended = fold(left.session.settled, here(FULL), [], LATER)
    assert of(ended.wanted) == FULL
    assert [change.field for change in ended.theirs.changes] == [SOURCES]


def test_a_lock_says_nothing_of_the_stage() -> None:
    lock = order(what=LOCK)
    left = fold(first(here(AUDIENCE)), here(AUDIENCE), [lock], LATER)
    promoted = listing(*ALL_SOURCES - {MICROPHONE})
    folded = fold(left.session.settled, here(promoted), [lock], LATER)
    assert of(folded.wanted) == promoted
    assert not folded.theirs


def test_what_no_order_speaks_for_is_left_alone_without_a_word() -> None:
    lock = order(what=LOCK)
    left = fold(first(here(FULL)), here(FULL), [lock], LATER)
    changed = replace(of(left.wanted), can_publish_data=False, can_subscribe=False)
    folded = fold(left.session.settled, here(changed), [lock], LATER)
    assert of(folded.wanted) == changed
    assert not folded.theirs
    ended = fold(folded.session.settled, folded.wanted, [], LATER)
    assert of(ended.wanted) == replace(FULL, can_publish_data=False, can_subscribe=False)


def test_of_a_list_others_may_change_the_sources_that_no_order_speaks_for() -> None:
    lock = order(what=LOCK)
    left = fold(first(here(FULL)), here(FULL), [lock], LATER)
    folded = fold(left.session.settled, here(listing(CAMERA)), [lock], LATER)
    assert of(folded.wanted) == listing(CAMERA)
    assert not folded.theirs
    assert of(fold(folded.session.settled, folded.wanted, [], LATER).wanted) == listing(CAMERA, MICROPHONE)


@pytest.mark.parametrize(
    ("base", "gift", "theirs"),
    [
        (AUDIENCE, PROMOTE, AUDIENCE),
        (AUDIENCE, SPEAK, replace(listing(MICROPHONE), can_publish=False)),
        (FULL, PROMOTE, AUDIENCE),
        (listing(CAMERA), SPEAK, listing(CAMERA)),
        (listing(CAMERA), SPEAK, listing(CAMERA, MICROPHONE, on_stage=False)),
        (SILENT, Amendment({"can_publish_data": True}), SILENT),
    ],
)
def test_what_somebody_else_took_back_is_not_given_again_and_the_order_is_to_end(
    base: Permissions, gift: Amendment, theirs: Permissions
) -> None:
    given = order(what=gift)
    left = fold(first(here(base)), here(base), [given], LATER)
    folded = fold(left.session.settled, here(theirs), [given], LATER)
    assert folded.overruled == (given,)
    assert folded.orders == ()
    assert folded.session.past == frozenset(), "it is ended, not passed by"
    assert folded.theirs
    assert of(folded.wanted).effective_sources == theirs.effective_sources
    assert of(folded.wanted).can_publish_data == theirs.can_publish_data
    again = fold(left.session.settled, here(theirs), [given], LATER)
    assert again.overruled == (given,), "until it has been ended, it is found again"


def test_who_is_brought_on_stage_by_anybody_is_past_the_door_they_came_through() -> None:
    """A door says how people enter; a lock on the same person still holds."""
    listen, lock = door(Door.LISTEN_ONLY, id=1), order(what=LOCK, id=2)
    state = PersonState(ROOM, bob(FULL, joined_at=LATER))
    left = fold(first(state), state, [listen, lock], LATER)
    assert of(left.wanted) == listing(*ALL_SOURCES - {MICROPHONE}, on_stage=False)
    promoted = PersonState(ROOM, bob(FULL, joined_at=LATER))
    folded = fold(left.session.settled, promoted, [listen, lock], LATER)
    assert of(folded.wanted) == listing(*ALL_SOURCES - {MICROPHONE})
    assert folded.session.past == {1}
    assert folded.orders == (lock,)
    assert not folded.overruled, "the door stands for all the others"
    again = fold(folded.session.settled, folded.wanted, [listen, lock], LATER)
    assert again.wanted == folded.wanted
    assert again.session == folded.session.settled


def test_who_is_past_a_door_is_past_the_one_that_goes_on_from_it() -> None:
    listen = door(Door.LISTEN_ONLY, id=1)
    longer = door(Door.LISTEN_ONLY, id=2, at=LATER).going_on_from([listen])
    entered = PersonState(ROOM, bob(FULL, joined_at=GIVEN + timedelta(seconds=9)))
    left = fold(first(entered), entered, [listen], LATER)
    promoted = fold(left.session.settled, entered, [longer], LATER)
    assert promoted.session.past == {2}
    assert of(promoted.wanted) == FULL, "whoever brought them on stage did so before the door got another end"
    past = fold(promoted.session.settled, entered, [listen], LATER)
    assert of(past.wanted) == AUDIENCE, "the older one alone knows nothing of that"
    again = fold(fold(left.session.settled, entered, [listen], LATER).session.settled, entered, [longer], LATER)
    assert of(again.wanted) == FULL
    under_it = fold(left.session.settled, left.wanted, [longer], LATER)
    assert of(under_it.wanted) == AUDIENCE
    assert under_it.carried == {2}


def test_who_comes_in_again_comes_through_the_door_again() -> None:
    listen = door(Door.LISTEN_ONLY)
    past = replace(first(here(FULL)), past=frozenset({1}))
    back = PersonState(ROOM, bob(FULL, "PA_2", joined_at=LATER))
    session = session_of([past], back, [listen], LATER)
    assert session.past == frozenset()
    assert of(fold(session, back, [listen], LATER).wanted) == AUDIENCE


def test_a_door_holds_against_what_was_given_before_it_was_carried_out() -> None:
    listen = door(Door.LISTEN_ONLY)
    session = first(PersonState(ROOM, bob(AUDIENCE, joined_at=LATER)))
    state = PersonState(ROOM, bob(FULL, joined_at=LATER))
    assert of(fold(session, state, [listen], LATER).wanted) == AUDIENCE


def test_a_gift_is_given_against_what_was_taken_before_it_and_again_after_a_newer_order_hid_it() -> None:
    speak, demote = order(what=SPEAK, id=1), order(what=DEMOTE, id=2)
    session = fold(first(here(FULL)), here(FULL), [], LATER).session.settled
    given = fold(session, here(AUDIENCE), [speak], LATER)
    assert of(given.wanted) == listing(MICROPHONE)
    assert not given.overruled
    hidden = fold(given.session.settled, given.wanted, [speak, demote], LATER)
    assert not of(hidden.wanted).effective_sources
    back = fold(hidden.session.settled, hidden.wanted, [speak], LATER)
    assert of(back.wanted) == listing(MICROPHONE)
    assert not back.overruled


def test_a_gift_that_was_not_written_yet_has_not_been_taken_back() -> None:
    speak = order(what=SPEAK)
    kept = fold(first(here(AUDIENCE)), here(AUDIENCE), [speak], LATER).session
    assert not fold(kept, here(AUDIENCE), [speak], LATER).overruled
    assert not fold(kept, here(listing(MICROPHONE)), [speak], LATER).overruled


def test_what_a_lock_and_a_gift_hide_from_each_other_is_nobody_elses_doing() -> None:
    lock = order(what=Amendment({"can_publish_data": True}, take=frozenset({MICROPHONE})), id=1)
    left = fold(first(here(FULL)), here(FULL), [lock], LATER)
    assert not fold(left.session.settled, here(AUDIENCE), [lock], LATER).overruled, "it gave the chat, not the stage"


def test_when_somebody_else_takes_all_that_the_base_has_nothing_is_left_of_it() -> None:
    """Of one who came with the microphone and was given the camera, the application takes the microphone."""
    camera = order(what=Amendment(give=frozenset({CAMERA})))
    left = fold(first(here(listing(MICROPHONE))), here(listing(MICROPHONE)), [camera], LATER)
    folded = fold(left.session.settled, here(listing(CAMERA)), [camera], LATER)
    assert of(folded.wanted) == listing(CAMERA)
    ended = of(fold(folded.session.settled, folded.wanted, [], LATER).wanted)
    assert ended == listing(CAMERA, on_stage=False)


# --- as an action -----------------------------------------------------------------------------------------------------


@given(permissions, lists, permissions)
def test_as_an_action_it_is_idempotent_and_holds_when_nothing_is_left_to_do(
    base: Permissions, whats: list[Amendment], now: Permissions
) -> None:
    state = here(now)
    folded = fold(first(here(base)), state, numbered(whats), LATER)
    action = Ordered.of(folded, LATER)
    assert action.bears_on(state)
    assert action.amend(state) == folded.wanted
    assert action.amend(folded.wanted) == folded.wanted
    assert action.holds(folded.wanted)
    assert action.holds(state) is (state == folded.wanted)


def test_as_an_action_it_is_about_one_session_alone() -> None:
    state, other = here(FULL), here(FULL, "PA_2")
    for orders in ([order(what=LOCK)], [order(what=Amendment(absent=True))]):
        action = Ordered.of(fold(first(state), state, orders, LATER), LATER)
        assert not action.bears_on(other)
        assert action.amend(other) == other
    assert action.amend(state) == PersonState(ROOM, None)
    assert not action.holds(state)
    assert action.holds(other)
    assert action.holds(PersonState(ROOM, None))


def test_as_an_action_of_one_who_has_left_it_does_not_hold() -> None:
    state = here(FULL)
    action = Ordered.of(fold(first(state), state, [order(what=LOCK)], LATER), LATER)
    assert not action.holds(PersonState(ROOM, None))


def test_orders_that_were_not_read_in_sequence_make_the_same() -> None:
    given: list[Order] = numbered([LOCK, SPEAK, DEMOTE])
    state = here(FULL)
    assert fold(first(state), state, given[::-1], LATER) == fold(first(state), state, given, LATER)
