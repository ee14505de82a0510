"""From the stage to the audience."""

from __future__ import annotations

from dataclasses import dataclass

from bot import crowd
from bot.actions.permissions import SetPermissions
from bot.answers import Words
from bot.command import Command, Effect
from bot.context import Context
from bot.contradicting import Decision
from bot.deciding import decided
from bot.give_way import answered, contrary
from bot.order_answers import given_answer, order_preview
from bot.order_words import lasting
from bot.ordering import Given, Ordering
from bot.orders import Amendment
from bot.params import For, Reason, Who
from bot.people import Role
from bot.reply import Name, Reply, say, text
from bot.result import Result
from bot.state import PersonState

REJOIN = "Rejoining with the same join token gives the stage back; /demote ... for 10m lasts."
STAYS = "It stays when they rejoin. /promote ends it."
AWAY = {"can_publish": False}


@dataclass(frozen=True, slots=True)
class Arguments:
    who: Who
    for_: For = None
    reason: Reason = ""


async def run(context: Context, arguments: Arguments) -> Reply:
    """Revoke publishing; the server unpublishes the tracks. Whatever gives the stage for a time ends."""
    if arguments.for_ is None:
        done = await decided(context, SetPermissions(flags=AWAY), Decision(AWAY))
        return answered(context, done, _words(context, done.result))
    ordering = Ordering(context)
    ending = await contrary(context, Decision(AWAY), await ordering.bearing())
    order = ordering.drafted(Amendment(AWAY), arguments.for_)
    stage = [one.order for one in ending]
    if context.bound.dry_run:
        changes, replaced = await ordering.preview(order)
        return order_preview(context, order, changes, (*stage, *replaced))
    given = await ordering.give(order, instead=stage)
    return given_answer(context, given, _words_for(context, given))


def _words_for(context: Context, given: Given) -> Words:
    lasts = lasting(given.order, context.calendar)
    name, room = context.called, Name(context.room)
    carried = next(iter(given.done.carried), None)
    gone = crowd.unpublished(carried.result.before, carried.result.after) if carried and carried.result else ""
    return Words(
        done=say(*name, " is in the audience in ", room, f" {lasts}."),
        already=say(*name, " is already in the audience in ", room, f" {lasts}."),
        what=say("move ", *name, " to the audience in ", room),
        after=(text(f"Unpublished: {gone}." if gone else "Nothing was published."), text(STAYS)),
    )


def _words(context: Context, result: Result[PersonState]) -> Words:
    name, room = context.called, Name(context.room)
    gone = crowd.unpublished(result.before, result.after)
    return Words(
        done=say(*name, " is in the audience in ", room, "."),
        already=say(*name, " is already in the audience in ", room, "."),
        what=say("move ", *name, " to the audience in ", room),
        after=(text(f"Unpublished: {gone}." if gone else "Nothing was published."), text(REJOIN)),
        held=say(*name, " is already in the audience in ", room),
        stays="they stay there when it ends",
    )


COMMAND = Command(
    name="demote",
    summary="Move someone to the audience: nothing can be published any more",
    arguments=Arguments,
    role=Role.MODERATOR,
    effect=Effect.WRITE,
    run=run,
    question="Move {who} to the audience in {room}?",
    confirm="Move to audience",
    details=(
        "The server unpublishes the tracks. Rejoining with the same join token gives the stage back, unless it is for "
        "a time: then it stays until that is over or somebody ends it."
    ),
    examples=("/demote bob", "/demote bob off topic", "/demote bob for 15m off topic"),
)
