"""What people did, as cases tell it: each command with the case that it opened and the orders that it ended. Pure.

The end of an order stands in the case of that order, whoever ended it. So what one command did is put together again
from who said it, with which words, and when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.actions.restore import irreversible
from bot.carried import EXPIRED, OVERRULED
from bot.case_orders import giver_of, orders_of
from bot.history import Case, Content, Entry, EntryKind, Outcome, decode_difference
from bot.model import Source
from bot.orders import Amendment, Order
from bot.state import BASE, ORDERS, PERMISSION, SOURCES, Change, Difference

UNDO = "undo"
WITHIN = timedelta(seconds=15)  # what a command has altogether (ADR 6): its entries are no further apart
EFFECTIVE = (Outcome.DONE, Outcome.NOT_EFFECTIVE, Outcome.UNKNOWN)
STAGE = PERMISSION + "can_publish"
_DOOR, _BAN = "door", "ban"


@dataclass(frozen=True, slots=True)
class Ended:
    """An order that somebody's word ended; of one that was narrowed `left` is what went on of it."""

    case: Case
    order: Order
    entry: Entry
    left: Order | None = None

    @property
    def given(self) -> Order:
        """The order as its giver's."""
        issuer, name = giver_of(self.case, self.order)
        return replace(self.order, issuer=issuer, issuer_name=name)

    @property
    def freed(self) -> Amendment:
        """What has not been said any more since."""
        was, left = self.order.what, self.left.what if self.left is not None else Amendment()
        flags = {name: value for name, value in was.flags.items() if name not in left.flags}
        return Amendment(flags, was.give - left.give, was.take - left.take, was.absent and not left.absent)

    @property
    def back(self) -> bool:
        """Whether it has been put in force again."""
        return any(order.again == self.order.id for order in orders_of(self.case))


@dataclass(frozen=True, slots=True)
class Act:
    """One command of one person. `case` is the one that it opened, None where it only ended orders (`ends`)."""

    said: Content
    at: datetime
    seq: int
    case: Case | None = None
    ends: tuple[Ended, ...] = ()

    def decided(self, seq: int, sid: str = "") -> frozenset[str]:
        """The fields that it has decided for whatever was done at `seq`, as long as nobody has taken it back.

        Locks, and what is for a time, have not: they hold over whatever else was decided, and an undo leaves them
        alone. What undid, or ended, something younger only brought back what there was. With a sid, changes that were
        made to another session do not count.
        """
        case = self.case
        if case is not None and case.undone:
            return frozenset()
        ends = [claimed(end.freed, end.order) for end in self.ends if not end.back and end.order.id < seq]
        found = frozenset[str]().union(*ends)
        if case is None:
            return found
        if orders := orders_of(case):
            stands = [order for order in orders if order.ended is None and (order.is_door or order.what.absent)]
            return found.union(*(claimed(order.what, order) for order in stands))
        if self.said.command == UNDO and (case.first.refers or 0) > seq:
            return found
        parts = [part for part in recorded(case) if not sid or part[1].sid == sid]
        return found.union(*(_decides(change) for _, _, changes in parts for change in changes.changes))


def recorded(case: Case) -> list[tuple[Entry, Content, Difference]]:
    """For each part of the case that may have taken effect: its entry, content and difference."""
    found = []
    for intent in case.intents:
        about = case.about(intent) or intent
        content = about.content if about.content is not None and about.content.difference else intent.content
        if content is None or about.outcome not in (*EFFECTIVE, None):
            continue
        found.append((intent, content, Difference.decode(decode_difference(content.difference))))
    return found


def reversible(case: Case) -> bool:
    """Whether any field of the case can be put back, and has not been yet; of orders, whether one is in force."""
    if orders := orders_of(case):
        return any(order.ended is None for order in orders)
    return not case.undone and any(
        not irreversible(change) for _, _, changes in recorded(case) for change in changes.changes
    )


