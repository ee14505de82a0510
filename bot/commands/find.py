"""A person, over all rooms in scope: LiveKit itself has no such search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot import crowd
from bot.command import Again, Command, Effect, Kind, Param
from bot.context import Context
from bot.errors import RoomError
from bot.model import Participant, Room
from bot.people import Role
from bot.reply import Button, Column, Name, Part, Reply, Spans, Table, Tone, say, text
from bot.tasks import gather_bounded
from bot.words import LONGEST_TYPED, counted, fold, shortened

AT_ONCE = 8
MOST_SHOWN = 40
COLUMNS = (Column("Name", 0), Column("Identity", 1), Column("Room", 0), Column("Tracks", 1), Column("Joined", 2))


@dataclass(frozen=True, slots=True)
class Arguments:
    text: Annotated[str, Param(Kind.TEXT, "a part of the name or identity", required=True)]


async def run(context: Context, arguments: Arguments) -> Reply:
    rooms = await context.live_rooms()
    asked = rooms[: context.policy.find_calls]
    answers = await gather_bounded(lambda room: context.shown(room.name), asked, AT_ONCE, RoomError) if asked else []
    wanted = fold(arguments.text.strip().strip('"'))
    found = [
        (room, person)
        for room, people in zip(asked, answers, strict=True)
        if not isinstance(people, RoomError)
        for person in people
        if crowd.called(person, wanted)
    ]
    found.sort(key=lambda pair: (fold(pair[1].display), pair[0].name))
    failed = sum(isinstance(answer, RoomError) for answer in answers)
    parts = _parts(context, found, len(rooms), len(asked), failed)
    places = list(dict.fromkeys(room.name for room, _ in found))[:5]
    buttons = tuple(Button(name, Again("participants", name)) for name in places)
    people = counted(len(found), "person", "people")
    return Reply(
        Tone.INFO,
        say(
            f"{people} in {counted(len(asked), 'live room', 'live rooms')} match ",
            Name(shortened(arguments.text, LONGEST_TYPED)),
        ),
        parts,
        buttons,
    )


def _parts(
    context: Context, found: list[tuple[Room, Participant]], rooms: int, asked: int, failed: int
) -> tuple[Part, ...]:
    parts: list[Part] = []
    if found:
        parts.append(Table(COLUMNS, tuple(_row(context, room, person) for room, person in found[:MOST_SHOWN])))
    if len(found) > MOST_SHOWN:
        parts.append(text(f"{len(found) - MOST_SHOWN} more: type more of the name."))
    if rooms > asked:
        parts.append(text(f"Looked into {asked} of {rooms} rooms; the others were left out to spare the server."))
    if failed:
        parts.append(text(f"{counted(failed, 'room', 'rooms')} could not be looked at."))
    return tuple(parts)


def _row(context: Context, room: Room, person: Participant) -> tuple[Spans, ...]:
    return (
        say(Name(person.display)),
        say(Name(person.identity)),
        say(Name(room.name)),
        say(crowd.devices(person)),
        say(crowd.joined(person, context.services.clock.now())),
    )


COMMAND = Command(
    name="find",
    summary="A person by name or identity, over all rooms in your scope",
    arguments=Arguments,
    role=Role.VIEWER,
    effect=Effect.READ,
    run=run,
    in_room=False,
    examples=("/find anna",),
)
