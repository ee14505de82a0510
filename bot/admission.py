"""What a service that issues join tokens is told: may somebody come in, and what may a token give them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.fold import under
from bot.model import Participant, Permissions
from bot.order_words import kind, taken_text
from bot.orders import Order

EVERYTHING = Permissions(can_update_metadata=True)
"""What is taken from: nobody knows here what the token would give."""

_SAYS = {
    "ban": "A moderator has removed them and keeps them out",
    "door shut": "The room lets nobody in",
    "door listen-only": "Whoever enters the room listens only",
    "audience": "A moderator has moved them to the audience",
}


@dataclass(frozen=True, slots=True)
class Admission:
    """`permission` is the most that a token may give. `orders` are those that refuse, or else those that take, oldest
    first; `until` is when all of these will be over, None where nobody knows or there are none."""

    allowed: bool = True
    permission: Permissions = EVERYTHING
    orders: tuple[Order, ...] = ()

    @property
    def until(self) -> datetime | None:
        ends = [order.ends for order in self.orders]
        return None if None in ends else max((end for end in ends if end is not None), default=None)

    @property
    def why(self) -> str:
        """A sentence for each of the orders; none of them repeats the reason, which was given to moderators."""
        return " ".join(map(_said, self.orders))

    @property
    def case(self) -> int | None:
        """That of the newest order."""
        return self.orders[-1].case if self.orders else None


def newcomer(identity: str, person: str, attributes: Mapping[str, str], orders: Sequence[Order]) -> Participant:
    """Whoever asks for a token, as the orders see them; `person` is their person key ("" for none), whichever attribute
    an order knows it under. What the service says of them cannot be edited by them."""
    keys = {order.who.key for order in orders if order.who is not None and order.who.key} if person else set()
    return Participant(identity, sid="", attributes={**dict.fromkeys(keys, person), **attributes})


def admission(bearing: Sequence[Order]) -> Admission:
    """What follows from the orders that bear on a newcomer, oldest first."""
    refusing = tuple(order for order in bearing if order.what.absent)
    if refusing:
        return Admission(False, replace(EVERYTHING, can_publish=False), refusing)
    permission = under(EVERYTHING, bearing)
    taking = tuple(order for order in bearing if _takes(order)) if permission != EVERYTHING else ()
    return Admission(True, permission, taking)


def _takes(order: Order) -> bool:
    return bool(order.what.take) or not all(order.what.flags.values())


def _said(order: Order) -> str:
    words = _SAYS.get(kind(order)) or f"A moderator has taken this from them: {taken_text(order)}"
    until = f" until {order.ends.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if order.ends is not None else ""
    return f"{words}{until}."
