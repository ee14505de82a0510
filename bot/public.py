"""What the other moderators are told of a write: one line with who, what, the case number, and undo."""

from __future__ import annotations

from bot.command import BoundInvocation
from bot.people import ChatUser
from bot.reply import Audience, Button, Mention, Name, Plain, Reply, Span, say


def public_line(reply: Reply, actor: ChatUser, bound: BoundInvocation | None) -> Reply | None:
    """The line, or None where there is nothing to tell; what is about hidden people is for nobody but admins."""
    person = bound.target.participant if bound and bound.target else None
    if reply.audience is not Audience.PUBLIC or reply.case is None or (person and person.permission.hidden):
        return None
    reason: tuple[Span, ...] = (Plain(" Reason: "), Name(bound.reason)) if bound and bound.reason else ()
    title = (*say(Mention(actor.subject, actor.name), ": "), *reply.title, *reason)
    undo = tuple(one for one in reply.buttons if _undoes(one))
    return Reply(
        reply.tone, title, (), undo, Audience.PUBLIC, reply.case, reply.outcome, reply.command
    )  # fmt: skip


def _undoes(button: Button) -> bool:
    return isinstance(button.press, BoundInvocation) and button.press.command == "undo"
