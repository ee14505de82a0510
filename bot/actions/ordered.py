"""What orders make of one session, as an action like any other: performed, judged and recorded in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.fold import Fold, Session, fold
from bot.orders import Order
from bot.state import PersonState


@dataclass(frozen=True, slots=True)
class Ordered:
    """This session is as these orders want it at that time. Another session of the person is not its business.

    `session` is the one of a fold, kept already; `orders` are those that the fold carried out.
    """

    session: Session
    orders: Sequence[Order]
    at: datetime

    @classmethod
    def of(cls, folded: Fold, at: datetime) -> Ordered:
        return cls(folded.session, folded.orders, at)

    def amend(self, state: PersonState) -> PersonState:
        if state.sid != self.session.sid:
            return state
        return fold(self.session, state, self.orders, self.at).wanted

    def bears_on(self, state: PersonState) -> bool:
        return state.sid == self.session.sid

    def holds(self, state: PersonState) -> bool:
        if any(order.what.absent for order in self.orders):
            return state.sid != self.session.sid
        return state.sid == self.session.sid and self.amend(state) == state
