"""Which cases a person may see, and which of the people in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot.authorise import sees_hidden
from bot.callers import is_marked, without_numbers
from bot.context import Context
from bot.errors import BadArgument
from bot.history import Case, CaseQuery
from bot.people import Moderator
from bot.recent import Seen
from bot.sight import sees_everything
from bot.words import fold

LATEST = 20


async def visible_case(context: Context, number: int) -> Case:
    """The case; `BadArgument` in the same words when there is none and when it is out of scope."""
    case = await context.services.history.case(number)
    if case is None or not may_see(context.moderator, case):
        raise BadArgument(f"There is no case {number} that you may see. /history lists the cases.")
    return case


def may_see(moderator: Moderator, case: Case) -> bool:
    """Cases of the rooms in scope; what is about hidden people is for admins, as they are themselves."""
    room = case.opening.room
    if not room:
        return sees_everything(moderator)
    return moderator.may_see(room) and (not case.hidden or sees_hidden(moderator, room))


def may_find(moderator: Moderator, case: Case, text: str, known: Collection[str]) -> bool:
    """Whether a search for this text may find the case: the number of a caller is found by admins alone."""
    opening = case.opening
    if not text or sees_hidden(moderator, opening.room):
        return True
    called = f"{opening.identity}\n{opening.name}"
    shown = without_numbers(called, known)
    return shown == called or fold(text) in fold(shown)


async def left_before(context: Context, room: str, identities: Iterable[str]) -> Seen | None:
    """Whom the history knows in that room by one of these identities, and whether they were hidden."""
    history = context.services.history
    for identity in identities:
        if (sid := await history.seen(room, identity)) is not None:
            page = await history.cases(CaseQuery(rooms=(room,), room=room, identity=identity, limit=LATEST))
            hidden = any(case.hidden for case in page.cases)
            seen = Seen(identity, sid, "", hidden, caller=is_marked(identity))
            context.services.recent.keep(room, seen)
            return seen
    return None
