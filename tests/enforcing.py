"""Orders as another moderator gives them, and one look at one person, as the loop over rooms has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adapters.database.database import Database
from bot.fold import Session
from bot.history import Content
from bot.orders import Amendment, Door, Order, Who
from bot.people import Grant, Role
from bot.perform import Performer
from bot.policy import Policy
from bot.ports import Clock, RoomService, Sessions
from bot.result import Result
from bot.standing import Standing
from bot.state import PersonState

SAID = Content(actor="console:mia", command="mute")
MIA = Grant("console:mia", Role.MODERATOR)


@dataclass(frozen=True, slots=True)
class Enforcing:
    """Orders of mia's, who moderates the rooms of `grant`, and their enforcement."""

    database: Database
    service: RoomService
    performer: Performer
    clock: Clock
    grant: Grant = MIA

    async def give(self, what: Amendment | Door, who: str = "bob", **more: Any) -> Order:
        door = isinstance(what, Door)
        amendment = what.amendment if isinstance(what, Door) else what
        order = Order(amendment, None if door else Who(who), ("*",), (self.grant,), **more)
        return await self.database.orders.append(order, SAID)

    async def end(self, order: Order) -> None:
        await self.database.orders.end([order.id], SAID)

    async def enforce(self, room: str, identity: str = "bob", *, killed: bool = False) -> Result[PersonState] | None:
        """Bring the person to what the orders want; None where nothing was to be done. `killed` after the write."""
        known = self.database.sessions
        sessions: Sessions = _Unsettled(known) if killed else known
        standing = Standing(self.service, self.database.orders, sessions, self.performer, self.clock, Policy())
        carried = await standing.person(room, identity)
        if carried is None:
            return None
        if carried.error is not None:
            raise carried.error
        return carried.result


@dataclass(frozen=True, slots=True)
class _Unsettled:
    """Sessions, for a process that is killed once the room has been written to: what it then has is not kept."""

    real: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    async def keep(self, session: Session) -> Session | None:
        kept: Session | None = await self.real.keep(session) if len(session.ours) > 1 else session
        return kept
