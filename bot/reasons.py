"""The configured reasons as one-tap choices, below what was done without one."""

from __future__ import annotations

from dataclasses import replace

from bot.authorise import authorise
from bot.command import BoundInvocation, Invocation
from bot.context import Services
from bot.errors import Refused
from bot.history import Outcome
from bot.people import Moderator
from bot.reply import Button, Menu, Reply

ASKED_AFTER = (Outcome.DONE, Outcome.NOT_EFFECTIVE)


def with_reasons(
    reply: Reply, services: Services, moderator: Moderator, invocation: Invocation, bound: BoundInvocation | None
) -> Reply:
    """The answer to a write in a room with the reasons to pick from, where it has none and menus can be shown."""
    if not invocation.menus or not services.policy.reasons or bound is None or bound.reason:
        return reply
    command, reason = services.registry[bound.command], services.registry["reason"]
    # What acts in no room by itself (/reason, /undo, /use, /moderator) is told why by its own words or not at all.
    if reply.case is None or reply.outcome not in ASKED_AFTER or not command.writes or not command.in_room:
        return reply
    if isinstance(authorise(moderator, reason, services.policy, room=bound.room), Refused):
        return reply
    entries = tuple(_entry(reply.case, bound.room, text) for text in services.policy.reasons)
    return replace(reply, parts=(*reply.parts, Menu("Reason", entries)))


def _entry(case: int, room: str, text: str) -> Button:
    return Button(text, BoundInvocation("reason", room, None, {"n": case, "text": text}, f"{case} {text}"))
