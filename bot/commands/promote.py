"""From the audience to the stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from bot import crowd
from bot.actions.permissions import SetPermissions
from bot.answers import Words, answer
from bot.command import BoundInvocation, Command, Effect, Kind, Param
from bot.context import Context
from bot.locks_held import Held, held_by_locks
from bot.params import STAGE_SOURCES, Reason, Who
from bot.people import Role
from bot.perform import Part, Result
from bot.press import sources_of
from bot.reply import Button, Name, Reply, say, text
from bot.state import PersonState


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    what: Annotated[
        tuple[str, ...], Param(Kind.SOURCES, "what they may publish, comma-joined", choices=STAGE_SOURCES)
    ] = ()
    reason: Reason = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    """Read, merge, write: every other permission and an existing source list are kept."""
    give = sources_of(arguments.what)
    action = SetPermissions(give=give) if give else SetPermissions(flags={"can_publish": True})
    held = await held_by_locks(context.services.history, context.person(), arguments.who.participant)
    result = await context.perform(Part(context.person(), action))
    return answer(context, result, _words(context, result, held))


def _words(context: Context, result: Result[PersonState], held: Held) -> Words:
    target, person = context.person(), (result.after or result.wanted).participant
    name, room = Name(target.name or target.identity), Name(target.room)
    may = crowd.sources_text(person.permission.effective_sources) if person else ""
    lifted = held.sources & person.permission.effective_sources if person else frozenset()
    lock = (text(f"This lifts the lock on {crowd.sources_text(lifted)}."),) if lifted else ()
    note = text("The app may open the microphone at once. Nothing is published until the app does.")
    demote: dict[str, Any] = {"command": "demote", "room": target.room, "target": context.bound.target}
    return Words(
        done=say(name, " is on stage in ", room, f": may publish {may}."),
        already=say(name, " is already on stage in ", room, f": may publish {may}."),
        what=say("bring ", name, " on stage in ", room),
        after=(*lock, note),
        buttons=(Button("Move to audience", BoundInvocation(**demote, typed=target.identity)),),
    )


COMMAND = Command(
    name="promote",
    summary="Bring someone from the audience on stage",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    question="Bring {who} on stage in {room}?",
    confirm="Bring on stage",
    details="Keeps every other permission. Without sources, an existing source list is kept.",
    examples=("/promote bob", "/promote bob microphone", "/promote bob microphone,camera his turn"),
)
