"""From what arrived to what the core is asked: a command with its options, or what a modal says. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.discord.arrivals import Asked, Completed, Place, Submitted
from adapters.discord.components import REASON
from adapters.discord.options import options
from adapters.discord.typed import Reader
from bot.command import Command, Invocation, Param
from bot.people import ChatUser


def channel_of(place: Place, user: ChatUser) -> str:
    """The key of the channel; where there is none a person is their own."""
    return place.key or user.subject


def of_command(found: Asked, reader: Reader) -> Invocation:
    user = found.sender.user
    given = reader.options(found)
    return Invocation(user, channel_of(found.place, user), found.command, found.key, options=given, menus=True)


def of_modal(found: Submitted) -> Invocation | None:
    """What the modal asks for; None for one that is not known any more."""
    if found.action != REASON:
        return None
    user = found.sender.user
    given = {"n": found.value, "text": found.values.get("text", "")}
    return Invocation(user, channel_of(found.place, user), "reason", found.key, options=given, menus=True)


def completing(found: Completed, commands: Mapping[str, Command]) -> Param | None:
    """The argument that is being typed; None where there is nothing to offer."""
    command = commands.get(found.command)
    known = options(command) if command else ()
    return next((one.param for one in known if one.param.name == found.focused and one.completed), None)
