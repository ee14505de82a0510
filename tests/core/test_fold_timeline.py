"""Orders that begin and end in every order, while people come and go, others write, and Usher is killed in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.fold import Fold, Session, bearing, fold, session_of, under
from bot.model import ALL_SOURCES, Permissions, Source
from bot.orders import Amendment, Door, Order
from bot.state import BOOLEAN_PERMISSIONS, PersonState
from tests.core.order_strategies import GIVEN, ROOM, bob, door, order, present
from tests.core.strategies import permissions

MINUTE = timedelta(minutes=1)


@dataclass
class World:
    """One room with bob in it, as the server has it, and what Usher keeps of his sessions and of its orders."""

    token: Permissions
    at = GIVEN
    number: int = 1
    orders: list[Order] = field(default_factory=list)
    known: list[Session] = field(default_factory=list)
    last: Fold | None = None

    def __post_init__(self) -> None:
        self.room = PersonState(ROOM, bob(self.token))

    @property
    def now(self) -> Permissions:
        assert self.room.participant is not None
        return self.room.participant.permission

    @property
    def session(self) -> Session:
        return session_of(self.known, self.room, self.orders, self.at)

    def in_force(self) -> tuple[Order, ...]:
        assert self.room.participant is not None
        mine = bearing(self.orders, ROOM, self.room.participant, self.at)
        return tuple(each for each in mine if each.id not in self.session.past)

    def give(self, what: Amendment | Door, minutes: int | None) -> None:
        ends = self.at + minutes * MINUTE if minutes else None
        facts = {"id": len(self.orders) + 1, "at": self.at, "ends": ends}
        self.orders.append(door(what, **facts) if isinstance(what, Door) else order(what=what, **facts))

    def end(self, which: int) -> None:
        if self.orders:
            at = which % len(self.orders)
            self.orders[at] = replace(self.orders[at], ended=self.orders[at].ended or self.at)

    def come_back(self, token: Permissions | None) -> None:
        """With the token of the application, or (None) with the one that the server last gave the client."""
        self.number += 1
        self.token = token or self.token
        permission = token or self.now
        self.room = PersonState(ROOM, bob(permission, f"PA_{self.number}", joined_at=self.at))

    def write(self, permission: Permissions) -> None:
        assert self.room.participant is not None
        self.room = replace(self.room, participant=replace(self.room.participant, permission=permission))

    def enforce(self, stopped: str = "") -> Fold:
        """One round of the enforcer; it may be killed before anything is kept, written, or known to be there."""
        session = self.session
        folded = fold(session, self.room, self.orders, self.at)
        for overruled in folded.overruled:
            self.end(overruled.id - 1)
        if stopped == "kept":
            return folded
        self.keep(folded.session)
        if stopped == "written":
            return folded
        assert folded.wanted.participant is not None
        self.write(folded.wanted.participant.permission)
        if stopped != "settled":
            self.keep(folded.session.settled)
        return folded

    def keep(self, session: Session) -> None:
        self.known = [session, *(each for each in self.known if each.sid != session.sid)]


ends = st.none() | st.integers(1, 10)
giving = st.tuples(st.just("give"), present | st.sampled_from([Door.LISTEN_ONLY, Door.OPEN]), ends)
taking = st.tuples(
    st.just("give"),
    present.map(lambda what: Amendment(dict.fromkeys(what.flags, False), take=what.give | what.take)),
    ends,
)
ending = st.tuples(st.just("end"), st.integers(0, 9))
waiting = st.tuples(st.just("wait"), st.integers(1, 6))
looking = st.tuples(st.just("enforce"), st.sampled_from(["", "", "kept", "written", "settled"]))
flags = st.tuples(st.just("flag"), st.sampled_from(["can_publish", "can_publish_data", "can_subscribe"]))
sources = st.tuples(st.just("source"), st.sampled_from(sorted(ALL_SOURCES)))


def joining(tokens: st.SearchStrategy[Permissions | None]) -> st.SearchStrategy[tuple[str, Permissions | None]]:
    return st.tuples(st.just("join"), tokens)


def live(world: World, events: Sequence[tuple[object, ...]]) -> None:
    for event in events:
        match event:
            case "give", what, minutes:
                world.give(what, minutes)  # type: ignore[arg-type]
            case "end", which:
                world.end(which)  # type: ignore[arg-type]
            case "wait", minutes:
                world.at += minutes * MINUTE  # type: ignore[operator]
            case "join", token:
                world.come_back(token)  # type: ignore[arg-type]
            case "enforce", stopped:
                world.enforce(stopped)  # type: ignore[arg-type]
            case "flag", name:
                world.write(replace(world.now, **{name: not getattr(world.now, str(name))}))  # type: ignore[arg-type]
            case "source", source:
                world.write(toggled(world.now, source))  # type: ignore[arg-type]


def toggled(permission: Permissions, source: Source) -> Permissions:
    left = permission.can_publish_sources ^ {source}
    return replace(permission, can_publish_sources=left or permission.can_publish_sources)


by_usher_alone = st.one_of(giving, ending, waiting, looking)
by_anybody = st.one_of(by_usher_alone, flags, sources, joining(st.none() | permissions))


@given(permissions, st.lists(by_usher_alone | joining(permissions), max_size=14))
def test_whatever_began_and_ended_the_room_is_as_the_orders_in_force_make_it_of_the_token(
    token: Permissions, events: list[tuple[object, ...]]
) -> None:
    world = World(token)
    live(world, events)
    world.enforce()
    assert world.now == under(world.token, world.in_force())
    assert not fold(world.session, world.room, world.orders, world.at).theirs


@given(permissions, st.lists(by_usher_alone | joining(permissions), max_size=14))
def test_orders_that_have_ended_leave_no_trace(token: Permissions, events: list[tuple[object, ...]]) -> None:
    world = World(token)
    live(world, events)
    for which in range(len(world.orders)):
        world.end(which)
    world.enforce()
    assert world.now == world.token


@given(permissions, st.lists(giving, min_size=1, max_size=4), st.permutations(range(4)), st.permutations(range(4)))
def test_ending_a_few_in_any_order_is_as_if_only_the_others_had_been_given(
    token: Permissions, given: list[tuple[object, ...]], first: list[int], second: list[int]
) -> None:
    rooms = []
    for ends in (first, second):
        world = World(token)
        live(world, given)
        world.enforce()
        for which in ends:
            if which < 2:
                world.end(which)
                world.enforce()
        rooms.append(world.now)
    others = World(token)
    live(others, given)
    for which in {which % len(given) for which in (0, 1)}:
        others.end(which)
    others.enforce()
    assert rooms == [others.now] * 2


@given(permissions, st.lists(by_usher_alone | joining(st.none()), max_size=14))
def test_who_comes_back_with_what_orders_left_them_gets_all_of_it_back(
    token: Permissions, events: list[tuple[object, ...]]
) -> None:
    """As long as no order began or ended while they were away: then only the room tells what is theirs."""
    world = World(token)
    for event in events:
        if event[0] == "join":
            world.enforce()
        live(world, [event])
        if event[0] == "join":
            world.enforce()
    for which in range(len(world.orders)):
        world.end(which)
    world.enforce()
    doors = any(each.is_door for each in world.orders)
    assert doors or world.now == token


@settings(max_examples=300)
@given(permissions, st.lists(by_anybody, max_size=14))
def test_one_more_round_of_the_enforcer_finds_nothing_to_do(
    token: Permissions, events: list[tuple[object, ...]]
) -> None:
    world = World(token)
    live(world, events)
    folded = world.enforce()
    again = world.enforce()
    assert again.wanted == folded.wanted
    assert again.session == world.session
    assert not again.theirs
    assert not again.overruled


@settings(max_examples=300)
@given(permissions, st.lists(by_anybody, max_size=14), st.lists(flags | sources, max_size=3))
def test_whoever_wrote_what_no_source_that_an_order_takes_can_be_used(
    token: Permissions, events: list[tuple[object, ...]], last: list[tuple[object, ...]]
) -> None:
    world = World(token)
    live(world, [*events, *last])
    world.enforce()
    words: dict[Source, bool] = {}
    for each in world.in_force():
        words |= dict.fromkeys(each.what.give, True) | dict.fromkeys(each.what.take, False)
    taken = {source for source, allowed in words.items() if not allowed}
    assert not taken & world.now.effective_sources


@settings(max_examples=300)
@given(permissions, st.lists(by_anybody, max_size=12), st.lists(flags | sources, min_size=1, max_size=3))
def test_what_others_take_since_the_last_look_is_not_given_back_by_any_order(
    token: Permissions, events: list[tuple[object, ...]], last: list[tuple[object, ...]]
) -> None:
    world = World(token)
    live(world, events)
    world.enforce()
    before = world.now
    live(world, last)
    after = world.now
    world.enforce()
    for name in BOOLEAN_PERMISSIONS:
        if getattr(before, name) and not getattr(after, name):
            assert not getattr(world.now, name)
    assert not (before.effective_sources - after.effective_sources) & world.now.effective_sources


@given(permissions, st.lists(taking | ending | waiting | flags | sources, max_size=12))
def test_while_orders_only_take_what_is_left_in_the_end_is_what_others_made_of_it(
    token: Permissions, events: list[tuple[object, ...]]
) -> None:
    """Each event is seen, so the base is the token with each change that others made to what was there."""
    world = World(token)
    world.enforce()
    free = token
    for event in events:
        before = world.now
        live(world, [event])
        if event[0] in ("flag", "source"):
            free = changed_alike(free, before, world.now)
        world.enforce()
    for which in range(len(world.orders)):
        world.end(which)
    world.enforce()
    assert world.now == free


def changed_alike(free: Permissions, before: Permissions, after: Permissions) -> Permissions:
    """`free` with what differs between the two others set as in the second."""
    flags = {
        name: getattr(after, name) for name in BOOLEAN_PERMISSIONS if getattr(before, name) != getattr(after, name)
    }
    toggled = before.can_publish_sources ^ after.can_publish_sources
    left = (free.can_publish_sources - toggled) | (after.can_publish_sources & toggled)
    if not left:
        return replace(free, **{**flags, "can_publish": False, "can_publish_sources": after.can_publish_sources})
    return replace(free, can_publish_sources=left, **flags)
