"""Which cases a person may see."""

from __future__ import annotations

from bot.context import Context
from bot.errors import BadArgument
from bot.history import Case
from bot.people import Role


async def visible_case(context: Context, number: int) -> Case:
    """The case; `BadArgument` in the same words when there is none and when it is out of scope."""
    case = await context.services.history.case(number)
    if case is None or not may_see(context, case):
        raise BadArgument(f"There is no case {number} that you may see. /history lists the cases.")
    return case


def may_see(context: Context, case: Case) -> bool:
    room = case.opening.room
    return context.moderator.may_see(room) if room else sees_everything(context)


def sees_everything(context: Context) -> bool:
    """Whether entries that belong to no room (grants, refusals) are shown, since they may name any room."""
    return any(grant.role >= Role.ADMIN and "*" in grant.rooms for grant in context.moderator.grants)
