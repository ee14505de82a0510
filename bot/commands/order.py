"""One order: whom it is about, where it acts, until when, who gave it; and its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from bot.authority import may_end
from bot.case_orders import giver_of
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.ending import allow_ending, already_ended, end
from bot.history import Case
from bot.moments import moment_words
from bot.order_access import orders_in_sight, orders_of_case
from bot.order_words import end_of, in_case, kind, title, where
from bot.orders import Order
from bot.people import Role, is_glob
from bot.reply import Fields, Mention, Name, Part, Reply, Spans, Time, Tone, listed, say, text
from bot.would_end import would_end

MEANS = {
    "ban": "They are removed whenever they come.",
    "lock": "What it takes is taken again whenever they come or somebody gives it.",
    "audience": "They are in the audience, also when they come back.",
    "stage": "They are on stage until then; who takes it from them ends it.",
    "door open": "Newcomers enter as their join token says, whatever a wider door says.",
    "door listen-only": "Who has entered since is in without publishing.",
    "door shut": "Who has entered since is removed.",
}


@dataclass(frozen=True, slots=True)
class Arguments:
    n: Annotated[int, Param(Kind.NUMBER, "the case number of the order, as /orders shows it", required=True)]
    end: Annotated[bool, Param(Kind.FLAG, "end it, and give back what it took", keyword="end")] = False


async def run(context: Context, arguments: Arguments) -> Reply:
    case, orders = await orders_of_case(context, arguments.n)
    context.bound = replace(context.bound, room=_room(context, case, orders))
    active = [order for order in orders if order.ended is None]
    if not arguments.end:
        return await _shown(context, case, active[-1] if active else orders[-1])
    if not active:
        return await already_ended(context, orders[-1])
    await allow_ending(context, active)
    if not context.bound.dry_run and not context.bound.confirmed and (why := await _doubts(context, case, active)):
        question = say("End ", *listed([*map(title, active)]), " in ", *_where(context, active[-1]), "?")
        parts = (*why, *await would_end(context, context.room, active))
        return context.question(question, parts, confirm="End it")
    return await end(context, active)


def _room(context: Context, case: Case, orders: Sequence[Order]) -> str:
    """The room that the answer is about: where it was given, or where it acts, as far as the person may know."""
    named = [case.opening.room, context.room, *(room for order in orders for room in order.rooms if not is_glob(room))]
    return next((room for room in named if room and context.moderator.may_see(room)), "")


async def _doubts(context: Context, case: Case, active: Sequence[Order]) -> tuple[Part, ...]:
    """Why it is asked about first; nothing where it is one's own, and only gives back."""
    parts: list[Part] = []
    givers = dict.fromkeys(giver_of(case, order) for order in active)
    others = [giver for giver in givers if giver[0] != context.moderator.user.subject]
    if others:
        parts.append(text("It was given by ", *listed([say(Mention(*giver)) for giver in others]), "."))
    if any(order.is_door for order in active):
        left = [order for order in await orders_in_sight(context) if order.id not in {one.id for one in active}]
        shut = [one for one in left if kind(one) == "door shut" and any(map(one.covers, active[-1].rooms))]
        if shut:
            parts.append(text("Who came in meanwhile is then removed: ", *listed([*map(in_case, shut)]), " stands."))
    if context.bound.force:
        parts.append(text("--force is given."))
    return tuple(parts)


async def _shown(context: Context, case: Case, order: Order) -> Reply:
    calendar, reasons = context.calendar, case.reasons
    facts: list[tuple[str, Spans]] = [
        ("Where", _where(context, order)),
        ("Since", say(Time(order.at, calendar.now))),
        ("By", say(Mention(*giver_of(case, order)))),
    ]
    if order.ends is not None:
        facts.append(("Until", say(moment_words(order.ends, calendar.now, calendar.zone))))
    if reasons and reasons[-1]:
        facts.append(("Reason", say(Name(reasons[-1]))))
    if order.ended is not None:
        return replace(await already_ended(context, order), parts=(Fields(tuple(facts)),))
    parts: list[Part] = [Fields(tuple(facts)), text(MEANS[kind(order)])]
    if order.id in context.services.pulse.stuck:
        parts.append(text("It is stuck: it could not be carried out lately, and is tried again all the time."))
    over = order.ends is not None and order.ends <= calendar.now
    stands = "its time is over" if over else "in force" if order.ends else "in force until it is ended"
    heading = say(f"Case {order.case}: ", *title(order), f", {stands}.")
    buttons = (end_of(order, context.room),) if may_end(context, order) else ()
    return Reply(Tone.INFO, heading, tuple(parts), buttons)


def _where(context: Context, order: Order) -> Spans:
    return where(order, context.moderator.may_see)


COMMAND = Command(
    name="order",
    summary="One order: whom, where, until when, by whom; with end, end it",
    arguments=Arguments,
    role=Role.VIEWER,
    effect=Effect.WRITE,
    run=run,
    in_room=False,
    asks=True,
    details=(
        "Without `end` it only shows. Ending gives back what the order took of those who are there, and opens nothing: "
        "somebody who was removed has to join again, somebody who was muted unmutes. What another order takes too does "
        "not come back. It needs the role that giving needs, in every room where the order acts; an order of somebody "
        "else is asked about first."
    ),
    examples=("/order 12", "/order 12 end"),
)
