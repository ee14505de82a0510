"""Where the answer to a press goes: in the place of the message that was pressed in, or beside it."""

from __future__ import annotations

from bot.command import Again
from bot.history import Outcome
from bot.reply import Button, Reply, Tone

# The beginning of the ids of whatever has a token.
PRESS = "press"  # the answer takes the place of the message: questions, choices, pages
BESIDE = "beside"  # the answer stands beside it


def action_of(one: Button, *, asked: bool) -> str:
    """`asked`: it belongs to a question."""
    return PRESS if asked or isinstance(one.press, Again) else BESIDE


def replaces(reply: Reply) -> bool:
    """Whether it takes the place of the question: not when it was refused, or asks again with buttons that could not be
    kept, because then the question still stands; and not when it is late, because what the first press came to stands
    there, or will."""
    stands = reply.outcome in (None, Outcome.REFUSED) or (reply.question and not reply.buttons)
    return not ((reply.tone is Tone.ERROR and stands) or reply.late)
