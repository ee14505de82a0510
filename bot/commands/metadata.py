"""Replacing what an application keeps in someone's metadata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.actions.profile import SetProfile
from bot.answers import Words, answer
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.limits import METADATA_BYTES, check_size
from bot.params import Who
from bot.people import Role
from bot.reply import Name, Reply, say
from bot.result import Part


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    text: Annotated[str, Param(Kind.TEXT, "the metadata, verbatim to the end of the line", required=True)]


def check(context: Context, arguments: Arguments) -> None:
    check_size("metadata", arguments.text, METADATA_BYTES)


async def run(context: Context, arguments: Arguments) -> Reply:
    result = await context.perform(Part(context.person(), SetProfile(metadata=arguments.text)))
    name, room = context.called, Name(context.room)
    size = len(arguments.text.encode())
    words = Words(
        done=say("Set the metadata of ", *name, " in ", room, f" ({size} bytes)."),
        already=say("The metadata of ", *name, " in ", room, " is that already."),
        what=say("set the metadata of ", *name, " in ", room),
    )
    return answer(context, result, words)


COMMAND = Command(
    name="metadata",
    summary="Replace someone's metadata",
    arguments=Arguments,
    role=Role.ADMIN,
    effect=Effect.WRITE,
    run=run,
    check=check,
    question="Replace the metadata of {who} in {room}?",
    confirm="Replace it",
    details="Taken verbatim to the end of the line. LiveKit cannot clear metadata: {} or a space is the least.",
    examples=('/metadata bob {"table": 4}',),
)
