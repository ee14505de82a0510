"""What people decide while orders are in force: it counts when those end, and no round of the enforcer reverses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.actions.permissions import SetPermissions
from bot.actions.restore import Restore
from bot.contradicting import Decision
from bot.fold import bearing, fold
from bot.grounded import Decide, Known, OnGround, rest_of
from bot.model import ALL_SOURCES, Permissions, Source
from bot.orders import Amendment, Order
from bot.state import BOOLEAN_PERMISSIONS, Ground, PersonState, difference
from bot.subject import Action
from tests.core.strategies import permissions
from tests.core.test_fold_timeline import World, by_anybody, by_usher_alone, joining, live, taking

STAGE, DATA, HEARS = "can_publish", "can_publish_data", "can_subscribe"


@dataclass(frozen=True)
class Said:
    """A decision as the commands make it of what somebody typed."""

    flags: tuple[tuple[str, bool], ...] = ()
    give: frozenset[Source] = frozenset()
    listed: frozenset[Source] | None = None

    def decide(self, now: Permissions) -> Decide:
        flags = dict(self.flags)
        if self.listed is not None:
            action = SetPermissions(flags, sources=self.listed)
            return Decide(action, Decision(flags, self.listed, ALL_SOURCES - self.listed))
        brings = flags.get(STAGE) is True and not self.give
        listed = now.can_publish_sources if brings and not now.can_publish else frozenset[Source]()
        action = SetPermissions(give=self.give) if self.give else SetPermissions(flags)
        return Decide(action, Decision({STAGE: True} if self.give else flags, give=self.give or listed))


class Deciding(World):
    """The same room, in which people decide as well; of a decision Usher may be killed before it has been settled."""

    def stands_on(self) -> Known:
        orders = tuple(self.orders)
        folded = fold(self.session, self.room, orders, self.at)
        for overruled in folded.overruled:
            self.end(overruled.id - 1)
        left = tuple(order for order in orders if order not in folded.overruled)
        return Known(self.session, left, folded.orders, self.at)

    def decide(self, said: Said, stopped: str = "") -> tuple[PersonState, PersonState]:
        """What was, and what was wanted instead."""
        return self.carry_out(said.decide(self.now), stopped)

    def undo(self, was: PersonState, now: PersonState) -> None:
        """Put back what that decision changed, with the orders that it ended."""
        assert was.ground is not None
        assert now.ground is not None
        stays = {order.id for order in now.ground.orders}
        back = [order for order in was.ground.orders if order.id not in stays]
        self.carry_out(Restore(difference(was, now), orders=back))

    def carry_out(self, statement: Action[PersonState], stopped: str = "") -> tuple[PersonState, PersonState]:
        known = self.stands_on()
        action = OnGround(known, statement)
        before = known.ground(self.room)
        wanted = action.amend(before)
        assert wanted.participant is not None
        self.write(wanted.participant.permission)
        assert action.holds(self.room)
        if not stopped:
            self.keep(known.decided(before, wanted, self._turned(before.ground, wanted.ground)))
        return before, wanted

    def _turned(self, was: Ground | None, now: Ground | None) -> list[Order]:
        """What of the orders is written down then."""
        assert was is not None
        assert now is not None
        found, before = list[Order](), {order.id for order in was.orders}
        for order in now.orders:
            if order.id not in before and not order.is_door:
                order = replace(rest_of(order, order) if order.id else order, id=len(self.orders) + 1)
                self.orders.append(order)
            found.append(order)
        stays = {order.id for order in now.orders}
        for gone in was.orders:
            if gone.id not in stays and not gone.is_door:
                self.end(gone.id - 1)
        return found


some_sources = st.frozensets(st.sampled_from(sorted(ALL_SOURCES)), min_size=1)
flags = st.dictionaries(st.sampled_from([STAGE, DATA, HEARS]), st.booleans(), min_size=1)
saying = st.one_of(
    st.just(Said(((STAGE, False),))),
    st.just(Said(((STAGE, True),))),
    some_sources.map(lambda give: Said(give=give)),
    flags.map(lambda said: Said(tuple(said.items()))),
    st.builds(lambda said, listed: Said(tuple(said.items()), listed=listed), flags | st.just({}), some_sources),
)
deciding = st.tuples(st.just("decide"), saying)
killed = st.tuples(st.just("killed"), saying)


def lived(world: Deciding, events: Sequence[tuple[object, ...]]) -> None:
    for event in events:
        match event:
            case "decide", Said() as said:
                world.decide(said)
            case "killed", Said() as said:
                world.decide(said, "killed")
            case _:
                live(world, [event])


@settings(max_examples=300)
@given(permissions, st.lists(by_anybody | deciding | killed, max_size=14), saying)
def test_no_round_of_the_enforcer_reverses_what_was_just_decided(
    token: Permissions, events: list[tuple[object, ...]], said: Said
) -> None:
    world = Deciding(token)
    lived(world, events)
    world.decide(said)
    decided = world.now
    again = world.enforce()
    assert world.now == decided
    assert not again.theirs
    assert not again.overruled


AWAY = Amendment({STAGE: False}, take=frozenset({Source.CAMERA}))
AWAY_AND_HEARD = Amendment({STAGE: False, DATA: True})


@settings(max_examples=300)
@given(permissions, st.lists(by_usher_alone | deciding, max_size=14))
@example(Permissions(), [("give", AWAY, None), ("decide", Said(listed=frozenset({Source.CAMERA})))])
@example(Permissions(), [("give", AWAY_AND_HEARD, None), ("decide", Said(((DATA, False),)))])
def test_each_flag_that_was_decided_is_what_it_goes_back_to_when_all_orders_have_ended(
    token: Permissions, events: list[tuple[object, ...]]
) -> None:
    world, expected = Deciding(token), {name: getattr(token, name) for name in (STAGE, DATA, HEARS)}
    for event in events:
        if isinstance(event[1], Said):
            expected |= dict(event[1].flags)
            expected |= {STAGE: True} if event[1].give else {}
        lived(world, [event])
    for which in range(len(world.orders)):
        world.end(which)
    world.enforce()
    assert {name: getattr(world.now, name) for name in expected} == expected


@settings(max_examples=300)
@given(permissions, st.lists(taking | by_usher_alone | deciding, max_size=10), some_sources, st.lists(by_usher_alone))
def test_a_list_of_sources_that_was_decided_is_the_list_when_all_orders_have_ended(
    token: Permissions,
    before: list[tuple[object, ...]],
    listed: frozenset[Source],
    after: list[tuple[object, ...]],
) -> None:
    world = Deciding(token)
    lived(world, [*before, ("decide", Said(listed=listed)), *after])
    for which in range(len(world.orders)):
        world.end(which)
    world.enforce()
    assert world.now.can_publish_sources == listed


@settings(max_examples=300)
@given(permissions, st.lists(by_usher_alone | deciding | joining(permissions), max_size=14), saying)
def test_what_was_decided_is_so_at_once_unless_an_order_left_in_force_says_otherwise(
    token: Permissions, events: list[tuple[object, ...]], said: Said
) -> None:
    world = Deciding(token)
    lived(world, events)
    decide = said.decide(world.now)
    _, wanted = world.decide(said)
    assert wanted.ground is not None
    assert world.room.participant is not None
    mine = bearing(world.orders, world.room.room, world.room.participant, world.at)
    takes = frozenset[Source]().union(*(order.what.take for order in mine))
    for name, value in decide.decision.flags.items():
        if name != STAGE or not takes:
            assert getattr(world.now, name) is value
    assert said.give <= world.now.effective_sources
    assert {
        name: getattr(wanted.ground.base, name) for name in BOOLEAN_PERMISSIONS if name in decide.decision.flags
    } == dict(decide.decision.flags)


@settings(max_examples=300)
@given(permissions, st.lists(by_anybody | deciding, max_size=12), saying)
def test_the_undo_of_a_decision_brings_back_the_base_and_the_orders(
    token: Permissions, events: list[tuple[object, ...]], said: Said
) -> None:
    world = Deciding(token)
    lived(world, events)
    world.enforce()
    was, now = world.decide(said)
    world.undo(was, now)
    assert was.participant is not None
    assert was.ground is not None
    assert world.now == was.participant.permission
    world.enforce()
    assert world.now == was.participant.permission
    for which in range(len(world.orders)):
        world.end(which)
    world.enforce()
    assert world.now == was.ground.base


@settings(max_examples=300)
@given(permissions, st.lists(by_anybody | deciding, max_size=12), saying)
def test_a_decision_of_which_usher_was_killed_in_the_middle_leaves_what_orders_take_taken(
    token: Permissions, events: list[tuple[object, ...]], said: Said
) -> None:
    world = Deciding(token)
    lived(world, events)
    world.decide(said, "killed")
    world.enforce()
    words: dict[Source, bool] = {}
    for each in world.in_force():
        words |= dict.fromkeys(each.what.give, True) | dict.fromkeys(each.what.take, False)
    assert not {source for source, allowed in words.items() if not allowed} & world.now.effective_sources
