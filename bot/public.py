"""What the other moderators are told of a write: one line with who, what, the case number, and undo.

They are people of whom no more is known than that they read a channel, so nothing stands in it that is for admins:
it tells of the cases alone that every moderator of the room finds in the history.
"""

from __future__ import annotations

from dataclasses import replace

from bot.acts import recorded, reversible
from bot.answers import undo_of
from bot.callers import is_marked
from bot.command import BoundInvocation
from bot.context import Services
from bot.describe import asked_for
from bot.errors import HistoryError
from bot.history import Case, Outcome
from bot.model import Kind
from bot.people import ChatUser
from bot.redact import redacted, unnumbered
from bot.reply import Audience, Button, Mention, Name, Plain, Reply, Spans, say
from bot.state import PERMISSION

HIDING = PERMISSION + "hidden"


async def public_line(services: Services, reply: Reply, actor: ChatUser, bound: BoundInvocation | None) -> Reply | None:
    """The line; None where there is nothing to tell, or nothing that all of them may know.

    A write that failed is told too; one that was refused is not.
    """
    if bound is None or reply.case is None or reply.outcome in (None, Outcome.REFUSED):
        return None
    case = await _case(services, reply.case)
    if _may_be_hidden(services, reply, case, bound):
        return None
    title = (*say(Mention(actor.subject, actor.name), ": "), *_what(reply, bound), *_reason(bound))
    if _is_caller(services, case, bound):
        title = unnumbered(title, bound.room)
    line = replace(reply, title=title, parts=(), buttons=_undo(reply, case), audience=Audience.PUBLIC, told=())
    return redacted(line, services.recent.numbers)


async def _case(services: Services, number: int) -> Case | None:
    try:
        return await services.history.case(number)
    except HistoryError:
        return None


def _may_be_hidden(services: Services, reply: Reply, case: Case | None, bound: BoundInvocation) -> bool:
    """Whether it is about somebody hidden, or makes somebody so; and where that cannot be known.

    Some commands (/undo, /reason) are about whomever a case is about: should they fail, that is not known.
    """
    about_a_case = bound.target is None and not services.registry[bound.command].in_room
    if case is None or (about_a_case and _failed_early(reply)):
        person = bound.target.participant if bound.target is not None else None
        return person.permission.hidden if person is not None else bound.target is not None or about_a_case
    hiding = [changes.get(HIDING) for _, _, changes in recorded(case)]
    return case.hidden or any(change is not None and change.after for change in hiding)


def _failed_early(reply: Reply) -> bool:
    """Whether it failed before anything was tried."""
    return reply.audience is Audience.PRIVATE


def _what(reply: Reply, bound: BoundInvocation) -> Spans:
    """What was done, in a sentence; of what failed early, also what was to be done."""
    title = reply.told or reply.title
    if not _failed_early(reply):
        return _ended(title)
    return say(*asked_for(bound), ": ", *title)


def _ended(title: Spans) -> Spans:
    """The title as a sentence by itself: what a colon announces does not follow here."""
    last = title[-1]
    if not isinstance(last, Plain) or not last.text.endswith(":"):
        return title
    return (*title[:-1], Plain(f"{last.text[:-1]}."))


def _reason(bound: BoundInvocation) -> Spans:
    return say(" Reason: ", Name(bound.reason)) if bound.reason else ()


def _is_caller(services: Services, case: Case | None, bound: BoundInvocation) -> bool:
    """Whether it is about somebody on the telephone, as far as the room, or only the identity, tells."""
    if bound.target is not None and bound.target.participant is not None:
        return bound.target.participant.kind is Kind.SIP
    about = bound.target or (case.opening if case is not None else None)
    if about is None:
        return False
    seen = services.recent.find(about.room, [about.identity])
    return is_marked(about.identity) or (seen is not None and seen.caller)


def _undo(reply: Reply, case: Case | None) -> tuple[Button, ...]:
    """Undo, where what was done can be put back; while the case cannot be read, as the answer has it."""
    if case is None:
        return tuple(one for one in reply.buttons if _undoes(one))
    made_by_this = case.opening.command == reply.command
    return (undo_of(case.number, case.opening.room),) if made_by_this and reversible(case) else ()


def _undoes(button: Button) -> bool:
    return isinstance(button.press, BoundInvocation) and button.press.command == "undo"
