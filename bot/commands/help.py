"""What the person may use, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.authorise import role_too_low, unknown, who_grants
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.people import Role
from bot.reply import Code, Column, Fields, Part, Reply, Spans, Table, Tone, say, text

COLUMNS = (Column("Command", 0), Column("What it does", 1))


@dataclass(frozen=True, slots=True)
class Arguments:
    command: Annotated[str, Param(Kind.COMMAND, "one command in full")] = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    if arguments.command:
        return _one(context, context.services.registry.find(arguments.command))
    rows = tuple((say(Code(c.usage)), say(c.summary)) for c in context.services.registry if _may(context, c))
    parts: list[Part] = [Table(COLUMNS, rows)]
    if not context.moderator.grants:
        parts.append(text(who_grants(context.policy)))
    else:
        parts.append(
            text("Everywhere: in:ROOM chooses the room, --dry-run shows what would change. /help mute says more.")
        )
    return Reply(Tone.INFO, say("What you may use:"), tuple(parts))


def _may(context: Context, command: Command) -> bool:
    return context.moderator.role >= _needed(context, command)


def _needed(context: Context, command: Command) -> Role:
    return context.policy.role_for(command.name, command.role)


def _one(context: Context, command: Command) -> Reply:
    if not context.moderator.grants and command.role is not Role.NONE:
        raise unknown(context.moderator, context.policy, command)
    if not _may(context, command):
        raise role_too_low(context.moderator, context.policy, f"/{command.name}", _needed(context, command))
    fields: list[tuple[str, Spans]] = [(param.name, say(_param_words(param))) for param in command.params]
    parts: list[Part] = [text(command.summary + ".")]
    if fields:
        parts.append(Fields(tuple(fields)))
    if command.details:
        words = enumerate(command.details.split("`"))
        parts.append(text(*(Code(piece) if number % 2 else piece for number, piece in words)))
    if command.examples:
        parts.append(Fields((("examples", say(Code(", ".join(command.examples)))),)))
    return Reply(Tone.INFO, say(Code(command.usage)), tuple(parts))


def _param_words(param: Param) -> str:
    choices = f" ({', '.join(param.choices)})" if param.choices else ""
    return f"{param.description}{choices}"


COMMAND = Command(
    name="help",
    summary="What you may use, and how",
    arguments=Arguments,
    role=Role.NONE,
    effect=Effect.READ,
    run=run,
    in_room=False,
    examples=("/help", "/help mute"),
)
