"""Keeping somebody out: removed now, and whenever they come, until it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from bot.answers import Words
from bot.asking import doubts, named
from bot.authority import globs, holding
from bot.command import BoundInvocation, Command, Effect, Kind, Param
from bot.context import Context
from bot.durations import length_words
from bot.errors import OutOfScope
from bot.lasting import Lasting
from bot.order_answers import given_answer, order_preview, replacing
from bot.order_words import lasting, where
from bot.ordering import Given, Ordering
from bot.orders import Amendment, Order
from bot.params import Reason, Who
from bot.people import Role
from bot.reply import Button, Name, Part, Reply, Style, say, text

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
IDENTITY_ONLY = "LiveKit knows people by their identity alone: with another identity they can come in."
WHO_COMES = "Whoever comes under this identity is removed."
_FOR, _EVERYWHERE = "for", "everywhere"


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    for_: Annotated[
        Lasting | None, Param(Kind.DURATION, "for how long: 10m, 2h, or until 18:00; without it 24 h", name=_FOR)
    ] = None
    everywhere: Annotated[
        bool, Param(Kind.FLAG, "from all the rooms that are yours, not from this one alone", keyword=_EVERYWHERE)
    ] = False
    reason: Reason = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    ordering = Ordering(context)
    order = ordering.drafted(Amendment(absent=True), arguments.for_ or Lasting(DAY), _rooms(context, arguments))
    if context.bound.dry_run:
        return order_preview(context, order, *await ordering.preview(order))
    if not context.bound.confirmed:
        return _question(context, order, (await ordering.preview(order))[1])
    given = await ordering.give(order)
    return given_answer(context, given, _words(context, given))


def _rooms(context: Context, arguments: Arguments) -> tuple[str, ...]:
    return _mine(context) if arguments.everywhere else (context.room,)


def _mine(context: Context) -> tuple[str, ...]:
    """All the rooms where the person has the role that it takes."""
    found = globs(holding(context.moderator, context.needed))
    if not found:
        raise OutOfScope("There are no rooms that are yours. Nothing was done.")
    return ("*",) if "*" in found else found


def _question(context: Context, order: Order, replaced: Sequence[Order]) -> Reply:
    """Asked each time, whether they are there or not; one tap makes it another time, or all rooms."""
    target = context.bound.target
    assert target is not None
    title = say("Keep ", *named(context), " out of ", *where(order), " ", lasting(order, context.calendar), "?")
    parts = doubts(context)
    if target.participant is None:
        known = "They are not there now." if target.sid else "Nobody of that identity has been seen there."
        parts.append(text(f"{known} {WHO_COMES}"))
    parts += replacing(context, order, replaced, "It would take the place of")
    asked = context.question(title, parts, confirm="Keep out")
    yes, no = asked.buttons
    return replace(asked, buttons=(yes, *_others(context, order, yes), no))


def _others(context: Context, order: Order, yes: Button) -> list[Button]:
    """The same for an hour, for a day, in all rooms: whatever it is not."""
    bound = yes.press
    assert isinstance(bound, BoundInvocation)
    given = context.bound.values.get(_FOR, Lasting(DAY).encode())
    lengths = {length: Lasting(length).encode() for length in (HOUR, DAY)}
    buttons = [
        _with(bound, f"For {length_words(length)}", **{_FOR: value})
        for length, value in lengths.items()
        if value != given
    ]
    mine = _mine(context)
    if not context.bound.values.get(_EVERYWHERE) and mine != order.rooms:
        buttons.append(_with(bound, "All my rooms", everywhere=True))
    return buttons


def _with(bound: BoundInvocation, label: str, **values: object) -> Button:
    return Button(label, replace(bound, values={**bound.values, **values}, confirmed=True), Style.PLAIN)


def _words(context: Context, given: Given) -> Words:
    order = given.order
    name, place = context.called, where(order, context.moderator.may_see)
    lasts = lasting(order, context.calendar)
    buttons = _others(context, order, Button("", replace(context.bound, confirmed=True)))
    return Words(
        done=say("Keeping ", *name, " out of ", *place, " ", lasts, "."),
        already=say(*name, " is kept out of ", *place, " ", lasts, " already."),
        what=say("keep ", *name, " out of ", *place),
        after=(*(_removed(given) or (text(f"They are not there now. {WHO_COMES}"),)), text(IDENTITY_ONLY)),
        known=_removed(given),
        buttons=tuple(buttons),
    )


def _removed(given: Given) -> Sequence[Part]:
    """Who was there and is gone now; () for nobody."""
    removed = [one for one in given.done.carried if one.folded.wanted.participant is None and one.holds]
    if not removed:
        return ()
    rooms = [one.folded.session.room for one in removed]
    several = len(rooms) > 1 or not given.done.holds
    places = say(" from ", Name(", ".join(sorted(rooms)))) if several else ()
    more = f" {given.done.more} more rooms are looked at one after the other." if given.done.more else ""
    return (text("Removed now", *places, f".{more}"),)


COMMAND = Command(
    name="ban",
    summary="Keep someone out: removed now and whenever they come, for a time",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    takes_gone=True,
    takes_unseen=True,
    any_session=True,
    removes=True,
    asks=True,
    details=(
        "Always asks first. Without a time it is 24 h, in this room; one tap makes it an hour, or all the rooms that "
        "are yours (`everywhere`). It takes people who have left, and identities that nobody has seen. It knows the "
        "identity and, where the settings name one, an attribute (USHER_PERSON_KEY): LiveKit shows no device and no "
        "address. /unban ends it."
    ),
    examples=("/ban bob", "/ban bob for 1h spam", "/ban bob until 18:00 everywhere", "/ban bob for 7d shouting again"),
)
