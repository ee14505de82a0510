"""What can arrive from Slack, once it is understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from adapters.slack.people import Sender


@dataclass(frozen=True, slots=True)
class Place:
    """A channel (`thread` is where answers go): defaults and cases hang on the channel, in its threads too."""

    home: str
    channel: str = ""
    thread: str = ""

    @property
    def key(self) -> str:
        return f"slack:{self.home}/{self.channel}" if self.channel else ""

    @property
    def direct(self) -> bool:
        return self.channel.startswith("D")


@dataclass(frozen=True, slots=True)
class View:
    """A modal or the App Home as it was when something happened in it; `values` by block id.

    `marks` are what makes a block's id another one, where it has such a mark.
    """

    id: str
    hash: str
    callback: str
    metadata: str
    values: Mapping[str, str]
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Arrival:
    """`key` is unique for what happened, `trigger` opens a modal, `answer_url` takes a few answers."""

    sender: Sender
    place: Place
    key: str = ""
    trigger: str = ""
    answer_url: str = ""


@dataclass(frozen=True, slots=True)
class Typed(_Arrival):
    """Words for the core; still with Slack's forms in them (`Reader.line` undoes those)."""

    text: str = ""
    slash: bool = False

    @property
    def same(self) -> tuple[str, str, str]:
        """What two presses of Enter have in common."""
        return (self.place.key, self.place.thread, self.text)


@dataclass(frozen=True, slots=True)
class Pressed(_Arrival):
    """A button, a menu or a select: `action` is the beginning of its id, `value` what stands behind it."""

    action: str = ""
    value: str = ""
    block: str = ""
    message: str = ""
    ephemeral: bool = False
    view: View | None = None


@dataclass(frozen=True, slots=True)
class Searched(_Arrival):
    """Somebody types into a select with search: which one, and what."""

    block: str = ""
    text: str = ""
    view: View | None = None


@dataclass(frozen=True, slots=True)
class Submitted(_Arrival):
    view: View | None = None


@dataclass(frozen=True, slots=True)
class Opened(_Arrival):
    """A shortcut; on a message, with all that can be read in it."""

    callback: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class HomeOpened(_Arrival):
    """Somebody looks at the App Home."""


@dataclass(frozen=True, slots=True)
class GroupChanged:
    """A user group is not what it was."""

    team: str
    group: str


@dataclass(frozen=True, slots=True)
class Ignored:
    why: str


Inbound: TypeAlias = Typed | Pressed | Searched | Submitted | Opened | HomeOpened | GroupChanged | Ignored
