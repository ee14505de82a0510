"""From the audience to the stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from bot import crowd
from bot.actions.permissions import SetPermissions
from bot.answers import Words
from bot.command import BoundInvocation, Command, Effect, Kind, Param
from bot.context import Context
from bot.contradicting import Decision
from bot.deciding import decided
from bot.give_way import answered, locks
from bot.model import Participant, Source
from bot.order_answers import given_answer, order_preview
from bot.order_words import in_case, lasting
from bot.ordering import Given, Ordering
from bot.orders import Amendment, Order
from bot.params import STAGE_SOURCES, For, Reason, Who
from bot.people import Role
from bot.press import sources_of
from bot.reply import Button, Name, Reply, listed, say, text
from bot.result import Result
from bot.state import PersonState


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    what: Annotated[
        tuple[str, ...], Param(Kind.SOURCES, "what they may publish, comma-joined", choices=STAGE_SOURCES)
    ] = ()
    for_: For = None
    reason: Reason = ""


ON_STAGE = {"can_publish": True}
NOTE = "The app may open the microphone at once. Nothing is published until the app does."


async def run(context: Context, arguments: Arguments) -> Reply:
    """Read, merge, write: every other permission and an existing source list are kept."""
    named = sources_of(arguments.what)
    give = named or _listed(arguments.who.participant)
    if arguments.for_ is not None:
        return await _for_a_time(context, arguments, named)
    action = SetPermissions(give=named) if named else SetPermissions(flags=ON_STAGE)
    done = await decided(context, action, Decision(ON_STAGE, give=give))
    return answered(context, done, _words(context, done.result))


def _listed(person: Participant | None) -> frozenset[Source]:
    """The sources that somebody in the audience may use once they are on stage; of a speaker none is given."""
    return person.permission.can_publish_sources if person and not crowd.on_stage(person) else frozenset()


async def _for_a_time(context: Context, arguments: Arguments, named: frozenset[Source]) -> Reply:
    """For that time it counts more than what was decided before; afterwards that holds again."""
    ordering, before = Ordering(context), await Ordering(context).bearing()
    taken = frozenset[Source]().union(*(order.what.take for order in before))
    give = named or (_listed(arguments.who.participant) & taken)
    order = ordering.drafted(Amendment({} if named else ON_STAGE, give), arguments.for_)
    again = [one for one in locks(before) if one.what.take & give]
    if context.bound.dry_run:
        return order_preview(context, order, *await ordering.preview(order))
    given = await ordering.give(order)
    return given_answer(context, given, _words_for(context, given, again))


def _words_for(context: Context, given: Given, again: Sequence[Order]) -> Words:
    lasts = lasting(given.order, context.calendar)
    name, room = context.called, Name(context.room)
    carried = next(iter(given.done.carried), None)
    person = carried.folded.wanted.participant if carried is not None else None
    may = f": may publish {crowd.sources_text(person.permission.effective_sources)}" if person else ""
    holds = listed([in_case(one) for one in again])
    return Words(
        done=say(*name, " is on stage in ", room, f" {lasts}{may}."),
        already=say(*name, " is already on stage in ", room, f" {lasts}{may}."),
        what=say("bring ", *name, " on stage in ", room),
        after=(*((text("Afterwards it holds again: ", *holds, "."),) if again else ()), text(NOTE)),
        buttons=(_to_audience(context),),
    )


def _words(context: Context, result: Result[PersonState]) -> Words:
    person = (result.after or result.wanted).participant
    name, room = context.called, Name(context.room)
    may = crowd.sources_text(person.permission.effective_sources) if person else ""
    return Words(
        done=say(*name, " is on stage in ", room, f": may publish {may}."),
        already=say(*name, " is already on stage in ", room, f": may publish {may}."),
        what=say("bring ", *name, " on stage in ", room),
        after=(text(NOTE),),
        buttons=(_to_audience(context),),
        held=say(*name, " is already on stage in ", room),
        stays="they stay there when it ends",
    )


def _to_audience(context: Context) -> Button:
    target = context.person()
    demote: dict[str, Any] = {"command": "demote", "room": target.room, "target": context.bound.target}
    return Button("Move to audience", BoundInvocation(**demote, typed=target.identity))


COMMAND = Command(
    name="promote",
    summary="Bring someone from the audience on stage",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    question="Bring {who} on stage in {room}?",
    confirm="Bring on stage",
    details=(
        "Keeps every other permission. Without sources, an existing source list is kept. It ends a lock on what it "
        "gives, and a demotion for a time. With a time it is over then, and what was decided before holds again."
    ),
    examples=(
        "/promote bob",
        "/promote bob microphone",
        "/promote bob microphone,camera his turn",
        "/promote bob for 5m his question",
    ),
)
