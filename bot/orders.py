"""Standing orders: decisions that hold until they end, whom and where they are about, and how entries spell them. Pure.

An order is an action that stays (`bot.fold` carries all of them out together). It begins when its entry is written;
its number is that entry's sequence, so that the newest one is told by the chain and by no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.history import HIDDEN, Content, Draft, Entry, EntryKind, Outcome, canonical, decode_difference
from bot.model import Participant, Source
from bot.people import Grant, Role, glob_matches

FLAGS = ("can_publish", "can_publish_data", "can_subscribe", "can_update_metadata")
NOT_YET = datetime.max.replace(tzinfo=UTC)
_PREFIX, _FLAG = "order.", "order.flags."


@dataclass(frozen=True, slots=True)
class Amendment:
    """What an order says of somebody: these flags stand, these sources are given, those are taken; or they stay out."""

    flags: Mapping[str, bool] = field(default_factory=dict)
    give: frozenset[Source] = frozenset()
    take: frozenset[Source] = frozenset()
    absent: bool = False

    def __post_init__(self) -> None:
        if unknown := set(self.flags) - set(FLAGS):
            raise ValueError(f"no order is about {sorted(unknown)}")
        if self.give & self.take:
            raise ValueError("a source is given or taken: not both")
        if self.give and self.flags.get("can_publish") is False:
            raise ValueError("a source is given to somebody who may publish")

    @property
    def gives(self) -> bool:
        """Whether somebody gains anything by it."""
        return bool(self.give) or any(self.flags.values())


class Door(StrEnum):
    """How newcomers enter a room: as their token says, without publishing, or not at all."""

    OPEN = "open"
    LISTEN_ONLY = "listen-only"
    SHUT = "shut"

    @property
    def amendment(self) -> Amendment:
        return Amendment({"can_publish": False} if self is Door.LISTEN_ONLY else {}, absent=self is Door.SHUT)


@dataclass(frozen=True, slots=True)
class Who:
    """One person: by identity, and also by an attribute of theirs (`key` = `value`) where the settings name one.

    `name` is for the eye only.
    """

    identity: str = ""
    name: str = ""
    key: str = ""
    value: str = ""

    def __post_init__(self) -> None:
        if not (self.identity or (self.key and self.value)):
            raise ValueError("an order is about somebody, or about newcomers")

    def is_(self, person: Participant, *, by_attribute: bool) -> bool:
        if self.identity and person.identity == self.identity:
            return True
        return by_attribute and bool(self.key and self.value) and person.attributes.get(self.key) == self.value


@dataclass(frozen=True, slots=True)
class Order:
    """One decision that stays. `who` None is whoever enters after it was given: a door.

    It acts where `rooms` (globs) and one of `grants` match: those of the issuer that allowed it, as they were then.
    `ends` is when it ends by itself (None: when somebody ends it), `ended` when it did, and `how` that entry's code.
    `hidden`: it is about somebody who was, so that it is for admins. `since` and `former`: a door that goes on from
    earlier ones, whose ids these are, is for everybody who entered since the first of them was given. On somebody
    `former` are the ids of the order that this one is the rest of, or that has come back with it. `again`: it is the
    order of that id, which had ended, in force again; `issuer` and `command` are those of that one.
    `id`, `case` and `at` are those of its entry; an order that is not written yet has the id 0 and is the newest.
    """

    what: Amendment
    who: Who | None
    rooms: tuple[str, ...]
    grants: tuple[Grant, ...]
    ends: datetime | None = None
    reason: str = ""
    issuer: str = ""
    issuer_name: str = ""
    command: str = ""
    hidden: bool = False
    since: datetime | None = None
    former: frozenset[int] = frozenset()
    again: int = 0
    id: int = 0
    case: int = 0
    at: datetime = NOT_YET
    ended: datetime | None = None
    how: str = ""

    @property
    def is_door(self) -> bool:
        return self.who is None

    @property
    def age(self) -> tuple[bool, int]:
        """What orders are sorted by, oldest first; a clock that is set back makes none older.

        What is left of an order, or has come back, is as old as that was: others have decided since.
        """
        if self.former and not self.is_door:
            return (False, min(self.former))
        return (self.id == 0, self.id)

    @property
    def ids(self) -> frozenset[int]:
        """Under which ids a session may know it."""
        return self.former | {self.id}

    def going_on_from(self, doors: Iterable[Order]) -> Order:
        """This door in the place of those: who came in under one of them is under it from now on."""
        found = [door for door in doors if door.is_door]
        since = min((door.since or door.at for door in found), default=None)
        return replace(self, since=since, former=self.former.union(*(door.ids for door in found)))

    def in_force(self, at: datetime) -> bool:
        return self.ended is None and (self.ends is None or at < self.ends)

    def covers(self, room: str) -> bool:
        return any(glob_matches(glob, room) for glob in self.rooms) and any(g.covers(room) for g in self.grants)

    def bears_on(self, person: Participant, room: str) -> bool:
        """Whether it is about this session of this person in this room.

        Somebody who can edit their own attributes is not given anything by an attribute.
        """
        if not self.covers(room):
            return False
        if self.who is None:
            return _entered_after(person, self.since or self.at)
        return self.who.is_(person, by_attribute=not (self.what.gives and person.permission.can_update_metadata))


def _entered_after(person: Participant, at: datetime) -> bool:
    """Servers say the millisecond, older ones the second: who entered within the same one is a newcomer."""
    entered = person.joined_at
    if entered is None:
        return True
    return entered + (timedelta(milliseconds=1) if entered.microsecond else timedelta(seconds=1)) > at


def by_identity(orders: Iterable[Order]) -> Callable[[str], tuple[Order, ...]]:
    """Those of these orders that can be about an identity: in a crowd not each has to be tried on everybody."""
    named: dict[str, list[Order]] = {}
    others = []
    for order in orders:
        if order.who is None or order.who.key:
            others.append(order)
        else:
            named.setdefault(order.who.identity, []).append(order)
    return lambda identity: tuple(sorted((*named.get(identity, ()), *others), key=lambda order: order.age))


def order_draft(order: Order, content: Content, case: int | None = None) -> Draft:
    """The entry that makes this order; `content` says who gives it, with which words, and in which room."""
    said = replace(_about(order, content), difference=_encoded(order), reason=order.reason)
    return Draft(EntryKind.ORDER, said, case=case, outcome=Outcome.DONE, code=HIDDEN if order.hidden else "")


def ended_draft(order: Order, content: Content, how: str = "") -> Draft:
    """The entry that ends this order; `how` is its code where nobody ended it by hand (`expired`)."""
    return Draft(EntryKind.ENDED, _about(order, content), case=order.case, refers=order.id, code=how)


def _about(order: Order, content: Content) -> Content:
    identity, name = (order.who.identity, order.who.name) if order.who else ("", "")
    return replace(content, identity=identity, name=name)


def _encoded(order: Order) -> str:
    """As flat fields, each from nothing to its value; those that say nothing are left out."""
    what, who = order.what, order.who
    facts: dict[str, Any] = {
        "rooms": list(order.rooms),
        "grants": [[grant.subject, grant.role.word, *grant.rooms] for grant in order.grants],
        "newcomers": who is None,
        "person": [who.key, who.value] if who is not None and who.key else None,
        "give": sorted(what.give),
        "take": sorted(what.take),
        "absent": what.absent,
        "ends": order.ends.astimezone(UTC).isoformat() if order.ends else None,
        "since": order.since.astimezone(UTC).isoformat() if order.since else None,
        "former": sorted(order.former),
        "again": [order.again, order.issuer, order.issuer_name, order.command] if order.again else None,
    }
    fields = {_PREFIX + name: value for name, value in facts.items() if value}
    fields |= {_FLAG + name: value for name, value in what.flags.items()}
    return canonical([[name, None, value] for name, value in sorted(fields.items())])


def read_order(content: Content) -> Order:
    """The order that an entry's content makes; ValueError where it makes none that this Usher understands."""
    facts = {name: after for name, (_, after) in decode_difference(content.difference).items()}
    flags = {name.removeprefix(_FLAG): bool(facts.pop(name)) for name in list(facts) if name.startswith(_FLAG)}
    known = {name.removeprefix(_PREFIX): value for name, value in facts.items()}
    if unknown := set(known) - _KNOWN or {"rooms", "grants"} - set(known):
        raise ValueError(f"an order does not say, or says too much: {sorted(unknown)}")
    ends, since = known.get("ends"), known.get("since")
    said = (0, content.actor, content.actor_name, content.command)
    again, issuer, issuer_name, command = known.get("again", said)
    return Order(
        what=Amendment(flags, _sources(known.get("give")), _sources(known.get("take")), known.get("absent") is True),
        who=None if known.get("newcomers") else Who(content.identity, content.name, *known.get("person", ())),
        rooms=tuple(known["rooms"]),
        grants=tuple(Grant(subject, Role.parse(role), tuple(rooms)) for subject, role, *rooms in known["grants"]),
        ends=datetime.fromisoformat(ends) if ends else None,
        since=datetime.fromisoformat(since) if since else None,
        former=frozenset(map(int, known.get("former", ()))),
        reason=content.reason,
        issuer=issuer,
        issuer_name=issuer_name,
        command=command,
        again=again,
    )


_KNOWN = {"rooms", "grants", "newcomers", "person", "give", "take", "absent", "ends", "since", "former", "again"}


def order_of(entry: Entry) -> Order:
    """The order that this entry, whose content has not been erased, made; ValueError as `read_order`."""
    order = read_order(entry.content or Content())
    return replace(order, hidden=entry.code == HIDDEN, id=entry.seq, case=entry.case, at=entry.at)


def _sources(words: Iterable[str] | None) -> frozenset[Source]:
    return frozenset(Source(word) for word in words or ())
