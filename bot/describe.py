"""A difference in words that people use: for previews, answers and cases."""

from __future__ import annotations

from typing import Any

from bot.called import called
from bot.command import BoundInvocation
from bot.reply import Code, Fields, Name, Span, Spans, say
from bot.state import ATTRIBUTE, BASE, MUTED, ORDERS, PERMISSION, SOURCE_LISTS, TRACK, Change, Difference
from bot.words import one_line, shortened

LONGEST = 120
_NAMES = {"session": "presence", "open": "room", "room.metadata": "room metadata"}


def asked_for(bound: BoundInvocation) -> Spans:
    """What is to be done, in a few words: `/mute Bob Stone in standup`."""
    spans: list[Span] = [Code(f"/{bound.command}")]
    if bound.target is not None:
        spans += say(" ", *called(bound.target))
    if bound.room:
        spans += say(" in ", Name(bound.room))
    return tuple(spans)


def described(changes: Difference) -> Fields:
    """One line for each changed field: before -> after."""
    return Fields(tuple((field_name(change), change_spans(change)) for change in shown(changes)))


def shown(changes: Difference) -> tuple[Change, ...]:
    """The changes worth a line: of a track that goes away, the track alone; of what changes with and without orders
    in the same way, the one that the room shows. Which orders end or come back is said in words of its own."""
    gone = {change.field for change in changes.starting(TRACK) if change.after is None}
    return tuple(
        c for c in changes.changes
        if not ((c.field.endswith(MUTED) and c.field.removesuffix(MUTED) in gone) or c.field == ORDERS)
        and not _shown_too(c, changes)
    )  # fmt: skip


def _shown_too(change: Change, changes: Difference) -> bool:
    shown = changes.get(change.field.replace(BASE, PERMISSION, 1)) if change.field.startswith(BASE) else None
    return shown is not None and (shown.before, shown.after) == (change.before, change.after)


def field_name(change: Change) -> str:
    name = change.field
    if name.startswith(TRACK):
        return "track " + name.removeprefix(TRACK).removesuffix(MUTED)
    if name.startswith(PERMISSION):
        return name.removeprefix(PERMISSION)
    if name.startswith(BASE):
        return name.removeprefix(BASE) + " without orders"
    if name.startswith(ATTRIBUTE):
        return "attribute " + one_line(name.removeprefix(ATTRIBUTE))
    return _NAMES.get(name, name)


def change_spans(change: Change) -> Spans:
    return say(Name(value_word(change, change.before)), " → ", Name(value_word(change, change.after)))


def value_word(change: Change, value: Any) -> str:
    """One value of a field as a word: `open`, `muted`, `yes`, `none`, the text itself."""
    name = change.field
    if name == "session":
        return "in the room" if value else "gone"
    if name == "open":
        return "live" if value else "closed"
    if name.startswith(TRACK) and name.endswith(MUTED):
        return {True: "muted", False: "open", None: "unpublished"}[value]
    if name.startswith(TRACK):
        return f"{value} published" if value else "unpublished"
    if name in SOURCE_LISTS:
        return ", ".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return "empty" if value == "" and name.startswith(ATTRIBUTE) else "none"
    return shortened(one_line(str(value)), LONGEST)
