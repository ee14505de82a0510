"""A case in one line, and in full."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from bot.describe import described
from bot.history import Case, Content, Entry, EntryKind, Outcome, decode_difference
from bot.reply import Mention, Name, Part, Spans, Text, Time, say, text
from bot.state import PERMISSION, Difference
from bot.words import on_its_line

SECRET_FIELDS = ("metadata", "room.metadata")
SECRET_COMMANDS = ("metadata", "room-metadata")  # what was typed is the metadata
_FINAL = (Outcome.UNKNOWN, Outcome.NOT_EFFECTIVE, Outcome.FAILED, Outcome.REFUSED, Outcome.DONE, Outcome.ALREADY)


def case_line(case: Case, now: datetime) -> Spans:
    """`12 mute bob in standup: done, by alice, 3 min ago. Reason: shouting`."""
    opening = case.opening
    reasons = case.reasons
    return say(
        f"{case.number} {verb(case)} ",
        *whom(case),
        f": {outcome_word(case)}{', undone' if case.undone else ''}, by ",
        Mention(opening.actor, opening.actor_name),
        ", ",
        Time(case.first.at, now),
        *(say(". Reason: ", Name(reasons[-1])) if reasons else ()),
    )


def verb(case: Case) -> str:
    """The command; of a mute that took the source away, `mute lock`."""
    locks = case.opening.command == "mute" and PERMISSION in case.opening.difference
    return "mute lock" if locks else case.opening.command


def whom(case: Case) -> Spans:
    """Whom the case is about, and where."""
    opening = case.opening
    count = len(case.intents)
    where = say(" in ", Name(opening.room)) if opening.room else ()
    if count > 1:
        return say(f"{count} people", *where)
    if opening.identity:
        return say(Name(opening.name or opening.identity), *where)
    return where[1:] if where else say(Name(opening.arguments))


def outcome_of(case: Case) -> Outcome | None:
    """The case's outcome: of several parts the worst; None while it is open."""
    found: Counter[Outcome] = Counter()
    for intent in case.intents:
        about = case.about(intent)
        if about is None or about.outcome is None:
            return None
        found[about.outcome] += 1
    for entry in case.entries:
        if entry.outcome is not None and entry.kind is not EntryKind.REASON and not case.intents:
            found[entry.outcome] += 1
    return next((outcome for outcome in _FINAL if found[outcome]), None)


def outcome_word(case: Case) -> str:
    outcome = outcome_of(case)
    if outcome is None:
        return "open"
    observed = {e.content.detail for e in case.entries if e.kind is EntryKind.RECONCILED and e.content}
    return f"{outcome.value} ({'; '.join(sorted(observed))})" if observed else outcome.value


def in_full(case: Case, now: datetime, *, admin: bool) -> tuple[Part, ...]:
    """Every entry, with what was before and after."""
    parts: list[Part] = []
    for entry in case.entries:
        parts += _entry(entry, now, admin=admin)
    return tuple(parts)


def _entry(entry: Entry, now: datetime, *, admin: bool) -> list[Part]:
    head = say(f"#{entry.seq} {entry.kind.value}")
    if entry.outcome is not None:
        head = (*head, *say(f" {entry.outcome.value}"))
    head = (*head, *say(f"{f' ({entry.code})' if entry.code else ''}, ", Time(entry.at, now)))
    content = entry.content
    if content is None:
        return [Text((*head, *say(": its content was erased on request.")))]
    parts: list[Part] = [Text((*head, *_said(entry, content, admin=admin)))]
    if content.difference and entry.kind in (EntryKind.INTENT, EntryKind.OUTCOME):
        fields = _difference(content, admin=admin)
        parts.append(fields)
    return parts


def _said(entry: Entry, content: Content, *, admin: bool) -> Spans:
    spans = say(", by ", Mention(content.actor, content.actor_name)) if content.actor else ()
    if content.identity and entry.kind in (EntryKind.INTENT, EntryKind.OUTCOME, EntryKind.RECONCILED):
        spans = (*spans, *say(": ", Name(content.name or content.identity), f" (session {content.sid})"))
    secret = content.command in SECRET_COMMANDS and not admin
    if content.arguments and not secret and entry.kind in (EntryKind.INTENT, EntryKind.REFUSED):
        spans = (*spans, *say(f". Typed: /{content.command} ", Name(content.arguments)))
    if content.reason:
        spans = (*spans, *say(". Reason: ", Name(content.reason)))
    return (*spans, *say(f". {on_its_line(content.detail)}")) if content.detail else spans


def _difference(content: Content, *, admin: bool) -> Part:
    changes = Difference.decode(decode_difference(content.difference))
    shown = Difference(tuple(c for c in changes.changes if admin or c.field not in SECRET_FIELDS))
    if len(shown.changes) < len(changes.changes):
        return text("Metadata was changed; what it was and is, is shown to admins.")
    return described(shown)
