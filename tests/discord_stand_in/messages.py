"""The messages in the stand-in's channels, and what of them somebody sees. Pure."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.discord_stand_in import shapes
from tests.discord_stand_in.controls import labels
from tests.discord_stand_in.shapes import Json
from tests.discord_stand_in.world import World

EPHEMERAL, LOADING = 1 << 6, 1 << 7
_PINGS = (("users", re.compile(r"<@!?([0-9]+)>")), ("roles", re.compile(r"<@&([0-9]+)>")))
_EVERYONE = re.compile(r"@(?:everyone|here)\b")


@dataclass(slots=True, eq=False)
class Message:
    """`only_for` is the one person who sees an ephemeral message. A `loading` one says "is thinking" so far. `pings`
    are those that it calls: ids, and `everyone`. `source` is the interaction that it answers. What is sent twice
    under one `nonce` is one message."""

    id: str
    channel: str
    author: str
    created: datetime
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    only_for: str = ""
    loading: bool = False
    pings: tuple[str, ...] = ()
    source: Json | None = None
    edited: datetime | None = None
    versions: int = 0
    deleted: bool = False
    nonce: str = ""

    @property
    def flags(self) -> int:
        return EPHEMERAL * bool(self.only_for) | LOADING * self.loading

    def fill(self, body: Mapping[str, object], *, edited: datetime | None = None) -> None:
        """Take what the body has; what it does not have stays."""
        for name, nothing in (("content", ""), ("embeds", []), ("components", [])):
            if name in body:
                setattr(self, name, copy.deepcopy(body[name] or nothing))
        self.components = numbered(self.components)
        self.pings = pings(body)
        self.loading = False
        self.edited = edited
        self.versions += edited is not None


def pings(body: Mapping[str, object]) -> tuple[str, ...]:
    """Who is called by a body: everybody that is mentioned, but for what `allowed_mentions` leaves out."""
    content, allowed = str(body.get("content") or ""), body.get("allowed_mentions")
    rule = allowed if isinstance(allowed, Mapping) else {"parse": ["everyone", "users", "roles"]}
    found: list[str] = []
    for kind, form in _PINGS:
        named = form.findall(content)
        found += [one for one in named if kind in rule.get("parse", ()) or one in rule.get(kind, ())]
    if _EVERYONE.search(content) and "everyone" in rule.get("parse", ()):
        found.append("everyone")
    return tuple(found)


def numbered(components: Sequence[Json]) -> list[Json]:
    """With the ids that Discord gives to components that have none."""
    found, count = [dict(one) for one in components], 0

    def number(one: Json) -> None:
        nonlocal count
        count += 1
        one.setdefault("id", count)
        for key in ("components", "accessory", "component"):
            inside = one.get(key)
            for each in inside if isinstance(inside, list) else [inside] if inside else []:
                number(each)

    for one in found:
        number(one)
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it was on somebody's screen at that moment."""

    id: str
    channel: str
    author: str
    content: str
    embeds: Sequence[Json] = field(repr=False)
    components: Sequence[Json] = field(repr=False)
    ephemeral: bool
    loading: bool
    edited: bool
    pings: tuple[str, ...]

    @property
    def text(self) -> str:
        """All that is written in it: the content, then the embeds."""
        boxes = [str(box[key]) for box in self.embeds for key in ("title", "description") if box.get(key)]
        return "\n".join([self.content, *boxes])

    @property
    def labels(self) -> list[str]:
        """What can be pressed in it: labels of buttons, entries of selects as `placeholder > entry`."""
        return labels(self.components)


class Messages:
    def __init__(self) -> None:
        self.all: list[Message] = []

    def add(self, message: Message) -> Message:
        self.all.append(message)
        return message

    def get(self, identifier: str) -> Message | None:
        """One that still stands."""
        return next((one for one in self.all if one.id == identifier and not one.deleted), None)

    def visible(self, user: str, world: World) -> list[Message]:
        """What this person sees, oldest first: in the channels that they see, and of ephemeral messages their own."""
        seen = {channel.id for channel in world.channels.values() if world.may(user, channel)}
        return [one for one in self.all if not one.deleted and one.channel in seen and one.only_for in ("", user)]


def shown(message: Message) -> Shown:
    """Its components are the very list that was shown: a later version has another one."""
    return Shown(
        message.id,
        message.channel,
        message.author,
        message.content,
        message.embeds,
        message.components,
        bool(message.only_for),
        message.loading,
        message.versions > 0,
        message.pings,
    )


def message_json(world: World, message: Message) -> Json:
    """A message as Discord answers and sends it."""
    found: Json = {
        "id": message.id,
        "channel_id": message.channel,
        "author": shapes.user(world.users[message.author]),
        "content": message.content,
        "timestamp": message.created.isoformat(),
        "edited_timestamp": message.edited.isoformat() if message.edited else None,
        "tts": False,
        "mention_everyone": "everyone" in message.pings,
        "mentions": [shapes.user(world.users[one]) for one in message.pings if one in world.users],
        "mention_roles": [one for one in message.pings if one not in world.users and one != "everyone"],
        "attachments": [],
        "embeds": [{"type": "rich", **one} for one in message.embeds],
        "pinned": False,
        "type": 20 if message.source and message.source["type"] == 2 else 0,
        "flags": message.flags,
        "components": message.components,
    }
    if message.source is not None:
        owner = {"application_id": world.app.id, "webhook_id": world.app.id}
        found |= {**owner, "interaction_metadata": message.source}
    return found
