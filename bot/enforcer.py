"""The one loop that holds what was decided: it looks at rooms that are due and writes what the orders in force want.

A webhook, a sweep, a new order, the end of one, and a failure that is tried again only make a room due; what is to be
done is decided by looking. So nothing needs to be ordered, told apart or queued.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.carried import Carried
from bot.errors import BotError, HistoryError
from bot.in_force import InForce
from bot.model import Participant
from bot.orders import Order
from bot.people import is_glob
from bot.ports import Clock, RoomService
from bot.pulse import Pulse
from bot.returning import Returning
from bot.standing import Standing
from bot.tasks import within
from bot.telling import Telling, words_of
from bot.turns import Turns

POLL_SECONDS = 0.5  # an order given by another process holds within a second
HEARD_SECONDS = 120.0  # webhooks that came within this time are not silent
SILENT, COMING = 5.0, 60.0  # seconds between sweeps
CALLS_A_MINUTE = 600
LOOK_SECONDS = 12.0
LEAST_SECONDS = 0.01
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Means:
    """What the loop works with. `calls_a_minute` bounds how often it lists rooms and the people in them."""

    rooms: RoomService
    in_force: InForce
    standing: Standing
    telling: Telling
    returning: Returning
    clock: Clock
    pulse: Pulse
    calls_a_minute: float = CALLS_A_MINUTE


class Enforcer:
    def __init__(self, means: Means) -> None:
        self._means = means
        self._clock, self._pulse, self._in_force = means.clock, means.pulse, means.in_force
        self._turns = Turns(means.clock, means.calls_a_minute)
        self._due, self._failing = self._turns.due, self._turns.failing
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._sweeping: asyncio.Task[None] | None = None
        self._at_work = self._ending = False
        self._tried, self._next_poll = float("-inf"), 0.0

    def webhook(self, room: str) -> None:
        """A verified webhook about that room has come; some are about none ("")."""
        self._pulse.webhook = self._clock.monotonic()
        if room:
            self._due.mark(room)

    def flooded(self) -> None:
        """More came than could be read, webhooks or not: any room may be due."""
        self._due.mark_all()

    @property
    def at_rest(self) -> bool:
        """Whether nothing is due or under way just now."""
        return not (self._at_work or len(self._due) or self._due.everything or self._under_way or self._sweeping)

    def end(self) -> None:
        """Begin nothing new; `serve` returns when what is under way is finished."""
        self._ending = True
        self._due.wake()

    async def serve(self) -> None:
        """Enforce until `end`. `HistoryError` where the history does not answer: it is to be called again then.

        Either way what is under way is finished, so that no intent stays open.
        """
        self._pulse.begun = self._clock.monotonic()
        self._tried, self._next_poll = float("-inf"), self._pulse.begun
        try:
            while not self._ending:
                self._at_work = True
                await self._round()
                self._at_work = False
                await self._due.wait(self._until_next())
            await self._finish()
        except HistoryError:
            await self._finish()
            raise
        finally:
            self._pulse.begun = None
            tasks = [*self._under_way.values(), *filter(None, [self._sweeping])]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._under_way, self._sweeping = {}, None

    async def _finish(self) -> None:
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _round(self) -> None:
        now = self._clock.monotonic()
        if now >= self._next_poll:
            await self._notice_changes()
            self._next_poll = now + POLL_SECONDS
        await self._end_overdue()
        self._sweep_when_due()
        for room in self._failing.due():
            self._due.mark(room)
        self._start_looks()
        self._pulse.due, self._pulse.orders = len(self._due), len(self._in_force)
        self._pulse.stuck = self._means.telling.stuck

    def _until_next(self) -> float:
        """Seconds until something is to be done although nobody wakes the loop."""
        until_poll = self._next_poll - self._clock.monotonic()
        until_turn = self._turns.wait(self._under_way.keys())
        return max(LEAST_SECONDS, until_poll if until_turn is None else min(until_poll, until_turn))

    async def _notice_changes(self) -> None:
        """Orders given or ended since, and people removed, by whichever process, make their rooms due."""
        watched = set(self._means.returning.watched)
        for room in set(await self._means.returning.rooms()) - watched:
            self._due.mark(room)
        for order in await self._in_force.read():
            self._make_due(order)

    def _make_due(self, order: Order) -> None:
        self._turns.anew(order)
        for room in order.rooms:
            if is_glob(room):
                self._due.everything = True
            elif order.covers(room):
                self._in_force.rooms.add(room)
                self._due.mark(room)

    async def _end_overdue(self) -> None:
        over, ended = await self._in_force.end_overdue(self._means.standing.time.now())
        for order in over:
            self._make_due(order)
        for order in ended:
            log.info("case %d: its time is over", order.case, extra={"case": order.case, "order": order.id})
            self._means.telling.over(order)

    def _sweep_when_due(self) -> None:
        now, pulse = self._clock.monotonic(), self._pulse
        heard = pulse.webhook is not None and now - pulse.webhook < HEARD_SECONDS
        pulse.interval = COMING if heard and not pulse.failing else SILENT
        if self._sweeping is not None and self._sweeping.done():
            sweep, self._sweeping = self._sweeping, None
            sweep.result()
        wanted = self._due.everything or now >= self._tried + pulse.interval
        if wanted and self._sweeping is None and self._turns.calls.take():
            self._due.everything, self._tried = False, now
            self._sweeping = asyncio.create_task(self._sweep())

    async def _sweep(self) -> None:
        """Make every room due in which an order, a session or somebody who was removed may be."""
        means, rooms = self._means, self._in_force.rooms
        try:
            live = await within(self._clock, LOOK_SECONDS, means.rooms.list_rooms())
            removed = await means.returning.rooms()
            await self._in_force.read_rooms()
        except (BotError, TimeoutError) as error:
            self._pulse.failing = words_of(error)
            log.warning("The rooms could not be listed (%s) It is tried again.", self._pulse.failing)
            self._turns.sweep(self._in_force.known)  # without the list, one by one
            return
        finally:
            self._due.wake()
        self._pulse.failing, self._pulse.swept = "", self._clock.monotonic()
        open_ = {room.name for room in live}
        wanted = {room for room in open_ if room in removed or self._in_force.covering(room)}
        at = means.standing.time.now()
        self._turns.sweep(wanted | {room for room in rooms if room in open_ or self._in_force.untidy(room, at)})

    def _start_looks(self) -> None:
        while (turn := self._turns.next(self._under_way.keys())) is not None:
            room, since = turn
            if not self._concerns(room):
                self._failing.settle(room)
                self._means.telling.settle(room, ())
            elif self._turns.calls.take():
                self._under_way[room] = asyncio.create_task(self._look(room, since))
                self._under_way[room].add_done_callback(lambda task, room=room: self._finished(room, task))  # type: ignore[misc]

    def _concerns(self, room: str) -> bool:
        """Whether anything in that room can be Usher's business; most webhooks are about other rooms."""
        watched = self._means.returning.watched
        return room in self._in_force.rooms or room in watched or bool(self._in_force.covering(room))

    def _finished(self, room: str, task: asyncio.Task[None]) -> None:
        self._under_way.pop(room, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            bug = None if isinstance(error, BotError) else error
            log.error("A look at a room failed (%s); it is tried again.", type(error).__name__, exc_info=bug)
            self._failing.fail(room)
        self._due.wake()

    async def _look(self, room: str, since: float) -> None:
        means, orders = self._means, self._in_force.covering(room)
        try:
            people = await within(self._clock, LOOK_SECONDS, means.rooms.list_participants(room))
            ready = self._turns.ready(room, people)
            carried = await means.standing.people(room, ready, orders)
        except (BotError, TimeoutError) as error:
            self._pulse.failing = words_of(error)
            means.telling.unseen(room, orders, self._pulse.failing, self._failing.fail(room, since))
            return
        waiting = {person.identity for person in people} - {person.identity for person in ready}
        self._settle(room, carried, waiting, since)
        await means.returning.look(room, people, orders)
        await self._forget(room, people, carried)

    def _settle(self, room: str, carried: Sequence[Carried], waiting: set[str], since: float) -> None:
        """What became of it, in the room and on each of these people; with those who are waiting it was not tried."""
        refusing, telling = self._turns.refusing, self._means.telling
        for one in carried:
            session = (room, one.person.sid)
            if not one.holds:
                refusing.fail(session, since)
                continue
            if one.result is not None and one.result.changes:
                self._pulse.delayed(one.finished - refusing.since(session, since))
            refusing.settle(session)
        failed = {one.person.identity for one in carried if not one.holds}
        if failed:
            self._failing.fail(room)
        elif not waiting:
            self._failing.settle(room)
        telling.carried(room, carried)
        telling.settle(room, failed | waiting)

    async def _forget(self, room: str, people: Sequence[Participant], carried: Sequence[Carried]) -> None:
        """Sessions that ended some time ago; a room without any is no business of sweeps any more."""
        if any(one.folded.wanted.participant is not None for one in carried):
            self._in_force.rooms.add(room)
        if room in self._in_force.rooms:
            await self._in_force.forget(room, [person.sid for person in people], self._means.standing.time.now())
