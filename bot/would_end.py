"""What the end of orders would bring, before somebody says yes to it: as far as the fold knows it now."""

from __future__ import annotations

from collections.abc import Sequence

from bot.context import Context
from bot.describe import described
from bot.ending import JOIN_AGAIN, NOTHING_CHANGES
from bot.errors import RoomError
from bot.order_words import in_case
from bot.orders import Order
from bot.reply import Part, Spans, listed, say, text
from bot.state import PersonState, difference

NAMED = 10  # people for whom it is said one by one


async def would_end(context: Context, room: str, orders: Sequence[Order]) -> tuple[Part, ...]:
    """What ends, and what whoever is in the room and may be seen would be given back."""
    parts: list[Part] = [text("It ends ", *listed([in_case(order) for order in orders]), ".")]
    if any(order.what.absent for order in orders):
        return (*parts, text(JOIN_AGAIN))
    try:
        changes = await _changes(context, room, orders) if room else []
    except RoomError as error:
        return (*parts, text(f"What would be given back is not known: {error.user_text}"))
    for name, part in changes[:NAMED]:
        parts += [text(*say(*name, " would be given back:")), part]
    if len(changes) > NAMED:
        parts.append(text(f"{len(changes) - NAMED} more would be given back what it took."))
    return tuple(parts) if changes else (*parts, text(NOTHING_CHANGES))


async def _changes(context: Context, room: str, orders: Sequence[Order]) -> list[tuple[Spans, Part]]:
    standing, ending = context.services.standing, {order.id for order in orders}
    active = await standing.active(room)
    goes = [order for order in active if order.id in ending]
    stay = [order for order in active if order.id not in ending]
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
