"""What the enforcer knows of the database: the orders that nobody has ended, and the rooms of known sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.carried import COMMAND, EXPIRED, USHER
from bot.history import Content
from bot.orders import Order
from bot.people import is_glob
from bot.ports import Orders, Sessions

KEEP_SESSIONS = timedelta(hours=1)  # a client that lost its connection comes back within minutes
TIDY = timedelta(minutes=10)  # how often the sessions of a room are gone through
_ByRoom = tuple[Mapping[str, Sequence[Order]], Sequence[Order]]


class InForce:
    """Read once, then by what has changed since, whichever process changed it. Any method: `HistoryError`."""

    def __init__(self, orders: Orders, sessions: Sessions) -> None:
        self._orders = orders
        self._sessions = sessions
        self._active: dict[int, Order] = {}
        self._by_room: _ByRoom | None = None
        self._mark: int | None = None
        self._tidied: dict[str, datetime] = {}
        self.rooms: set[str] = set()

    def __len__(self) -> int:
        return len(self._active)

    def covering(self, room: str) -> tuple[Order, ...]:
        """The orders that act in that room."""
        named, others = self._by_room or self._sorted()
        found = [order for order in (*named.get(room, ()), *others) if order.covers(room)]
        return tuple(sorted(found, key=lambda order: order.age))

    @property
    def known(self) -> set[str]:
        """The rooms in which orders act as far as they are known without LiveKit: named by one, or with sessions."""
        named, _ = self._by_room or self._sorted()
        return {room for room in self.rooms | named.keys() if self.covering(room)}

    def _sorted(self) -> _ByRoom:
        """The orders by the rooms that they name, and those that are about more: a sweep asks about every room."""
        named: dict[str, list[Order]] = {}
        others = []
        for order in self._active.values():
            if any(map(is_glob, order.rooms)):
                others.append(order)
                continue
            for room in set(order.rooms):
                named.setdefault(room, []).append(order)
        self._by_room = named, others
        return self._by_room

    async def read(self) -> Sequence[Order]:
        """The orders that were given, ended or erased since the last call; at the first one none."""
        if self._mark is None:
            mark, _ = await self._orders.changed(0)
            self._active, self._by_room = {order.id: order for order in await self._orders.active()}, None
            self._mark = mark
            return ()
        mark, changed = await self._orders.changed(self._mark)
        if mark == self._mark:
            return ()
        active = {order.id: order for order in await self._orders.active()}
        gone = [order for order in self._active.values() if order.id not in active]
        self._active, self._by_room, self._mark = active, None, mark
        told = {order.id for order in changed}
        return (*changed, *(order for order in gone if order.id not in told))

    async def read_rooms(self) -> None:
        self.rooms |= set(await self._sessions.rooms())

    def untidy(self, room: str, at: datetime) -> bool:
        """Whether the sessions of that room have not been gone through for a while; a clock may have been set back."""
        return room not in self._tidied or abs(at - self._tidied[room]) >= TIDY

    async def forget(self, room: str, present: Sequence[str], at: datetime) -> None:
        """Forget the sessions of that room that were kept last some time ago and are not present any more."""
        if present and not self.untidy(room, at):
            return
        await self._sessions.forget(room, present, at - KEEP_SESSIONS)
        self._tidied[room] = at
        if not present and room not in await self._sessions.rooms():
            self.rooms.discard(room)
            del self._tidied[room]

    async def end_overdue(self, at: datetime) -> tuple[Sequence[Order], Sequence[Order]]:
        """The orders whose time is over, which are ended now, and those of them that nobody else has ended before."""
        over = [order for order in self._active.values() if order.ends is not None and order.ends <= at]
        if not over:
            return (), ()
        about = Content(actor=USHER.subject, actor_name=USHER.name, command=COMMAND)
        ended = await self._orders.end([order.id for order in over], about, how=EXPIRED)
        for order in over:
            self._end(order)
        return over, ended

    def _end(self, order: Order) -> None:
        if self._active.pop(order.id, None) is not None:
            self._by_room = None
