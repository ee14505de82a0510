"""Which room is meant: the one given, else the default, else the only live one in scope, else a choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.authorise import out_of_scope, standing
from bot.command import Again
from bot.context import Context
from bot.errors import NoSuchRoom, OutOfScope
from bot.model import Room
from bot.people import glob_matches, is_glob
from bot.reply import Button, Choice, Choices, Name, Reply, Spans, Tone, say
from bot.words import near, told

MOST_CHOICES = 10
Rewrite = Callable[[str], Again]


async def resolve(context: Context, given: str, rewrite: Rewrite) -> str | Reply:
    """The room's name, or the question which one. `rewrite` makes the button that runs the words in a room."""
    if given:
        check_scope(context, given)
        return _meant(context, given)
    chosen = context.invocation.room or await context.services.roster.default_room(context.invocation.channel) or ""
    if chosen and not is_glob(chosen):
        if not context.moderator.may_see(chosen):
            scopes = told(", ".join(context.moderator.scopes), 500)
            end = standing(context.moderator, context.policy, context.needed, chosen)
            raise OutOfScope(f"The default room of this channel is not in your scope. You may act in: {scopes}. {end}")
        return _meant(context, chosen)
    live = await context.live_rooms()
    if chosen:
        live = tuple(room for room in live if glob_matches(chosen, room.name))
    if len(live) == 1:
        return live[0].name
    if live:
        return choose(say("Which room?"), [room.name for room in live], rewrite)
    if chosen:
        return await ended(context, chosen, rewrite)
    raise NoSuchRoom("No room in your scope is live now. Name one with in:ROOM, or set one with /use ROOM.")


def _meant(context: Context, room: str) -> str:
    """That room; should the room service fail before all words are understood, the record names it."""
    context.bound = replace(context.bound, room=room)
    return room


def check_scope(context: Context, room: str) -> None:
    """Refuse a room out of scope in the same words whether it exists or not."""
    if not context.moderator.may_see(room):
        raise out_of_scope(context.moderator, context.policy, context.command, room)


async def ended(context: Context, room: str, rewrite: Rewrite) -> Reply:
    """The answer for a room that is not live: near names, or the live ones, to choose from."""
    live = [found.name for found in await context.live_rooms()]
    meant = list(near(room, live, 0.6)) or live
    title = say("No live room is called ", Name(room), ": it has ended, or the name is misspelt.")
    if not meant:
        raise NoSuchRoom(f"No live room is called {told(room)}: it has ended, or the name is misspelt.")
    return choose(title, meant, rewrite)


def choose(title: Spans, rooms: list[str], rewrite: Rewrite) -> Reply:
    options = tuple(Choice((Name(room),), Button(room, rewrite(room))) for room in rooms[:MOST_CHOICES])
    more = len(rooms) - MOST_CHOICES
    if more > 0:
        title = (*title, *say(f" ({more} more: name it with in:ROOM)"))
    return Reply(Tone.INFO, title, (Choices(options),))


async def is_live(context: Context, room: str) -> bool:
    return any(found.name == room for found in await context.services.rooms.list_rooms([room]))


async def live_room(context: Context, name: str) -> Room | None:
    """That room as it is now; None when it is not live."""
    found = await context.services.rooms.list_rooms([name])
    return next((room for room in found if room.name == name), None)
