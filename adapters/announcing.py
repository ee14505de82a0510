"""Where the public line of a write goes, on every chat: to whom the room concerns, and to nobody else."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from bot.announce import channels_for
from bot.ports import Roster

log = logging.getLogger(__name__)

Post = Callable[[str], Awaitable[str]]
"""Posts in that channel; why it could not, "" where it did."""


class Places:
    """The private channels that follow the room, else the moderation channel (`""` where there is none)."""

    def __init__(self, roster: Roster, channel: str, is_private: Callable[[str], Awaitable[bool]]) -> None:
        self._roster = roster
        self._channel = channel
        self._is_private = is_private

    async def tell(self, prefix: str, asked_in: str, room: str, post: Post) -> None:
        """Post in the first channel that takes it; of channels that follow a room those below the prefix count."""
        refused: list[str] = []
        async for channel in self._best_first(prefix, asked_in, room):
            if not (why := await post(channel)):
                return
            refused.append(f"{channel}: {why}")
        if refused:
            log.error("The line about a case could not be posted (%s).", ", ".join(refused))

    async def _best_first(self, prefix: str, asked_in: str, room: str) -> AsyncIterator[str]:
        for key in await channels_for(self._roster, prefix, asked_in, room):
            channel = key.rpartition("/")[2]
            if channel != self._channel and await self._is_private(channel):
                yield channel
        if self._channel:
            yield self._channel
