"""Another reason for a case: appended, the old one stays visible."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from bot.authorise import role_too_low
from bot.case_access import visible_case
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.errors import BadArgument
from bot.history import Draft, EntryKind, Outcome
from bot.people import Role
from bot.reply import Audience, Name, Part, Reply, Tone, say, text
from bot.words import is_blank


@dataclass(frozen=True, slots=True)
class Arguments:
    n: Annotated[int, Param(Kind.NUMBER, "the case number", required=True)]
    text: Annotated[str, Param(Kind.TEXT, "the reason", required=True)]


def check(context: Context, arguments: Arguments) -> None:
    if is_blank(arguments.text):
        raise BadArgument("Say the reason. Nothing was done.")


async def run(context: Context, arguments: Arguments) -> Reply:
    case = await visible_case(context, arguments.n)
    room = case.opening.room
    context.bound = replace(context.bound, room=room)
    if room and context.moderator.role_in(room) < Role.MODERATOR:
        raise role_too_low(context.moderator, context.policy, "/reason", Role.MODERATOR, room)
    given = arguments.text.strip()
    if case.reasons[-1:] == (given,):
        return Reply(Tone.INFO, say(f"Case {case.number} has that reason already: ", Name(given)))
    content = context.record().entry_content(room=room, reason=given)
    draft = Draft(EntryKind.REASON, content, case=case.number, refers=case.first.seq, outcome=Outcome.DONE)
    await context.services.history.append([draft], context.invocation.event_key or None)
    old: tuple[Part, ...] = tuple(text("Before: ", Name(reason)) for reason in case.reasons)
    title = say(f"Case {case.number} has a new reason: ", Name(given))
    return Reply(Tone.OK, title, old, (), Audience.PUBLIC, case.number, Outcome.DONE)


COMMAND = Command(
    name="reason",
    summary="Give a case another reason; the old one stays visible",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    check=check,
    in_room=False,
    examples=("/reason 12 was warned twice before",),
)
