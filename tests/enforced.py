"""A house in which the enforcer runs, and what the moderators were told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from adapters.enforcement import Enforcement
from bot.history import Content
from bot.orders import Amendment, Door, Order, Who
from bot.people import Grant, Role
from bot.plain import plain
from bot.reply import Reply
from tests.clocks import PATIENCE
from tests.house import House

ANN = Grant("console:ann", Role.MODERATOR, ("*",))
SAID = Content(actor="console:ann", actor_name="ann", command="mute")


class Enforced:
    def __init__(self, house: House) -> None:
        self.house, self.pulse = house, house.services.pulse
        self.lines: list[tuple[str, Reply]] = []
        parts = Enforcement.of(house.services, house.database, self._tell)
        self.enforcer, self.telling = parts.enforcer, parts.telling

    async def _tell(self, room: str, reply: Reply) -> None:
        self.lines.append((room, reply))

    @property
    def told(self) -> list[str]:
        return [plain(reply) for _, reply in self.lines]

    async def give(self, what: Amendment | Door, who: str = "bob", grant: Grant = ANN, **more: Any) -> Order:
        """An order as if another process had given it."""
        door = isinstance(what, Door)
        amendment = what.amendment if isinstance(what, Door) else what
        order = Order(amendment, None if door else Who(who), more.pop("rooms", ("standup",)), (grant,), **more)
        return await self.house.database.orders.append(order, SAID)

    async def end(self, order: Order) -> None:
        await self.house.database.orders.end([order.id], SAID)

    async def pass_(self, seconds: float) -> None:
        """Let so much time go by, in steps in which the loop can do its work."""
        while seconds > 0:
            await self.idle()
            step = 0.5 if seconds <= 10 else 5.0
            self.house.clock.advance(step)
            seconds -= step
        await self.idle()

    async def idle(self) -> None:
        """Until the loop has nothing to do but to wait."""

        rounds = 0
        async with asyncio.timeout(PATIENCE):
            while rounds < 20:
                rounds = rounds + 1 if self.enforcer.at_rest else 0
                await asyncio.sleep(0 if rounds else 0.001)


@asynccontextmanager
async def enforced(house: House) -> AsyncIterator[Enforced]:
    """The loop and the telling of its lines, until the end."""
    running = Enforced(house)
    tasks = [asyncio.create_task(running.enforcer.serve()), asyncio.create_task(running.telling.serve())]
    try:
        yield running
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
