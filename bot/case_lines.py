"""A case in one line, and in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from bot.called import with_identity
from bot.callers import SIP_ATTRIBUTES
from bot.case_orders import orders_of, read_entry, standing_word
from bot.describe import described
from bot.history import Case, Content, Entry, EntryKind, Outcome, decode_difference
from bot.moments import moment_words
from bot.order_words import kind, title, where
from bot.orders import Order
from bot.reply import Mention, Name, Part, Spans, Text, Time, say, text
from bot.state import ATTRIBUTE, ORDERS, PERMISSION, Change, Difference
from bot.words import counted, display, on_its_line

SECRET_FIELDS = ("metadata", "room.metadata")
SECRET_ATTRIBUTES = ATTRIBUTE + SIP_ATTRIBUTES
OTHER = "another room"
FIRST, NEWEST = 20, 80  # entries of a case that are shown where there are more
SECRET_COMMANDS = ("metadata", "room-metadata")  # what was typed is the metadata
_TYPED = (EntryKind.INTENT, EntryKind.REFUSED, EntryKind.ORDER, EntryKind.ENDED)
_HOLDS = (Outcome.DONE, Outcome.ALREADY)
_FINAL = (Outcome.UNKNOWN, Outcome.NOT_EFFECTIVE, Outcome.FAILED, Outcome.REFUSED, Outcome.DONE, Outcome.ALREADY)


def case_line(case: Case, now: datetime) -> Spans:
    """`12 mute Bob (bob) in standup: done, by alice, 3 min ago. Reason: shouting`."""
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
    """The command; of a mute that took the source away, `mute lock`, and of a door how it stands."""
    opening, orders = case.opening, orders_of(case)
    if orders and orders[0].is_door:
        return kind(orders[0])
    locks = opening.command == "mute" and (bool(orders) or PERMISSION in opening.difference)
    return "mute lock" if locks else opening.command


def whom(case: Case) -> Spans:
    """Whom the case is about, and where.

    With the identity: whoever reads it later cannot know whose the name was then, or who has it now.
    """
    opening = case.opening
    count = 0 if case.first.kind is EntryKind.ORDER else len(case.intents)
    where = say(" in ", Name(opening.room)) if opening.room else ()
    if count > 1:
        return say(f"{count} people", *where)
    if opening.identity:
        return say(*with_identity(opening.name, opening.identity), *where)
    return where[1:] if where else say(Name(opening.arguments))


def outcome_of(case: Case) -> Outcome | None:
    """The case's outcome: of several parts the worst; None while it is open."""
    found: Counter[Outcome] = Counter()
    intents = case.intents
    for intent in intents:
        about = case.about(intent)
        if about is None or about.outcome is None:
            return None
        found[about.outcome] += 1
    for entry in () if intents else case.entries:
        if entry.outcome is not None and entry.kind is not EntryKind.REASON:
            found[entry.outcome] += 1
    return next((outcome for outcome in _FINAL if found[outcome]), None)


def outcome_word(case: Case) -> str:
    """`done`, `unknown (observed: holds)`; of an order `in force`, and what became of the newest try if that failed."""
    standing = standing_word(case)
    if not standing:
        return _became(case, outcome_of(case))
    newest = case.intents[-1] if case.intents else None
    about = case.about(newest) if newest is not None else None
    if newest is None or (about is not None and about.outcome in _HOLDS):
        return standing
    return f"{standing}, {_became(case, about.outcome if about is not None else None)}"


def _became(case: Case, outcome: Outcome | None) -> str:
    if outcome is None:
        return "open"
    observed = {e.content.detail for e in case.entries if e.kind is EntryKind.RECONCILED and e.content}
    return f"{outcome.value} ({'; '.join(sorted(observed))})" if observed else outcome.value


