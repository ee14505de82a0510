"""Who is in the room, and who could be heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import crowd
from bot.called import label
from bot.command import BoundInvocation, Command, Effect
from bot.context import Context
from bot.everyday import menu
from bot.model import Kind, Participant
from bot.pages import cut, page_buttons, page_of
from bot.params import Filter, Page, RoomName
from bot.people import Role
from bot.reply import Button, Column, Name, Reply, Spans, Table, Tone, say
from bot.words import LONGEST_TYPED, counted, shortened

COLUMNS = (
    Column("Name", 0), Column("Identity", 1), Column("Place", 2), Column("Tracks", 0), Column("Joined", 3),
    Column("Notes", 1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arguments:
    room: RoomName = ""
    filter: Filter = ""
    page: Page = 1


async def run(context: Context, arguments: Arguments) -> Reply:
    everybody = await context.shown(context.room)
    found = crowd.ordered(crowd.matching(everybody, arguments.filter, context.policy), context.policy)
    size = context.policy.page_size
    shown, page = page_of(found, arguments.page, size)
    command = f"participants {arguments.filter}".strip()
    rows, names = tuple(_row(context, person) for person in shown), context.names(context.room)
    called = tuple(label(person.name, person.identity, names) for person in shown)
    parts = (
        Table(
            COLUMNS, rows, await _menus(context, shown), called=called, audible=sum(bool(p.open_audio) for p in shown)
        ),
        *cut(len(shown), len(found), page, size, command, context.room),
    )
    audible = sum(bool(person.open_audio) for person in everybody)
    buttons = page_buttons(command, context.room, page, more=page * size < len(found))
    needed = context.policy.role_for("quiet", Role.MODERATOR)
    if audible and context.moderator.role_in(context.room) >= needed:
        buttons = (Button("Quiet the room", BoundInvocation("quiet", context.room)), *buttons)
    return Reply(Tone.INFO, _title(context, arguments, len(everybody), len(found), audible), parts, buttons)


def _title(context: Context, arguments: Arguments, total: int, found: int, audible: int) -> Spans:
    people = counted(total, "person", "people")
    matching = say(f", {found} matching ", Name(shortened(arguments.filter, LONGEST_TYPED))) if arguments.filter else ()
    return say(Name(context.room), f": {people}, {audible} with an open microphone or sound", *matching)


async def _menus(context: Context, shown: Sequence[Participant]) -> tuple[tuple[Button, ...], ...]:
    """What stands behind each line, where menus can be shown: of the people themselves, whatever is masked of them."""
    if not context.invocation.menus:
        return ()
    people = {person.sid: person for person in await context.people(context.room)}
    return tuple(menu(context, people[person.sid]) for person in shown)


def _row(context: Context, person: Participant) -> tuple[Spans, ...]:
    place = "stage" if crowd.on_stage(person) else "audience"
    return (
        say(Name(person.display)),
        say(Name(person.identity)),
        say(place),
        say(crowd.devices(person)),
        say(crowd.joined(person, context.services.clock.now())),
        say(", ".join(_notes(context, person))),
    )


def _notes(context: Context, person: Participant) -> list[str]:
    notes = ["hand raised"] if crowd.hand_raised(person, context.policy) else []
    notes += [f"{crowd.source_word(source)} locked" for source in crowd.locked_sources(person)]
    if not person.permission.can_publish_data:
        notes.append("chat locked")
    if person.kind is not Kind.STANDARD:
        notes.append(person.kind.value)
    if person.permission.hidden:
        notes.append("hidden")
    return notes


COMMAND = Command(
    name="participants",
    summary="Who is in the room; open microphones first, then raised hands, then speakers",
    arguments=Arguments,
    role=Role.VIEWER,
    effect=Effect.READ,
    run=run,
    examples=("/participants", "/participants standup", "/participants muted", "/participants anna"),
)
