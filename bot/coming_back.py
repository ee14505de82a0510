"""The orders that a decision ended, which come back when it is undone: as they were, for what is left of their time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.authority import check_may_end
from bot.carried import EXPIRED
from bot.context import Context
from bot.deciding import holder_of
from bot.model import Source
from bot.order_words import by_order, in_case
from bot.orders import Amendment, Order
from bot.reply import Part, listed, text
from bot.result import Result
from bot.state import BASE, ORDERS, PERMISSION, SOURCE_LISTS, Difference, Ground, PersonState


@dataclass(frozen=True, slots=True)
class ComingBack:
    """Those that come back, and those whose time is over by now."""

    orders: tuple[Order, ...] = ()
    over: tuple[Order, ...] = ()


async def coming_back(context: Context, changes: Difference) -> ComingBack:
    """Of a recorded change. Nobody brings back what they could not end: it is refused."""
    change = changes.get(ORDERS)
    if change is None:
        return ComingBack()
    ended = set(map(int, change.before or ())) - set(map(int, change.after or ()))
    found, over = [], []
    for order in await context.services.orders.given(sorted(ended)):
        check_may_end(context, order)
        if not order.is_door and _is_over(context, order):
            over.append(order)
        elif (again := await _again(context, order)) is not None:
            found.append(again)
    return ComingBack(tuple(found), tuple(over))


def _is_over(context: Context, order: Order) -> bool:
    return order.how == EXPIRED or not replace(order, ended=None).in_force(context.calendar.now)


async def _again(context: Context, order: Order) -> Order | None:
    """The order as it was; without what was left of it where somebody has ended that too since. A door that has been
    ended stays so."""
    if order.is_door:
        return order if order.ended is None else None
    family = [one for one in await context.services.orders.get(order.case) if order.id in one.former]
    rest = [one for one in family if one.ended is not None and one.how != "replaced"]
    what = order.what
    for one in rest:
        what = _without(what, one.what)
    return replace(order, what=what, ended=None, how="") if what != Amendment() else None


def _without(what: Amendment, less: Amendment) -> Amendment:
    flags = {name: value for name, value in what.flags.items() if less.flags.get(name) is not value}
    return Amendment(flags, what.give - less.give, what.take - less.take)


def decides(changes: Difference) -> bool:
    """Whether somebody decided about the permission of a person."""
    return any(change.field == ORDERS or change.field.startswith((PERMISSION, BASE)) for change in changes.changes)


def standing_now(
    context: Context, changes: Difference, back: ComingBack, result: Result[PersonState]
) -> tuple[Part, ...]:
    """Of an undo: the orders that are back, those that are not, and where the room shows nothing of it, what holds."""
    was, now = result.before.ground, result.wanted.ground
    if was is None or now is None:
        return ()
    again = [order for order in now.orders if order not in was.orders]
    parts = (text("In force on them again: ", *listed([*map(in_case, again)]), "."),) if again else ()
    held = () if result.changes.starting(PERMISSION) else _held(context, changes, now.orders)
    return (*parts, *_over(back), *held)


def held_now(context: Context, changes: Difference, back: ComingBack, ground: Ground | None) -> tuple[Part, ...]:
    """Of a case of which all is as it was: the order that holds it otherwise."""
    return (*_over(back), *(_held(context, changes, ground.orders) if ground is not None else ()))


def _over(back: ComingBack) -> tuple[Part, ...]:
    over = listed([*map(in_case, back.over)])
    return (text("Not in force again, since its time is over: ", *over, "."),) if back.over else ()


def _held(context: Context, changes: Difference, orders: Sequence[Order]) -> tuple[Part, ...]:
    lists = [change for change in changes.changes if change.field in SOURCE_LISTS]
    names = {c.field.removeprefix(PERMISSION).removeprefix(BASE) for c in changes.changes if c not in lists}
    sources = frozenset(Source(word) for c in lists for word in set(c.before or ()) ^ set(c.after or ()))
    holder = holder_of(orders, names, sources)
    if holder is None:
        return ()
    return (text("What is so now is held by ", *by_order(holder, context.calendar), ": this counts when it ends."),)
