"""A decision about one session, over what its permission stands on, while the lock of the person is held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.actions.permissions import SetPermissions
from bot.actions.restore import Restore
from bot.authority import check_may_end
from bot.context import Context
from bot.contradicting import STAGE, Contradicted, Decision
from bot.grounded import Decide, Grounded, Known, OnGround, ground_of
from bot.model import Source
from bot.orders import Order
from bot.record import Record
from bot.result import Part, Result
from bot.state import PersonState
from bot.subject import Action, PersonSubject
from bot.turning import Turning


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a decision. `ending` are the orders that end with it, or in part, once the room shows it."""

    decide: Decide
    result: Result[PersonState]
    ending: tuple[Contradicted, ...] = ()

    @property
    def holder(self) -> Order | None:
        """The newest of the orders left that speaks for a field of the decision: the decision counts when that ends."""
        ground, decision = self.result.wanted.ground, self.decide.decision
        if ground is None:
            return None
        holder = holder_of(ground.orders, decision.flags, decision.give | decision.take)
        return holder if holder is not None or self.shows else holder_of(ground.orders, (), frozenset(Source))

    @property
    def shows(self) -> bool:
        """Whether the room is to show what was decided, by an order or without one."""
        return self.decide.holds(self.result.wanted)


def holder_of(orders: Sequence[Order], flags: Iterable[str], sources: frozenset[Source]) -> Order | None:
    """The newest of these orders that speaks for one of these fields."""
    names = set(flags)
    speak = [
        order for order in orders
        if names & {*order.what.flags, *([STAGE] if order.what.give else ())}
        or sources & (order.what.give | order.what.take)
    ]  # fmt: skip
    return speak[-1] if speak else None


async def decided(context: Context, action: SetPermissions, decision: Decision) -> Decided:
    """Do it, or with --dry-run say what would be done. What says otherwise ends once the room shows it: an order that
    ended before a write that fails would be given back by the enforcer, and nobody would know."""
    services, subject = context.services, context.person()
    decide = Decide(action, decision)
    if context.bound.dry_run:
        known = await services.standing.known(subject, context.budget, looks_only=True)
        ending = _allowed(context, decide, known)
        part = on_ground(context, subject, known, decide, context.record())
        return Decided(decide, await services.performer.preview(part, context.budget), ending)
    async with services.performer.holding(subject) as held:
        known = await services.standing.known(subject, context.budget)
        ending = _allowed(context, decide, known)
        record = context.record()
        part = on_ground(context, subject, known, decide, record)
        return Decided(decide, await services.performer.one(part, record, context.budget, held), ending)


def _allowed(context: Context, decide: Decide, known: Known | None) -> tuple[Contradicted, ...]:
    """What ends; a refusal where that is not this person's to end."""
    found = decide.ending(known.on_it) if known is not None else ()
    for one in found:
        check_may_end(context, one.order)
    return found


async def put_back(context: Context, subject: PersonSubject, action: Restore, record: Record) -> Result[PersonState]:
    """The same for an undo."""
    services = context.services
    async with services.performer.holding(subject) as held:
        known = await services.standing.known(subject, context.budget)
        part = on_ground(context, subject, known, action, record)
        (result,) = await services.performer.all([part], record, context.budget, held)
    return result


def on_ground(
    context: Context, subject: PersonSubject, known: Known | None, action: Action[PersonState], record: Record
) -> Part[PersonState]:
    """What shall be, over what is known of the session. Where nothing is, the room alone says what it stands on."""
    if known is None:
        return Part(subject, action)
    services = context.services
    by = record.entry_content(room=subject.room, sid=subject.sid)

    async def settle(result: Result[PersonState]) -> None:
        turning = Turning(services.orders, services.history, replace(by, detail=f"by case {result.case}"))
        carried = await turning.turn(ground_of(result.before), ground_of(result.wanted))
        await services.standing.decided(known.decided(result.before, result.wanted, carried))

    grounded = Grounded(
        subject.room, subject.identity, subject.sid, subject.name, subject.destination, known=known
    )  # fmt: skip
    return Part(grounded, OnGround(known, action), settle)
