"""All orders in force over what a session would have without them: what is wanted of a person now. Pure.

Orders never invert: ending one is folding again without it. So overlapping orders cannot restore each other, whatever
the order in which they begin and end. What the base of a session is, and why, is ADR 7.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot.actions.permissions import SetPermissions, with_permission
from bot.actions.presence import Remove
from bot.model import Participant, Permissions, Source
from bot.orders import Order
from bot.state import BOOLEAN_PERMISSIONS, PERMISSION, SOURCES, Change, Difference, PersonState

T = TypeVar("T")
STAGE = "can_publish"
NOTHING = Difference()


@dataclass(frozen=True, slots=True)
class Session:
    """What is known of one session (identity, sid).

    `base` is what it would have without any order. `ours` is what Usher may have left it with: what it was last seen
    with, and what was then to be written. Whatever else is found is somebody else's doing. `carried` are the orders
    that are in that, `past` the doors that somebody has brought the person through since they entered. `version`
    counts what was kept of it (see the port `Sessions`).
    """

    room: str
    identity: str
    sid: str
    base: Permissions
    ours: tuple[Permissions, ...]
    carried: frozenset[int] = frozenset()
    past: frozenset[int] = frozenset()
    version: int = 0

    @property
    def settled(self) -> Session:
        """The same once the room shows what was to be written."""
        return replace(self, ours=self.ours[-1:])

    def kept(self, now: Permissions, value: Callable[[Permissions], object]) -> bool:
        """Whether that value is one that Usher may have left."""
        return any(value(ours) == value(now) for ours in self.ours)


@dataclass(frozen=True, slots=True)
class Fold:
    """What the orders make of one person now.

    `session` is to be kept before anything is written, and `session.settled` once the room shows `wanted`. `orders`
    are those that were carried out, oldest first. `theirs` is what somebody else changed about the fields that orders
    speak for, or did until now: only what an order on the person takes is taken again, the rest is left alone.
    `overruled` are orders whose gift somebody else took back: they are not carried out, and are to be ended before the
    session is kept.
    """

    session: Session
    wanted: PersonState
    orders: tuple[Order, ...] = ()
    theirs: Difference = NOTHING
    overruled: tuple[Order, ...] = ()

    @property
    def carried(self) -> frozenset[int]:
        """The ids of the orders that were carried out."""
        return frozenset(order.id for order in self.orders)


def bearing(orders: Sequence[Order], room: str, person: Participant, at: datetime) -> tuple[Order, ...]:
    """The orders in force on this person in this room, oldest first; of the doors they came through the newest alone.

    Who is protected is not known here: leave out the doors for them.
    """
    found = sorted((o for o in orders if o.in_force(at) and o.bears_on(person, room)), key=lambda order: order.age)
    doors = [order for order in found if order.is_door]
    return tuple(order for order in found if not order.is_door or order is doors[-1])


def session_of(known: Sequence[Session], now: PersonState, orders: Sequence[Order], at: datetime) -> Session:
    """The session of this person as it is known (sessions newest first), or what is to be known of a new one.

    A client that lost its connection comes back in a new session with what it had, orders included. Where the orders
    in force make exactly that of the base of the session before, it goes on. Any other newcomer has what its token
    says. LookupError when nobody is there.
    """
    person = now.participant
    if person is None:
        raise LookupError("nobody is there to have a session")
    theirs = [session for session in known if session.identity == person.identity]
    if (own := next((session for session in theirs if session.sid == person.sid), None)) is not None:
        return replace(own, room=now.room)
    new = Session(now.room, person.identity, person.sid, person.permission, (person.permission,))
    before = next((session for session in theirs if session.room == now.room), None)
    mine = bearing(orders, now.room, person, at)
    if before is not None and under(before.base, mine) == person.permission:
        return replace(new, base=before.base, carried=before.carried)
    return new


def fold(session: Session, now: PersonState, orders: Sequence[Order], at: datetime) -> Fold:
    """What is wanted of the person whose session this is; of somebody who is gone, nothing.

    ValueError when the state is about another session.
    """
    person = now.participant
    if person is None:
        return Fold(session, now)
    if (person.identity, person.sid) != (session.identity, session.sid):
        raise ValueError("the state is about another session")
    mine = tuple(order for order in bearing(orders, now.room, person, at) if not order.ids & session.past)
    if any(order.what.absent for order in mine):
        return Fold(session, Remove(person.sid).amend(now), mine)
    overridden = tuple(o for o in mine if o.ids & session.carried and _overridden(o, session, person.permission))
    carried = tuple(order for order in mine if order not in overridden)
    base = _without_orders(session, person.permission)
    wanted = under(base, carried)
    ours = (wanted,) if wanted == person.permission else (person.permission, wanted)
    ids, past = frozenset(o.id for o in carried), session.past.union(o.id for o in overridden if o.is_door)
    return Fold(
        session=replace(session, base=base, ours=ours, carried=ids, past=past),
        wanted=replace(now, participant=with_permission(person, wanted)),
        orders=carried,
        theirs=_theirs(session, person.permission, mine),
        overruled=tuple(order for order in overridden if not order.is_door),
    )


def under(base: Permissions, orders: Sequence[Order]) -> Permissions:
    """The permission that these orders, oldest first, make of that one; the newest word on a field counts.

    A source that an order takes stays taken whatever others say of the stage; only a newer one that names it gives it.
    """
    words: dict[Source, bool] = {}
    for order in orders:
        words |= dict.fromkeys(order.what.give, True) | dict.fromkeys(order.what.take, False)
    taken = frozenset(source for source, given in words.items() if not given)
    wanted = base
    for order in orders:
        wanted = SetPermissions(order.what.flags, give=order.what.give - taken).permission(wanted)
    return SetPermissions(take=taken).permission(wanted)


def _without_orders(session: Session, now: Permissions) -> Permissions:
    """The base of now: what somebody else changed, they changed in it."""

    def value(of: Callable[[Permissions], T]) -> T:
        return of(session.base) if session.kept(now, of) else of(now)

    flags = {name: value(_flag(name)) for name in BOOLEAN_PERMISSIONS}
    sources = frozenset(source for source in Source if value(_listed(source)))
    if not sources:  # somebody took all that the base has: an empty list would mean all four
        return Permissions(can_publish_sources=now.can_publish_sources, **{**flags, STAGE: False})
    return Permissions(can_publish_sources=sources, **flags)


def _overridden(order: Order, session: Session, now: Permissions) -> bool:
    """Whether somebody else has decided otherwise since this order was carried out, and that counts.

    It does where they took what the order gave: Usher gives against nobody. And it does where they gave what a door
    took: a door says how people enter, not what becomes of them inside.
    """
    given = not order.is_door
    fields = [_flag(name) for name, value in order.what.flags.items() if value is given]
    fields += [_flag(STAGE), *map(_listed, order.what.give)] if order.what.give else []
    return any(field(now) is not given and not session.kept(now, field) for field in fields)


def _theirs(session: Session, now: Permissions, orders: Sequence[Order]) -> Difference:
    """What somebody else changed of the fields that these orders, or those that have ended since, speak for."""
    flags, sources = _spoken(orders)
    last = session.ours[-1]
    flags |= {name for name in BOOLEAN_PERMISSIONS if _flag(name)(session.base) != _flag(name)(last)}
    sources |= session.base.can_publish_sources ^ last.can_publish_sources
    changes = [
        Change(PERMISSION + name, _flag(name)(last), _flag(name)(now))
        for name in BOOLEAN_PERMISSIONS
        if name in flags and not session.kept(now, _flag(name))
    ]
    if any(not session.kept(now, _listed(source)) for source in sources):
        changes.append(Change(SOURCES, sorted(last.can_publish_sources), sorted(now.can_publish_sources)))
    return Difference(tuple(changes))


def _spoken(orders: Sequence[Order]) -> tuple[set[str], set[Source]]:
    """The flags and the sources of which these orders say something; to give a source is to bring on stage."""
    flags = {name for order in orders for name in (*order.what.flags, *([STAGE] if order.what.give else ()))}
    return flags, {source for order in orders for source in order.what.give | order.what.take}


def _flag(name: str) -> Callable[[Permissions], bool]:
    return lambda permission: bool(getattr(permission, name))


def _listed(source: Source) -> Callable[[Permissions], bool]:
    return lambda permission: source in permission.can_publish_sources
