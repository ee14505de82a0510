"""Orders that somebody's word has ended, in force again: as their givers', for the time that is left. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.acts import Act, Ended
from bot.carried import EXPIRED
from bot.case_orders import orders_of
from bot.contradicting import replaces
from bot.lasting import Calendar
from bot.order_words import door_of, in_case, until_word
from bot.orders import NOT_YET, Amendment, Door, Order
from bot.reply import Mention, Part, Spans, listed, say, text

REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class BringingBack:
    """`orders` are as they are to be written, in the place of `instead` (id -> how it ends). `ending` are those of the
    act itself, which end with it. `why` says of the others why they do not come back."""

    orders: tuple[Order, ...] = ()
    ending: tuple[Order, ...] = ()
    instead: Mapping[int, str] = field(default_factory=dict)
    why: tuple[Part, ...] = ()

    @property
    def keeps_out_anew(self) -> bool:
        """Whether somebody who may be inside by now would be removed."""
        kept_out = any(order.what.absent for order in self.ending)
        return not kept_out and any(order.what.absent and not order.is_door for order in self.orders)


def brought_back(act: Act, active: Sequence[Order], calendar: Calendar) -> BringingBack:
    """What becomes of orders where that act is taken back; `active` are all that are in force.

    What somebody has ended of the act itself since took nothing from anybody any more, so nothing comes back for it.
    """
    own = orders_of(act.case) if act.case is not None else ()
    ending = tuple(order for order in own if order.ended is None)
    if own and not ending and own[-1].how != EXPIRED:
        return BringingBack()
    found = BringingBack(ending=ending, instead={order.id: "" for order in ending})
    others = [order for order in active if order.id not in found.instead]
    for end in act.ends:
        if not end.back:
            found = _with(found, end, others, calendar)
    return found


def _with(found: BringingBack, end: Ended, others: Sequence[Order], calendar: Calendar) -> BringingBack:
    order = end.order
    if order.ends is not None and order.ends <= calendar.now:
        return replace(
            found, why=(*found.why, text("The time of ", *in_case(order), " is over: it does not come back."))
        )
    rest = [one for one in others if one.case == order.case]
    again = _again(end, rest, found.ending)
    if (same := next((one for one in others if one not in rest and _says_as_much(one, again)), None)) is not None:
        why = text(*in_case(order), " does not come back: ", *in_case(same), " takes as much already.")
        return replace(found, why=(*found.why, why))
    instead = {**found.instead, **{one.id: REPLACED for one in rest}}
    return replace(found, orders=(*found.orders, again), instead=instead)


def _again(end: Ended, rest: Sequence[Order], ending: Sequence[Order]) -> Order:
    """The order with what was ended of it, and what there is of it still; whatever else was ended since stays so."""
    order, what = end.order, end.freed
    former = order.ids.union(*(one.ids for one in rest))
    for one in rest:
        give, take = what.give | one.what.give, what.take | one.what.take
        what = Amendment({**one.what.flags, **what.flags}, give, take, what.absent or one.what.absent)
    again = replace(
        end.given, what=what, former=former, again=order.id, id=0, at=NOT_YET, ended=None, how=""
    )  # fmt: skip
    if not order.is_door:
        return again
    before = [one for one in ending if one.is_door]
    if door_of(order) is Door.SHUT and not before:
        return replace(again, since=None)  # who came in meanwhile is inside: an undo removes nobody
    return again.going_on_from([order, *before])


def _says_as_much(one: Order, again: Order) -> bool:
    lasts = one.ends is None or (again.ends is not None and one.ends >= again.ends)
    return lasts and replaces(one, again)


def again_words(orders: Sequence[Order], calendar: Calendar, begins: str = "In force again") -> tuple[Part, ...]:
    """`In force again: the lock of Bob (microphone), case 12, given by mia, until it is ended.`"""
    if not orders:
        return ()
    return (text(f"{begins}: ", *listed([with_giver(order, calendar) for order in orders]), "."),)


def with_giver(order: Order, calendar: Calendar) -> Spans:
    """The order, whose it is, and until when."""
    by = say(", given by ", Mention(order.issuer, order.issuer_name)) if order.issuer else ()
    return say(*in_case(order), *by, f", {until_word(order, calendar)}")
