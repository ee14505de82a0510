"""Orders as commands give them: written down first, with the grants that allow them, then carried out at once on those
who are there. Whatever could not be carried out yet, the enforcer tries again."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot.authority import holding, may_end
from bot.bringing_back import BringingBack
from bot.carried import Carried
from bot.context import Context
from bot.contradicting import Contradicted, replaces, same
from bot.errors import BotError, RoomError, Unavailable
from bot.fold import Fold
from bot.grounded import rest_of
from bot.history import Content
from bot.lasting import Lasting
from bot.model import Participant
from bot.orders import Amendment, Order, Who
from bot.people import is_glob
from bot.record import Record
from bot.state import Difference, PersonState, difference
from bot.tasks import gather_bounded, within
from bot.turning import Turning

T = TypeVar("T")
MOST_ROOMS, AT_ONCE = 40, 4


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an order on those who are there. `errors`: rooms that could not be looked at, and why.

    `rooms` are those that were looked at, `more` how many others there are.
    """

    carried: tuple[Carried, ...] = ()
    errors: tuple[BotError, ...] = ()
    rooms: tuple[str, ...] = ()
    more: int = 0

    @property
    def holds(self) -> bool:
        return not self.errors and all(one.holds for one in self.carried)

    @property
    def why(self) -> str:
        """Why it does not hold everywhere yet, in a sentence; "" where it does."""
        if self.holds:
            return ""
        failed = [one.error or (one.result.error if one.result else None) for one in self.carried if not one.holds]
        words = [error.user_text for error in (*self.errors, *failed) if error is not None]
        return words[0] if words else "LiveKit accepted it, but the room does not show it."


@dataclass(frozen=True, slots=True)
class Given:
    """An order as it was written down; `already` where that very order was in force, so that none was written."""

    order: Order
    done: Done
    replaced: tuple[Order, ...] = ()
    already: bool = False


