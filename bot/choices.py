"""The questions for what could be meant: several people, or two readings of one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.called import label
from bot.command import Again, BoundInvocation
from bot.context import Context
from bot.crowd import devices, joined, who
from bot.errors import BadArgument
from bot.line import Otherwise
from bot.model import Participant
from bot.reading import Reading
from bot.recent import Seen
from bot.reply import Button, Choice, Choices, Name, Reply, Span, Spans, Tone, listed, say, text
from bot.targets import Match
from bot.words import ending, told

MOST, MOST_GONE = 10, 3


def choose_target(
    context: Context,
    typed: str,
    options: Sequence[Match],
    bound: Sequence[BoundInvocation],
    room: str,
    *,
    exact: bool,
) -> Reply:
    """Who of these? Each shows name, end of the identity, open tracks and since when."""
    names = context.names(room)
    labels = [label(match.person.name, match.person.identity, names) for match in options]
    choices = tuple(
        Choice(_line(context, match.person, press), Button(called, context.told_apart(press)))
        for match, press, called in list(zip(options, bound, labels, strict=True))[:MOST]
    )
    asked = "Who is meant" if exact else f"Nobody in {told(room)} is called exactly that. Who is meant"
    more = f" ({len(options) - MOST} more: type more of the name, or the identity)" if len(options) > MOST else ""
    title = say(f"{asked}: ", Name(typed), f"?{more}")
    return Reply(Tone.INFO, (*title, *say(" Nothing has been done yet.")), (Choices(choices),))


def _line(context: Context, person: Participant, press: BoundInvocation) -> Spans:
    facts = ", ".join(filter(None, [devices(person), joined(person, context.services.clock.now())]))
    spans: list[Span] = [*who(person), *say(f", {facts}, in ", Name(press.room))]
    if press.reason:
        spans += say(". Reason: ", Name(press.reason))
    return tuple(spans)


def choose_longer(asked: Reply, gone: Sequence[tuple[Seen, BoundInvocation | None]], room: str) -> Reply:
    """The question `asked`, with those who have left: as choices where the command is about them too, else in words."""
    shown = gone[-MOST_GONE:]
    left = [seen for seen, press in shown if press is None]
    picked = tuple(
        Choice(say(*_gone(seen), " has left ", Name(room)), Button(seen.name or seen.identity, press))
        for seen, press in shown
        if press is not None
    )
    parts = [
        replace(part, options=(*part.options, *picked)) if isinstance(part, Choices) else part for part in asked.parts
    ]
    if left:
        verb = "has" if len(left) == 1 else "have"
        parts.append(text(*listed([_gone(seen) for seen in left]), f" {verb} left."))
    return replace(asked, parts=tuple(parts))


def _gone(seen: Seen) -> Spans:
    if seen.name in ("", seen.identity):
        return (Name(seen.identity),)
    return say(Name(seen.name), " (", Name(ending(seen.identity)), ")")


def choose_identity(bound: Sequence[BoundInvocation]) -> Reply:
    """Which spelling of an identity that nobody has seen?"""
    named = [(press.target.identity, press) for press in bound if press.target is not None]
    options = tuple(Choice((Name(identity),), Button(identity, press)) for identity, press in named)
    title = say("Nobody there is called so. Which identity is meant? Nothing has been done yet.")
    return Reply(Tone.INFO, title, (Choices(options),))


def choose_room_behind(room: str, again: Again) -> Reply:
    """`in:room` behind the reason does not count; perhaps it was to."""
    option = Choice(say("in the room ", Name(room)), Button(f"In {room}", again))
    title = say("in:", Name(room), " stands behind the reason, where it does not count. Nothing has been done yet.")
    return Reply(Tone.INFO, title, (Choices((option,)),))


def choose_reading(bound: BoundInvocation, reading: Reading, others: Sequence[Otherwise]) -> Reply:
    """One line, two readings: the other ones first, then the words as the reason."""
    options = [Choice(_meant(other), Button(other.label, other.press)) for other in others]
    label = say("as the reason: ", Name(reading.reason))
    options.append(Choice(label, Button("As the reason", bound)))
    title = say("How is ", Name(_in_doubt(reading)), " meant? Nothing has been done yet.")
    return Reply(Tone.INFO, title, (Choices(tuple(options)),))


def _meant(other: Otherwise) -> Spans:
    if other.line:
        return say(other.label, ": ", Name(other.line))
    reason = other.press.reason if isinstance(other.press, BoundInvocation) else ""
    return say(other.label, ". Reason: ", Name(reason)) if reason else say(other.label)


def _in_doubt(reading: Reading) -> str:
    return " ".join(reading.reason.split()[: reading.doubt.words if reading.doubt else 2])


def in_doubt(reading: Reading) -> BadArgument:
    """The same where something else has to be chosen already."""
    meant = " or ".join(told(other.meant) for other in reading.others)
    return BadArgument(
        f"How is {told(_in_doubt(reading))!r} meant? Type it as {meant}, or in quotes as the reason. Nothing was done."
    )
