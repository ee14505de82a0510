"""Histories that fail, and waiting for what goes on by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from adapters.livekit.calls import Call
from adapters.livekit.wire import Json
from bot.errors import HistoryError
from bot.history import Draft, Entry, EntryKind
from bot.orders import Order
from tests.core.faults import CarryOut
from tests.house import House

FULL = HistoryError("The disk with Usher's history is full.", "history_full")


class Failing:
    """The real history, whose appends that hold one of these kinds fail while `down`."""

    def __init__(self, house: House, *kinds: EntryKind) -> None:
        self._history = house.database.history
        self._kinds = kinds
        self.down = True
        self.tried = 0

    async def append(self, drafts: Sequence[Draft], event_key: str | None = None) -> tuple[Entry, ...]:
        if self.down and any(draft.kind in self._kinds for draft in drafts):
            self.tried += 1
            raise FULL
        return await self._history.append(drafts, event_key)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._history, name)


def failing(house: House, *kinds: EntryKind) -> Failing:
    history = Failing(house, *kinds)
    house.performer._history = history
    house.performer.owed._history = history
    house.use(history=history)
    return history


class FullOrders:
    """The real orders, of which none can be written down any more."""

    def __init__(self, house: House) -> None:
        self._orders = house.database.orders

    async def append(self, *_: Any, **__: Any) -> Order:
        raise FULL

    async def narrow(self, *_: Any, **__: Any) -> Order | None:
        raise FULL

    async def end(self, *_: Any, **__: Any) -> tuple[Order, ...]:
        raise FULL

    def __getattr__(self, name: str) -> Any:
        return getattr(self._orders, name)


async def slowly(call: Call, carry_out: CarryOut) -> Json:
    """Every call lets others come in between."""
    for _ in range(3):
        await asyncio.sleep(0)
    return await carry_out()


async def settle() -> None:
    """Let everything that can go on go on, the writing thread too."""
    for _ in range(10):
        await asyncio.sleep(0.005)
