"""The live rooms in the person's scope."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot import crowd
from bot.command import Again, Command, Effect
from bot.context import Context
from bot.errors import RoomError
from bot.model import Participant, Room
from bot.pages import cut, page_buttons, page_of
from bot.params import Filter, Page
from bot.people import Role
from bot.reply import Button, Column, Name, Reply, Spans, Table, Tone, say
from bot.tasks import gather_bounded
from bot.words import LONGEST_TYPED, counted, fold, one_line, shortened

AT_ONCE = 8
LONGEST_TITLE = 80
COLUMNS = (
    Column("Room", 0), Column("Title", 1), Column("People", 0), Column("Audible", 0), Column("Open for", 2),
    Column("Notes", 3),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arguments:
    filter: Filter = ""
    page: Page = 1


async def run(context: Context, arguments: Arguments) -> Reply:
    wanted = fold(arguments.filter)
    rooms = [r for r in await context.live_rooms() if wanted in fold(r.name) or wanted in fold(title_of(context, r))]
    size = context.policy.page_size
    shown, page = page_of(rooms, arguments.page, size)
    looked = await gather_bounded(lambda room: context.people(room.name), shown, AT_ONCE, RoomError) if shown else []
    rows = tuple(_row(context, room, people) for room, people in zip(shown, looked, strict=True))
    command = f"rooms {arguments.filter}".strip()
    number = counted(len(rooms), "live room", "live rooms")
    matching = say(" matching ", Name(shortened(arguments.filter, LONGEST_TYPED))) if arguments.filter else ()
    parts = (*((Table(COLUMNS, rows),) if rows else ()), *cut(len(shown), len(rooms), page, size, command))
    buttons = tuple(Button(room.name, Again("participants", room.name)) for room in shown[:5])
    more = page_buttons(command, "", page, more=page * size < len(rooms))
    return Reply(Tone.INFO, say(f"{number} in your scope", *matching), parts, (*buttons, *more))


def title_of(context: Context, room: Room) -> str:
    """The title that the application keeps in the room's metadata, under the key of the settings; "" without one."""
    try:
        metadata: Any = json.loads(room.metadata) if room.metadata else {}
    except ValueError:
        return ""
    title = metadata.get(context.policy.title_key) if isinstance(metadata, dict) else None
    return one_line(title) if isinstance(title, str) else ""


def _row(context: Context, room: Room, people: tuple[Participant, ...] | RoomError) -> tuple[Spans, ...]:
    unknown = isinstance(people, RoomError)
    count = "?" if isinstance(people, RoomError) else str(len(people))
    audible = "?" if isinstance(people, RoomError) else str(sum(bool(p.open_audio) for p in people))
    notes = ["recording"] if room.active_recording else []
    notes += ["could not be counted"] if unknown else []
    return (
        say(Name(room.name)),
        say(Name(shortened(title_of(context, room), LONGEST_TITLE))),
        say(count),
        say(audible),
        say(crowd.ago(room.created_at, context.services.clock.now())),
        say(", ".join(notes)),
    )


COMMAND = Command(
    name="rooms",
    summary="The live rooms in your scope, with exact counts",
    arguments=Arguments,
    role=Role.VIEWER,
    effect=Effect.READ,
    run=run,
    in_room=False,
    examples=("/rooms", "/rooms stand"),
)
