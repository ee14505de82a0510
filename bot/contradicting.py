"""Which orders a decision contradicts, what is left of each, and which ones a new order makes superfluous. Pure.

Orders never invert: what somebody decides now ends the orders that say otherwise, or their part that does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.authority import covers_all, reach
from bot.model import Source
from bot.orders import Amendment, Order

STAGE = "can_publish"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided about somebody: these flags stand, these sources are given, those are taken."""

    flags: Mapping[str, bool] = field(default_factory=dict)
    give: frozenset[Source] = frozenset()
    take: frozenset[Source] = frozenset()

    @property
    def sends_away(self) -> bool:
        return self.flags.get(STAGE) is False


@dataclass(frozen=True, slots=True)
class Contradicted:
    """An order that says otherwise. `left` is what of it does not; None where nothing is left to say."""

    order: Order
    left: Amendment | None = None

    @property
    def freed(self) -> frozenset[Source]:
        """The sources that it takes no more."""
        return self.order.what.take - (self.left.take if self.left is not None else frozenset())


def contradicted(orders: Iterable[Order], decision: Decision) -> tuple[Contradicted, ...]:
    """Those of these orders on a person that the decision contradicts. Bans and doors are decided upon by name."""
    found = []
    for order in orders:
        if order.is_door or order.what.absent:
            continue
        left = _left(order.what, decision)
        if left != order.what:
            found.append(Contradicted(order, left))
    return tuple(found)


def _left(what: Amendment, decision: Decision) -> Amendment | None:
    flags = {name: value for name, value in what.flags.items() if decision.flags.get(name, value) is value}
    give = frozenset() if decision.sends_away else what.give - decision.take
    take = what.take - decision.give
    gift_gone = what.gives and not (give or True in flags.values())
    return None if gift_gone or not (flags or give or take) else Amendment(flags, give, take)


def replaces(new: Order, old: Order) -> bool:
    """Whether the old order has nothing to say any more: about the same person the new one speaks for all of it, in
    every room where it acts."""
    alike = (new.what.absent, new.what.gives) == (old.what.absent, old.what.gives)
    spoken = set(old.what.flags) <= set(new.what.flags) and _named(old.what) <= _named(new.what)
    return (
        _same_person(new, old)
        and alike
        and spoken
        and covers_all([one for piece in reach(new) if len(piece) == 1 for one in piece], old)
    )


def same(new: Order, old: Order) -> bool:
    """Whether the old order, which has no end of its own either, says just that."""
    return (new.what, new.rooms, new.ends, old.ends) == (old.what, old.rooms, None, None) and _same_person(new, old)


def _same_person(new: Order, old: Order) -> bool:
    """The name is for the eye only; an attribute that the new one does not match must not be forgotten.

    Doors are about nobody: who came in under one is not under another that is given later.
    """
    if new.who is None or old.who is None:
        return False
    return replace(new.who, name="") == replace(old.who, name="") or (
        new.who.identity == old.who.identity != "" and not old.who.key
    )


def _named(what: Amendment) -> frozenset[Source]:
    return what.give | what.take
