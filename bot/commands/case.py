"""One case in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.acts import reversible
from bot.answers import undo_of
from bot.authorise import sees_hidden
from bot.case_access import visible_case
from bot.case_lines import Eyes, case_line, in_full
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.people import Role
from bot.reply import Reply, Tone, say


@dataclass(frozen=True, slots=True)
class Arguments:
    n: Annotated[int, Param(Kind.NUMBER, "the case number", required=True)]


async def run(context: Context, arguments: Arguments) -> Reply:
    case = await visible_case(context, arguments.n)
    now = context.services.clock.now()
    admin = sees_hidden(context.moderator, case.opening.room)
    buttons = (undo_of(case.number, case.opening.room),) if reversible(case) else ()
    title = say("Case ", *case_line(case, now))
    eyes = Eyes(admin, context.moderator.may_see, context.policy.zone)
    return Reply(Tone.INFO, title, in_full(case, now, eyes), buttons)


COMMAND = Command(
    name="case",
    summary="One case in full: before, after, and every entry",
    arguments=Arguments,
    role=Role.VIEWER,
    effect=Effect.READ,
    run=run,
    in_room=False,
    examples=("/case 12",),
)
