"""Whom and where an order is about, for how long, and that the history gives back what was decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.history import Content, Draft, EntryKind, Outcome, canonical
from bot.model import Participant, Permissions, Source
from bot.orders import NOT_YET, Amendment, Door, Order, Who, ended_draft, order_draft, read_order
from bot.people import Grant, Role
from tests.core.order_strategies import GIVEN, amendments, order, orders

MIA = Grant("console:mia", Role.MODERATOR, ("standup*", "hall"))
SECOND = timedelta(seconds=1)


def bob(**given: Any) -> Participant:
    return Participant(**{"identity": "bob", "sid": "PA_1", "joined_at": GIVEN - SECOND, **given})


@given(orders(), st.text(max_size=20))
def test_an_order_survives_the_history(given: Order, name: str) -> None:
    given = replace(given, id=0, issuer="console:mia", reason=name)
    draft = order_draft(given, Content(actor="console:mia", room="standup", arguments="bob"))
    assert read_order(draft.content) == given
    assert (draft.kind, draft.outcome) == (EntryKind.ORDER, Outcome.DONE)
    assert (draft.content.room, draft.content.arguments) == ("standup", "bob")


def test_an_order_that_is_in_force_again_is_still_its_givers_whoever_wrote_it() -> None:
    lock = order(issuer="console:mia", issuer_name="mia", command="mute", id=4, case=2)
    draft = order_draft(replace(lock, again=lock.id), Content(actor="console:max", command="undo"), lock.case)
    assert (draft.case, draft.content.actor, draft.content.command) == (2, "console:max", "undo")
    back = read_order(draft.content)
    assert (back.issuer, back.issuer_name, back.command, back.again) == ("console:mia", "mia", "mute", 4)


def test_the_end_of_an_order_points_to_it_in_its_own_case() -> None:
    said = Content(actor="console:mia", reason="calm again")
    expected = Draft(EntryKind.ENDED, replace(said, identity="bob"), case=7, refers=12, code="expired")
    assert ended_draft(order(id=12, case=7), said, "expired") == expected
    assert ended_draft(order(id=12, case=7, who=None), said).content == said


SHORTEST = {"order.rooms": ["*"], "order.grants": [], "order.newcomers": True}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"order.rooms": ["*"], "order.newcomers": True},
        {"order.rooms": ["*"], "order.grants": []},
        {**SHORTEST, "order.times_to_come": 1},
        {**SHORTEST, "permission.hidden": True},
        {**SHORTEST, "order.flags.hidden": True},
        {**SHORTEST, "order.take": ["smell"]},
        {**SHORTEST, "order.ends": "soon"},
        {**SHORTEST, "order.since": "soon"},
        {**SHORTEST, "order.former": ["first"]},
        {**SHORTEST, "order.again": [4, "console:mia"]},
    ],
)
def test_what_makes_no_order_or_one_of_times_to_come_is_refused(fields: dict[str, Any]) -> None:
    def content(fields: dict[str, Any]) -> Content:
        return Content(difference=canonical([[name, None, value] for name, value in fields.items()]))

    assert read_order(content(SHORTEST)).is_door
    with pytest.raises(ValueError):
        read_order(content(fields))


def test_an_order_is_about_somebody_and_says_what_can_be_said() -> None:
    with pytest.raises(ValueError, match="about somebody"):
        Who(key="account")
    with pytest.raises(ValueError, match="hidden"):
        Amendment({"hidden": True})
    with pytest.raises(ValueError, match="not both"):
        Amendment(give=frozenset({Source.CAMERA}), take=frozenset({Source.CAMERA}))
    with pytest.raises(ValueError, match="may publish"):
        Amendment({"can_publish": False}, give=frozenset({Source.CAMERA}))


@pytest.mark.parametrize(
    ("rooms", "grants", "room", "acts"),
    [
        (("standup",), (MIA,), "standup", True),
        (("standup-*",), (MIA,), "standup-2", True),
        (("*",), (MIA,), "hall", True),
        (("*",), (MIA,), "backstage", False),
        (("backstage",), (MIA,), "backstage", False),
        (("standup", "hall"), (MIA,), "standup-2", False),
        (("*",), (), "hall", False),
        (("*",), (MIA, Grant("console:mia", Role.ADMIN, ("backstage",))), "backstage", True),
    ],
)
def test_an_order_acts_where_both_its_rooms_and_the_grants_kept_with_it_match(
    rooms: tuple[str, ...], grants: tuple[Grant, ...], room: str, acts: bool
) -> None:
    given = order(rooms=rooms, grants=grants)
    assert given.covers(room) is acts
    assert given.bears_on(bob(), room) is acts


def test_a_person_is_matched_by_identity_or_by_the_attribute_kept_with_the_order() -> None:
    given = order(who=Who("bob", "Bob", "account", "7"))
    assert given.bears_on(bob(), "standup")
    assert given.bears_on(bob(identity="guest-2", attributes={"account": "7"}), "standup")
    assert not given.bears_on(bob(identity="guest-2", attributes={"account": "8"}), "standup")
    assert not given.bears_on(bob(identity="Bob", name="Bob"), "standup")
    assert not order(who=Who("bob")).bears_on(bob(identity="", attributes={"": ""}), "standup")


@pytest.mark.parametrize(
    ("what", "reached"),
    [
        (Amendment(absent=True), True),
        (Amendment({"can_publish": False}), True),
        (Amendment(take=frozenset({Source.MICROPHONE})), True),
        (Amendment({"can_publish": True}), False),
        (Amendment(give=frozenset({Source.MICROPHONE})), False),
    ],
)
def test_nobody_obtains_a_gift_with_an_attribute_that_they_can_write_themselves(what: Amendment, reached: bool) -> None:
    given = order(what=what, who=Who("bob", key="account", value="7"))
    eve = bob(identity="eve", attributes={"account": "7"}, permission=Permissions(can_update_metadata=True))
    assert given.bears_on(eve, "standup") is reached
    assert given.bears_on(replace(eve, permission=Permissions()), "standup")
    assert given.bears_on(replace(eve, identity="bob"), "standup")


@pytest.mark.parametrize(
    ("entered", "newcomer"),
    [
        (None, True),
        (GIVEN + SECOND, True),
        (GIVEN, True),
        (GIVEN - SECOND / 1000, False),
        (GIVEN.replace(microsecond=0), True),
        (GIVEN.replace(microsecond=0) - SECOND, False),
    ],
)
def test_a_door_is_for_whoever_enters_once_it_was_set(entered: datetime | None, newcomer: bool) -> None:
    door = order(what=Door.SHUT.amendment, who=None)
    assert door.is_door
    assert door.bears_on(bob(joined_at=entered), "standup") is newcomer


def test_a_door_that_goes_on_from_others_is_for_whoever_entered_since_the_first() -> None:
    first = order(what=Door.LISTEN_ONLY.amendment, who=None, id=1)
    second = order(what=Door.LISTEN_ONLY.amendment, who=None, id=0, at=NOT_YET).going_on_from([first])
    assert (second.since, second.former) == (GIVEN, frozenset({1}))
    third = replace(second, id=2, at=GIVEN + SECOND).going_on_from([replace(second, id=2, at=GIVEN + SECOND), first])
    assert (third.since, third.ids) == (GIVEN, frozenset({1, 2}))
    assert second.bears_on(bob(joined_at=GIVEN + SECOND), "standup")
    assert not second.bears_on(bob(joined_at=GIVEN - SECOND), "standup")
    assert order(who=None, id=3).going_on_from([order(id=1)]) == order(who=None, id=3), "a ban is no door"


def test_the_doors_say_what_newcomers_may() -> None:
    assert Door.OPEN.amendment == Amendment()
    assert Door.LISTEN_ONLY.amendment == Amendment({"can_publish": False})
    assert Door.SHUT.amendment == Amendment(absent=True)


def test_an_order_is_in_force_until_its_end_or_until_somebody_ends_it() -> None:
    assert order(ends=None).in_force(GIVEN + timedelta(days=9999))
    assert order(ends=GIVEN + SECOND).in_force(GIVEN)
    assert not order(ends=GIVEN + SECOND).in_force(GIVEN + SECOND)
    assert not order(ends=None, ended=GIVEN).in_force(GIVEN)


def test_a_clock_that_is_set_back_neither_suspends_an_order_nor_makes_it_older() -> None:
    before, after = order(id=1, at=GIVEN), order(id=2, at=GIVEN - timedelta(hours=1))
    assert before.in_force(GIVEN - timedelta(hours=1))
    assert max([after, before, order(id=0)], key=lambda each: each.age).id == 0
    assert max([after, before], key=lambda each: each.age) == after


@given(amendments)
def test_an_amendment_gives_exactly_when_somebody_gains_by_it(what: Amendment) -> None:
    assert what.gives is bool(what.give or True in what.flags.values())
