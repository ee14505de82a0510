"""The messages in the stand-in's channels, and what of them somebody sees. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.slack_stand_in.controls import Json, labels
from tests.slack_stand_in.world import World


@dataclass(slots=True, eq=False)
class Message:
    """`only_for` is the one person who sees an ephemeral message. `versions` counts how often it was replaced."""

    channel: str
    ts: str
    author: str
    text: str
    blocks: list[Json]
    thread_ts: str = ""
    only_for: str = ""
    versions: int = 0
    deleted: bool = False

    def replace(self, text: str, blocks: list[Json]) -> None:
        self.text, self.blocks = text, blocks
        self.versions += 1


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it was on somebody's screen at that moment."""

    channel: str
    ts: str
    author: str
    text: str
    blocks: Sequence[Json] = field(repr=False)
    thread_ts: str
    ephemeral: bool
    replaced: bool

    @property
    def labels(self) -> list[str]:
        """What can be pressed in it: labels of buttons, entries of menus as `action_id > entry`."""
        return labels(self.blocks)

    @property
    def direct(self) -> bool:
        return self.channel.startswith("D")


class Messages:
    def __init__(self) -> None:
        self.all: list[Message] = []

    def add(self, message: Message) -> Message:
        self.all.append(message)
        return message

    def get(self, channel: str, ts: str) -> Message | None:
        """One that still stands."""
        for message in self.all:
            if (message.channel, message.ts, message.deleted) == (channel, ts, False):
                return message
        return None

    def thread(self, channel: str, ts: str) -> str:
        """The ts of the thread that this message is in or begins; "" when nobody sees such a message."""
        found = self.get(channel, ts)
        if found is None or found.only_for:
            return ""
        return found.thread_ts or found.ts

    def visible(self, user: str, world: World) -> list[Message]:
        """What this person sees, oldest first: in their channels, and of ephemeral messages their own."""
        inside = {channel.id for channel in world.channels.values() if user in channel.members}
        return [
            one
            for one in self.all
            if not one.deleted and (one.only_for == user or (not one.only_for and one.channel in inside))
        ]


def shown(message: Message) -> Shown:
    """Its blocks are the very list that was shown: a later version has another one."""
    return Shown(
        message.channel,
        message.ts,
        message.author,
        message.text,
        message.blocks,
        message.thread_ts,
        bool(message.only_for),
        message.versions > 0,
    )
