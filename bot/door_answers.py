"""How the doors of a room stand, and what became of a new one, as an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answers import Words
from bot.command import BoundInvocation
from bot.context import Context
from bot.doors import Doors, named, until
from bot.ending import ended_answer
from bot.order_answers import enforcing, replacing
from bot.order_words import door_of, until_word, where
from bot.ordering import Done, Given
from bot.orders import Door, Order
from bot.reply import Button, Column, Mention, Name, Part, Reply, Spans, Table, Tone, say, text
from bot.words import counted

COLUMNS = (
    Column("Case", 0), Column("Door", 0), Column("Where", 1), Column("Until", 0), Column("By", 1), Column("Reason", 2),
)  # fmt: skip
INSIDE = "Nothing changes for anybody who is inside now."
NEWCOMERS = {
    Door.OPEN: "Newcomers enter as their join token says.",
    Door.LISTEN_ONLY: "Newcomers enter without publishing; /promote brings one on stage.",
    Door.SHUT: "Newcomers are removed as they come; whoever leaves does not come back in.",
}
LABELS = {Door.OPEN: "Open", Door.LISTEN_ONLY: "Listen only", Door.SHUT: "Shut"}


def shown(context: Context, doors: Doors) -> Reply:
    """The one that counts first."""
    rows = tuple(_row(context, door) for door in reversed(doors.all))
    lasts = f" {_lasts(context, doors.newest)}" if doors.newest is not None else ""
    title = say("The doors of ", Name(context.room), f" are {doors.state.value}{lasts}.")
    parts: list[Part] = [text(NEWCOMERS[doors.state])]
    if rows:
        parts.append(Table(COLUMNS, rows))
        parts += enforcing(context)
    if len(rows) > 1:
        parts.append(text("The first one counts for newcomers; who came in under another stays under it."))
    return Reply(Tone.INFO, title, tuple(parts), _buttons(context, doors.state))


def _lasts(context: Context, order: Order) -> str:
    if door_of(order) is Door.OPEN:
        return "whatever a wider door says, until that is ended"
    return until(order, context.calendar)


def _buttons(context: Context, state: Door) -> tuple[Button, ...]:
    """The other ways for the doors to stand."""
    return tuple(Button(LABELS[door], _press(context, door)) for door in Door if door is not state)


def _press(context: Context, door: Door) -> BoundInvocation:
    return BoundInvocation(context.command.name, context.room, None, {"state": door.value}, door.value)


def _row(context: Context, door: Order) -> tuple[Spans, ...]:
    return (
        say(str(door.case)),
        say(door_of(door).value),
        where(door, context.moderator.may_see),
        say(until_word(door, context.calendar)),
        say("by ", Mention(door.issuer, door.issuer_name)),
        say(Name(door.reason)) if door.reason else (),
    )


async def question(context: Context, order: Order, replaced: Sequence[Order], *, live: bool) -> Reply:
    """What would be done, and to whom it does nothing."""
    door, room = door_of(order), Name(context.room)
    count = len(await context.people(context.room)) if live else 0
    inside = f"The {counted(count, 'person inside stays', 'people inside stay')}."
    parts: list[Part] = [
        text(NEWCOMERS[door]),
        text(inside if live else "No room of that name is live now; it may open later."),
    ]
    parts += replacing(context, order, replaced, "It would take the place of")
    if context.bound.reason:
        parts.append(text("Reason: ", Name(context.bound.reason)))
    title = say(f"{_verb(door)} the doors of ", room, f" {until(order, context.calendar)}?")
    return context.question(title, parts, confirm=LABELS[door])


def _verb(door: Door) -> str:
    return "Shut" if door is Door.SHUT else "Let newcomers listen only behind"


def given_words(context: Context, given: Given, before: Doors) -> Words:
    """`before` is how the doors stood."""
    order, room = given.order, Name(context.room)
    door, lasts = door_of(order), _lasts(context, order)
    return Words(
        done=say("The doors of ", room, f" are {door.value} {lasts}."),
        already=say("The doors of ", room, f" are already {door.value} {lasts}."),
        what=say("set the doors of ", room, f" to {door.value}"),
        after=(text(NEWCOMERS[door], " ", INSIDE), *_beside(order, given, before)),
    )


def _beside(order: Order, given: Given, before: Doors) -> tuple[Part, ...]:
    """The doors that still stand: for whom, and from when on."""
    gone = {one.id for one in (order, *given.replaced)}
    left = [one for one in before.all if one.id not in gone]
    under = [one for one in left if door_of(one) is not Door.SHUT]
    parts = [text("Who came in under ", *named(under), " stays under it.")] if under else []
    if left and order.ends is not None:
        parts.append(text("Afterwards ", *named(left[-1:]), " counts again, for who came in meanwhile too."))
    return tuple(parts)


def already_open(context: Context, doors: Doors) -> Reply:
    beside = (text("By ", *named(doors.own), "."),) if doors.own else ()
    return Reply(Tone.INFO, say("The doors of ", Name(context.room), " are open already."), beside)


def opened(context: Context, ended: Sequence[Order], done: Done) -> Reply:
    """The answer to who ends the room's own doors."""
    reply = ended_answer(context, ended[-1], done)
    if not done.holds:
        return reply
    title = say("The doors of ", Name(context.room), " are open.")
    shut = any(door_of(door) is Door.SHUT for door in ended)
    again = " Whoever was turned away has to join again." if shut else ""
    parts = (text("Ended: ", *named(ended), "."), text(f"{NEWCOMERS[Door.OPEN]}{again}"), *reply.parts)
    return replace(reply, title=title, parts=parts, told=())