def claimed(what: Amendment, order: Order) -> frozenset[str]:
    """The fields that an order decides."""
    if order.is_door:
        return frozenset({_DOOR})
    stage = {STAGE} if what.give else set()
    sources = {f"{SOURCES}:{source.value}" for source in what.give | what.take}
    return frozenset({PERMISSION + name for name in what.flags} | stage | sources | ({_BAN} if what.absent else set()))


def shown_name(change: Change) -> str:
    """The field as the room shows it; what somebody would have without orders is decided with it."""
    return change.field.replace(BASE, PERMISSION, 1) if change.field.startswith(BASE) else change.field


def changed(change: Change) -> frozenset[str]:
    """The fields that a change decides; of a source list, each source that was given or taken."""
    name = shown_name(change)
    if name == ORDERS:
        return frozenset()
    if name != SOURCES:
        return frozenset({name})
    return frozenset(f"{SOURCES}:{source}" for source in set(change.before or ()) ^ set(change.after or ()))


def _decides(change: Change) -> frozenset[str]:
    """The same; who brings somebody on stage has decided on all that they may use there."""
    on_stage = shown_name(change) == STAGE and change.after
    return changed(change) | (frozenset(f"{SOURCES}:{source.value}" for source in Source) if on_stage else frozenset())


def acts_of(cases: Iterable[Case]) -> tuple[Act, ...]:
    """What these cases tell that people did, oldest first; nothing that Usher did by itself."""
    cases = list({case.number: case for case in cases}.values())
    acts = [act for case in cases if (act := _opened(case)) is not None]
    for end in sorted((end for case in cases for end in _ends(case)), key=lambda end: end.entry.seq):
        fitting = [act for act in acts if _belongs(end, act)]
        if fitting:
            act = min(fitting, key=lambda act: abs(act.seq - end.entry.seq))
            acts[acts.index(act)] = replace(act, ends=(*act.ends, end))
        elif end.entry.content is not None:
            acts.append(Act(end.entry.content, end.entry.at, end.entry.seq, ends=(end,)))
    return tuple(sorted(acts, key=lambda act: act.seq))


def _opened(case: Case) -> Act | None:
    first = case.first
    if first.kind not in (EntryKind.INTENT, EntryKind.ORDER) or first.content is None:
        return None
    return Act(first.content, first.at, first.seq, case)


def _ends(case: Case) -> list[Ended]:
    orders = {order.id: order for order in orders_of(case)}
    found = []
    for entry in case.entries:
        order = orders.get(entry.refers or 0)
        if entry.kind is not EntryKind.ENDED or entry.content is None or order is None or not entry.content.actor:
            continue
        if entry.code not in (EXPIRED, OVERRULED):
            left = [one for one in orders.values() if order.id < one.id < entry.seq]
            found.append(Ended(case, order, entry, left[-1] if left else None))
    return found


def _belongs(end: Ended, act: Act) -> bool:
    """Whether that command ended that order: the same person with the same words, at the same time, and of orders that
    there were before."""
    said = end.entry.content
    if said is None or (said.actor, said.arguments) != (act.said.actor, act.said.arguments):
        return False
    if said.command != act.said.command and not _narrowed_by(end, act):
        return False
    return abs(act.at - end.entry.at) <= WITHIN and end.order.id < act.seq


def _narrowed_by(end: Ended, act: Act) -> bool:
    """The end of a part may bear the command of the order, and not the one that ended it."""
    said = end.entry.content
    by_another = act.case is None or act.case.first.kind is EntryKind.INTENT
    return end.left is not None and said is not None and said.command == end.order.command and by_another


def decided_since(act: Act, known: Iterable[Act], fields: frozenset[str], sid: str = "") -> Act | None:
    """The newest of these acts that has decided one of these fields since; `sid` as in `Act.decided`."""
    later = sorted((one for one in known if one.seq > act.seq), key=lambda one: -one.seq)
    return next((one for one in later if one.decided(act.seq, sid) & fields), None)
