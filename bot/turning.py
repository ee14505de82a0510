"""Orders that somebody's decision ends, ends in part, or brings back: written down so that each stays its giver's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.grounded import rest_of
from bot.history import Content
from bot.orders import Order
from bot.ports import History, Orders
from bot.state import Ground


class Turning:
    """`by` says who decides, with which words. Any method: `HistoryError`."""

    def __init__(self, orders: Orders, history: History, by: Content) -> None:
        self._orders = orders
        self._history = history
        self._by = by

    async def turn(self, was: Ground, now: Ground) -> tuple[Order, ...]:
        """Write down what becomes of the orders; those that are on the session then, as they are written."""
        before = {order.id: order for order in was.orders}
        found, instead = [], set[int]()
        for order in now.orders:
            if order.id in before or order.is_door:
                found.append(order)
                continue
            old = [one for one in was.orders if not one.is_door and one.ids & order.ids]
            instead |= {one.id for one in old}
            new = await (self.narrow(order, old) if old else self._again(order))
            found += [new] if new is not None else []
        stays = instead | {order.id for order in now.orders}
        gone = [order.id for order in was.orders if order.id not in stays and not order.is_door]
        if gone:
            await self._orders.end(gone, self._by)
        return tuple(found)

    async def narrow(self, order: Order, old: Sequence[Order], event_key: str | None = None) -> Order | None:
        """Write down what those orders are from now on, in their case and as their giver gave it; None where somebody
        else has ended them."""
        new = order
        for one in old:
            new = rest_of(one, new)
        said = await self._said(order, "This is in force of it")
        return await self._orders.narrow(new, said, [one.id for one in old], self._by, event_key=event_key)

    async def _again(self, order: Order) -> Order:
        """One that has ended comes back, in its case."""
        return await self._orders.append(rest_of(order, order), await self._said(order, "It is back"), case=order.case)

    async def _said(self, order: Order, what: str) -> Content:
        """What its giver said of it at first, and why it is written down again."""
        return replace(await self._given(order), detail=f"{what} after /{self._by.command} by {self._by.actor_name}.")

    async def _given(self, order: Order) -> Content:
        case = await self._history.case(order.case)
        given = [one.content for one in (case.entries if case else ()) if one.seq in order.ids and one.content]
        return given[0] if given else Content(order.issuer, order.issuer_name, order.command)
