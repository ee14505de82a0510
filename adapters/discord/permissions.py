"""Discord's permissions: those that the bot asks for, and what somebody may do on a server and in a channel. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlencode

VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
EMBED_LINKS = 1 << 14
SEND_IN_THREADS = 1 << 38
USE_COMMANDS = 1 << 31
ADMINISTRATOR = 1 << 3
EVERYTHING = -1

ASKED: Mapping[str, int] = {
    "View Channels": VIEW_CHANNEL,
    "Send Messages": SEND_MESSAGES,
    "Embed Links": EMBED_LINKS,
    "Send Messages in Threads": SEND_IN_THREADS,
}
"""What the bot is invited with, under the names that Discord's settings have for it."""

SCOPES = ("bot", "applications.commands")
_AUTHORIZE = "https://discord.com/oauth2/authorize"
_OF_ROLE, _OF_MEMBER = 0, 1

Payload: TypeAlias = Mapping[str, Any]


def invite(application: int | str) -> str:
    """The link with which somebody who manages a server adds the bot to it."""
    asked = {"client_id": application, "scope": " ".join(SCOPES), "permissions": sum(ASKED.values())}
    return f"{_AUTHORIZE}?{urlencode(asked)}"


def on_server(everyone: Payload, roles: Iterable[Payload], *, owner: bool = False) -> int:
    """What somebody with these roles may do on a server, whatever its channels say; roles as Discord sends them."""
    found = int(everyone["permissions"])
    for role in roles:
        found |= int(role["permissions"])
    return EVERYTHING if owner or found & ADMINISTRATOR else found


def in_channel(may: int, channel: Payload, guild: str, roles: Iterable[str], member: str = "") -> int:
    """What is left of that, or comes on top of it, in a channel; nothing for who does not see it.

    First counts what is said there of everybody, then of the roles together, then of the member: the order that Discord
    documents (topics/permissions).
    """
    if may == EVERYTHING:
        return may
    known = {(int(one["type"]), str(one["id"])): one for one in channel.get("permission_overwrites", ())}
    of_roles = [known[_OF_ROLE, role] for role in roles if role != guild and (_OF_ROLE, role) in known]
    for together in ([known.get((_OF_ROLE, guild))], of_roles, [known.get((_OF_MEMBER, member))]):
        said = [one for one in together if one is not None]
        for one in said:
            may &= ~int(one["deny"])
        for one in said:
            may |= int(one["allow"])
    return may if may & VIEW_CHANNEL else 0
