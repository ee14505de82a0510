"""The orders that a case is about, as its entries tell them."""

from __future__ import annotations

from dataclasses import replace

from bot.history import Case, Entry, EntryKind
from bot.orders import Order, order_of

WORDS = {"expired": "over", "overruled": "overruled", "replaced": "replaced"}


def orders_of(case: Case) -> tuple[Order, ...]:
    """The orders of the case, oldest first, ended or not; none whose content was erased."""
    return tuple(order for entry in case.entries if (order := _read(case, entry)) is not None)


def _read(case: Case, entry: Entry) -> Order | None:
    if (order := read_entry(entry)) is None:
        return None
    end = next((one for one in case.entries if one.kind is EntryKind.ENDED and one.refers == entry.seq), None)
    return order if end is None else replace(order, ended=end.at, how=end.code)


def read_entry(entry: Entry) -> Order | None:
    """The order that this entry made."""
    if entry.kind is not EntryKind.ORDER or entry.content is None:
        return None
    try:
        return order_of(entry)
    except ValueError:  # one of times to come: its entry is shown, and nothing is made of it
        return None


def giver_of(case: Case, order: Order) -> tuple[str, str]:
    """The account that gave the order, and its name: who opened the case, since that is whose decision it is.

    What is left of one that was narrowed may bear the name of who narrowed it.
    """
    opening = case.opening
    return (opening.actor, opening.actor_name) if opening.actor else (order.issuer, order.issuer_name)


def standing_word(case: Case) -> str:
    """`in force`, `ended`, `over`: how the case's orders stand; "" where it has none."""
    orders = orders_of(case)
    if not orders:
        return ""
    if any(order.ended is None for order in orders):
        return "in force"
    return WORDS.get(orders[-1].how, "ended")
