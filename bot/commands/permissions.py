"""Any of LiveKit's participant permissions, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.actions.permissions import SetPermissions
from bot.answers import Words
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.contradicting import Decision
from bot.deciding import decided
from bot.describe import described
from bot.errors import BadArgument
from bot.give_way import answered
from bot.model import ALL_SOURCES, Source
from bot.params import Reason, Who
from bot.people import Role
from bot.press import SOURCE_SETS
from bot.reply import Name, Reply, say
from bot.state import BOOLEAN_PERMISSIONS
from bot.words import near

YES, NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
SOURCES = "can_publish_sources"
NAMES = (*BOOLEAN_PERMISSIONS, SOURCES)
_SOURCE_NAMES = {source.value: frozenset({source}) for source in Source if source in ALL_SOURCES}


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    pairs: Annotated[
        tuple[tuple[str, str], ...], Param(Kind.PAIRS, "permission=yes or no; can_publish_sources=a,b", required=True)
    ]
    reason: Reason = ""


def check(context: Context, arguments: Arguments) -> None:
    parse(arguments.pairs)


def parse(pairs: tuple[tuple[str, str], ...]) -> SetPermissions:
    """The statement that the pairs make; `BadArgument` for an unknown name or value.

    An unknown source would be dropped by LiveKit without a word, and the empty list that is left means "all".
    """
    flags: dict[str, bool] = {}
    sources: frozenset[Source] | None = None
    names = [key.casefold().replace("-", "_") for key, _ in pairs]
    for name, (key, value) in zip(names, pairs, strict=True):
        if name not in NAMES:
            meant = near(name, NAMES, 0.6, 1)
            guess = f" Did you mean {meant[0]}?" if meant else ""
            raise BadArgument(f"There is no permission {key!r}.{guess} There are: {', '.join(NAMES)}.")
        if names.count(name) > 1:
            raise BadArgument(f"The permission {name} stands twice. Nothing was done.")
        if name == SOURCES:
            sources = _sources(value)
        else:
            flags[name] = _flag(name, value)
    return SetPermissions(flags=flags, sources=sources)


def _flag(name: str, value: str) -> bool:
    word = value.casefold()
    if word not in YES + NO:
        raise BadArgument(f"{name} is yes or no, not {value!r}. Nothing was done.")
    return word in YES


def _sources(value: str) -> frozenset[Source]:
    found: frozenset[Source] = frozenset()
    for word in filter(None, value.casefold().split(",")):
        one = _SOURCE_NAMES.get(word) or SOURCE_SETS.get(word)
        if one is None:
            raise BadArgument(f"There is no source {word!r}. There are: {', '.join(_SOURCE_NAMES)}, all.")
        found |= one
    if not found:
        raise BadArgument("An empty source list means all four in LiveKit. For none, set can_publish=no.")
    return found


async def run(context: Context, arguments: Arguments) -> Reply:
    action = parse(arguments.pairs)
    given = action.sources or frozenset()
    done = await decided(context, action, Decision(action.flags, given, ALL_SOURCES - given if given else given))
    name, room = context.called, Name(context.room)
    words = Words(
        done=say("Changed permissions of ", *name, " in ", room, ":"),
        already=say("The permissions of ", *name, " in ", room, " are so already."),
        what=say("change permissions of ", *name, " in ", room),
        after=(described(done.result.changes),),
        held=say("The permissions of ", *name, " in ", room, " are so already"),
        stays="that counts when it ends",
    )
    return answered(context, done, words)


COMMAND = Command(
    name="permissions",
    summary="Change any of LiveKit's permissions of someone",
    arguments=Arguments,
    role=Role.ADMIN,
    effect=Effect.WRITE,
    run=run,
    check=check,
    question="Change permissions of {who} in {room}?",
    confirm="Change them",
    details=f"Permissions: {', '.join(NAMES)}. What is not named is kept. It ends orders that say otherwise.",
    examples=("/permissions bob can_publish_data=no", "/permissions bob can_publish_sources=microphone,camera"),
)
