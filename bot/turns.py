"""Whose turn it is to be looked at: every room that is due gets one, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.due import Allowance, Due, Retries
from bot.model import Participant
from bot.orders import Order
from bot.ports import Clock

CALLS_AT_ONCE = 60
LOOKS_AT_ONCE = 8
FAILING_AT_ONCE = 4  # looks at rooms in which something failed: those that hang leave room to the others
SPARE_CALLS = 15.0  # which sweeps leave to rooms in which something happens


class Turns:
    """`due` are the rooms, `calls` bounds how often they are listed. `failing` are those in which something failed, and
    `refusing` the sessions (room, sid) on which it did: tried again in their own time, however often somebody marks the
    room, since each try is recorded."""

    def __init__(self, clock: Clock, calls_a_minute: float) -> None:
        self.due = Due(clock)
        self.calls = Allowance(clock, calls_a_minute, CALLS_AT_ONCE)
        self.failing: Retries[str] = Retries(clock)
        self.refusing: Retries[tuple[str, str]] = Retries(clock)

    def sweep(self, rooms: Collection[str]) -> None:
        """Make them due, except those that are tried again anyway."""
        for room in sorted(rooms):
            if room not in self.failing:
                self.due.mark(room, swept=True)

    def ready(self, room: str, people: Sequence[Participant]) -> Sequence[Participant]:
        """Those of these people, all that are in the room, with whom it is not too soon to try it again."""
        present = {person.sid for person in people}
        for key in [key for key in self.refusing if key[0] == room and key[1] not in present]:
            self.refusing.settle(key)
        return [person for person in people if not self.refusing.waits((room, person.sid))]

    def anew(self, order: Order) -> None:
        """The order was given or ended: what failed where it acts is tried at once."""
        for key in [key for key in self.refusing if order.covers(key[0])]:
            self.refusing.settle(key)

    def next(self, under_way: Collection[str]) -> tuple[str, float] | None:
        """The room that can be looked at now beside those, and since when (monotonic seconds) it has been due."""
        if len(under_way) >= LOOKS_AT_ONCE or self.calls.wait > 0:
            return None
        room = self.due.next(self._busy(under_way), happened=self.calls.wait_for(SPARE_CALLS) > 0)
        return (room, self.failing.since(room, self.due.take(room))) if room is not None else None

    def wait(self, under_way: Collection[str]) -> float | None:
        """Seconds until the next one can be; None where that needs more than to wait."""
        if len(under_way) >= LOOKS_AT_ONCE:
            return None
        busy = self._busy(under_way)
        if self.due.next(busy, happened=True) is not None:
            return self.calls.wait
        return self.calls.wait_for(SPARE_CALLS) if self.due.next(busy) is not None else None

    def _busy(self, under_way: Collection[str]) -> Collection[str]:
        """The rooms whose turn it is not, although they may be due."""
        failing = sum(room in self.failing for room in under_way)
        return {*under_way, *self.failing} if failing >= FAILING_AT_ONCE else under_way
