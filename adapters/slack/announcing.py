"""The public line of a write: in the private channel that follows the room, else in the moderation channel."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

from adapters.slack.delivery import QUIET
from adapters.slack.render import Message
from adapters.slack.web import SlackError, Web
from bot.announce import channels_for
from bot.ports import Clock, Roster

PRIVATE_SECONDS = 600.0  # a channel rarely becomes public
log = logging.getLogger(__name__)


class Announcer:
    def __init__(self, web: Web, roster: Roster, clock: Clock, channel: str = "") -> None:
        """`channel` is the moderation channel ("" where there is none)."""
        self._web = web
        self._roster = roster
        self._clock = clock
        self._channel = channel
        self._private: dict[str, tuple[float, bool]] = {}

    async def tell(self, home: str, asked_in: str, thread: str, room: str, message: Message) -> None:
        """Post the line. A command in a thread of that channel has it there, and in the channel too."""
        refused: list[str] = []
        async for channel in self._channels(home, asked_in, room):
            inside = bool(thread) and asked_in.endswith(f"/{channel}")
            threaded = {"thread_ts": thread, "reply_broadcast": True} if inside else {}
            body = {"text": message.text, "blocks": list(message.blocks), **threaded, **QUIET}
            try:
                await self._web.call("chat.postMessage", channel=channel, **body)
            except SlackError as error:
                refused.append(f"{channel}: {error.error}")
            else:
                return
        if refused:
            log.error("The line about a case could not be posted (%s).", ", ".join(refused))

    async def _channels(self, home: str, asked_in: str, room: str) -> AsyncIterator[str]:
        """Where it may go, best first."""
        prefix = f"slack:{home}/"
        for key in await channels_for(self._roster, prefix, asked_in, room):
            channel = key.removeprefix(prefix)
            if channel != self._channel and await self._is_private(channel):
                yield channel
        if self._channel:
            yield self._channel

    async def _is_private(self, channel: str) -> bool:
        """Whether only its members read it; a direct message is between two, so it tells nobody else."""
        if channel.startswith("D"):
            return False
        at, private = self._private.get(channel, (float("-inf"), False))
        now = self._clock.monotonic()
        if now - at < PRIVATE_SECONDS:
            return private
        try:
            found = (await self._web.call("conversations.info", channel=channel)).get("channel") or {}
        except SlackError as error:
            log.warning("It is not known whether %s is private (%s).", channel, error.error)
            return False
        private = bool(found.get("is_private")) and not found.get("is_ext_shared")
        self._private[channel] = (now, private)
        return private
