"""What is said while something takes longer than a moment: what is being done, and where."""

from __future__ import annotations

from bot.command import BoundInvocation, Invocation
from bot.describe import asked_for
from bot.dispatch import split_command
from bot.people import ChatUser
from bot.reply import Code, Mention, Reply, Tone, say
from bot.words import shortened

LONGEST_TYPED = 150


def working(invocation: Invocation, bound: BoundInvocation | None) -> Reply:
    """`bound` is what the words turned out to mean, where that is known already."""
    if bound is None:
        name, rest = split_command(invocation.text)
        if not name:
            return Reply(Tone.INFO, say("Working on it. The answer follows."))
        typed = shortened(f"/{name} {rest}".strip(), LONGEST_TYPED)
        return Reply(Tone.INFO, say("Working on it: ", Code(typed), ". The answer follows."))
    said = say("Working on it: ", *asked_for(bound), ". The answer follows.")
    return Reply(Tone.INFO, said, room=bound.room)


def stopping() -> Reply:
    """The answer to what comes while this process ends."""
    return Reply(Tone.WARN, say("Usher is being restarted. Nothing was done. Try again in a minute."))


def unshown(user: ChatUser, case: int | None) -> Reply:
    """What others may read too, where the answer can be shown to the person alone in no way any more."""
    where = "Ask again." if case is None else f"It is case {case}: /case {case} shows it."
    who = Mention(user.subject, user.name)
    return Reply(Tone.WARN, say(who, f": your answer could not be shown to you alone. {where}"))


def late() -> Reply:
    """The answer where what was asked for cannot be shown any more."""
    return Reply(Tone.WARN, say("That could not be shown in time. Nothing was done. Try again."))
