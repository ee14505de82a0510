"""Which acts the history knows: one's own in a room, and all that have been about the same people since."""

from __future__ import annotations

from datetime import timedelta

from bot.acts import UNDO, Act, acts_of, recorded
from bot.case_access import may_see
from bot.case_orders import orders_of
from bot.context import Context
from bot.history import Case, CaseQuery, EntryKind
from bot.reply import Mention, Spans, listed, say

LATEST = 50  # cases
ABOUT_ROOMS = ("door", "room-metadata")


async def own_acts(context: Context, room: str) -> list[Act]:
    """What this person has done in the room and not taken back, newest first; what changed nothing is left out.

    Undoing is none of it: who undoes twice goes back two steps, not to and fro.
    """
    own = CaseQuery(rooms=(room,), room=room, actor=context.moderator.user.subject, limit=LATEST)
    ending = CaseQuery(rooms=(room,), everywhere=True, actor=own.actor, kind=EntryKind.ENDED, limit=LATEST)
    cases = [case for query in (own, ending) for case in (await context.services.history.cases(query)).cases]
    acts = [act for act in acts_of(cases) if act.said.actor == own.actor and act.said.command != UNDO]
    return [
        act for act in reversed(acts)
        if _acted_in(act, room) and _did_something(act) and not _taken_back(act, own.actor)
    ]  # fmt: skip


async def act_of(context: Context, case: Case) -> Act | None:
    """What the command that opened the case did; None where it did nothing in a room."""
    opening = case.opening
    query = CaseQuery(rooms=(opening.room,), room=opening.room, actor=opening.actor, kind=EntryKind.ENDED, limit=LATEST)
    ended = (await context.services.history.cases(query)).cases if opening.actor else ()
    return next(
        (act for act in acts_of([*ended, case]) if act.case is not None and act.case.number == case.number), None
    )


async def acts_about(context: Context, act: Act) -> tuple[Act, ...]:
    """What people have done about the same people, or the room itself, lately."""
    room = context.room
    identities = {content.identity for _, content, _ in recorded(act.case)} if act.case is not None else set()
    identities |= {end.order.who.identity if end.order.who is not None else "" for end in act.ends}
    about_room = ABOUT_ROOMS if "" in identities else ()
    queries = [CaseQuery(rooms=(room,), room=room, identity=one, limit=LATEST) for one in sorted(identities - {""})]
    queries += [CaseQuery(rooms=(room,), room=room, command=command, limit=LATEST) for command in about_room]
    return acts_of([case for query in queries for case in (await context.services.history.cases(query)).cases])


def decision(context: Context, act: Act) -> Spans:
    """`case 7 (promote) by max`; of what this person may not see, that it was somebody."""
    cases = [act.case] if act.case is not None else [end.case for end in act.ends]
    if not all(may_see(context.moderator, case) for case in cases):
        return say("by somebody")
    numbers = listed([say(f"case {case.number}") for case in cases])
    return say(*numbers, f" ({act.said.command}) by ", Mention(act.said.actor, act.said.actor_name))


def soon_enough(context: Context, act: Act) -> bool:
    """Whether it was done lately, so that bare words can mean it."""
    return context.services.clock.now() - act.at <= timedelta(seconds=context.policy.undo_seconds)


def _acted_in(act: Act, room: str) -> bool:
    """Whether it was done there; the end of what acts in rooms of a glob alone is told of none."""
    return act.said.room == room or (not act.said.room and any(end.order.covers(room) for end in act.ends))


def _did_something(act: Act) -> bool:
    return bool(act.ends) or (act.case is not None and bool(orders_of(act.case) or recorded(act.case)))


def _taken_back(act: Act, actor: str) -> bool:
    """Whether they have taken it back, or ended it, themselves."""
    if act.case is None:
        return all(end.back for end in act.ends)
    by = [EntryKind.UNDONE, EntryKind.ENDED]
    last = next((entry for entry in reversed(act.case.entries) if entry.kind in by), None)
    over = act.case.undone or (bool(orders := orders_of(act.case)) and all(one.ended is not None for one in orders))
    return over and last is not None and last.content is not None and last.content.actor == actor
