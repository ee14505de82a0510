"""The end of orders, as an answer: what came back of what they took, what did not and why, and who was faster."""

from __future__ import annotations

from collections.abc import Sequence

from bot.authorise import authorise
from bot.authority import check_may_end
from bot.bringing_back import again_words
from bot.carried import EXPIRED, OVERRULED, Carried
from bot.context import Context
from bot.contradicting import Contradicted
from bot.crowd import on_stage, sources_text
from bot.describe import described
from bot.errors import Refused
from bot.history import Entry, EntryKind, Outcome
from bot.model import Participant, Source
from bot.order_answers import enforcing, notes, outcome_of, unfinished
from bot.order_words import in_case, kind, title, where
from bot.ordering import Done, Ordering
from bot.orders import Order
from bot.reply import Audience, Mention, Name, Part, Reply, Spans, Time, Tone, listed, say, text
from bot.words import counted

NOTHING_OPENED = "Nothing was opened: the person has to unmute, or publish, themselves."
NOTHING_CHANGES = "Nothing changes for anybody who is there now."
IN_THE_AUDIENCE = "They are in the audience: it counts once somebody promotes them."
JOIN_AGAIN = "They can join again; nobody is brought back, so they have to join themselves."
BY_ANOTHER = "another order, a one-off decision or their join token does not allow it"


def gave_back(context: Context, ending: Sequence[Contradicted], done: Done) -> Reply:
    """The answer to who gives back what locks took of somebody who is there."""
    name, room = context.called, Name(context.room)
    chat = any(_frees_chat(one) for one in ending)
    freed = frozenset[Source]().union(*(one.freed for one in ending))
    carried = next(iter(done.carried), None)
    person = carried.folded.wanted.participant if carried is not None else _as_seen(context)
    what = used(freed, chat=chat)
    if not done.holds or person is None:
        heading = unfinished(say("give ", what, " back to ", *name, " in ", room), done)
        return _reply(context, heading, (), done, ending[-1].order)
    back, chat_back = freed & person.permission.can_publish_sources, chat and person.permission.can_publish_data
    if not (back or chat_back):
        heading = say("Ended ", *listed([in_case(one.order) for one in ending]), f", but {what} does not come back: ")
        return _reply(context, (*heading, *still(carried, freed, chat=chat)), (), done, ending[-1].order)
    heading = say(*name, " may use ", used(back, chat=chat_back), " again in ", room, ".")
    return _reply(context, heading, _after(carried, person, freed - back), done, ending[-1].order)


def _as_seen(context: Context) -> Participant | None:
    """The person of whom no order wants anything."""
    return context.bound.target.participant if context.bound.target is not None else None


def _after(carried: Carried | None, person: Participant, kept: frozenset[Source]) -> tuple[Part, ...]:
    more = (text(f"Not {sources_text(kept)}: ", *still(carried, kept)),) if kept else ()
    return (*more, text(NOTHING_OPENED if on_stage(person) else IN_THE_AUDIENCE))


def _frees_chat(one: Contradicted) -> bool:
    left = one.left.flags if one.left is not None else {}
    return one.order.what.flags.get("can_publish_data") is False and "can_publish_data" not in left


def used(sources: frozenset[Source], *, chat: bool) -> str:
    """`microphone, chat`."""
    return ", ".join(filter(None, [sources_text(sources) if sources else "", "chat" if chat else ""]))


def still(carried: Carried | None, sources: frozenset[Source], *, chat: bool = False) -> Spans:
    """What keeps these away: the orders that take them too, or what is no order."""
    orders = carried.folded.orders if carried is not None else ()
    keeping = [
        order for order in orders
        if order.what.take & sources or (chat and order.what.flags.get("can_publish_data") is False)
    ]  # fmt: skip
    if keeping:
        return say(*listed([in_case(order) for order in keeping]), " takes it too.")
    return say(f"{BY_ANOTHER}.")


async def end(context: Context, orders: Sequence[Order]) -> Reply:
    """End these orders of one case, and give back what they took of those who are there."""
    await allow_ending(context, orders)
    ordering = Ordering(context)
    if context.bound.dry_run:
        return Reply(Tone.INFO, say("Dry run: nothing was done. It would end ", *listed([*map(in_case, orders)]), "."))
    ended = await ordering.end(orders)
    if not ended:
        return await already_ended(context, orders[-1])
    return ended_answer(context, ended[-1], await ordering.carry_out(ended[-1]))


