"""Ending a room for everyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import places
from bot.actions.room import Close
from bot.answers import Words, answer
from bot.authorise import protection, sees_hidden
from bot.command import Command, Effect
from bot.context import Context
from bot.errors import NoSuchRoom, Protected, SessionChanged
from bot.model import Participant
from bot.params import Reason, RoomName
from bot.people import Role
from bot.reply import Name, Reply, Spans, listed, say, text
from bot.reply import Part as ReplyPart
from bot.result import Part
from bot.subject import RoomSubject
from bot.words import counted, told

MOST_NAMED = 10


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
    people, visible = await _counted(context)
    protected = _protected(context, await context.everybody(context.room))
    name = Name(context.room)
    if not context.bound.confirmed and not context.bound.dry_run:
        number = counted(people, "person is", "people are")
        return context.question(
            say("End ", name, f" for everyone? {number} in it."),
            (*_also(protected), *((text("Reason: ", Name(context.bound.reason)),) if context.bound.reason else ())),
            confirm="End the room",
            values={"room_sid": room.sid},
        )
    result = await context.perform(Part(RoomSubject(context.room, room.sid, gone_is_fine=True), Close(room.sid)))
    return answer(context, result, _words(name, people), others=_words(name, visible))


async def _counted(context: Context) -> tuple[int, int]:
    """How many are in the room as far as the person may know, and as far as anybody may."""
    people = await context.people(context.room)
    return len(people), sum(not person.permission.hidden for person in people)


def _words(name: Name, people: int) -> Words:
    return Words(
        done=say("Ended ", name, f" for everyone ({people} in it)."),
        already=say(name, " has ended already."),
        what=say("end ", name),
        after=(text("People with a valid join token can open it again, unless the server's auto_create is off."),),
    )


def _protected(context: Context, people: Sequence[Participant]) -> list[tuple[Participant, str]]:
    """Those whom nobody but an admin with --force removes: the room is not to be ended over their heads either."""
    found = [(person, protection(person, context.policy, removes=True)) for person in people]
    found = [(person, why) for person, why in found if why]
    if not found:
        return []
    if not sees_hidden(context.moderator, context.room):
        raise Protected(
            "A recording, a call or a service that is running there, or a protected person, would end with it. "
            "Only an admin can do this, with --force. Nothing was done."
        )
    if not context.bound.force and not context.bound.dry_run:
        named = ", ".join(f"{told(person.display)} ({why})" for person, why in found[:MOST_NAMED])
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        raise Protected(
            f"It would end for {named}{more} too. Nothing was done. Add --force if you mean it.", "needs_force"
        )
    return found


def _also(protected: Sequence[tuple[Participant, str]]) -> tuple[ReplyPart, ...]:
    """What else ends, in the question."""
    if not protected:
        return ()
    items: list[Spans] = [say(Name(person.display), f" ({why})") for person, why in protected[:MOST_NAMED]]
    if len(protected) > MOST_NAMED:
        items.append(say(f"{len(protected) - MOST_NAMED} more"))
    return (text("It also ends for ", *listed(items), "."),)


COMMAND = Command(
    name="close",
    summary="End the room for everyone",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    details=(
        "Always asks first, with the number of people in the room. Where protected people are in it (a recorder, an "
        "agent, a caller, a host) it needs an admin and --force, as removing them does."
    ),
    examples=("/close standup", "/close standup the event is over"),
)
