"""What is said while something takes longer than a moment: what is being done, and where."""

from __future__ import annotations

from dataclasses import replace

from bot.command import BoundInvocation, Invocation
from bot.describe import asked_for
from bot.dispatch import split_command
from bot.people import ChatUser
from bot.reply import Audience, Button, Choices, Code, Mention, Reply, Tone, each_button, say, text
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


def unpressable(reply: Reply) -> Reply:
    """The answer in a direct message to whoever may do nothing there: with nothing to press, and where that can be."""
    pressable: list[str] = []

    def without(button: Button) -> Button:
        pressable.append(button.token)
        return replace(button, token="")

    shown = each_button(reply, without)
    gives_reason = reply.audience is Audience.PUBLIC and reply.case is not None  # chats add a button for that
    if not any(pressable) and not gives_reason:
        return reply
    asks = reply.question or any(isinstance(part, Choices) for part in reply.parts)
    where = "Ask again in the channel." if asks else "Go on in the channel."
    said = text(f"Nothing can be pressed here, where the roles that you have on the server do not count. {where}")
    return replace(shown, parts=(*shown.parts, said), buttons=(), question=False, audience=Audience.PRIVATE)


def late() -> Reply:
    """The answer where what was asked for cannot be shown any more."""
    return Reply(Tone.WARN, say("That could not be shown in time. Nothing was done. Try again."))
