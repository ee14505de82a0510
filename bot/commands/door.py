"""How newcomers enter a room: as their token says, without publishing, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot import places
from bot.command import Again, Command, Effect, Kind, Param
from bot.context import Context
from bot.door_answers import already_open, given_words, opened, question, shown
from bot.doors import Doors
from bot.ending import allow_ending, already_ended, end
from bot.errors import BadArgument
from bot.lasting import Lasting
from bot.order_answers import given_answer, order_preview
from bot.order_words import door_of
from bot.ordering import Given, Ordering
from bot.orders import Door
from bot.params import Reason, RoomName
from bot.people import Role, is_glob
from bot.reply import Reply
from bot.state import Difference
from bot.words import told


@dataclass(frozen=True, slots=True)
class Arguments:
    room: RoomName = ""
    state: Annotated[
        str,
        Param(Kind.CHOICE, "how newcomers enter; without it how the doors stand", choices=tuple(Door)),
    ] = ""
    for_: Annotated[
        Lasting | None,
        Param(Kind.DURATION, "for how long: 10m, or until 18:00; without it until they are opened", name="for"),
    ] = None
    reason: Reason = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    room, standing = context.room, context.services.standing
    await _check_room(context, arguments)
    doors = Doors.of(await standing.active(room), room)
    live = await places.is_live(context, room)
    if not live and not doors.all and arguments.state in ("", Door.OPEN):
        return await places.ended(context, room, lambda other: Again(f"door {arguments.state}".strip(), other))
    if not arguments.state:
        return shown(context, doors)
    if arguments.state == Door.OPEN:
        return await _open(context, doors)
    return await _give(context, doors, Door(arguments.state), arguments.for_, live=live)


async def _check_room(context: Context, arguments: Arguments) -> None:
    """Refuse what cannot have been meant."""
    room, reason = context.room, arguments.reason
    if is_glob(room):
        raise BadArgument(f"{told(room)} may be many rooms, or none. Name one room: /door standup shut")
    if arguments.for_ is not None and arguments.state in ("", Door.OPEN):
        raise BadArgument("A time goes with listen-only or shut: /door shut for 10m. Open doors stay open.")
    if arguments.state and reason != room and any(live.name == reason for live in await context.live_rooms()):
        line = f"/door {told(reason)} {arguments.state}"
        raise BadArgument(f"{told(reason)} is a room. Name it first: {line}. Nothing was done.")
    if not arguments.state and reason:
        raise BadArgument(f"Say how the doors shall stand: {', '.join(Door)}. Usage: {context.command.usage}")


async def _give(context: Context, doors: Doors, door: Door, lasting: Lasting | None, *, live: bool = True) -> Reply:
    ordering = Ordering(context)
    instead = doors.replaced_by(door)
    order = ordering.drafted(door.amendment, lasting, door=True).going_on_from(doors.gone_on_from(door))
    if context.bound.dry_run:
        return order_preview(context, order, Difference(), instead)
    if (same := doors.already(order)) is not None:
        await context.handle_once()
        given = Given(same, await ordering.carry_out(same), already=True)
        return given_answer(context, given, given_words(context, given, doors))
    await allow_ending(context, instead)
    if not context.bound.confirmed and door is not Door.OPEN and (door is Door.SHUT or not live):
        return await question(context, order, instead, live=live)
    given = await ordering.give(order, instead=instead)
    return given_answer(context, given, given_words(context, given, doors))


async def _open(context: Context, doors: Doors) -> Reply:
    """To open is to end the room's own doors. An order of its own it is only against a wider door."""
    if doors.state is Door.OPEN and all(door_of(own) is Door.OPEN for own in doors.own):
        await context.handle_once()
        return already_open(context, doors)
    if doors.overruled is not None:
        return await _give(context, doors, Door.OPEN, None)
    if context.bound.dry_run:
        return await end(context, doors.own)
    await allow_ending(context, doors.own)
    ordering = Ordering(context)
    if not (ended := await ordering.end(doors.own)):
        return await already_ended(context, doors.own[-1])
    return opened(context, ended, await ordering.carry_out(ended[-1]))


COMMAND = Command(
    name="door",
    summary="How newcomers enter the room: open, listen-only, or shut",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    takes_ended=True,
    asks=True,
    details=(
        "Without a state it shows how the doors stand. A door is for who comes after it: nothing changes for anybody "
        "inside. Listen-only: newcomers enter without publishing, and /promote brings one on stage. Shut: newcomers "
        "are removed as they come; it asks first. Who loses their connection for good and comes anew is a newcomer. "
        "Protected people pass. Without a time it stands until the doors are opened. Open ends the doors of this "
        "room, and gives back what they took; a ban stays. Of several doors the newest counts; who came in under an "
        "older one of another kind stays under it."
    ),
    examples=("/door", "/door standup listen-only", "/door shut for 10m raid", "/door standup open"),
)
