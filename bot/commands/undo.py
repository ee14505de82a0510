"""Putting back exactly what a case changed, each field only while it still has the value that Usher wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from bot import places
from bot.authorise import authorise, standing
from bot.case_access import visible_case
from bot.case_lines import case_line
from bot.case_orders import orders_of
from bot.command import Again, Command, Effect, Kind, Param
from bot.context import Context
from bot.ending import allow_ending, already_ended, end
from bot.errors import BadArgument, OutOfScope, Refused
from bot.history import Case, CaseQuery
from bot.model import Participant
from bot.orders import Order
from bot.people import Role
from bot.reply import Name, Reply, Text, Tone, say
from bot.undoing import Undoing, recorded, reversible
from bot.would_end import would_end

LATEST = 50


@dataclass(frozen=True, slots=True)
class Arguments:
    n: Annotated[int, Param(Kind.NUMBER, "the case number; without it your own latest action in this room")] = 0
    room: Annotated[str, Param(Kind.KEYED, "the room, where no number is given", keyword="in")] = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    if arguments.n:
        case = await visible_case(context, arguments.n)
    else:
        found = await _own_latest(context, arguments.room)
        if isinstance(found, Reply):
            return found
        case = found
    context.bound = replace(context.bound, room=case.opening.room)
    asks = bool(arguments.n or context.bound.force) and not context.bound.confirmed
    if orders := orders_of(case):
        return await _end(context, case, orders, asks=asks)
    command = await _command_of(context, case)
    _allow(context, command, case)
    undoing = await Undoing.look(context, case)
    for part in undoing.here:
        _allow(context, command, case, part.person)
    if (reply := undoing.nothing_to_do()) is not None:
        return reply
    if undoing.moved_on and not context.bound.confirmed:
        return undoing.ask_about_moved_on()
    if asks and not context.bound.dry_run:
        return context.question(
            say(f"Undo case {case.number}?"),
            (Text(case_line(case, context.services.clock.now())), *undoing.preview()),
            confirm="Undo it",
            values={"n": case.number},
        )
    return await undoing.put_back()


async def _end(context: Context, case: Case, orders: Sequence[Order], *, asks: bool) -> Reply:
    """What an order did is undone by ending it, and folding again."""
    active = [order for order in orders if order.ended is None]
    if not active:
        return await already_ended(context, orders[-1])
    if asks and not context.bound.dry_run:
        await allow_ending(context, active)
        line = Text(case_line(case, context.services.clock.now()))
        parts = (line, *await would_end(context, case.opening.room, active))
        return context.question(say(f"Undo case {case.number}?"), parts, confirm="Undo it", values={"n": case.number})
    return await end(context, active)


def _allow(context: Context, command: Command, case: Case, person: Participant | None = None) -> None:
    """Undoing needs what doing needs, of a protected person too."""
    for room in dict.fromkeys((case.opening.room, *_moved_between(case))):
        verdict = authorise(
            context.moderator, command, context.policy, room=room, person=person, force=context.bound.force
        )
        if isinstance(verdict, Refused):
            raise elsewhere(context) if room and not context.moderator.may_see(room) else verdict


def _moved_between(case: Case) -> list[str]:
    """The rooms that a move went from and to: to undo it is to move between them."""
    moves = [changes.get("room") for _, _, changes in recorded(case)]
    return [room for move in moves if move is not None for room in (move.before, move.after) if room]


def elsewhere(context: Context) -> OutOfScope:
    end = standing(context.moderator, context.policy, context.needed)
    return OutOfScope(f"It was a move from or to another room, which is not in your scope. Nothing was done. {end}")


async def _command_of(context: Context, case: Case) -> Command:
    """The command that the case stands for; of an undo, the command that was undone."""
    registry, number, name = context.services.registry, case.number, case.opening.command
    if name not in registry or not case.intents:
        raise BadArgument(f"Case {number} ({name}) changed nothing in a room: there is nothing to undo.")
    while case.opening.command == COMMAND.name:
        opening = case.opening
        query = CaseQuery(room=opening.room, identity=opening.identity, before=case.number, limit=LATEST)
        page = await context.services.history.cases(query)
        undone = next((c for c in page.cases if any(entry.seq == case.first.refers for entry in c.entries)), None)
        if undone is None or undone.opening.command not in registry:
            raise BadArgument(f"What case {number} undid is too long ago to be done again. Type the command instead.")
        case = undone
    return registry[case.opening.command]


async def _own_latest(context: Context, given: str) -> Case | Reply:
    """One's own latest reversible action in this room, not long ago."""
    room = await places.resolve(context, given, lambda name: Again("undo", name))
    if isinstance(room, Reply):
        return room
    now = context.services.clock.now()
    query = CaseQuery(rooms=(room,), room=room, actor=context.moderator.user.subject, limit=LATEST)
    page = await context.services.history.cases(query)
    for case in page.cases:
        if (now - case.first.at).total_seconds() > context.policy.undo_seconds:
            break
        if case.opening.command != "undo" and reversible(case):  # twice bare goes back two steps, not to and fro
            return case
    minutes = int(context.policy.undo_seconds // 60)
    title = say(f"You have done nothing in the last {minutes} minutes that can be undone in ", Name(room))
    return Reply(Tone.INFO, (*title, *say(". For an older case or somebody else's: /undo n, see /history.")))


COMMAND = Command(
    name="undo",
    summary="Put back what a case changed, as far as LiveKit can",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    in_room=False,
    asks=True,
    details=(
        "Bare: your own latest reversible action in this room within 15 minutes. With a number it asks first. What "
        "somebody changed since is said and asked about. A ban, a lock, a door or what is for a time is undone by "
        "ending it. A mute, a removal and a closed room have no undo."
    ),
    examples=("/undo", "/undo 12"),
)