class Ordering:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._services = context.services

    def drafted(
        self, what: Amendment, lasting: Lasting | None, rooms: Sequence[str] = (), *, door: bool = False
    ) -> Order:
        """The order that this command is about to give; it is not in force yet."""
        context = self._context
        acts = tuple(rooms) or (context.room,)
        ends = lasting.ends(context.calendar.now) if lasting is not None else None
        who = None if door else self._who()
        grants = holding(context.moderator, context.needed, acts)
        return Order(
            what, who, acts, grants, ends, context.bound.reason, command=context.command.name,
            hidden=not door and context.is_about_hidden,
        )  # fmt: skip

    def _who(self) -> Who:
        """The person, and with the attribute of the settings that names them, where they cannot write it themselves."""
        target, key = self._context.bound.target, self._context.policy.person_key
        if target is None:
            raise LookupError("this command has no target")
        person = target.participant
        value = person.attributes.get(key, "") if person and key and not person.permission.can_update_metadata else ""
        return Who(target.identity, target.name, key if value else "", value)

    async def bearing(self) -> tuple[Order, ...]:
        """The orders in force on the person whom the command is about, in this room; none on somebody who is gone."""
        target = self._context.bound.target
        if target is None or target.participant is None:
            return ()
        standing = self._services.standing
        return standing.bearing(await standing.active(target.room), target.room, target.participant)

    async def give(self, order: Order, *, case: int | None = None, instead: Sequence[Order] = ()) -> Given:
        """Write the order down, in the place of `instead` and of what it makes superfluous, and carry it out."""
        active = await self._in_force()
        if not instead and (old := next((one for one in active if same(order, one)), None)) is not None:
            await self._context.handle_once()
            return Given(old, await self.carry_out(old), already=True)
        replaced = tuple({one.id: one for one in (*instead, *self._superfluous(order, active))}.values())
        written = await self._services.orders.append(
            order,
            self._content(),
            case=case,
            instead=[one.id for one in replaced],
            event_key=self._context.claim(),
        )
        return Given(written, await self.carry_out(written), replaced)

    async def _in_force(self) -> tuple[Order, ...]:
        now = self._services.standing.time.now()
        return tuple(order for order in await self._services.orders.active() if order.in_force(now))

    def _superfluous(self, order: Order, active: Sequence[Order]) -> tuple[Order, ...]:
        """Those of these orders that this one leaves nothing to say, and that are this person's to end."""
        return tuple(one for one in active if replaces(order, one) and may_end(self._context, one))

    async def preview(self, order: Order) -> tuple[Difference, tuple[Order, ...]]:
        """What the order would change of the person now, and the orders whose place it would take."""
        active = await self._in_force()
        replaced = self._superfluous(order, active)
        target = self._context.bound.target
        person = target.participant if target is not None else None
        if person is None:
            return Difference(), replaced
        left = [one for one in active if one not in replaced and one.covers(self._context.room)]
        return _changes(await self._fold(person, [*left, order]), person, self._context.room), replaced

    async def preview_without(self, contradicted: Sequence[Contradicted]) -> Difference:
        """What would change of the person if those orders said no more than what is left of them."""
        target = self._context.bound.target
        if target is None or target.participant is None:
            return Difference()
        left = {one.order.id: one.left for one in contradicted}
        active = await self._services.standing.active(target.room)
        orders = [o if o.id not in left else replace(o, what=left[o.id] or Amendment()) for o in active]
        return _changes(await self._fold(target.participant, orders), target.participant, target.room)

    async def _fold(self, person: Participant, orders: Sequence[Order]) -> Fold:
        return await self._services.standing.preview(self._context.room, person, orders)

    async def give_way(self, contradicted: Sequence[Contradicted]) -> tuple[Order, ...]:
        """End these orders, or their part that is contradicted; those that were in force until now.

        What is left of one stays in its case, its giver's, with the grants that allowed it.
        """
        services, about = self._services, self._content()
        whole = [one.order.id for one in contradicted if one.left is None]
        ended: list[Order] = []
        if whole:
            ended += await services.orders.end(whole, about, event_key=self._context.claim())
        turning = Turning(services.orders, services.history, about)
        for one in contradicted:
            if one.left is not None:
                left = rest_of(one.order, replace(one.order, what=one.left))
                written = await turning.narrow(left, [one.order], self._context.claim())
                ended += [one.order] if written is not None else []
        return tuple(ended)

    async def end(self, orders: Sequence[Order]) -> tuple[Order, ...]:
        """End these orders; those that this call ended. What they took is given back by `carry_out`."""
        return await self._services.orders.end(
            [order.id for order in orders], self._content(), event_key=self._context.claim()
        )

    async def put_back(self, back: BringingBack) -> tuple[Order, ...]:
        """Put these orders in force again, and end what has to end with it; none where somebody was faster."""
        content, key, orders = self._content(), self._context.claim(), self._services.orders
        return await orders.put_back(back.orders, content, instead=back.instead, event_key=key)

    def _content(self) -> Content:
        target = self._context.bound.target
        return self._context.record().entry_content(room=self._context.room, sid=target.sid if target else "")

    def record(self, order: Order) -> Record:
        """Who asks, in the case of that order."""
        return replace(self._context.record(refers=order.id), event_key="", case=order.case, only_changes=True)

    async def carry_out_all(self, orders: Sequence[Order]) -> Done:
        """The same for each, once for those that are about the same people in the same rooms."""
        apart: dict[object, Order] = {}
        for order in orders:
            apart.setdefault((order.who, order.rooms), order)
        each = [await self.carry_out(order) for order in apart.values()]
        return Done(
            tuple(one for done in each for one in done.carried),
            tuple(error for done in each for error in done.errors),
            tuple(dict.fromkeys(room for done in each for room in done.rooms)),
            max((done.more for done in each), default=0),
        )

    async def carry_out(self, order: Order) -> Done:
        """Bring those who are there to what is wanted of them now that this order has been given, or has ended."""
        try:
            rooms, more = await self._timed(self._rooms(order))
        except RoomError as error:
            return Done(errors=(error,))
        found = await gather_bounded(lambda room: self._in_room(room, order), rooms, AT_ONCE, BotError) if rooms else []
        errors = tuple(one for one in found if isinstance(one, BotError))
        carried = tuple(one for each in found if not isinstance(each, BotError) for one in each)
        return Done(carried, errors, tuple(rooms), more)

    async def _rooms(self, order: Order) -> tuple[list[str], int]:
        """The rooms where it acts: of those that globs name the live ones, as many as there is time for."""
        if not any(map(is_glob, order.rooms)) and len(order.rooms) == 1:
            return [room for room in order.rooms if order.covers(room)], 0
        live = [room.name for room in await self._services.rooms.list_rooms() if order.covers(room.name)]
        here = self._context.room
        live.sort(key=lambda room: room != here)
        return live[:MOST_ROOMS], max(0, len(live) - MOST_ROOMS)

    async def _in_room(self, room: str, order: Order) -> tuple[Carried, ...]:
        standing, record, budget = self._services.standing, self.record(order), self._context.budget
        if order.who is not None and order.who.identity and not order.who.key:
            one = await standing.person(room, order.who.identity, record, budget=budget)
            return (one,) if one is not None else ()
        people = await self._timed(self._services.rooms.list_participants(room))
        if order.who is not None:
            people = tuple(person for person in people if order.who.is_(person, by_attribute=True))
        return await standing.people(room, people, await standing.active(room), record, budget=budget)

    async def _timed(self, look: Coroutine[Any, Any, T]) -> T:
        budget = self._context.budget
        try:
            return await within(self._services.clock, budget.left(budget.read), look)
        except TimeoutError:
            raise Unavailable("LiveKit did not answer in time.", "timeout", sent=False) from None


def _changes(folded: Fold, person: Participant, room: str) -> Difference:
    return difference(PersonState(room, person), folded.wanted)
