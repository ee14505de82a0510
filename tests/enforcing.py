"""One round of enforcement for one person, put together from its parts, as a loop over rooms would do it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from adapters.database.database import Database
from bot.actions.ordered import Ordered
from bot.fold import fold, session_of
from bot.history import Content, Outcome
from bot.orders import Amendment, Door, Order, Who
from bot.people import ChatUser, Grant, Role
from bot.perform import Part, Performer, Result
from bot.ports import Clock, RoomService
from bot.record import Record
from bot.state import PersonState
from bot.subject import PersonSubject
from bot.tasks import Budget

SAID = Content(actor="console:mia", command="mute")
MIA = Grant("console:mia", Role.MODERATOR)
ENFORCER = Record(ChatUser("usher:enforcer", "Usher"), "enforce")


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
        orders, sessions, now = self.database.orders, self.database.sessions, self.clock.now()
        state = PersonState(room, await self.service.get_participant(room, identity))
        active = await orders.active(room)
        session = await sessions.begin(session_of(await sessions.known([identity]), state, active, now))
        folded = fold(session, state, active, now)
        if folded.overruled:
            await orders.end([order.id for order in folded.overruled], Content(), how="overruled")
        kept = await sessions.keep(folded.session)
        assert kept is not None
        if folded.wanted == state:
            return None
        subject = PersonSubject(room, identity, kept.sid, gone_is_fine=folded.wanted.participant is None)
        action = Ordered.of(replace(folded, session=kept), now)
        budget = Budget(self.clock, self.clock.monotonic())
        result = await self.performer.one(Part(subject, action), ENFORCER, budget)
        if result.outcome is Outcome.DONE and not killed:
            await sessions.keep(kept.settled)
        return result