async def allow_ending(context: Context, orders: Sequence[Order]) -> None:
    """Refuse to end what is not this person's to end."""
    for order in orders:
        check_may_end(context, order)
        await _check_protected(context, order)


async def _check_protected(context: Context, order: Order) -> None:
    """To take an order from somebody who is protected needs what giving it needs."""
    if order.who is None or order.what.absent or not context.room:
        return
    people = await context.everybody(context.room)
    for person in people:
        if order.who.is_(person, by_attribute=True):
            verdict = authorise(
                context.moderator, context.command, context.policy, room=context.room, person=person,
                force=context.bound.force,
            )  # fmt: skip
            if isinstance(verdict, Refused):
                raise verdict


def ended_answer(
    context: Context, order: Order, done: Done, again: Sequence[Order] = (), why: Sequence[Part] = ()
) -> Reply:
    """The answer to who ends one order, whatever its kind; `again` are those that are in force again for it, and `why`
    is said of others."""
    may_see = context.moderator.may_see
    if not done.holds:
        heading = unfinished(say("give back everywhere what ", *title(order), " took"), done)
    else:
        heading = say(*_ended(context, order), *title(order), " in ", *where(order, may_see), ".")
    others = say(*_ended(context, order), *title(order), " in ", *where(order, lambda room: room == context.room), ".")
    parts = [*again_words(again, context.calendar), *why]
    if not (order.what.absent and any(one.what.absent for one in again)):
        parts += _given_back(order, done, again)
    if done.more:
        parts.append(text(f"{counted(done.more, 'more room is', 'more rooms are')} looked at one after the other."))
    return _reply(context, heading, parts, done, order, told=others)


def _ended(context: Context, order: Order) -> Spans:
    return say(f"Undid case {order.case}: ended " if context.command.name == "undo" else "Ended ")


def _given_back(order: Order, done: Done, again: Sequence[Order]) -> tuple[Part, ...]:
    """What is different now for those who are there."""
    others = _others(done, again)
    changed = [one for one in done.carried if one.holds and one.result is not None and one.result.changes]
    if order.what.absent and not order.is_door:
        return (text(JOIN_AGAIN), *others)
    if order.is_door:
        people = counted(len(changed), "person", "people")
        return (text(f"{people} got back what it took. Nothing was opened."),) if changed else ()
    if not changed:
        return (*((text(NOTHING_CHANGES),) if done.holds else ()), *others)
    shown: list[Part] = [described(one.result.changes) for one in changed[:1] if one.result is not None]
    opened = (text(NOTHING_OPENED),) if kind(order) in ("lock", "audience") else ()
    return (*shown, *opened, *others)


def _others(done: Done, again: Sequence[Order]) -> tuple[Part, ...]:
    """The other orders that are still in force on them."""
    said = {order.id for order in again}
    found = {order.id: order for one in done.carried for order in one.folded.orders if order.id not in said}
    return (text("Still in force: ", *listed([in_case(one) for one in found.values()]), "."),) if found else ()


def _reply(
    context: Context, heading: Spans, parts: Sequence[Part], done: Done, order: Order, *, told: Spans = ()
) -> Reply:
    reason = (text("Reason: ", Name(context.bound.reason)),) if context.bound.reason else ()
    more = (*reason, *notes(done), *(() if done.holds else enforcing(context)))
    tone, outcome = (Tone.OK, Outcome.DONE) if done.holds else (Tone.ERROR, outcome_of(done))
    return Reply(tone, heading, (*parts, *more), (), Audience.PUBLIC, order.case, outcome, told=told)


async def already_ended(context: Context, order: Order) -> Reply:
    """Somebody was faster, or its time: who, and when."""
    await context.handle_once()
    case = await context.services.history.case(order.case)
    ends = (
        [entry for entry in case.entries if entry.kind is EntryKind.ENDED and entry.refers == order.id] if case else []
    )
    how = _how(context, ends[-1]) if ends else say(".")
    return Reply(Tone.INFO, say(f"Case {order.case}: ", *title(order), " has ended already", *how))


def _how(context: Context, entry: Entry) -> Spans:
    when = Time(entry.at, context.services.clock.now())
    if entry.code == EXPIRED:
        return say(": its time was over ", when, ".")
    if entry.code == OVERRULED:
        return say(": somebody else decided otherwise ", when, ".")
    content = entry.content
    by = say(" by ", Mention(content.actor, content.actor_name)) if content is not None and content.actor else ()
    instead = ": another one took its place" if entry.code == "replaced" else ":"
    return say(instead, *by, " ", when, ".")
