"""What a token service is told of the orders that bear on a newcomer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.admission import EVERYTHING, admission, newcomer
from bot.fold import under
from bot.model import ALL_SOURCES, Source
from bot.orders import Amendment, Door, Order, Who
from tests.core.order_strategies import GIVEN, amendments, door, numbered, order

MICROPHONE = frozenset({Source.MICROPHONE})
BAN, LOCK = Amendment(absent=True), Amendment(take=MICROPHONE)
DEMOTE, PROMOTE = Amendment({"can_publish": False}), Amendment({"can_publish": True})
SOON, LATER = GIVEN + timedelta(minutes=5), GIVEN + timedelta(hours=2)


def test_whom_no_order_bears_on_may_come_in_and_have_everything() -> None:
    found = admission([])
    assert (found.allowed, found.permission, found.orders) == (True, EVERYTHING, ())
    assert (found.until, found.why, found.case) == (None, "", None)


@pytest.mark.parametrize(
    ("refusing", "why"),
    [
        (order(what=BAN, case=7), "A moderator has removed them and keeps them out."),
        (
            order(what=BAN, case=7, ends=LATER),
            "A moderator has removed them and keeps them out until 2026-03-04 07:06 UTC.",
        ),
        (door(Door.SHUT, case=7), "The room lets nobody in."),
    ],
)  # fmt: skip
def test_a_ban_and_a_shut_door_refuse(refusing: Order, why: str) -> None:
    found = admission([refusing])
    assert (found.allowed, found.why, found.case, found.until) == (False, why, 7, refusing.ends)
    assert not found.permission.can_publish


def test_of_several_that_refuse_the_last_to_end_counts_and_the_newest_gives_the_case() -> None:
    short, long = order(what=BAN, ends=SOON, case=1), order(what=BAN, ends=LATER, id=2, case=2)
    assert admission([long, short]).until == LATER
    assert admission([short, long]).case == 2
    assert admission([short, door(Door.SHUT, id=2)]).until is None
    assert admission([order(what=LOCK), short]).orders == (short,)


@pytest.mark.parametrize(
    ("taking", "on_stage", "sources", "why"),
    [
        ([door(Door.LISTEN_ONLY)], False, set(), "Whoever enters the room listens only."),
        ([order(what=DEMOTE)], False, set(), "A moderator has moved them to the audience."),
        ([order(what=LOCK)], True, ALL_SOURCES - MICROPHONE, "A moderator has taken this from them: microphone."),
        ([order(what=Amendment(take=ALL_SOURCES))], False, set(), "A moderator has taken this from them: "),
    ],
)
def test_what_is_taken_is_not_for_a_token(taking: list[Order], on_stage: bool, sources: set[Source], why: str) -> None:
    found = admission(taking)
    assert found.allowed
    assert found.permission.can_publish is on_stage
    assert found.permission.effective_sources == sources
    assert found.why.startswith(why)


def test_a_lock_of_the_chat_takes_data() -> None:
    found = admission([order(what=Amendment({"can_publish_data": False}))])
    assert not found.permission.can_publish_data
    assert found.permission.can_publish
    assert found.why == "A moderator has taken this from them: chat."


def test_what_is_only_given_or_given_back_takes_nothing() -> None:
    assert admission([order(what=PROMOTE)]).why == ""
    given_back = admission(numbered([DEMOTE, PROMOTE]))
    assert (given_back.permission, given_back.why, given_back.case) == (EVERYTHING, "", None)


def test_a_newcomer_is_who_the_service_says() -> None:
    by_key = order(who=Who(key="account", value="42"), what=BAN)
    assert by_key.bears_on(newcomer("guest-1", "42", {}, [by_key]), "stage")
    assert by_key.bears_on(newcomer("guest-1", "", {"account": "42"}, [by_key]), "stage")
    assert not by_key.bears_on(newcomer("guest-1", "43", {}, [by_key]), "stage")
    assert not by_key.bears_on(newcomer("guest-1", "", {}, [by_key]), "stage")
    assert newcomer("guest-1", "42", {}, [order()]).attributes == {}
    assert door(Door.SHUT).bears_on(newcomer("x", "", {}, []), "stage")


@given(st.lists(amendments, max_size=4))
def test_it_is_what_the_enforcer_would_leave_them(whats: list[Amendment]) -> None:
    orders = numbered(whats)
    found = admission(orders)
    assert found.allowed is not any(what.absent for what in whats)
    if found.allowed:
        assert found.permission == under(EVERYTHING, orders)
        assert bool(found.why) is bool(found.orders)
