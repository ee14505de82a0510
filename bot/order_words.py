"""An order in words: what it is, whom it is about, where it acts."""

from __future__ import annotations

from collections.abc import Callable

from bot.command import BoundInvocation
from bot.crowd import sources_text
from bot.lasting import Calendar, lasting_words
from bot.moments import moment_words
from bot.orders import Door, Order
from bot.reply import Button, Name, Spans, say
from bot.words import display


def kind(order: Order) -> str:
    """`ban`, `lock`, `audience`, `stage`, or how the door stands: the one word for it."""
    if order.is_door:
        return f"door {door_of(order).value}"
    if order.what.absent:
        return "ban"
    if order.what.gives:
        return "stage"
    return "audience" if order.what.flags.get("can_publish") is False else "lock"


def door_of(order: Order) -> Door:
    return next(door for door in Door if door.amendment == order.what)


def taken_text(order: Order) -> str:
    """What a lock takes: `microphone, screen sound`."""
    chat = order.what.flags.get("can_publish_data") is False
    return ", ".join(filter(None, [sources_text(order.what.take) if order.what.take else "", "chat" if chat else ""]))


def name_of(order: Order) -> Name | None:
    return Name(display(order.who.name, order.who.identity or order.who.value)) if order.who is not None else None


def title(order: Order) -> Spans:
    """`the ban of Bob`, `the lock of Bob (microphone)`, `the door (listen-only)`."""
    name = name_of(order)
    if name is None:
        return say(f"the door ({door_of(order).value})")
    what = f" ({taken_text(order)})" if kind(order) == "lock" else ""
    word = {"stage": "stage time", "audience": "demotion"}.get(kind(order), kind(order))
    return say(f"the {word} of ", name, what)


def lasting(order: Order, calendar: Calendar) -> str:
    """`for 24 h, until 18:00 UTC`, `until it is ended`."""
    return lasting_words(order.ends, calendar.now, calendar.zone)


def until_word(order: Order, calendar: Calendar) -> str:
    """`until 18:00 UTC`, `until it is ended`: as a list has it."""
    return f"until {moment_words(order.ends, calendar.now, calendar.zone)}" if order.ends else "until it is ended"


def by_order(order: Order, calendar: Calendar) -> Spans:
    """`an order (case 4) until 10:31 UTC`."""
    return say(f"an order (case {order.case}) {until_word(order, calendar)}")


def in_case(order: Order) -> Spans:
    """`the lock of Bob (microphone), case 12`."""
    return (*title(order), *say(f", case {order.case}"))


def where(order: Order, may_see: Callable[[str], bool] = lambda _: True) -> Spans:
    """`standup`, `all rooms`, `standup-*, hall`; rooms that somebody may not see are others."""
    if order.rooms == ("*",):
        return say("all rooms")
    seen = [room for room in order.rooms if may_see(room)]
    others = "other rooms" if len(seen) < len(order.rooms) else ""
    return say(*([Name(", ".join(seen))] if seen else []), " and " if seen and others else "", others)


def end_of(order: Order, room: str) -> Button:
    """The button that ends it, in an answer about that room."""
    return Button("End it", BoundInvocation("order", room, None, {"n": order.case, "end": True}, f"{order.case} end"))
