"""Removing one session from the room, and looking again."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions.presence import Remove
from bot.answers import Words, answer
from bot.command import Command, Effect
from bot.context import Context
from bot.everyday import keep_out
from bot.params import Reason, Who
from bot.people import Role
from bot.reply import Name, Reply, say, text
from bot.result import Part

SELF_HOSTED = (
    "Their join token stays valid: on a self-hosted LiveKit server they can come back with it at once. "
    "The service that issues the tokens has to refuse new ones."
)
CLOUD = (
    "LiveKit Cloud takes no join token any more that was issued to them before this; a new one works. "
    "The service that issues the tokens has to refuse new ones."
)


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    reason: Reason = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    subject = context.person(gone_is_fine=True)
    result = await context.perform(Part(subject, Remove(subject.sid)))
    name, room = context.called, Name(context.room)
    stay_out = keep_out(context, arguments.who)
    notes = [text(CLOUD if context.services.rooms.cloud else SELF_HOSTED)]
    if result.after is not None and result.after.participant is not None:
        notes.insert(0, text("They are already back in a new session."))
    words = Words(
        done=say("Removed ", *name, " from ", room, "."),
        already=say(*name, " is not in ", room, " any more: nothing to remove."),
        what=say("remove ", *name, " from ", room),
        after=notes,
        buttons=stay_out,
        offers=stay_out,
    )
    return answer(context, result, words)


COMMAND = Command(
    name="kick",
    summary="Remove someone from the room",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.DESTRUCTIVE,
    run=run,
    question="Remove {who} from {room}?",
    confirm="Remove",
    takes_gone=True,
    removes=True,
    details=(
        "Always asks first. LiveKit does not keep a removed person out: see what the answer says of this server. "
        "Keep out, below the answer, is /ban."
    ),
    examples=("/kick bob", "/kick bob spamming"),
)
