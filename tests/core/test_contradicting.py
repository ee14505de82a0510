"""What a decision leaves of orders, which ones a new order makes superfluous, and whose an order is to end."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.authority import acts_in_sight, covers_all, holding, reach
from bot.contradicting import Contradicted, Decision, contradicted, replaces, same
from bot.model import Source
from bot.orders import Amendment, Door, Order, Who
from bot.people import ChatUser, Grant, Moderator, Role
from tests.core.order_strategies import GIVEN, amendments, door, flags, order, present
from tests.core.strategies import source_sets

MIC, CAM = frozenset({Source.MICROPHONE}), frozenset({Source.CAMERA})
globs = st.text("ab*?", min_size=1, max_size=5)
rooms = st.text("ab", min_size=1, max_size=6)
some_globs = st.lists(globs, min_size=1, max_size=3).map(tuple)


@st.composite
def _decisions(draw: st.DrawFn) -> Decision:
    give = draw(source_sets)
    said = draw(flags) | ({"can_publish": True} if give else {})
    return Decision(said, give, draw(source_sets) - give)


@given(st.lists(amendments, max_size=4), _decisions())
def test_what_is_left_of_orders_says_nothing_against_the_decision_and_no_more_than_before(
    whats: list[Amendment], decision: Decision
) -> None:
    orders = [order(what=what, id=number) for number, what in enumerate(whats, 1)]
    for one in contradicted(orders, decision):
        before, left = one.order.what, one.left
        if left is None:
            continue
        assert left != before
        assert left.take <= before.take
        assert left.give <= before.give
        assert left.flags.items() <= before.flags.items()
        assert contradicted([replace(one.order, what=left)], decision) == ()
        assert one.freed == before.take - left.take


@given(st.lists(present, max_size=3), _decisions())
def test_an_order_that_is_not_contradicted_says_nothing_against_it(whats: list[Amendment], decision: Decision) -> None:
    orders = [order(what=what, id=number) for number, what in enumerate(whats, 1)]
    against = {one.order.id for one in contradicted(orders, decision)}
    for one in orders:
        if one.id not in against:
            assert not one.what.take & decision.give
            assert not one.what.give & decision.take
            assert all(decision.flags.get(name, value) is value for name, value in one.what.flags.items())


def test_bans_and_doors_are_ended_by_name_alone() -> None:
    everything = Decision({"can_publish": True}, give=frozenset(Source))
    assert contradicted([order(what=Amendment(absent=True)), door(Door.LISTEN_ONLY)], everything) == ()


def test_a_demotion_ends_the_gift_of_a_stage_whole() -> None:
    stage = order(what=Amendment({"can_publish": True, "can_publish_data": False}, give=MIC))
    assert contradicted([stage], Decision({"can_publish": False})) == (Contradicted(stage),)


@given(some_globs, some_globs, some_globs, rooms)
def test_whoever_covers_an_order_covers_every_room_where_it_acts(
    own: tuple[str, ...], given_rooms: tuple[str, ...], granted: tuple[str, ...], room: str
) -> None:
    one = order(rooms=given_rooms, grants=(Grant("console:mia", Role.MODERATOR, granted),))
    if one.covers(room):
        assert reach(one)
        if covers_all(own, one):
            assert Grant("", Role.ADMIN, own).covers(room)


def test_an_order_reaches_where_its_rooms_and_its_grants_meet() -> None:
    def reached(rooms: tuple[str, ...], *grants: str) -> list[tuple[str, ...]]:
        return reach(order(rooms=rooms, grants=(Grant("console:mia", Role.MODERATOR, grants),)))

    assert reached(("*",), "standup", "hall-*") == [("standup",), ("hall-*",)]
    assert reached(("standup", "hall"), "stand*") == [("standup",)]
    assert reached(("a*",), "*b") == [("a*", "*b")]
    assert covers_all(("*b",), order(rooms=("a*",), grants=(Grant("", Role.MODERATOR, ("*b",)),)))
    assert covers_all((), order(grants=()))


def test_who_sees_some_room_of_it_knows_of_an_order() -> None:
    def sees(scope: str, one: Order) -> bool:
        return acts_in_sight(Moderator(ChatUser("console:vera", "vera"), (Grant("", Role.VIEWER, (scope,)),)), one)

    everywhere = order(rooms=("*",), grants=(Grant("", Role.MODERATOR, ("stand*", "hall")),))
    assert sees("standup", everywhere)
    assert sees("*", everywhere)
    assert not sees("backstage", everywhere)


def test_the_grants_that_are_kept_are_those_that_allow_it_there() -> None:
    low, here, there = (
        Grant("a", Role.VIEWER, ("*",)),
        Grant("a", Role.MODERATOR, ("standup",)),
        Grant("b", Role.ADMIN, ("x*",)),
    )
    mia = Moderator(ChatUser("a", "mia"), (low, here, there))
    assert holding(mia, Role.MODERATOR) == (here, there)
    assert holding(mia, Role.MODERATOR, ("standup",)) == (here,)
    assert holding(mia, Role.ADMIN, ("x-1", "standup")) == (there,)


def test_a_newer_order_makes_those_superfluous_for_which_it_speaks_too() -> None:
    old = order(what=Amendment(take=MIC), rooms=("standup",))
    assert replaces(replace(old, id=2), old)
    assert replaces(replace(old, what=Amendment(take=MIC | CAM), rooms=("*",), who=Who("bob", "Bob")), old)
    assert not replaces(replace(old, what=Amendment(take=CAM)), old)
    assert not replaces(replace(old, what=Amendment({"can_publish": False})), old)
    assert not replaces(replace(old, rooms=("hall",)), old)
    assert not replaces(replace(old, grants=(Grant("", Role.MODERATOR, ("hall",)),)), old)
    assert not replaces(replace(old, who=Who("eve")), old)
    assert not replaces(old, replace(old, who=Who("bob", key="account", value="7"))), "of an attribute it says nothing"
    assert replaces(replace(old, who=Who("bob", key="account", value="7")), old)
    gift = order(what=Amendment(give=MIC))
    assert not replaces(gift, old), "a gift for a time is over, and then the lock holds again"
    assert not replaces(order(what=Amendment(absent=True)), old)
    assert not replaces(door(Door.SHUT), door(Door.SHUT)), "who came in under the one is not under the other"
    assert not replaces(door(Door.OPEN), old)


def test_only_what_says_just_that_and_has_no_end_either_is_the_same() -> None:
    lock = order(what=Amendment(take=MIC), rooms=("standup",))
    assert same(replace(lock, id=0, who=Who("bob", "Bob")), lock)
    assert not same(replace(lock, ends=GIVEN), lock)
    assert not same(lock, replace(lock, ends=GIVEN))
    assert not same(replace(lock, rooms=("*",)), lock)
    assert not same(replace(lock, who=Who("eve")), lock)
