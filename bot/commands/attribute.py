"""Setting and deleting attributes; LiveKit merges them by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from bot.actions.profile import SetProfile
from bot.answers import Words, answer
from bot.callers import SIP_ATTRIBUTES
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.errors import BadArgument
from bot.limits import check_attributes
from bot.params import Reason, Who
from bot.people import Role
from bot.reply import Name, Reply, Spans, listed, say
from bot.result import Part
from bot.words import told


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    pairs: Annotated[
        tuple[tuple[str, str], ...], Param(Kind.PAIRS, "key=value; an empty value deletes the key", required=True)
    ]
    reason: Reason = ""


def check(context: Context, arguments: Arguments) -> None:
    keys = [key for key, _ in arguments.pairs]
    if len(set(keys)) != len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadArgument(f"The key {told(twice)} stands twice. Nothing was done.")
    check_attributes(dict(arguments.pairs))


async def run(context: Context, arguments: Arguments) -> Reply:
    attributes = dict(arguments.pairs)
    result = await context.perform(Part(context.person(), SetProfile(attributes=attributes)))
    told = {key: value for key, value in attributes.items() if not key.casefold().startswith(SIP_ATTRIBUTES)}
    return answer(context, result, _words(context, attributes), others=_words(context, told))


def _words(context: Context, attributes: Mapping[str, str]) -> Words:
    name, room = context.called, Name(context.room)
    items = [_said(key, value) for key, value in attributes.items()]
    changed = say(": ", *listed(items)) if items else ()
    return Words(
        done=say("Changed attributes of ", *name, " in ", room, *changed, "."),
        already=say("The attributes of ", *name, " in ", room, " are so already", *changed, "."),
        what=say("change attributes of ", *name, " in ", room),
    )


def _said(key: str, value: str) -> Spans:
    return say(Name(key), "=", Name(value)) if value else say(Name(key), " deleted")


COMMAND = Command(
    name="attribute",
    summary="Set attributes of someone; an empty value deletes the key",
    arguments=Arguments,
    role=Role.ADMIN,
    effect=Effect.WRITE,
    run=run,
    check=check,
    question="Change attributes of {who} in {room}?",
    confirm="Change them",
    details='Other keys are kept. Quote values with spaces: key="two words".',
    examples=("/attribute bob table=4 vip=", '/attribute bob note="speaks second"'),
)
