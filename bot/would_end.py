"""What the end of orders would bring, before somebody says yes to it: as far as the fold knows it now."""

from __future__ import annotations

from collections.abc import Sequence

from bot.bringing_back import BringingBack, again_words
from bot.context import Context
from bot.describe import described
from bot.ending import JOIN_AGAIN, NOTHING_CHANGES
from bot.errors import RoomError
from bot.order_words import in_case
from bot.orders import Order
from bot.reply import Part, Spans, listed, say, text
from bot.state import PersonState, difference

REMOVED_AGAIN = "Whoever of them is inside by now is removed."
NAMED = 10  # people for whom it is said one by one


async def would_end(
    context: Context, room: str, orders: Sequence[Order], back: BringingBack | None = None
) -> tuple[Part, ...]:
    """What ends, what is in force again for it, and what would change for whoever is in the room and may be seen."""
    back = back or BringingBack()
    parts: list[Part] = [text("It ends ", *listed([in_case(order) for order in orders]), ".")] if orders else []
    parts += [*again_words(back.orders, context.calendar, "It would be in force again"), *back.why]
    if any(order.what.absent for order in (*orders, *back.orders)):
        return (*parts, *_about_presence(back, orders))
    try:
        changes = await _changes(context, room, orders, back) if room else []
    except RoomError as error:
        return (*parts, text(f"What would {_changed(back)} is not known: {error.user_text}"))
    for name, part in changes[:NAMED]:
        parts += [text(*say(*name, f" would {_changed(back)}:")), part]
    if len(changes) > NAMED:
        parts.append(
            text(f"{len(changes) - NAMED} more would {_changed(back)}{'' if back.orders else ' what it took'}.")
        )
    return tuple(parts) if changes else (*parts, text(NOTHING_CHANGES))


def _changed(back: BringingBack) -> str:
    return "be changed" if back.orders else "be given back"


def _about_presence(back: BringingBack, orders: Sequence[Order]) -> tuple[Part, ...]:
    if back.keeps_out_anew:
        return (text(REMOVED_AGAIN),)
    kept_out = any(order.what.absent for order in back.orders)
    return (text(JOIN_AGAIN),) if any(order.what.absent for order in orders) and not kept_out else ()


async def _changes(
    context: Context, room: str, orders: Sequence[Order], back: BringingBack
) -> list[tuple[Spans, Part]]:
    standing, ending = context.services.standing, {*back.instead, *(order.id for order in orders)}
    active = await standing.active(room)
    goes = [*(order for order in active if order.id in ending), *back.orders]
    stay = [*(order for order in active if order.id not in ending), *(one for one in back.orders if one.covers(room))]
    people = {person.sid: person for person in await context.people(room)}
    found: list[tuple[Spans, Part]] = []
    names = context.names(room)
    for shown in await context.shown(room):
        person = people[shown.sid]
        if standing.bearing(goes, room, person):
            folded = await standing.preview(room, person, stay)
            if changes := difference(PersonState(room, person), folded.wanted):
                found.append((names.told(shown.identity, shown.name), described(changes)))
    return found
