"""What somebody may see of a room's people and of an answer: who is hidden, and callers' numbers, are for admins."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from bot.authorise import sees_hidden
from bot.callers import masked, without_numbers
from bot.command import BoundInvocation
from bot.model import Participant
from bot.people import Moderator, Role
from bot.redact import redacted
from bot.reply import Reply


def visible(moderator: Moderator, room: str, people: Iterable[Participant]) -> tuple[Participant, ...]:
    """Those of the room's people whom this person may know of."""
    if sees_hidden(moderator, room):
        return tuple(people)
    return tuple(person for person in people if not person.permission.hidden)


def shown(moderator: Moderator, room: str, people: Iterable[Participant]) -> tuple[Participant, ...]:
    """The same as they are shown and searched: callers under a masked number, except to admins."""
    seen = visible(moderator, room, people)
    return seen if sees_hidden(moderator, room) else tuple(masked(person) for person in seen)


def sees_everything(moderator: Moderator) -> bool:
    """Whether what belongs to no room (grants, refusals) is shown, since it may name any room."""
    return any(grant.role >= Role.ADMIN and "*" in grant.rooms for grant in moderator.grants)


def _knows_numbers(moderator: Moderator, room: str) -> bool:
    """Whether callers' numbers are for this person, in that room ("" for none)."""
    return sees_everything(moderator) or (bool(room) and sees_hidden(moderator, room))


def shown_bound(moderator: Moderator, bound: BoundInvocation, known: Collection[str]) -> BoundInvocation:
    """What is being done as this person may see it, for the eye alone; `known` are numbers."""
    if _knows_numbers(moderator, bound.room):
        return bound
    target = bound.target
    if target is not None:
        name, identity, was = (without_numbers(t, known) for t in (target.display, target.identity, target.was))
        target = replace(target, name=name, identity=identity, was=was)
    return replace(bound, room=without_numbers(bound.room, known), target=target)


def seen_by(moderator: Moderator, room: str, reply: Reply, known: Collection[str]) -> Reply:
    """The answer about that room ("" for none) without telephone numbers, except to admins; `known` are numbers."""
    return reply if _knows_numbers(moderator, room) else redacted(reply, known)
