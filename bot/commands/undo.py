"""Putting back exactly what a case changed, each field only while it still has the value that Usher wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot import places
from bot.authorise import authorise
from bot.case_access import visible_case
from bot.case_lines import case_line
from bot.command import Again, Command, Effect, Kind, Param
from bot.context import Context
from bot.errors import BadArgument, Refused
from bot.history import Case, CaseQuery
from bot.people import Role
from bot.reply import Name, Reply, Text, Tone, say
from bot.undoing import Undoing, reversible

LATEST = 50


@dataclass(frozen=True, slots=True)
class Arguments:
    n: Annotated[int, Param(Kind.NUMBER, "the case number; without it your own latest action in this room")] = 0


async def run(context: Context, arguments: Arguments) -> Reply:
    if arguments.n:
        case = await visible_case(context, arguments.n)
        asks = not context.bound.confirmed
    else:
        found = await _own_latest(context)
        if isinstance(found, Reply):
            return found
        case, asks = found, False
    _allowed(context, case)
    undoing = await Undoing.look(context, case)
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


def _allowed(context: Context, case: Case) -> None:
    """Undoing needs what doing needs."""
    opening = case.opening
    if opening.command not in context.services.registry or not case.intents:
        raise BadArgument(
            f"Case {case.number} ({opening.command}) changed nothing in a room: there is nothing to undo."
        )
    command = context.services.registry[opening.command]
    verdict = authorise(context.moderator, command, context.policy, room=opening.room)
    if isinstance(verdict, Refused):
        raise verdict


async def _own_latest(context: Context) -> Case | Reply:
    """One's own latest reversible action in this room, not long ago."""
    room = await places.resolve(context, "", lambda name: Again("undo", name))
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
    details=(
        "Bare: your own latest reversible action in this room within 15 minutes. With a number it asks first. What "
        "somebody changed since is said and asked about. A mute, a removal and a closed room have no undo."
    ),
    examples=("/undo", "/undo 12"),
)
