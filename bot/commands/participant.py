"""Everything about one person."""

from __future__ import annotations

from dataclasses import dataclass

from bot import crowd
from bot.authorise import protection, sees_hidden
from bot.case_access import may_see
from bot.case_lines import case_line
from bot.command import Command, Effect
from bot.context import Context
from bot.everyday import everyday, keep_out
from bot.history import CaseQuery
from bot.model import Participant, Track
from bot.params import Who
from bot.people import Role
from bot.reply import Fields, Name, Part, Reply, Spans, Text, Tone, listed, say, text
from bot.state import BOOLEAN_PERMISSIONS
from bot.words import one_line, shortened

PAST_CASES = 5
LONGEST_METADATA = 1000


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who


async def run(context: Context, arguments: Arguments) -> Reply:
    person = arguments.who.participant
    if person is None:
        raise LookupError("a bound target has been looked at")
    parts: list[Part] = [Fields(_fields(context, person))]
    parts += await _cases(context, person)
    title = say(Name(person.display), " in ", Name(context.room))
    return Reply(Tone.INFO, title, tuple(parts), (*everyday(context, person), *keep_out(context, arguments.who)))


def _fields(context: Context, person: Participant) -> tuple[tuple[str, Spans], ...]:
    admin = sees_hidden(context.moderator, context.room)
    fields: list[tuple[str, Spans]] = [
        ("identity", say(Name(person.identity))),
        ("session", say(person.sid)),
        ("state", say(", ".join(_state(context, person)))),
        ("tracks", listed([_track(track) for track in crowd.in_order(person.tracks)]) or say("none")),
        ("may", say(", ".join(_may(person)))),
        ("sources", say(", ".join(sorted(person.permission.effective_sources)) or "none")),
    ]
    private = () if admin else ("sip.",)
    attributes = [(k, v) for k, v in sorted(person.attributes.items()) if not k.startswith(private or ("\0",))]
    if attributes:
        fields.append(("attributes", listed([say(Name(f"{one_line(k)}={one_line(v)}")) for k, v in attributes])))
    if admin and person.metadata:
        fields.append(("metadata", say(Name(shortened(person.metadata, LONGEST_METADATA)))))
    why = protection(person, context.policy, removes=True)
    if why:
        fields.append(("protected", say(why)))
    return tuple(fields)


def _state(context: Context, person: Participant) -> list[str]:
    words = [
        person.state.value,
        "on stage" if crowd.on_stage(person) else "in the audience",
        person.kind.value,
        crowd.joined(person, context.services.clock.now()),
        "hand raised" if crowd.hand_raised(person, context.policy) else "",
        "hidden" if person.permission.hidden else "",
    ]
    return [word for word in words if word]


def _may(person: Participant) -> list[str]:
    return [name for name in BOOLEAN_PERMISSIONS if getattr(person.permission, name)] or ["nothing"]


def _track(track: Track) -> Spans:
    size = f" {track.width}x{track.height}" if track.width else ""
    name = (" named ", Name(track.name)) if track.name not in ("", track.source.value) else ()
    return say(f"{crowd.track_word(track)} {track.sid} ({track.source.value}{size}) {_open(track)}", *name)


def _open(track: Track) -> str:
    return "open" if track.open else "muted"


async def _cases(context: Context, person: Participant) -> list[Part]:
    query = CaseQuery(rooms=(context.room,), room=context.room, identity=person.identity, limit=PAST_CASES)
    page = await context.services.history.cases(query)
    cases = [case for case in page.cases if may_see(context.moderator, case)]
    if not cases:
        return [text("No past cases in this room.")]
    lines: list[Part] = [Text(case_line(case, context.services.clock.now())) for case in cases]
    return [text("Past cases in this room:"), *lines]


COMMAND = Command(
    name="participant",
    summary="Everything about one person: permissions, tracks, attributes, past cases",
    arguments=Arguments,
    role=Role.VIEWER,
    effect=Effect.READ,
    run=run,
    details="Metadata and SIP attributes are shown to admins only.",
    examples=("/participant bob", '/participant "Anna Berg" in:standup'),
)
