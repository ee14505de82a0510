"""What somebody may do in a server and in a channel, computed as Discord documents it (topics/permissions). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ADMINISTRATOR = 1 << 3
VIEW = 1 << 10
SEND = 1 << 11
EMBED = 1 << 14
HISTORY = 1 << 16
USE_COMMANDS = 1 << 31
SEND_IN_THREADS = 1 << 38
MODERATE_MEMBERS = 1 << 40
ALL = (1 << 53) - 1

EVERYBODY = VIEW | SEND | EMBED | HISTORY | USE_COMMANDS | SEND_IN_THREADS
"""What members may do in a new server."""


@dataclass(frozen=True, slots=True)
class Overwrite:
    """Of one channel, for a role or for one member."""

    id: str
    member: bool = False
    allow: int = 0
    deny: int = 0


def base(everyone: int, roles: Iterable[int], *, owner: bool) -> int:
    """In the server as a whole."""
    found = everyone
    for one in roles:
        found |= one
    return ALL if owner or found & ADMINISTRATOR else found


def within(granted: int, overwrites: Iterable[Overwrite], *, guild: str, roles: Iterable[str], member: str) -> int:
    """In a channel: first what it says of everybody, then of the roles together, then of the member."""
    if granted & ADMINISTRATOR:
        return ALL
    known = {(one.member, one.id): one for one in overwrites}
    of_roles = [known[False, role] for role in roles if role != guild and (False, role) in known]
    together = Overwrite("", deny=_union(o.deny for o in of_roles), allow=_union(o.allow for o in of_roles))
    for one in (known.get((False, guild)), together, known.get((True, member))):
        if one is not None:
            granted = granted & ~one.deny | one.allow
    return granted if granted & VIEW else 0


def _union(bits: Iterable[int]) -> int:
    found = 0
    for one in bits:
        found |= one
    return found
