"""Replacing or clearing a room's metadata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot import places
from bot.actions.room import SetRoomMetadata
from bot.answers import Words, answer
from bot.command import Command, Effect, Kind, Param
from bot.context import Context
from bot.errors import NoSuchRoom
from bot.limits import METADATA_BYTES, check_size
from bot.people import Role
from bot.reply import Name, Reply, say
from bot.result import Part
from bot.subject import RoomSubject
from bot.words import told


@dataclass(frozen=True, slots=True)
class Arguments:
    text: Annotated[str, Param(Kind.TEXT, "the metadata, verbatim to the end of the line; none asks to clear it")] = ""


def check(context: Context, arguments: Arguments) -> None:
    if arguments.text:
        check_size("room metadata", arguments.text, METADATA_BYTES)


async def run(context: Context, arguments: Arguments) -> Reply:
    name = Name(context.room)
    if not arguments.text and not context.bound.confirmed and not context.bound.dry_run:
        return context.question(say("Clear the metadata of ", name, "?"), confirm="Clear it")
    room = await places.live_room(context, context.room)
    if room is None:
        raise NoSuchRoom(f"{told(context.room)} is not live any more. Nothing was done.")
    result = await context.perform(Part(RoomSubject(context.room, room.sid), SetRoomMetadata(arguments.text)))
    size = len(arguments.text.encode())
    words = Words(
        done=say("Set the metadata of ", name, f" ({size} bytes).")
        if size
        else say("Cleared the metadata of ", name, "."),
        already=say("The metadata of ", name, " is that already."),
        what=say("set the metadata of ", name),
    )
    return answer(context, result, words)


COMMAND = Command(
    name="room-metadata",
    summary="Replace the room's metadata",
    arguments=Arguments,
    role=Role.ADMIN,
    effect=Effect.WRITE,
    run=run,
    check=check,
    question="Replace the metadata of {room}?",
    confirm="Replace it",
    details="Taken verbatim to the end of the line. Without a text it asks whether to clear the metadata.",
    examples=('/room-metadata {"title": "Town hall"}', "/room-metadata in:standup hello"),
)
