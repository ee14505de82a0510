"""What orders want of people, carried out: at once by whoever gives or ends one, by the enforcer where it is due."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions.ordered import Ordered
from bot.authorise import protection
from bot.carried import COMMAND, HOLDS, OVERRULED, USHER, Carried
from bot.errors import BotError, NotFound, Unavailable
from bot.fold import Fold, Session, bearing, fold, session_of
from bot.grounded import Known
from bot.history import Content
from bot.keeping import ROUNDS, Keeping, busy, own
from bot.model import Participant
from bot.orders import Order, by_identity
from bot.people import Role
from bot.perform import Held, Performer
from bot.policy import Policy
from bot.ports import Clock, Orders, RoomService, Sessions
from bot.record import Record
from bot.result import Part
from bot.state import PersonState, difference
from bot.steady import Steady
from bot.subject import PersonSubject
from bot.tasks import Budget, gather_bounded, within

AT_ONCE = 16


class Standing:
    """Folds the orders in force over the people of a room, keeps their sessions, and writes what is wanted."""

    def __init__(
        self, rooms: RoomService, orders: Orders, sessions: Sessions, performer: Performer, clock: Clock, policy: Policy
    ) -> None:
        self._rooms = rooms
        self._orders = orders
        self._keeping = Keeping(sessions)
        self._performer = performer
        self._clock = clock
        self._policy = policy
        self.time = Steady(clock)

    async def active(self, room: str) -> tuple[Order, ...]:
        """The orders in force in that room, oldest first."""
        at = self.time.now()
        return tuple(order for order in await self._orders.active(room) if order.in_force(at))

    def bearing(self, orders: Sequence[Order], room: str, person: Participant) -> tuple[Order, ...]:
        """Those of these orders that are in force on this person."""
        return bearing(self._allowed(orders, room, person), room, person, self.time.now())

    async def person(
        self,
        room: str,
        identity: str,
        record: Record | None = None,
        budget: Budget | None = None,
    ) -> Carried | None:
        """What the orders in force in the room want of one person, carried out.

        None where they are not there, or no order is their business. `RoomError`, `HistoryError`: nothing was done.
        """
        budget = budget or self._budget()
        person = await self._seen(room, identity, budget)
        people = [person] if person is not None else []
        return next(iter(await self.people(room, people, await self.active(room), record, budget)), None)

    async def known(self, subject: PersonSubject, budget: Budget, *, looks_only: bool = False) -> Known | None:
        """What a decision about that session stands on, read while its lock is held (or `looks_only`); None where no
        session is kept and no order is on them, or where they are not there.

        Orders that somebody else has decided against end first. `RoomError`, `HistoryError`: nothing was done.
        """
        known, active = await self._keeping.known([subject.identity]), await self.active(subject.room)
        kept = own(known, subject.sid)
        if kept is None and not by_identity(active)(subject.identity):
            return None
        person = await self._seen(subject.room, subject.identity, budget)
        if person is None or person.sid != subject.sid:
            return None
        at, state = self.time.now(), PersonState(subject.room, person)
        orders = self._allowed(active, subject.room, person)
        session = session_of(known, state, orders, at)
        folded = fold(session, state, orders, at)
        if kept is None and not folded.orders:
            return None
        if folded.overruled and not looks_only:
            await self._overrule(folded.overruled, subject.room)
        left = tuple(order for order in orders if order not in folded.overruled)
        return Known(session, left, folded.orders, at)

    async def decided(self, session: Session) -> None:
        """Keep what somebody's decision has made of a session."""
        await self._keeping.decided(session)

    async def preview(self, room: str, person: Participant, orders: Sequence[Order]) -> Fold:
        """What these orders, were they all that are in force there, would make of that person; nothing is kept."""
        at, state = self.time.now(), PersonState(room, person)
        allowed = self._allowed(orders, room, person)
        return fold(session_of(await self._keeping.known([person.identity]), state, allowed, at), state, allowed, at)

    async def people(
        self,
        room: str,
        people: Sequence[Participant],
        orders: Sequence[Order],
        record: Record | None = None,
        budget: Budget | None = None,
    ) -> tuple[Carried, ...]:
        """The same for these people, as the room has just shown them, and these orders, all that are in force there.

        Whose business no order is, is left out. `record` says who asks, and in which case; without it Usher itself
        does, in the case of the newest order, or of the newest that has ended. `budget` is what is left of
        the time of whoever asks. `HistoryError` where it could not be read or kept what is known of somebody; what the
        room then did not take is in `Carried.error`.
        """
        known: dict[str, list[Session]] = {person.identity: [] for person in people}
        for session in await self._keeping.known(list(known)):
            known[session.identity].append(session)
        of = by_identity(orders)
        work = [_Work(room, one, tuple(known[one.identity]), of(one.identity), record, budget) for one in people]
        done = await gather_bounded(self._carry_out, [one for one in work if self._concerns(one)], AT_ONCE, BotError)
        for one in done:
            if isinstance(one, BotError):
                raise one
        return tuple(one for one in done if isinstance(one, Carried))

    def _concerns(self, work: _Work) -> bool:
        kept = own(work.known, work.person.sid)
        if kept is not None and (kept.carried or kept.base != kept.ours[-1] or len(kept.ours) > 1):
            return True
        return bool(self.bearing(work.orders, work.room, work.person))

    def _allowed(self, orders: Sequence[Order], room: str, person: Participant) -> tuple[Order, ...]:
        """Without what may not be done to this person: doors are not for those who are protected, and of the orders
        on them only those count that an admin of that room gave."""
        guarded = {removes: bool(protection(person, self._policy, removes=removes)) for removes in (False, True)}
        return tuple(order for order in orders if not guarded[order.what.absent] or _by_admin(order, room))

    async def _carry_out(self, work: _Work) -> Carried | None:
        """As the snapshot shows them, nothing needs to be done with most people, and those who stay out just go."""
        at, orders = self.time.now(), self._allowed(work.orders, work.room, work.person)
        session = session_of(work.known, work.state, orders, at)
        folded = fold(session, work.state, orders, at)
        if folded.wanted.participant is None:
            folded = fold(session, work.state, await self._now_on(work), at)
        if folded.wanted.participant is None:
            return await self._written(Carried(work.person, folded), work, at)
        if folded.session == own(work.known, work.person.sid) and folded.wanted == work.state:
            return Carried(work.person, folded)
        return await self._looked_at(work, folded)

    async def _now_on(self, work: _Work) -> tuple[Order, ...]:
        """Those that may be carried out, as they are now: nobody is removed for a ban that has just been ended."""
        return self._allowed(await self.active(work.room), work.room, work.person)

    async def _looked_at(self, work: _Work, folded: Fold) -> Carried | None:
        """Fold, keep, write, all of it under the lock of the person: a decision that is on its way in another process
        changes both the room and what is known of the session, and has done neither or both."""
        subject = PersonSubject(work.room, work.person.identity, work.person.sid, work.person.name)
        async with AsyncExitStack() as stack:
            try:
                held = await stack.enter_async_context(self._performer.holding(subject))
            except BotError as error:
                return Carried(work.person, folded, error=error)
            return await self._under_lock(work, held)

    async def _under_lock(self, work: _Work, held: Held) -> Carried | None:
        """What is known of the session is read first: an older look would take what Usher itself has changed meanwhile
        for somebody else's doing, and older orders would give back what a newer one has taken."""
        overruled: tuple[Order, ...] = ()
        for _ in range(ROUNDS):
            known = await self._keeping.known([work.person.identity])
            work = replace(work, orders=await self.active(work.room))
            person = await self._seen(work.room, work.person.identity, work.budget or self._budget())
            if person is None:
                return None
            work = replace(work, person=person, known=known)
            at, orders = self.time.now(), self._allowed(work.orders, work.room, person)
            session = session_of(known, work.state, orders, at)
            folded = fold(session, work.state, orders, at)
            if folded.overruled:
                overruled += await self._overrule(folded.overruled, work.room)
            if (kept := await self._keeping.folded(session, folded, known)) is not None:
                carried = Carried(person, replace(folded, session=kept), overruled=overruled)
                if not folded.orders:
                    carried = replace(carried, past=await self._orders.given(sorted(session.carried)))
                return await self._written(carried, work, at, held)
        raise busy()

    async def _seen(self, room: str, identity: str, budget: Budget) -> Participant | None:
        try:
            look = self._rooms.get_participant(room, identity)
            return await within(self._clock, budget.left(budget.read), look)
        except NotFound:
            return None
        except TimeoutError:
            raise Unavailable("LiveKit did not answer in time.", "timeout", sent=False) from None

    def _budget(self) -> Budget:
        return Budget(self._clock, self._clock.monotonic())

    async def _overrule(self, orders: Sequence[Order], room: str) -> tuple[Order, ...]:
        about = Content(actor=USHER.subject, actor_name=USHER.name, command=COMMAND, room=room)
        return await self._orders.end([order.id for order in orders], about, how=OVERRULED)

    async def _written(self, carried: Carried, work: _Work, at: datetime, held: Held | None = None) -> Carried:
        folded = carried.folded
        if not difference(work.state, folded.wanted):
            return carried
        record = replace(work.record or carried.record, until=carried.until)
        budget = work.budget or self._budget()
        try:
            part = Part(self._subject(work, folded), Ordered.of(folded, at))
            result = await self._performer.one(part, record, budget, held)
            if result.outcome in HOLDS and len(folded.session.ours) > 1:
                await self._keeping.settled(folded)
        except BotError as error:
            return replace(carried, error=error)
        return replace(carried, result=result, finished=self._clock.monotonic())

    def _subject(self, work: _Work, folded: Fold) -> PersonSubject:
        person, goes = work.person, folded.wanted.participant is None
        revoked = revoked_until(self._rooms, self._clock) if goes else None
        return PersonSubject(
            work.room, person.identity, person.sid, person.name, gone_is_fine=goes, revoke_token_ts=revoked
        )


@dataclass(frozen=True, slots=True)
class _Work:
    room: str
    person: Participant
    known: Sequence[Session]
    orders: tuple[Order, ...]
    record: Record | None
    budget: Budget | None

    @property
    def state(self) -> PersonState:
        return PersonState(self.room, self.person)


def revoked_until(rooms: RoomService, clock: Clock) -> int | None:
    """LiveKit Cloud refuses tokens that were made before this second; other servers take no notice of it."""
    return int(clock.now().timestamp()) + 1 if rooms.cloud else None


def _by_admin(order: Order, room: str) -> bool:
    return not order.is_door and any(grant.role >= Role.ADMIN and grant.covers(room) for grant in order.grants)
