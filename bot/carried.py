"""What became of one person whom orders are about, and what the history says of who did it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.errors import BotError
from bot.fold import Fold
from bot.history import Outcome
from bot.model import Participant
from bot.orders import Order
from bot.people import ChatUser
from bot.record import Record
from bot.result import Result
from bot.state import PersonState

USHER = ChatUser("usher:enforcer", "Usher")
COMMAND = "enforce"
OVERRULED, EXPIRED = "overruled", "expired"
HOLDS = (Outcome.DONE, Outcome.ALREADY)


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of one person. `result` None without an error: they were as the orders want it already.

    `past` are orders that had been carried out on them and have ended, where none is in force; `overruled` those that
    somebody else has decided against, so that this look has ended them. `error`: it could not be carried out, or it is
    not known whether it was. `finished` is when, in monotonic seconds.
    """

    person: Participant
    folded: Fold
    past: tuple[Order, ...] = ()
    overruled: tuple[Order, ...] = ()
    result: Result[PersonState] | None = None
    error: BotError | None = None
    finished: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the room shows what the orders want: also where whoever was to go had gone already."""
        return self.error is None and (self.result is None or self.result.void or self.result.outcome in HOLDS)

    @property
    def about(self) -> Order | None:
        """The order that this is about: the newest of those carried out, or of those that have ended."""
        goes = self.folded.wanted.participant is None
        orders = [order for order in self.folded.orders if order.what.absent] if goes else self.folded.orders
        return max(orders or self.past, key=lambda order: order.age, default=None)

    @property
    def until(self) -> datetime | None:
        """When what is carried out ends by itself; what is given back has no end."""
        about = self.about
        return about.ends if about is not None and about.id in self.folded.carried else None

    @property
    def record(self) -> Record:
        """Usher's own doing, in the case of the order that it carries out, or that has ended."""
        about = self.about
        if about is None:
            return Record(USHER, COMMAND, only_changes=True)
        return Record(
            USHER, COMMAND, reason=about.reason, refers=about.id, case=about.case, only_changes=True, retried=True
        )