@dataclass(frozen=True, slots=True)
class Eyes:
    """What somebody who looks at a case may see: metadata and telephone numbers, and which rooms by name."""

    admin: bool
    may_see: Callable[[str], bool]
    zone: tzinfo = UTC

    def shows(self, change: Change) -> bool:
        return self.admin or not (change.field in SECRET_FIELDS or change.field.startswith(SECRET_ATTRIBUTES))

    def of(self, changes: Difference) -> Difference:
        """The changes that may be seen; a room that may not be is another one."""
        return Difference(tuple(self._change(change) for change in changes.changes if self.shows(change)))

    def typed(self, content: Content) -> bool:
        """Whether what was typed, and what was said of it, may be shown: it may hold what is secret."""
        if content.command == "attribute" and SIP_ATTRIBUTES in content.arguments.casefold():
            return self.admin
        return self.admin or content.command not in SECRET_COMMANDS

    def all_rooms(self, content: Content) -> bool:
        """Whether every room that this names may be seen; of a move that was refused none is on record."""
        move = Difference.decode(decode_difference(content.difference)).get("room")
        rooms = [room for room in (move.before, move.after) if room] if move else []
        if content.command == "move" and not rooms:
            return self.may_see("*")
        return all(self.may_see(room) for room in rooms)

    def _change(self, change: Change) -> Change:
        if change.field != "room":
            return change
        before, after = (
            room if room is None or self.may_see(room) else OTHER for room in (change.before, change.after)
        )
        return Change(change.field, before, after)


def in_full(case: Case, now: datetime, eyes: Eyes) -> tuple[Part, ...]:
    """Every entry, with what was before and after; of very many the first and the newest."""
    parts: list[Part] = []
    left_out = len(case.entries) - FIRST - NEWEST
    for number, entry in enumerate(case.entries):
        if left_out > 0 and number == FIRST:
            more = counted(left_out, "more entry is", "more entries are")
            parts.append(text(f"{more} left out here; `usher history export` has them all."))
        if left_out <= 0 or not FIRST <= number < FIRST + left_out:
            parts += _entry(entry, now, eyes)
    return tuple(parts)


def _entry(entry: Entry, now: datetime, eyes: Eyes) -> list[Part]:
    head = say(f"#{entry.seq} {entry.kind.value}")
    if entry.outcome is not None:
        head = (*head, *say(f" {entry.outcome.value}"))
    head = (*head, *say(f"{f' ({entry.code})' if entry.code else ''}, ", Time(entry.at, now)))
    content = entry.content
    if content is None:
        return [Text((*head, *say(": its content was erased on request.")))]
    order = read_entry(entry)
    head = (*head, *_ordered(order, eyes, now)) if order is not None else head
    parts: list[Part] = [Text((*head, *_said(entry, content, eyes)))]
    if content.difference and entry.kind in (EntryKind.INTENT, EntryKind.OUTCOME):
        parts += _difference(content, eyes)
    return parts


def _ordered(order: Order, eyes: Eyes, now: datetime) -> Spans:
    until = f", until {moment_words(order.ends, now, eyes.zone)}" if order.ends is not None else ""
    who = say(", identity ", Name(order.who.identity)) if order.who is not None and order.who.identity else ()
    return say(": ", *title(order), " in ", *where(order, eyes.may_see), until, *who)


def _said(entry: Entry, content: Content, eyes: Eyes) -> Spans:
    spans = say(", by ", Mention(content.actor, content.actor_name)) if content.actor else ()
    if content.identity and entry.kind in (EntryKind.INTENT, EntryKind.OUTCOME, EntryKind.RECONCILED):
        spans = (*spans, *say(": ", *_person(content), f" (session {content.sid})"))
    every_room = eyes.all_rooms(content)
    if content.arguments and eyes.typed(content) and every_room and entry.kind in _TYPED:
        spans = (*spans, *say(f". Typed: /{content.command} ", Name(content.arguments)))
    if content.reason:
        spans = (*spans, *say(". Reason: ", Name(content.reason)))
    return (*spans, *say(f". {on_its_line(content.detail)}")) if content.detail and every_room else spans


def _numbers(orders: list[str]) -> str:
    return ", ".join(f"#{number}" for number in orders) or "none"


def _person(content: Content) -> Spans:
    """Name and whole identity."""
    name, identity = display(content.name, content.identity), Name(content.identity)
    return (identity,) if name == content.identity else say(Name(name), ", identity ", identity)


def _difference(content: Content, eyes: Eyes) -> list[Part]:
    changes = Difference.decode(decode_difference(content.difference))
    shown = eyes.of(changes)
    parts: list[Part] = [described(shown)] if described(shown).items else []
    if (orders := changes.get(ORDERS)) is not None:
        parts.append(text(f"Orders on them: {_numbers(orders.before)} → {_numbers(orders.after)}."))
    if any(change.field in SECRET_FIELDS for change in changes.changes) and not eyes.admin:
        parts.append(text("Metadata was changed; what it was and is, is shown to admins."))
    elif len(shown.changes) < len(changes.changes):
        parts.append(text("SIP attributes were changed; what they were and are, is shown to admins."))
    return parts
