"""The public line of a write, and what nobody asked for: in private channels that follow the room, else in the
moderation channel."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from adapters.announcing import Places
from adapters.slack.delivery import QUIET
from adapters.slack.render import Message
from adapters.slack.web import SlackError, Web
from bot.ports import Clock, Roster

PRIVATE_SECONDS = 600.0  # a channel rarely becomes public
log = logging.getLogger(__name__)


class Announcer:
    def __init__(self, web: Web, roster: Roster, clock: Clock, channel: str = "") -> None:
        """`channel` is the moderation channel ("" where there is none)."""
        self._web = web
        self._clock = clock
        self._places = Places(roster, channel, self._is_private)
        self._private: dict[str, tuple[float, bool]] = {}

    async def tell(self, home: str, asked_in: str, thread: str, room: str, message: Message) -> None:
        """Post the line. A command in a thread of that channel has it there, and in the channel too."""

        async def post(channel: str) -> str:
            inside = bool(thread) and asked_in.endswith(f"/{channel}")
            threaded = {"thread_ts": thread, "reply_broadcast": True} if inside else {}
            return await self._posted(channel, {**message.body, **threaded})

        await self._places.tell(f"slack:{home}/", asked_in, room, post)

    async def tell_all(self, home: str, room: str, message: Message) -> bool:
        """Post a line that nobody asked for; whether any channel took it."""
        return await self._places.tell_all(f"slack:{home}/", room, lambda channel: self._posted(channel, message.body))

    async def _posted(self, channel: str, body: Mapping[str, Any]) -> str:
        try:
            await self._web.call("chat.postMessage", channel=channel, **{**body, **QUIET})
        except SlackError as error:
            return error.error
        return ""

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
