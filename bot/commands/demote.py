"""From the stage to the audience."""

from __future__ import annotations

from dataclasses import dataclass

from bot import crowd
from bot.actions.permissions import SetPermissions
from bot.answers import Words, answer
from bot.command import Command, Effect
from bot.context import Context
from bot.params import Reason, Who
from bot.people import Role
from bot.perform import Part, Result
from bot.reply import Name, Reply, say, text
from bot.state import PersonState

REJOIN = "Rejoining with the same join token gives it back."


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    reason: Reason = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    """Revoke publishing; the server unpublishes the tracks."""
    action = SetPermissions(flags={"can_publish": False})
    result = await context.perform(Part(context.person(), action))
    return answer(context, result, _words(context, result))


def _words(context: Context, result: Result[PersonState]) -> Words:
    target = context.person()
    name, room = Name(target.name or target.identity), Name(target.room)
    gone = crowd.unpublished(result.before, result.after)
    return Words(
        done=say(name, " is in the audience in ", room, "."),
        already=say(name, " is already in the audience in ", room, "."),
        what=say("move ", name, " to the audience in ", room),
        after=(text(f"Unpublished: {gone}." if gone else "Nothing was published."), text(REJOIN)),
    )


COMMAND = Command(
    name="demote",
    summary="Move someone to the audience: nothing can be published any more",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    question="Move {who} to the audience in {room}?",
    confirm="Move to audience",
    details="The server unpublishes the tracks. Rejoining with the same join token gives the stage back.",
    examples=("/demote bob", "/demote bob off topic"),
)
