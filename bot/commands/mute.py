"""Muting tracks; and with `lock` the only mute that holds, taking the source away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from bot import crowd
from bot.actions.mute import SetMuted, matching
from bot.answers import Words, answer
from bot.command import BoundInvocation, Command, Effect, Kind, Param
from bot.context import Context
from bot.errors import BadArgument
from bot.model import Participant, Source
from bot.order_answers import given_answer, order_preview, seen_after
from bot.order_words import lasting, taken_text
from bot.ordering import Given, Ordering
from bot.orders import Amendment
from bot.params import LOCK_SOURCES, For, Reason, Who
from bot.people import Role
from bot.press import sources_of
from bot.reply import Button, Name, Reply, Tone, say, text
from bot.reply import Part as ReplyPart
from bot.result import Part, Result
from bot.state import PersonState
from bot.words import told

AUDIBLE_SOURCES = frozenset({Source.MICROPHONE, Source.SCREEN_SHARE_AUDIO})
STAYS = "It stays when they rejoin or publish again. /unmute ends it and opens nothing."


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    what: Annotated[
        tuple[str, ...], Param(Kind.SOURCES, "what to mute; without it everything audible", choices=LOCK_SOURCES)
    ] = ()
    lock: Annotated[bool, Param(Kind.FLAG, "take the source away, so that it stays muted", keyword="lock")] = False
    for_: For = None
    reason: Reason = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    if arguments.lock or arguments.for_ is not None:
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
    person = result.before.participant
    name, room = context.called, Name(context.room)
    tracks = matching(person, sources) if person else ()
    muted = [track for track in tracks if track.open]
    still = [t for t in matching(result.after.participant, sources) if t.open] if _seen(result) else []  # type: ignore[union-attr,arg-type]
    kind = "audible track" if sources is None else f"{crowd.sources_text(sources)} track"
    if result.void:
        already = say(*name, f" has no {kind} in ", room, ": there is nothing to mute now. Keep muted takes it away.")
    else:
        already = say(*name, " is already muted in ", room, f": {crowd.tracks_text(tracks)}.")
    rest = f" (still open: {crowd.tracks_text(still)})" if still else ""
    lock = Button("Keep muted", _locking(context))
    return Words(
        done=say("Muted ", *name, " in ", room, f": {crowd.tracks_text(muted)}."),
        already=already,
        what=say("mute ", *name, " in ", room, rest),
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
    ordering = Ordering(context)
    order = ordering.drafted(Amendment({"can_publish_data": False} if chat else {}, take=take), arguments.for_)
    if context.bound.dry_run:
        return order_preview(context, order, *await ordering.preview(order))
    given = await ordering.give(order)
    return given_answer(context, given, _locked_words(context, given))


def _locked_words(context: Context, given: Given) -> Words:
    order = given.order
    name, room = context.called, Name(context.room)
    what, lasts = taken_text(order), lasting(order, context.calendar)
    return Words(
        done=say("Keeping ", *name, " muted in ", room, f" {lasts}: {what} taken away."),
        already=say(*name, " is already kept muted in ", room, f" {lasts}: {what} cannot be used."),
        what=say("keep ", *name, " muted in ", room),
        after=(*_seen_now(given), text(STAYS)),
        known=_allowed(seen_after(given.done)),
    )


def _allowed(person: Participant | None) -> tuple[ReplyPart, ...]:
    return (text(f"Still allowed: {crowd.sources_text(person.permission.effective_sources)}."),) if person else ()


def _seen_now(given: Given) -> tuple[ReplyPart, ...]:
    """What went away with it, and what they may still use."""
    carried = next(iter(given.done.carried), None)
    person = carried.folded.wanted.participant if carried is not None else None
    if carried is None or person is None:
        return ()
    gone = crowd.unpublished(carried.result.before, carried.result.after) if carried.result is not None else ""
    return (text(f"Unpublished: {gone}." if gone else "Nothing of it was published."), *_allowed(person))


COMMAND = Command(
    name="mute",
    summary="Mute everything audible of someone, or the sources named; with lock, or for a time, it stays",
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
        "allowed. That stays, also when they rejoin, until its time is over or somebody ends it; a mute `for` a time "
        "is a lock. `chat` (with lock) takes data away."
    ),
    examples=(
        "/mute bob",
        "/mute bob camera",
        "/mute bob lock shouting",
        "/mute bob for 10m shouting",
        "/mute bob microphone,screen",
        "/mute bob chat lock",
    ),
)
