"""Which orders somebody may see, and which the words name."""

from __future__ import annotations

from collections.abc import Iterable

from bot.authority import acts_in, acts_in_sight, covers_all, globs, holding
from bot.context import Context
from bot.errors import BadArgument
from bot.history import Case
from bot.orders import Order
from bot.people import Moderator, Role


def may_see_order(moderator: Moderator, order: Order) -> bool:
    """Orders that act in some room in scope; what is about hidden people is for who is admin wherever it acts."""
    if not acts_in_sight(moderator, order):
        return False
    return not order.hidden or covers_all(globs(holding(moderator, Role.ADMIN)), order)


async def orders_in_sight(context: Context, room: str = "") -> list[Order]:
    """The orders in force that this person may see, newest first; with a room (or glob), those that act there."""
    now = context.services.standing.time.now()
    found = [
        order
        for order in await context.services.orders.active()
        if order.in_force(now) and may_see_order(context.moderator, order) and (not room or acts_in(order, room))
    ]
    return sorted(found, key=lambda order: order.age, reverse=True)


async def orders_of_case(context: Context, number: int) -> tuple[Case, tuple[Order, ...]]:
    """The case and its orders, oldest first; `BadArgument` in the same words when there are none, and out of sight."""
    orders = await context.services.orders.get(number)
    case = await context.services.history.case(number) if _seen(context.moderator, orders) else None
    if case is None:
        raise BadArgument(f"Case {number} is no order that you may see. /orders lists those that are in force.")
    return case, orders


def _seen(moderator: Moderator, orders: Iterable[Order]) -> bool:
    """Whether there is any, and none is out of sight."""
    found = [may_see_order(moderator, order) for order in orders]
    return bool(found) and all(found)
