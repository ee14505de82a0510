"""A decision about the permission of a session that orders are on, or have been on: what it makes of the base. Pure.

What somebody decides about a field is what that goes back to when no order speaks for it any more. So a decision is
made of the base (ADR 14); the room then shows what the orders that are left make of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions.permissions import SetPermissions, with_permission
from bot.contradicting import STAGE, Contradicted, Decision, contradicted
from bot.fold import Session, fold, under
from bot.model import Permissions
from bot.orders import Order
from bot.ports import RoomService
from bot.state import Ground, PersonState
from bot.subject import Action, PersonSubject


@dataclass(frozen=True, slots=True)
class Known:
    """A session as it is known at that time, the orders that are in force in its room, and those that are on it."""

    session: Session
    orders: tuple[Order, ...]
    on_it: tuple[Order, ...]
    at: datetime

    def ground(self, state: PersonState) -> PersonState:
        """The state with what its permission stands on; without, where it is about another session."""
        if state.sid != self.session.sid:
            return replace(state, ground=None)
        folded = fold(self.session, state, self.orders, self.at)
        return replace(state, ground=Ground(folded.session.base, folded.orders))

    def decided(self, before: PersonState, wanted: PersonState, carried: Sequence[Order]) -> Session:
        """The session once the room shows what was wanted; `carried` are the orders on it as they are written down."""
        was, now = ground_of(before), ground_of(wanted)
        session = fold(self.session, before, self.orders, self.at).session
        doors = frozenset(order.id for order in was.orders if order.is_door and order not in now.orders)
        again = frozenset[int]().union(*(order.ids for order in now.orders if order.is_door))
        return replace(
            session,
            base=now.base,
            ours=(_permission(wanted),),
            carried=frozenset(order.id for order in carried),
            past=(session.past | doors) - again,
        )


def ground_of(state: PersonState) -> Ground:
    """LookupError where it is not known."""
    if state.ground is None:
        raise LookupError("what the permission of this session stands on is not known")
    return state.ground


def _permission(state: PersonState) -> Permissions:
    if state.participant is None:
        raise LookupError("nobody is there")
    return state.participant.permission


@dataclass(frozen=True, slots=True)
class Grounded(PersonSubject):
    """One session of one person, looked at with what its permission stands on."""

    known: Known | None = None

    async def look(self, service: RoomService) -> PersonState:
        state = await PersonSubject.look(self, service)
        return self.known.ground(state) if self.known is not None else state


@dataclass(slots=True)
class OnGround:
    """A statement about such a session. It holds where the room shows what was made of the ground when it was planned:
    by what the room shows afterwards, Usher's own write could not be told from somebody else's."""

    known: Known
    action: Action[PersonState]
    _wanted: Permissions | None = None

    def amend(self, state: PersonState) -> PersonState:
        wanted = self.action.amend(state)
        self._wanted = wanted.participant.permission if wanted.participant is not None else None
        return wanted

    def bears_on(self, state: PersonState) -> bool:
        return self.action.bears_on(state)

    def holds(self, state: PersonState) -> bool:
        person = state.participant
        return person is not None and person.sid == self.known.session.sid and person.permission == self._wanted


@dataclass(frozen=True, slots=True)
class Decide:
    """What was decided is in the base; the orders that say otherwise end, or their part that does."""

    action: SetPermissions
    decision: Decision

    def amend(self, state: PersonState) -> PersonState:
        person, ground = state.participant, state.ground
        if person is None or ground is None:
            return self.action.amend(state)
        left = self.left(ground.orders)
        base = self.action.permission(self._found(ground))
        return replace(
            state, participant=with_permission(person, under(base, left)), ground=Ground(base, left)
        )  # fmt: skip

    def _found(self, ground: Ground) -> Permissions:
        """The base as the decision finds it: whoever an order, or a door, keeps in the audience is given a source
        there, and that one alone."""
        away = any(order.what.flags.get(STAGE) is False for order in ground.orders)
        return replace(ground.base, can_publish=False) if away and self.decision.flags.get(STAGE) else ground.base

    def bears_on(self, state: PersonState) -> bool:
        return self.action.bears_on(state)

    def holds(self, state: PersonState) -> bool:
        return self.action.holds(state)

    def ending(self, orders: Sequence[Order]) -> tuple[Contradicted, ...]:
        """Which of these orders it ends, or in part."""
        return contradicted(orders, self.decision)

    def left(self, orders: Sequence[Order]) -> tuple[Order, ...]:
        """What is left of these orders on somebody. Who is brought on stage is past the doors."""
        ending = {one.order.id: one.left for one in self.ending(orders)}
        said, found = self.decision.flags, []
        for order in orders:
            if order.is_door and any(said.get(name, value) is not value for name, value in order.what.flags.items()):
                continue
            if order.id not in ending:
                found.append(order)
            elif (left := ending[order.id]) is not None:
                found.append(rest_of(order, replace(order, what=left)))
        return tuple(found)


def rest_of(old: Order, order: Order) -> Order:
    """That order as one that is still to be written down, in the place of the old one and as old as it."""
    return replace(order, id=0, ended=None, how="", former=old.ids | order.ids)
