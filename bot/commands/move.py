"""Moving one session into another room, where the server can."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

from bot.actions.presence import Move
from bot.answers import Words, answer
from bot.authorise import standing
from bot.called import called_text
from bot.case_lines import OTHER
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.errors import BadArgument, OutOfScope
from bot.history import Outcome
from bot.params import Reason, Who
from bot.people import Role
from bot.reply import Name, Plain, Reply, Spans, say, text
from bot.reply import Part as ReplyPart
from bot.result import Part, Result
from bot.words import told


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    room: Annotated[str, Param(Kind.DESTINATION, "the room to move to", required=True)]
    reason: Reason = ""


def check(context: Context, arguments: Arguments) -> None:
    """The destination has to be another room, and in scope too."""
    if arguments.room == arguments.who.room:
        raise BadArgument(f"{called_text(arguments.who)} is in {told(arguments.room)} already. Nothing was done.")
    if context.moderator.role_in(arguments.room) < context.needed:
        end = standing(context.moderator, context.policy, context.needed, arguments.room)
        raise OutOfScope(f"You may not move people into {told(arguments.room)}: it is not in your scope. {end}")


async def run(context: Context, arguments: Arguments) -> Reply:
    subject = context.person(destination=arguments.room)
    result = await context.perform(Part(subject, Move(arguments.room)))
    others = _words(context, Plain(OTHER))  # not all of them may know that room
    reply = answer(context, result, _words(context, Name(arguments.room)), others)
    if result.outcome in (Outcome.FAILED, Outcome.UNKNOWN, Outcome.NOT_EFFECTIVE):
        return replace(reply, parts=(_where(result, context.called), *reply.parts), buttons=())
    return reply


def _words(context: Context, destination: Name | Plain) -> Words:
    name, room = context.called, Name(context.room)
    return Words(
        done=say("Moved ", *name, " from ", room, " to ", destination, "."),
        already=say(*name, " is already in ", destination, "."),
        what=say("move ", *name, " from ", room, " to ", destination),
    )


def _where(result: Result[Any], name: Spans) -> ReplyPart:
    """Where the person is after all: never half a move."""
    if result.after is None:
        return text("Where ", *name, " is now could not be looked up.")
    if result.after.participant is None:
        return text(*name, " is in neither room now.")
    return text(*name, " is still in ", Name(result.after.room), ".")


COMMAND = Command(
    name="move",
    summary="Move someone to another room (LiveKit Cloud only)",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.DESTRUCTIVE,
    run=run,
    check=check,
    question="Move {who} from {room} to {room_to}?",
    confirm="Move",
    removes=True,
    details="Open-source LiveKit servers cannot move people; the answer says so and nothing is changed.",
    examples=("/move bob backstage",),
)
