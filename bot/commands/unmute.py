"""Giving back what a lock took; and unmuting, where the server allows that at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from bot import crowd
from bot.actions.mute import SetMuted, matching
from bot.actions.permissions import SetPermissions
from bot.answers import Words, answer
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.history import Outcome
from bot.locks_held import Held, held_by_locks
from bot.params import LOCK_SOURCES, Reason, Who
from bot.people import Role
from bot.perform import Part, Result
from bot.press import sources_of
from bot.reply import Name, Reply, Tone, say, text
from bot.state import PersonState

REMOTE_UNMUTE = (
    "This LiveKit server does not let anybody open somebody else's track. It can be switched on: "
    "room.enable_remote_unmute: true in the server's configuration (self-hosted), or the project setting "
    "'Admins can remotely unmute tracks' (Cloud). Until then, ask the person to unmute themselves."
)


NOTHING_OPENED = "Nothing was opened: the person has to unmute, or publish, themselves."
IN_THE_AUDIENCE = "They are in the audience: it counts once somebody promotes them."


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    what: Annotated[tuple[str, ...], Param(Kind.SOURCES, "what to give back or unmute", choices=LOCK_SOURCES)] = ()
    reason: Reason = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    person = arguments.who.participant
    wanted = sources_of(arguments.what)
    held = await held_by_locks(context.services.history, context.person(), person)
    give = held.only(wanted, chat="chat" in arguments.what) if arguments.what else held
    if give:
        return await _give_back(context, give)
    if arguments.what and not wanted:
        return _no_chat_lock(context)
    return await _unmute(context, arguments, wanted)


async def _give_back(context: Context, held: Held) -> Reply:
    flags = {"can_publish_data": True} if held.chat else {}
    person = context.bound.target.participant if context.bound.target else None
    if held.sources and not held.on_stage and person is not None:
        action = SetPermissions(flags=flags, sources=person.permission.can_publish_sources | held.sources)
    else:
        action = SetPermissions(flags=flags, give=held.sources)
    result = await context.perform(Part(context.person(), action))
    target = context.person()
    name, room = Name(target.name or target.identity), Name(target.room)
    what = held.text
    words = Words(
        done=say(name, " may use ", what, " again in ", room, "."),
        already=say(name, " may already use ", what, " in ", room, "."),
        what=say("give ", what, " back to ", name, " in ", room),
        after=(text(NOTHING_OPENED if held.on_stage else IN_THE_AUDIENCE),),
    )
    return answer(context, result, words)


def _no_chat_lock(context: Context) -> Reply:
    """Chat has no track that could be unmuted instead."""
    target = context.person()
    name, room = Name(target.name or target.identity), Name(target.room)
    return Reply(Tone.WARN, say("No lock of this session took chat from ", name, " in ", room, ". Nothing was done."))


async def _unmute(context: Context, arguments: Arguments, wanted: frozenset) -> Reply:  # type: ignore[type-arg]
    sources = wanted or None
    result = await context.perform(Part(context.person(), SetMuted(False, sources)))
    reply = answer(context, result, _words(context, result, sources))
    if result.void and not context.bound.dry_run:
        return replace(reply, tone=Tone.WARN)
    if result.outcome is Outcome.FAILED and result.code == "failed_precondition":
        return replace(reply, parts=(text(REMOTE_UNMUTE), *reply.parts))
    return reply


def _words(context: Context, result: Result[PersonState], sources: frozenset | None) -> Words:  # type: ignore[type-arg]
    target, person = context.person(), result.before.participant
    name, room = Name(target.name or target.identity), Name(target.room)
    tracks = matching(person, sources) if person else ()
    opened = [track for track in tracks if track.muted]
    already = say(name, " is not muted in ", room, f": {crowd.tracks_text(tracks)}.")
    if result.void:
        stage = "" if person and crowd.on_stage(person) else " They are in the audience: /promote brings them on stage."
        already = say(name, " publishes nothing of that in ", room, f": there is nothing to unmute.{stage}")
    return Words(
        done=say("Unmuted ", name, " in ", room, f": {crowd.tracks_text(opened)}. They can be heard or seen now."),
        already=already,
        what=say("unmute ", name, " in ", room),
    )


COMMAND = Command(
    name="unmute",
    summary="Give back what a lock took away, or unmute where the server allows it",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    question="Unmute {who} in {room}?",
    confirm="Unmute",
    details=(
        "A source that /mute ... lock took away in this session is given back; that never opens a microphone. "
        "Without such a lock the track itself is unmuted, which most LiveKit servers refuse."
    ),
    examples=("/unmute bob", "/unmute bob microphone"),
)
