"""Changing the name that others see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.actions.profile import SetProfile
from bot.answers import Words, answer
from bot.called import with_identity
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.limits import NAME_BYTES, check_size
from bot.params import Who
from bot.people import Role
from bot.reply import Name, Reply, say
from bot.result import Part


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    text: Annotated[str, Param(Kind.TEXT, "the name, verbatim to the end of the line", required=True)]


def check(context: Context, arguments: Arguments) -> None:
    check_size("name", arguments.text, NAME_BYTES)


async def run(context: Context, arguments: Arguments) -> Reply:
    result = await context.perform(Part(context.person(), SetProfile(name=arguments.text)))
    who, room, new = with_identity(arguments.who.name, arguments.who.identity), Name(context.room), Name(arguments.text)
    words = Words(
        done=say(*(context.called if arguments.who.was else who), " is called ", new, " in ", room, " now."),
        already=say(Name(arguments.who.identity), " is called ", new, " in ", room, " already."),
        what=say("change the name of ", *context.called, " in ", room),
    )
    return answer(context, result, words)


COMMAND = Command(
    name="name",
    summary="Change someone's name",
    arguments=Arguments,
    role=Role.ADMIN,
    effect=Effect.WRITE,
    run=run,
    check=check,
    question="Change the name of {who} in {room}?",
    confirm="Change it",
    details="Taken verbatim to the end of the line, quotes included. LiveKit cannot clear a name.",
    examples=("/name bob Bob Stone (host)",),
)
