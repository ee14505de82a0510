"""Letting somebody in again who is kept out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from bot.command import BoundInvocation, Command, Effect, Kind, Param
from bot.context import Context
from bot.ending import end
from bot.errors import BadArgument
from bot.order_access import orders_in_sight
from bot.order_words import kind, lasting, title, where
from bot.orders import Order
from bot.people import Role, is_glob
from bot.reply import Button, Choice, Choices, Reply, Spans, Tone, say
from bot.words import fold, near, told


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Annotated[
        str, Param(Kind.TEXT, "identity or name of somebody who is kept out; /bans lists them", required=True)
    ]
    case: Annotated[str, Param(Kind.KEYED, "the case, where more than one order is meant")] = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    bans = [order for order in await orders_in_sight(context) if kind(order) == "ban"]
    exact, alike = _meant(bans, arguments.who)
    found = exact or alike
    if arguments.case:
        found = [order for order in found if str(order.case) == arguments.case]
    if not found:
        raise BadArgument(f"Nobody called {told(arguments.who)!r} is kept out. Nothing was done. /bans lists who is.")
    if len(found) > 1 or not (exact or arguments.case):
        return _choice(context, arguments, found, exact=bool(exact))
    (order,) = found
    context.bound = replace(context.bound, room=_room(context, order))
    return await end(context, [order])


def _meant(bans: list[Order], words: str) -> tuple[list[Order], list[Order]]:
    """Who is called so, by the identity or the whole name; and whose name has these words in it, or is like them."""
    wanted = fold(words.strip().lstrip("@").strip("\"'"))
    names = [(order, [name for name in _names(order) if name]) for order in bans]
    exact = [order for order, called in names if wanted in called]
    alike = [order for order, called in names if wanted and any(wanted in one or near(wanted, [one]) for one in called)]
    return exact, alike


def _names(order: Order) -> tuple[str, str]:
    return (fold(order.who.identity), fold(order.who.name)) if order.who is not None else ("", "")


def _room(context: Context, order: Order) -> str:
    rooms = [room for room in order.rooms if not is_glob(room) and context.moderator.may_see(room)]
    return rooms[0] if rooms else ""


def _choice(context: Context, arguments: Arguments, found: list[Order], *, exact: bool) -> Reply:
    options = tuple(Choice(_line(context, order), _button(context, arguments, order)) for order in found)
    why = "More than one is meant" if exact else "Nobody who is kept out is called exactly that"
    return Reply(Tone.WARN, say(f"{why}. Which one ends? Nothing has been done yet."), (Choices(options),))


def _line(context: Context, order: Order) -> Spans:
    place = where(order, context.moderator.may_see)
    return say(*title(order), " in ", *place, f" {lasting(order, context.calendar)}, case {order.case}")


def _button(context: Context, arguments: Arguments, order: Order) -> Button:
    values = {"who": arguments.who, "case": str(order.case)}
    return Button(f"End case {order.case}", BoundInvocation("unban", "", None, values, context.bound.typed))


COMMAND = Command(
    name="unban",
    summary="Let someone in again who is kept out",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    in_room=False,
    details=(
        "By the identity or the whole name; anything else is a choice. It needs the role that a ban needs, in every "
        "room where that one acts. Nobody is "
        "brought back: they have to join themselves."
    ),
    examples=("/unban bob", '/unban "Bob Stone"'),
)
