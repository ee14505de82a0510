"""What can arrive from Discord, once it is understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from adapters.discord.people import Sender


@dataclass(frozen=True, slots=True)
class Place:
    """A channel (`thread` is where answers go): defaults and cases hang on the channel, in its threads too."""

    guild: str
    channel: str = ""
    thread: str = ""

    @property
    def key(self) -> str:
        return f"discord:{self.guild or '@me'}/{self.channel}" if self.channel else ""

    @property
    def direct(self) -> bool:
        return not self.guild


@dataclass(frozen=True, slots=True)
class Seen:
    """How what was mentioned looked to whoever mentioned it: names by id."""

    users: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Arrival:
    """`key` is unique for what happened. `id` and `token` are for the answers: the first within 3 seconds, further
    ones within 15 minutes; whoever has the token can answer, so it is never shown."""

    sender: Sender
    place: Place
    key: str
    id: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked(_Arrival):
    """A command with its options as Discord sends them; a mention among them is `<@id>` or `<@&id>`."""

    command: str
    options: Mapping[str, str] = field(default_factory=dict)
    seen: Seen = Seen()

    @property
    def same(self) -> tuple[object, ...]:
        """What two presses of Enter have in common."""
        given = tuple(sorted(self.options.items()))
        return (self.place.key, self.place.thread, self.command, given)


@dataclass(frozen=True, slots=True)
class Opened(_Arrival):
    """The command of a message's menu, with all that can be read in the message."""

    message: str


@dataclass(frozen=True, slots=True)
class Completed(_Arrival):
    """Somebody types into the option `focused`; the others are as far as they have come."""

    command: str
    options: Mapping[str, str]
    focused: str


@dataclass(frozen=True, slots=True)
class Pressed(_Arrival):
    """A button or a select: `action` is the beginning of its id, `value` what stands behind it, or was chosen."""

    action: str
    value: str
    message: str = ""
    ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class Submitted(_Arrival):
    """A modal: `action` and `value` as in a press, `values` what was typed, by input. `message` is the one that it was
    opened from."""

    action: str
    value: str
    values: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A message to the bot, without its mention: `message` is its id, `text` as Discord sends it.

    Discord lets nobody be answered alone behind a message, and does not say who has answered it.
    """

    sender: Sender
    place: Place
    key: str
    message: str
    text: str
    seen: Seen = Seen()

    @property
    def same(self) -> tuple[object, ...]:
        """What two presses of Enter have in common."""
        return (self.place.key, self.place.thread, self.text)


@dataclass(frozen=True, slots=True)
class Ignored:
    why: str


Inbound: TypeAlias = Asked | Opened | Completed | Pressed | Submitted | Ignored
