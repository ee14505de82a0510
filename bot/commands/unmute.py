"""Giving back what a lock took; and unmuting, where the server allows that at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from bot import crowd
from bot.actions.mute import SetMuted, matching
from bot.answers import Words, answer
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.contradicting import Contradicted, Decision
from bot.describe import described
from bot.ending import already_ended, gave_back
from bot.give_way import contrary, ended_note, locks
from bot.history import Outcome
from bot.model import Source
from bot.ordering import Ordering
from bot.params import LOCK_SOURCES, Reason, Who
from bot.people import Role
from bot.press import sources_of
from bot.reply import Name, Reply, Tone, say, text
from bot.result import Part, Result
from bot.state import PersonState

REMOTE_UNMUTE = (
    "This LiveKit server does not let anybody open somebody else's track. It can be switched on: "
    "room.enable_remote_unmute: true in the server's configuration (self-hosted), or the project setting "
    "'Admins can remotely unmute tracks' (Cloud). Until then, ask the person to unmute themselves."
)


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    what: Annotated[tuple[str, ...], Param(Kind.SOURCES, "what to give back or unmute", choices=LOCK_SOURCES)] = ()
    reason: Reason = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    wanted = sources_of(arguments.what)
    chat = "chat" in arguments.what or not arguments.what
    decision = Decision(
        {"can_publish_data": True} if chat else {}, give=wanted if arguments.what else frozenset(Source)
    )
    ending = await contrary(context, decision, locks(await Ordering(context).bearing()))
    if ending:
        return await _give_back(context, ending)
    if arguments.what and not wanted:
        return _no_chat_lock(context)
    return await _unmute(context, arguments, wanted)


async def _give_back(context: Context, ending: Sequence[Contradicted]) -> Reply:
    ordering = Ordering(context)
    if context.bound.dry_run:
        changes = await ordering.preview_without(ending)
        parts = (ended_note(ending, "It would end"), described(changes) if changes else text("Nothing would change."))
        return Reply(Tone.INFO, say("Dry run: nothing was done."), parts)
    ended = await ordering.give_way(ending)
    if not ended:
        return await already_ended(context, ending[0].order)
    done = await ordering.carry_out(ended[-1])
    return gave_back(context, ending, done)


def _no_chat_lock(context: Context) -> Reply:
    """Chat has no track that could be unmuted instead."""
    name, room = context.called, Name(context.room)
    return Reply(Tone.WARN, say("No lock took chat from ", *name, " in ", room, ". Nothing was done."))


async def _unmute(context: Context, arguments: Arguments, wanted: frozenset) -> Reply:  # type: ignore[type-arg]
    sources = wanted or None
    result = await context.perform(Part(context.person(), SetMuted(False, sources)))
    reply = answer(context, result, _words(context, result, sources))
    if result.void and not context.bound.dry_run:
        await context.handle_once()
        return replace(reply, tone=Tone.WARN)
    if result.outcome is Outcome.FAILED and result.code == "failed_precondition":
        return replace(reply, parts=(text(REMOTE_UNMUTE), *reply.parts))
    return reply


def _words(context: Context, result: Result[PersonState], sources: frozenset | None) -> Words:  # type: ignore[type-arg]
    person = result.before.participant
    name, room = context.called, Name(context.room)
    tracks = matching(person, sources) if person else ()
    opened = [track for track in tracks if track.muted]
    already = say(*name, " is not muted in ", room, f": {crowd.tracks_text(tracks)}.")
    if result.void:
        stage = "" if person and crowd.on_stage(person) else " They are in the audience: /promote brings them on stage."
        already = say(*name, " publishes nothing of that in ", room, f": there is nothing to unmute.{stage}")
    return Words(
        done=say("Unmuted ", *name, " in ", room, f": {crowd.tracks_text(opened)}. They can be heard or seen now."),
        already=already,
        what=say("unmute ", *name, " in ", room),
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
        "Ends the locks (/mute ... lock, or for a time) of this person here, or their part that is named, and gives "
        "back what they took; that never opens a microphone. Without a lock the track itself is unmuted, which most "
        "LiveKit servers refuse."
    ),
    examples=("/unmute bob", "/unmute bob microphone"),
)
