"""Putting back exactly what a case changed, each field only while it still has the value that Usher wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from bot import places
from bot.acts import Act, recorded
from bot.authorise import authorise, standing
from bot.case_access import visible_case
from bot.case_orders import orders_of
from bot.command import Again, Command, Effect, Kind, Param
from bot.context import Context
from bot.errors import BadArgument, OutOfScope, Refused, UsageError
from bot.history import Case, CaseQuery
from bot.known_acts import act_of, own_acts, soon_enough
from bot.model import Participant
from bot.people import Role
from bot.reply import Name, Reply, Tone, say
from bot.taking_back import FASTER, TakingBack

LATEST, LOOKED_AT = 50, 8
BARE = "/undo without a number takes back your own latest action, /history lists the cases."


@dataclass(frozen=True, slots=True)
class Arguments:
    n: Annotated[int, Param(Kind.NUMBER, "the case number; without it your own latest action in this room")] = 0
    room: Annotated[str, Param(Kind.KEYED, "the room, where no number is given", keyword="in")] = ""


def check(context: Context, arguments: Arguments) -> None:
    """A number that is no case's must not be taken for none at all."""
    if "n" in context.bound.values and arguments.n < 1:
        raise BadArgument(f"There is no case {arguments.n}: cases are counted from 1. Nothing was done. {BARE}")


async def run(context: Context, arguments: Arguments) -> Reply:
    if "n" not in context.bound.values:
        return await _bare(context, arguments)
    case = await visible_case(context, arguments.n)
    context.bound = replace(context.bound, room=case.opening.room)
    act = await act_of(context, case)
    if act is None:
        raise _nothing_done(case)
    taking = await _looked_at(context, act)
    if (reply := await taking.impossible()) is not None:
        return reply
    return await _ask_or_do(taking, asks=True)


async def _ask_or_do(taking: TakingBack, *, asks: bool) -> Reply:
    bound = taking.context.bound
    if bound.confirmed or (bound.dry_run and not taking.moved_on):
        return await taking.do()
    return await (taking.question() if asks or taking.has_to_ask else taking.do())


async def _bare(context: Context, arguments: Arguments) -> Reply:
    """One's own latest action in this room, not long ago. Where it cannot be undone, the one before is asked about."""
    room = await _room(context, arguments)
    if isinstance(room, Reply):
        return room
    context.bound = replace(context.bound, room=room)
    own = await own_acts(context, room)
    if (asked := context.bound.values.get("act")) is not None:
        return await _latest(context, [act for act in own if act.seq == asked]) or Reply(Tone.INFO, say(FASTER))
    return await _latest(context, [act for act in own if soon_enough(context, act)]) or _nothing_lately(context, room)


async def _room(context: Context, arguments: Arguments) -> str | Reply:
    if context.bound.room:
        return context.bound.room
    return await places.resolve(context, arguments.room, lambda name: Again("undo", name))


async def _latest(context: Context, own: Sequence[Act]) -> Reply | None:
    """The first of these that can be undone: at once if it is the latest, and otherwise after a question."""
    cannot: list[Reply] = []
    for act in own[:LOOKED_AT]:
        try:
            taking = await _looked_at(context, act)
        except (UsageError, Refused):
            if not cannot:
                raise
            continue
        if (reply := await taking.impossible()) is not None:
            cannot.append(reply)
        elif cannot:
            return await taking.question(cannot)
        else:
            return await _ask_or_do(taking, asks=context.bound.force)
    return cannot[0] if cannot else None


def _nothing_lately(context: Context, room: str) -> Reply:
    minutes = int(context.policy.undo_seconds // 60)
    title = say(f"You have done nothing in the last {minutes} minutes that can be undone in ", Name(room))
    return Reply(Tone.INFO, (*title, *say(". For an older case or somebody else's: /undo n, see /history.")))


async def _looked_at(context: Context, act: Act) -> TakingBack:
    """The act as it can be taken back now; a refusal where that is not this person's to do."""
    case = act.case
    command = await _command_of(context, case) if case is not None and not orders_of(case) else None
    if case is not None and command is not None:
        _allow(context, command, case)
    taking = await TakingBack.look(context, act)
    if case is not None and command is not None and taking.undoing is not None:
        for part in taking.undoing.here:
            _allow(context, command, case, part.person)
    return taking


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
        raise _nothing_done(case)
    while case.opening.command == COMMAND.name:
        opening = case.opening
        query = CaseQuery(room=opening.room, identity=opening.identity, before=case.number, limit=LATEST)
        page = await context.services.history.cases(query)
        undone = next((c for c in page.cases if any(entry.seq == case.first.refers for entry in c.entries)), None)
        if undone is None or undone.opening.command not in registry:
            raise BadArgument(f"What case {number} undid is too long ago to be done again. Type the command instead.")
        case = undone
    return registry[case.opening.command]


def _nothing_done(case: Case) -> BadArgument:
    number, name = case.number, case.opening.command
    return BadArgument(f"Case {number} ({name}) changed nothing in a room: there is nothing to undo.")


COMMAND = Command(
    name="undo",
    summary="Put back what a case changed, as far as LiveKit can",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    in_room=False,
    asks=True,
    check=check,
    details=(
        "Bare: your own latest action in this room within 15 minutes; where that has no undo it says so, and asks "
        "about the one before. With a number it asks first. What somebody changed, or has decided again, since is "
        "said and asked about. A ban, a lock, a door or what is for a time is undone by ending it; what it took the "
        "place of is then in force again. Orders that you have ended are in force again after a bare undo, as their "
        "givers'. A mute, a removal and a closed room have no undo."
    ),
    examples=("/undo", "/undo 12"),
)
