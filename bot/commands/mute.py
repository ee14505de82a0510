"""Muting tracks; and with `lock` the only mute that holds, taking the source away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from bot import crowd
from bot.actions.mute import SetMuted, matching
from bot.actions.permissions import SetPermissions
from bot.answers import Words, answer
from bot.command import BoundInvocation, Command, Effect, Kind, Param
from bot.commands.demote import REJOIN
from bot.context import Context
from bot.errors import BadArgument
from bot.model import Source
from bot.params import LOCK_SOURCES, Reason, Who
from bot.people import Role
from bot.perform import Part, Result
from bot.press import sources_of
from bot.reply import Button, Name, Reply, Tone, say, text
from bot.state import PersonState
from bot.words import told

AUDIBLE_SOURCES = frozenset({Source.MICROPHONE, Source.SCREEN_SHARE_AUDIO})


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    what: Annotated[
        tuple[str, ...], Param(Kind.SOURCES, "what to mute; without it everything audible", choices=LOCK_SOURCES)
    ] = ()
    lock: Annotated[bool, Param(Kind.FLAG, "take the source away, so that it stays muted", keyword="lock")] = False
    reason: Reason = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    if arguments.lock:
        return await _lock(context, arguments)
    if "chat" in arguments.what:
        raise BadArgument(f"Chat cannot be muted, only locked: /mute {told(arguments.who.identity, 300)} chat lock")
    sources = sources_of(arguments.what) or None
    result = await context.perform(Part(context.person(), SetMuted(True, sources)))
    reply = answer(context, result, _muted_words(context, result, sources))
    if result.void and not context.bound.dry_run:
        return replace(reply, tone=Tone.WARN)
    return reply


def _muted_words(context: Context, result: Result[PersonState], sources: frozenset[Source] | None) -> Words:
    target, person = context.person(), result.before.participant
    name, room = Name(target.name or target.identity), Name(target.room)
    tracks = matching(person, sources) if person else ()
    muted = [track for track in tracks if track.open]
    still = [t for t in matching(result.after.participant, sources) if t.open] if _seen(result) else []  # type: ignore[union-attr,arg-type]
    kind = "audible track" if sources is None else f"{crowd.sources_text(sources)} track"
    if result.void:
        already = say(name, f" has no {kind} in ", room, ": there is nothing to mute now. Keep muted takes it away.")
    else:
        already = say(name, " is already muted in ", room, f": {crowd.tracks_text(tracks)}.")
    rest = f" (still open: {crowd.tracks_text(still)})" if still else ""
    lock = Button("Keep muted", _locking(context))
    return Words(
        done=say("Muted ", name, " in ", room, f": {crowd.tracks_text(muted)}."),
        already=already,
        what=say("mute ", name, " in ", room, rest),
        after=(text("They can unmute themselves. Keep muted (/mute ... lock) takes the source away."),),
        buttons=(lock,),
        offers=(lock,),
    )


def _locking(context: Context) -> BoundInvocation:
    """The same with `lock`, and as it would have been typed."""
    bound = context.bound
    what = ",".join(bound.values.get("what", ()))
    typed = " ".join(filter(None, [context.person().identity, what, "lock", bound.reason]))
    return replace(bound, values={**bound.values, "lock": True}, typed=typed, confirmed=False)


def _seen(result: Result[PersonState]) -> bool:
    return result.after is not None and result.after.participant is not None


async def _lock(context: Context, arguments: Arguments) -> Reply:
    take = sources_of(arguments.what)
    chat = "chat" in arguments.what
    if not take and not chat:
        take = AUDIBLE_SOURCES
    action = SetPermissions(flags={"can_publish_data": False} if chat else {}, take=take)
    result = await context.perform(Part(context.person(), action))
    return answer(context, result, _locked_words(context, result, take, chat=chat))


def _locked_words(context: Context, result: Result[PersonState], take: frozenset[Source], *, chat: bool) -> Words:
    target = context.person()
    name, room = Name(target.name or target.identity), Name(target.room)
    what = ", ".join(filter(None, [crowd.sources_text(take) if take else "", "chat" if chat else ""]))
    gone = crowd.unpublished(result.before, result.after)
    person = (result.after or result.wanted).participant
    left = crowd.sources_text(person.permission.effective_sources) if person else "nothing"
    return Words(
        done=say("Keeping ", name, " muted in ", room, f": {what} taken away."),
        already=say(name, " is already locked in ", room, f": {what} cannot be used."),
        what=say("lock ", what, " of ", name, " in ", room),
        after=(
            text(f"Unpublished: {gone}." if gone else "Nothing of it was published."),
            text(f"Still allowed: {left}. {REJOIN} /unmute gives it back and opens nothing."),
        ),
    )


COMMAND = Command(
    name="mute",
    summary="Mute everything audible of someone, or the sources named; with lock it stays",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    calms=True,
    question="Mute {who} in {room}?",
    confirm="Mute",
    details=(
        "Without a source: microphones, audio of unknown source and screen-share sound. A mute is not a lock: people "
        "can unmute themselves. `lock` takes the source away, which unpublishes the track; the other sources stay "
        "allowed. Rejoining ends it. `chat` (with lock) takes data away."
    ),
    examples=(
        "/mute bob",
        "/mute bob camera",
        "/mute bob lock shouting",
        "/mute bob microphone,screen",
        "/mute bob chat lock",
    ),
)
