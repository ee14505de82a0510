"""Ending a room for everyone."""

from __future__ import annotations

from dataclasses import dataclass

from bot import places
from bot.actions.room import Close
from bot.answers import Words, answer
from bot.command import Command, Effect
from bot.context import Context
from bot.errors import NoSuchRoom, SessionChanged
from bot.params import Reason, RoomName
from bot.people import Role
from bot.perform import Part
from bot.reply import Name, Reply, say, text
from bot.subject import RoomSubject
from bot.words import told


@dataclass(frozen=True, slots=True)
class Arguments:
    room: RoomName = ""
    reason: Reason = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    room = await places.live_room(context, context.room)
    held = context.bound.values.get("room_sid", "")
    if room is None:
        raise NoSuchRoom(f"{told(context.room)} is not live any more. Nothing was done.")
    if held and room.sid != held:
        raise SessionChanged(f"{told(context.room)} has ended and begun anew since. Nothing was done.")
    people = len(await context.people(context.room))
    name = Name(context.room)
    if not context.bound.confirmed and not context.bound.dry_run:
        number = "1 person is" if people == 1 else f"{people} people are"
        return context.question(
            say("End ", name, f" for everyone? {number} in it."),
            (text("Reason: ", Name(context.bound.reason)),) if context.bound.reason else (),
            confirm="End the room",
            values={"room_sid": room.sid},
        )
    result = await context.perform(Part(RoomSubject(context.room, room.sid, gone_is_fine=True), Close(room.sid)))
    words = Words(
        done=say("Ended ", name, f" for everyone ({people} in it)."),
        already=say(name, " has ended already."),
        what=say("end ", name),
        after=(text("People with a valid join token can open it again, unless the server's auto_create is off."),),
    )
    return answer(context, result, words)


COMMAND = Command(
    name="close",
    summary="End the room for everyone",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    details="Always asks first, with the number of people in the room.",
    examples=("/close standup", "/close standup the event is over"),
)
