"""The default room of this channel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from bot import places
from bot.authorise import standing
from bot.command import Again, Command, Effect, Kind, Param
from bot.context import Context
from bot.errors import OutOfScope
from bot.history import ChannelDefault, Draft, EntryKind, Outcome, canonical
from bot.people import Role, glob_covers, glob_matches, glob_of, is_glob
from bot.reply import Audience, Code, Name, Reply, Tone, say, text
from bot.words import told


@dataclass(frozen=True, slots=True)
class Arguments:
    room: Annotated[str, Param(Kind.ROOM_OR_GLOB, "a live room, or a glob that follows the live room", required=True)]


async def run(context: Context, arguments: Arguments) -> Reply:
    room, channel = glob_of(arguments.room), context.invocation.channel
    _check_scope(context, room)
    context.bound = replace(context.bound, room="" if is_glob(room) else room)
    if not is_glob(room) and not await places.is_live(context, room):
        return await places.ended(context, room, lambda live: Again(f'use "{live}"'))
    old = await context.services.roster.default_room(channel) or ""
    difference = canonical([["default_room", old or None, room]])
    already = old == room
    content = context.record().entry_content(room="" if is_glob(room) else room, difference=difference)
    outcome = Outcome.ALREADY if already else Outcome.DONE
    projection = None if already else ChannelDefault(channel, room)
    draft = Draft(EntryKind.DEFAULT, content, outcome=outcome, projection=projection)
    (entry,) = await context.services.history.append([draft], context.invocation.event_key or None)
    verb = "is already" if already else "is now"
    title = say(Name(room), f" {verb} the room of this channel: commands without a room act there.")
    others = say(Name(room), f" {verb} the room of the channel ", Code(channel), ".")  # it may be read in another one
    parts = (text("Before: ", Name(old)),) if old and not already else ()
    return Reply(Tone.OK, title, parts, (), Audience.PUBLIC, entry.case, outcome, told=others)


def _check_scope(context: Context, room: str) -> None:
    """The room, or all that the glob may come to mean, has to be the person's to moderate."""
    scopes = [glob for grant in context.moderator.grants if grant.role >= context.needed for glob in grant.rooms]
    if not any(glob_covers(scope, room) if is_glob(room) else glob_matches(scope, room) for scope in scopes):
        yours = told(", ".join(dict.fromkeys(scopes)), 500)
        end = standing(context.moderator, context.policy, context.needed, room)
        raise OutOfScope(f"{told(room)} is beyond what you moderate: {yours}. {end}")


COMMAND = Command(
    name="use",
    summary="Set the default room of this channel; a glob follows the live room of that name",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    in_room=False,
    examples=("/use standup", "/use standup-*"),
)
