"""The 3 a.m. command: every open audible track of the room is muted, after one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from bot import crowd
from bot.actions.mute import SetMuted
from bot.authorise import is_oneself, protection
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.errors import RoomError
from bot.model import Participant
from bot.params import Reason, RoomName
from bot.people import Role
from bot.quiet_answer import quiet_answer
from bot.reply import Name, Reply, Spans, Tone, listed, say, text
from bot.reply import Part as ReplyPart
from bot.result import Part
from bot.subject import PersonSubject
from bot.words import counted

NAMED = 12


@dataclass(frozen=True, slots=True)
class Arguments:
    room: RoomName = ""
    except_: Annotated[tuple[str, ...], Param(Kind.PEOPLE, "whom to leave as they are", keyword="except")] = ()
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class Audible:
    """Who is heard now: those to be muted, and those who are left with the reason why."""

    muted: tuple[Participant, ...]
    left: tuple[tuple[Participant, str], ...]


async def run(context: Context, arguments: Arguments) -> Reply:
    held = context.bound.values.get("people")
    if held is None:
        return _ask(context, _sorted_out(context, await context.people(context.room), arguments.except_))
    parts = [Part(PersonSubject(context.room, *one), SetMuted(True)) for one in held]
    results = await context.services.performer.all(parts, context.record(), context.budget)
    return quiet_answer(context, results, await _heard_since(context, arguments, held))


async def _heard_since(context: Context, arguments: Arguments, held: Sequence[Sequence[str]]) -> list[Participant]:
    """Who can be heard now and was not among those muted: newcomers, and people back in another session."""
    try:
        people = await context.people_now(context.room)
    except RoomError:
        return []
    shown = {sid for _, sid, _ in held}
    return [p for p in _sorted_out(context, people, arguments.except_).muted if p.sid not in shown]


def _sorted_out(context: Context, people: Sequence[Participant], excepted: Sequence[str]) -> Audible:
    muted: list[Participant] = []
    left: list[tuple[Participant, str]] = []
    for person in crowd.ordered((p for p in people if p.open_audio), context.policy):
        why = "is excepted" if person.identity in excepted else protection(person, context.policy, removes=False)
        if not why and is_oneself(context.moderator, person.identity, context.policy):
            why = "is you"
        if why:
            left.append((person, why))
        else:
            muted.append(person)
    return Audible(tuple(muted), tuple(left))


def _ask(context: Context, audible: Audible) -> Reply:
    room, count = Name(context.room), len(audible.muted)
    parts: list[ReplyPart] = []
    if audible.left:
        kept = [say(*_told(context, person), f" ({why})") for person, why in audible.left[:NAMED]]
        parts.append(text("Left as they are: ", *listed(kept), "."))
    if not count:
        return Reply(Tone.INFO, say("Nobody can be heard in ", room, ": there is nothing to mute."), tuple(parts))
    more = f" and {count - NAMED} more" if count > NAMED else ""
    names = listed([_told(context, person) for person in audible.muted[:NAMED]], "," if more else "and")
    parts.insert(0, text(*names, more, "."))
    if context.bound.reason:
        parts.append(text("Reason: ", Name(context.bound.reason)))
    people = counted(count, "person", "people")
    if context.bound.dry_run:
        return Reply(
            Tone.INFO, say(f"Dry run: nothing was done. This would mute {people} in ", room, ":"), tuple(parts)
        )
    held = [[p.identity, p.sid, p.name] for p in audible.muted]
    return context.question(
        say(f"Mute {people} in ", room, "?"), parts, confirm="Quiet the room", values={"people": held}
    )


def _told(context: Context, person: Participant) -> Spans:
    return context.names(context.room).told(person.identity, person.name)


COMMAND = Command(
    name="quiet",
    summary="Mute everybody who can be heard in the room, after one question",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    calms=True,
    asks=True,
    details=(
        "The question names the people; exactly those are muted. Protected and excepted people, and yourself, are "
        "left as they are. People can unmute themselves afterwards."
    ),
    examples=("/quiet", "/quiet standup", '/quiet standup except anna "Bob Stone"'),
)
