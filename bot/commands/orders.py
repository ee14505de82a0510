"""What is in force: bans, locks, what is for a time, doors; and how soon it is enforced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from bot import places
from bot.authority import may_end
from bot.called import with_identity
from bot.command import BoundInvocation, Command, Effect, Kind, Param
from bot.context import Context
from bot.order_access import orders_in_sight
from bot.order_words import end_of, kind, taken_text, until_word, where
from bot.orders import Order
from bot.pages import page_buttons, page_of
from bot.params import Page
from bot.people import Role, glob_of, is_glob
from bot.pulse_words import pulse_words
from bot.reply import Button, Column, Mention, Name, Part, Reply, Spans, Table, Tone, say, text
from bot.words import counted, in_room

COLUMNS = (
    Column("Case", 0), Column("What", 0), Column("Whom", 0), Column("Where", 1), Column("Until", 0), Column("By", 2),
    Column("Notes", 0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arguments:
    room: Annotated[str, Param(Kind.ROOM_OR_GLOB, "only what acts in this room")] = ""
    page: Page = 1


async def run(context: Context, arguments: Arguments) -> Reply:
    return await listed(context, arguments, Words("Nothing is in force", "order", "orders"))


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of none of them, and the words for one and for several; the latter is the command, too."""

    none: str
    one: str
    several: str

    def count(self, found: Sequence[Order]) -> str:
        if not found:
            return self.none
        return counted(len(found), f"{self.one} is in force", f"{self.several} are in force")


async def listed(
    context: Context, arguments: Arguments, words: Words, wanted: Callable[[Order], bool] = lambda _: True
) -> Reply:
    """Those that are wanted, newest first."""
    room = glob_of(arguments.room)
    if room and not is_glob(room):
        places.check_scope(context, room)
    found = [order for order in await orders_in_sight(context, room) if wanted(order)]
    size = context.policy.page_size
    shown, page = page_of(found, arguments.page, size)
    line = f"{words.several} {in_room(room)}" if room else words.several
    parts: list[Part] = [_table(context, shown, room)] if shown else []
    if len(found) > page * size:
        parts.append(text(f"{len(found) - page * size} more: /", Name(line), f" {page + 1}"))
    parts.append(text(pulse_words(context.services.pulse, context.services.clock.monotonic())))
    title = say(words.count(found), *(say(" in ", Name(room)) if room else ()), ":" if found else ".")
    return Reply(Tone.INFO, title, tuple(parts), page_buttons(line, "", page, more=page * size < len(found)))


def _table(context: Context, shown: Sequence[Order], room: str) -> Table:
    rows = tuple(_row(context, order) for order in shown)
    menus = tuple(_menu(context, order, room) for order in shown) if context.invocation.menus else ()
    return Table(COLUMNS, rows, menus, ("an order", "order", "orders"))


def _row(context: Context, order: Order) -> tuple[Spans, ...]:
    who = order.who
    taken = f" ({taken_text(order)})" if kind(order) == "lock" else ""
    return (
        say(str(order.case)),
        say(f"{kind(order)}{taken}"),
        with_identity(who.name, who.identity or who.value) if who is not None else say("newcomers"),
        where(order, context.moderator.may_see),
        say(until_word(order, context.calendar)),
        say("by ", Mention(order.issuer, order.issuer_name)),
        say("stuck: it could not be carried out" if order.id in context.services.pulse.stuck else ""),
    )


def _menu(context: Context, order: Order, room: str) -> tuple[Button, ...]:
    """What stands behind the line; its end alone where whoever asks may end it."""
    details = Button("Details", BoundInvocation("order", room, None, {"n": order.case}, str(order.case)))
    return (end_of(order, room), details) if may_end(context, order) else (details,)


COMMAND = Command(
    name="orders",
    summary="What is in force: bans, locks, what is for a time, doors; and how soon it is enforced",
    arguments=Arguments,
    role=Role.VIEWER,
    effect=Effect.READ,
    run=run,
    in_room=False,
    details=(
        "The newest first, each under its case number: whom it is about, where it acts, until when, who gave it, and "
        "whether it is stuck. The last line says how soon orders are enforced here: when the latest webhook came, how "
        "often the rooms are looked at besides, and how long the latest changes took."
    ),
    examples=("/orders", "/orders standup", "/orders standup-* 2"),
)
