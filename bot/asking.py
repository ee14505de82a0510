"""Asking first: what is destructive, forced, or about oneself or a fellow moderator is asked about, whoever asks."""

from __future__ import annotations

from bot.authorise import is_oneself, protection
from bot.called import called
from bot.command import Command, Effect
from bot.context import Context
from bot.crowd import devices, joined, who
from bot.people import Role
from bot.reply import Name, Part, Reply, Span, Spans, say, text
from bot.words import ending, told


def asked_first(context: Context) -> Reply | None:
    """The question, or None where none is needed. It names person, end of the identity, and room."""
    command, bound = context.command, context.bound
    if not command.writes or (bound.target is not None and bound.target.participant is None):
        return None
    asks = not command.question if bound.target is None else command.asks
    if asks:  # by itself, with what it would do
        return None
    if command.effect is not Effect.DESTRUCTIVE and not bound.force and not _oneself(context) and not _fellow(context):
        return None
    return context.question(_title(context, command), doubts(context), confirm=command.confirm)


def doubts(context: Context) -> list[Part]:
    """What has to be known before saying yes: whom it is about, and what is special about that."""
    parts: list[Part] = []
    if _oneself(context):
        parts.append(text("This is you."))
    elif _fellow(context):
        parts.append(text(*context.called, f" is {_a_role(context.fellow)} here."))
    if context.bound.force:
        parts.append(text(_forced(context)))
    return [*parts, *_about(context)]


def _oneself(context: Context) -> bool:
    target = context.bound.target
    return target is not None and is_oneself(context.moderator, target.identity, context.policy)


def _fellow(context: Context) -> bool:
    """Whether it is about somebody who moderates the room too."""
    return context.fellow >= Role.MODERATOR


def _a_role(role: Role) -> str:
    return f"{'an' if role is Role.ADMIN else 'a'} {role.word}"


def only_asks(context: Context) -> bool:
    """Whether nothing but a question can come of the button that is pressed: it can be pressed again then."""
    command, bound = context.command, context.bound
    if bound.confirmed:
        return False
    return command.asks or command.effect is Effect.DESTRUCTIVE or asked_first(context) is not None


def _forced(context: Context) -> str:
    person = context.bound.target.participant if context.bound.target else None
    why = protection(person, context.policy, removes=context.command.removes) if person else ""
    return f"--force: {told(person.display)} {why}." if person and why else "--force is given, and is not needed here."


def _title(context: Context, command: Command) -> Spans:
    """The command's question with person and room filled in."""
    template = command.question or f"{command.summary}: {{who}} in {{room}}?"
    spans: list[Span] = []
    for piece in template.replace("{", "\0{").replace("}", "}\0").split("\0"):
        if piece == "{who}":
            spans += named(context)
        elif piece == "{room}":
            spans.append(Name(context.room))
        elif piece.startswith("{"):
            spans.append(Name(str(context.bound.values[piece.strip("{}").removesuffix("_to")])))
        elif piece:
            spans += say(piece)
    return tuple(spans)


def named(context: Context) -> Spans:
    """Whom it is about, with the end of the identity, and with both names where they have changed it."""
    target = context.bound.target
    if target is None:
        return say("everybody")
    return called(target) if target.was else say(Name(target.display), " (", Name(ending(target.identity)), ")")


def _about(context: Context) -> list[Part]:
    target = context.bound.target
    parts: list[Part] = []
    if target is not None and target.participant is not None:
        facts = ", ".join(
            filter(None, [devices(target.participant), joined(target.participant, context.services.clock.now())])
        )
        parts.append(text(*who(target.participant), f": {facts}."))
    if context.bound.reason:
        parts.append(text("Reason: ", Name(context.bound.reason)))
    return parts
