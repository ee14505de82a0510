"""What one command did, put together again from the cases that its entries stand in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.acts import Act, acts_of, changed, decided_since
from bot.carried import EXPIRED, OVERRULED
from bot.history import Case, Content, Entry, EntryKind, Outcome
from bot.model import Source
from bot.orders import Amendment, Door, Order, Who, order_draft
from bot.people import Grant, Role
from bot.state import Change, Difference
from tests.core.order_strategies import GIVEN

MIC, CAM = Source.MICROPHONE, Source.CAMERA
MIA = Grant("console:mia", Role.MODERATOR, ("standup",))
BY_MIA = Content(actor="console:mia", actor_name="mia", command="mute", arguments="bob lock", room="standup")
BY_MAX = Content(actor="console:max", actor_name="max", command="unmute", arguments="bob mic", room="standup")
LOCK = Order(Amendment(take=frozenset({MIC, CAM})), Who("bob", "Bob"), ("standup",), (MIA,))


def entry(seq: int, case: int, kind: EntryKind, content: Content | None, after: float = 0, **more: Any) -> Entry:
    return Entry(seq, case, kind, GIVEN + timedelta(seconds=after), "w", "s", content, **more)


def given(seq: int, case: int, order: Order = LOCK, said: Content = BY_MIA, after: float = 0) -> Entry:
    return entry(seq, case, EntryKind.ORDER, order_draft(order, said).content, after, outcome=Outcome.DONE)


def ended(seq: int, case: int, refers: int, said: Content | None = BY_MAX, after: float = 10, code: str = "") -> Entry:
    content = replace(said, identity="bob") if said is not None else None
    return entry(seq, case, EntryKind.ENDED, content, after, refers=refers, code=code)


def intent(seq: int, case: int, said: Content, *changes: Change, after: float = 0, refers: int | None = None) -> Entry:
    content = replace(said, identity="bob", sid="PA_1", difference=Difference(changes).encode())
    return entry(seq, case, EntryKind.INTENT, content, after, refers=refers)


def only_end(case: Case) -> Act:
    [act] = [act for act in acts_of([case]) if act.case is None]
    return act


def test_the_end_of_an_order_is_an_act_of_whoever_ended_it() -> None:
    giving, ending = acts_of([Case(1, (given(1, 1), ended(2, 1, 1)))])
    assert (giving.said.actor, giving.case is not None, giving.ends) == ("console:mia", True, ())
    assert (ending.said.actor, ending.case, ending.seq) == ("console:max", None, 2)
    [end] = ending.ends
    assert (end.order.id, end.left, end.freed, end.back) == (1, None, LOCK.what, False)


def test_of_an_order_that_was_narrowed_the_part_that_is_said_no_more_has_ended() -> None:
    rest = replace(LOCK, what=Amendment(take=frozenset({CAM})))
    case = Case(1, (given(1, 1), given(2, 1, rest, BY_MAX), ended(3, 1, 1, code="replaced")))
    [end] = only_end(case).ends
    assert end.freed == Amendment(take=frozenset({MIC}))
    assert end.left is not None
    assert (end.left.id, end.given.issuer) == (2, "console:mia")


def test_what_is_in_force_again_is_back() -> None:
    again = replace(LOCK, again=1, issuer="console:mia")
    case = Case(1, (given(1, 1), ended(2, 1, 1), given(3, 1, again, replace(BY_MAX, command="undo"))))
    assert only_end(case).ends[0].back


@pytest.mark.parametrize("code", [EXPIRED, OVERRULED])
def test_what_ended_by_itself_or_by_usher_is_nobodys_act(code: str) -> None:
    assert len(acts_of([Case(1, (given(1, 1), ended(2, 1, 1, code=code)))])) == 1
    assert len(acts_of([Case(1, (given(1, 1), ended(2, 1, 1, replace(BY_MAX, actor=""))))])) == 1


def test_of_what_was_erased_nothing_is_known() -> None:
    assert acts_of([Case(1, (replace(given(1, 1), content=None), ended(2, 1, 1)))]) == ()
    assert len(acts_of([Case(1, (given(1, 1), ended(2, 1, 1, None)))])) == 1


PROMOTED = replace(BY_MAX, command="promote")
ON_STAGE = Change("permission.can_publish", False, True)


def test_what_a_command_ended_belongs_to_the_case_that_it_opened() -> None:
    lock = Case(1, (given(1, 1), ended(2, 1, 1, PROMOTED)))
    promoted = Case(2, (intent(3, 2, PROMOTED, ON_STAGE, after=11),))
    _, act = acts_of([lock, promoted, lock])
    assert (act.case, [end.order.id for end in act.ends]) == (promoted, [1])


def test_also_where_what_is_left_bears_the_command_of_the_order() -> None:
    """So do entries of before what is left of an order kept its giver."""
    mute = replace(BY_MAX, command="mute")
    rest = given(2, 1, replace(LOCK, what=Amendment(take=frozenset({CAM}))), mute)
    lock = Case(1, (given(1, 1), rest, ended(3, 1, 1, mute, code="replaced")))
    _, act = acts_of([lock, Case(2, (intent(4, 2, PROMOTED, ON_STAGE, after=11),))])
    assert [end.freed.take for end in act.ends] == [{MIC}]


@pytest.mark.parametrize(
    ("said", "after", "seq"),
    [
        (replace(PROMOTED, actor="console:eve"), 11, 3),
        (replace(PROMOTED, arguments="bob"), 11, 3),
        (BY_MAX, 11, 3),
        (PROMOTED, 26, 3),
    ],
)
def test_other_words_another_person_or_another_time_is_another_act(said: Content, after: float, seq: int) -> None:
    lock = Case(1, (given(1, 1), ended(2, 1, 1, PROMOTED)))
    opened = Case(2, (intent(seq, 2, said, ON_STAGE, after=after),))
    acts = acts_of([lock, opened])
    assert [len(act.ends) for act in acts] == [0, 1, 0]


def test_no_act_ends_an_order_that_came_after_it() -> None:
    promoted = Case(1, (intent(1, 1, PROMOTED, ON_STAGE),))
    lock = Case(2, (given(2, 2), ended(3, 2, 2, PROMOTED)))
    assert [len(act.ends) for act in acts_of([promoted, lock])] == [0, 0, 1]


def test_of_two_that_fit_the_nearest_is_meant() -> None:
    cases = [
        Case(2, (intent(2, 2, PROMOTED, ON_STAGE),)),
        Case(3, (intent(8, 3, PROMOTED, ON_STAGE, after=9),)),
        Case(1, (given(1, 1), ended(7, 1, 1, PROMOTED))),
    ]
    assert [act.seq for act in acts_of(cases) if act.ends] == [8]


# --- what has been decided since --------------------------------------------------------------------------------------


def test_of_a_source_list_each_source_is_a_field() -> None:
    assert changed(Change("permission.can_publish_sources", ["camera"], ["camera", "microphone"])) == {
        "permission.can_publish_sources:microphone"
    }
    assert changed(ON_STAGE) == {"permission.can_publish"}


def test_the_newest_later_act_about_the_same_field_of_the_same_session_has_decided() -> None:
    cases = [Case(n, (intent(n, n, PROMOTED, ON_STAGE),)) for n in (1, 2, 3)]
    cases.append(Case(4, (intent(4, 4, BY_MAX, Change("name", "a", "b")),)))
    acts = acts_of(cases)
    later = decided_since(acts[0], acts, changed(ON_STAGE), "PA_1")
    assert later is not None
    assert later.seq == 3
    assert decided_since(acts[0], acts, changed(ON_STAGE), "PA_2") is None
    assert decided_since(acts[2], acts, changed(ON_STAGE)) is None


def test_what_was_undone_and_what_undid_something_younger_has_decided_nothing() -> None:
    first = Case(1, (intent(1, 1, PROMOTED, ON_STAGE),))
    undone = Case(2, (intent(2, 2, PROMOTED, ON_STAGE), entry(4, 2, EntryKind.UNDONE, BY_MAX, refers=2)))
    undo = Case(3, (intent(3, 3, replace(BY_MAX, command="undo"), ON_STAGE, refers=2),))
    acts = acts_of([first, undone, undo])
    assert decided_since(acts[0], acts, changed(ON_STAGE)) is None
    older = Case(3, (intent(3, 3, replace(BY_MAX, command="undo"), ON_STAGE, refers=1),))
    acts = acts_of([first, undone, older])
    assert decided_since(acts[1], acts, changed(ON_STAGE)) == acts[2]


def test_an_order_holds_over_what_is_decided_and_its_end_decides_what_it_was_about() -> None:
    first = Case(1, (intent(1, 1, PROMOTED, ON_STAGE),))
    stage = replace(LOCK, what=Amendment(give=frozenset({MIC})))
    in_force = acts_of([first, Case(2, (given(2, 2, stage),))])
    assert decided_since(in_force[0], in_force, changed(ON_STAGE)) is None
    over = acts_of([first, Case(2, (given(2, 2, stage), ended(3, 2, 2)))])
    assert decided_since(over[0], over, changed(ON_STAGE)) is None, "it came and went"
    before = acts_of([Case(1, (given(1, 1, stage), ended(3, 1, 1))), Case(2, (intent(2, 2, PROMOTED, ON_STAGE),))])
    assert decided_since(before[1], before, changed(ON_STAGE)) == before[2]


def test_who_brings_somebody_on_stage_has_decided_on_all_sources() -> None:
    acts = acts_of([Case(1, (given(1, 1), ended(2, 1, 1))), Case(2, (intent(3, 2, PROMOTED, ON_STAGE),))])
    fields = frozenset({"permission.can_publish_sources:microphone"})
    assert decided_since(acts[1], acts, fields) == acts[2]


def test_doors_and_bans_are_decided_by_doors_and_bans_alone() -> None:
    door = Order(Door.LISTEN_ONLY.amendment, None, ("standup",), (MIA,))
    ban = replace(LOCK, what=Amendment(absent=True))
    acts = acts_of([Case(1, (given(1, 1),)), Case(2, (given(2, 2, door),)), Case(3, (given(3, 3, ban),))])
    assert decided_since(acts[0], acts, frozenset({"permission.can_publish", "session"})) is None
    assert [decided_since(acts[0], acts, frozenset({name})) for name in ("door", "ban")] == [acts[1], acts[2]]
