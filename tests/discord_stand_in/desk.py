"""All that the stand-in knows, in one place, and what becomes of messages. Pure but for the clock."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Mapping
from typing import Any

from bot.ports import Clock
from tests.discord_stand_in import permissions as p
from tests.discord_stand_in.checks import Checks
from tests.discord_stand_in.errors import NO_ACCESS, NO_DIRECT, NO_PERMISSION, Failures, Refused
from tests.discord_stand_in.interactions import Interaction, Interactions
from tests.discord_stand_in.messages import EPHEMERAL, Message, Messages
from tests.discord_stand_in.registered import Registered
from tests.discord_stand_in.shapes import Json
from tests.discord_stand_in.world import THREADS, Channel, World
from tests.slack_stand_in.calls import Secrets

_EPOCH = 1_420_070_400_000  # the first second of 2015, in milliseconds


class Desk:
    """`modals` is the one that each person has open, with the interaction that opened it. `closed` are those who take
    no direct messages."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.world, self.clock = world, clock
        self.failures = Failures()
        self.secrets = Secrets(self.failures, {"bot": world.app.token})
        self.checks = Checks()
        self.messages = Messages()
        self.interactions = Interactions(clock)
        self._count = itertools.count(1)
        self.registered = Registered(world, self.snowflake)
        self.modals: dict[str, tuple[Json, Interaction]] = {}
        self.closed: set[str] = set()

    def snowflake(self) -> str:
        """An id with the time in it, never the same twice."""
        milliseconds = int(self.clock.now().timestamp() * 1000) - _EPOCH
        return str((milliseconds << 22) + next(self._count) % (1 << 22))

    def secret(self) -> str:
        return f"aW50ZXJhY3Rpb246{secrets.token_urlsafe(40)}"

    def writable(self, identifier: str) -> Channel:
        """The channel, when the bot may write there; Refused."""
        channel = self.readable(identifier)
        needed = p.SEND_IN_THREADS if channel.kind in THREADS else p.SEND
        if not self.world.may(self.world.bot, channel) & needed:
            raise Refused(*NO_PERMISSION)
        if channel.direct in self.closed:
            raise Refused(*NO_DIRECT)
        return channel

    def readable(self, identifier: str) -> Channel:
        """The channel, when the bot sees it; Refused."""
        channel = self.world.channels.get(identifier)
        if channel is None:
            raise Refused.unknown(10003, "Channel")
        if not self.world.may(self.world.bot, channel):
            raise Refused(*NO_ACCESS)
        return channel

    def post(
        self, body: Mapping[str, Any], channel: str, *, source: Interaction | None = None, loading: bool = False
    ) -> Message:
        """A message of the bot's; ephemeral where the body's flags say so, and `source` who sees it."""
        only_for = source.user if source and int(body.get("flags") or 0) & EPHEMERAL else ""
        made = Message(self.snowflake(), channel, self.world.app.id, self.clock.now(), only_for=only_for)
        if loading:
            made.loading = True
        else:
            made.fill(body)
        made.source = source.summary if source else None
        return self.messages.add(made)

    def edit(self, message: Message, body: Mapping[str, Any]) -> Message:
        message.fill(body, edited=None if message.loading else self.clock.now())
        return message

    def message(self, identifier: str) -> Message:
        """One that still stands; Refused."""
        found = self.messages.get(identifier)
        if found is None:
            raise Refused.unknown(10008, "Message")
        return found


def before(message: Message) -> Json:
    """What stands in a message until it is changed."""
    return {"content": message.content, "embeds": message.embeds, "components": message.components}
