"""What is written down: entries, and the cases that they make up. Pure; `bot.chain` seals them.

What an entry is and its `Content` are apart: the content may be erased on request, and the chain of digests, which
covers only a salted digest of it, still holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.people import Grant

VERSION = 1
HIDDEN = "hidden"  # the code of an entry about somebody who was hidden: its case is for admins


class EntryKind(StrEnum):
    INTENT = "intent"  # written before the room is touched
    OUTCOME = "outcome"  # what became of an intent
    RECONCILED = "reconciled"  # what was found later for an intent that was left open
    REFUSED = "refused"  # an attempt by someone who may not
    UNDONE = "undone"  # another case put this one's fields back
    REASON = "reason"  # a reason appended later
    GRANT = "grant"  # a role given or taken
    DEFAULT = "default"  # the default room of a channel
    ORDER = "order"  # a decision that stays (`bot.orders`)
    ENDED = "ended"  # the end of one: a moderator's word, or its time
    ERASED = "erased"  # the content of an entry was erased on request


class Outcome(StrEnum):
    DONE = "done"
    ALREADY = "already"
    NOT_EFFECTIVE = "not_effective"
    FAILED = "failed"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Content:
    """The erasable part. `difference` is canonical JSON: a list of [field, before, after].

    `arguments` is what was typed after the command's name. `detail` is a sentence about the outcome (an error's
    user text, `observed: holds`), never a secret.
    """

    actor: str = ""
    actor_name: str = ""
    command: str = ""
    arguments: str = ""
    room: str = ""
    identity: str = ""
    name: str = ""
    sid: str = ""
    difference: str = ""
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ChannelDefault:
    """The default room (or glob) of a channel key; "" takes it away."""

    channel: str
    room: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it is sealed.

    `case` None means a new case, shared by all such drafts of one append. `refers` is the sequence of the entry that
    this one is about. `projection` is applied to its table in the same transaction: a `Grant` replaces what the
    subject had on that server (role NONE removes it), a `ChannelDefault` the channel's default room. With
    `keeps_admin` it is `Refused` where afterwards nobody would be admin over all rooms, whoever wrote meanwhile.
    """

    kind: EntryKind
    content: Content
    case: int | None = None
    refers: int | None = None
    outcome: Outcome | None = None
    code: str = ""
    projection: Grant | ChannelDefault | None = None
    keeps_admin: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A sealed entry. `content` is None when it has been erased."""

    seq: int
    case: int
    kind: EntryKind
    at: datetime
    worker: str
    server: str
    content: Content | None
    refers: int | None = None
    outcome: Outcome | None = None
    code: str = ""
    content_digest: str = ""
    previous: str = ""
    digest: str = ""
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class OpenIntent:
    """An intent that a dead worker left without an outcome."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that is known under one case number, entries in sequence."""

    number: int
    entries: tuple[Entry, ...]
    _about: Mapping[int, Entry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """An order that is carried out for weeks on somebody who keeps coming back has a case of thousands."""
        later = (EntryKind.OUTCOME, EntryKind.RECONCILED)
        about = {e.refers: e for e in self.entries if e.refers is not None and e.kind in later}
        object.__setattr__(self, "_about", about)

    @property
    def first(self) -> Entry:
        return self.entries[0]

    @property
    def opening(self) -> Content:
        return self.first.content or Content()

    def about(self, intent: Entry) -> Entry | None:
        """The newest outcome or reconciliation of that intent."""
        return self._about.get(intent.seq)

    @property
    def intents(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.kind is EntryKind.INTENT)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reason given at first and those appended later, oldest first."""
        return tuple(
            e.content.reason
            for e in self.entries
            if e.content is not None and e.content.reason and (e is self.first or e.kind is EntryKind.REASON)
        )

    @property
    def hidden(self) -> bool:
        """Whether it is about somebody who was hidden."""
        return any(entry.code == HIDDEN for entry in self.entries)

    @property
    def undone(self) -> bool:
        return any(entry.kind is EntryKind.UNDONE for entry in self.entries)


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Which cases; empty fields do not narrow. `rooms` are globs of the rooms that the asker may see.

    `text` matches identity or name (substring, whatever the case); `identity` and `actor` exactly. `everywhere`
    includes entries that belong to no room (grants, refusals outside of any room). A case matches when one of its
    entries has all that is asked of the content, and when some entry of it has the `kind` and some the `outcome`.
    """

    rooms: tuple[str, ...] = ("*",)
    everywhere: bool = False
    room: str = ""
    identity: str = ""
    text: str = ""
    actor: str = ""
    command: str = ""
    kind: EntryKind | None = None
    outcome: Outcome | None = None
    before: int | None = None  # cases with a number below this (numbers follow the order of the first entries)
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class CasePage:
    cases: tuple[Case, ...]
    more: bool


def canonical(value: Any) -> str:
    """JSON with one spelling for each value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def decode_difference(text: str) -> Mapping[str, tuple[Any, Any]]:
    """The recorded difference as field -> (before, after)."""
    return {field: (before, after) for field, before, after in json.loads(text)} if text else {}
