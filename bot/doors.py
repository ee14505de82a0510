"""The doors of a room as they stand: its own, wider ones that cover it too, and which of them counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.lasting import Calendar, lasting_words
from bot.order_words import door_of, in_case
from bot.orders import Door, Order
from bot.reply import Spans, listed


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors in force, oldest first. `own` are those of exactly this room, `wider` those of a glob or of more."""

    own: tuple[Order, ...] = ()
    wider: tuple[Order, ...] = ()

    @classmethod
    def of(cls, active: Sequence[Order], room: str) -> Doors:
        """Of the orders that are in force in that room."""
        doors = sorted((order for order in active if order.is_door), key=lambda order: order.age)
        return cls(
            tuple(door for door in doors if door.rooms == (room,)),
            tuple(door for door in doors if door.rooms != (room,)),
        )

    @property
    def all(self) -> tuple[Order, ...]:
        return tuple(sorted((*self.own, *self.wider), key=lambda order: order.age))

    @property
    def newest(self) -> Order | None:
        """The one that counts for whoever comes now."""
        return self.all[-1] if self.all else None

    @property
    def state(self) -> Door:
        return door_of(self.newest) if self.newest is not None else Door.OPEN

    @property
    def overruled(self) -> Order | None:
        """The wider door that would count without the room's own, where it is not open."""
        widest = self.wider[-1] if self.wider else None
        return widest if widest is not None and door_of(widest) is not Door.OPEN else None

    def already(self, order: Order) -> Order | None:
        """The own door that says the same as this one, and counts."""
        newest = self.newest
        same = newest is not None and newest in self.own and (newest.what, newest.ends) == (order.what, order.ends)
        return newest if same else None

    def replaced_by(self, door: Door) -> tuple[Order, ...]:
        """The own doors that a new one takes the place of. Nobody is inside under a shut one; under one of the same
        kind they are under the new one then. To open is to open for all."""
        return tuple(old for old in self.own if door is Door.OPEN or door_of(old) in (door, Door.SHUT))

    def gone_on_from(self, door: Door) -> tuple[Order, ...]:
        """Those of them under which people came in who are under the new one from now on."""
        return tuple(old for old in self.replaced_by(door) if door in (Door.OPEN, door_of(old)))


def until(order: Order, calendar: Calendar) -> str:
    """`for 2 h, until 18:00 UTC`, `until they are opened`."""
    return lasting_words(order.ends, calendar.now, calendar.zone) if order.ends is not None else "until they are opened"


def named(doors: Sequence[Order]) -> Spans:
    """`the door (shut), case 12 and the door (listen-only), case 10`."""
    return listed([in_case(door) for door in doors])
