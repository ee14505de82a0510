"""Where the public line of a write goes, and what nobody asked for, on every chat: to whom the room concerns, and to
nobody else."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

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
        refused: dict[str, str] = {}
        following = await channels_for(self._roster, prefix, asked_in, room)
        if not await self._first(self._best_first(following), post, refused) and refused:
            log.error("The line about a case could not be posted (%s).", _why(refused))

    async def tell_all(self, prefix: str, room: str, post: Post) -> bool:
        """Post what nobody asked for: once in each workspace or server of which a channel follows the room, else in the
        moderation channel. Whether any channel took it."""
        refused: dict[str, str] = {}
        told = False
        by_home: defaultdict[str, list[str]] = defaultdict(list)
        for key in await channels_for(self._roster, prefix, "", room):
            by_home[key.rpartition("/")[0]].append(key)
        for following in by_home.values():
            told |= await self._first(self._private(following), post, refused)
        told = told or await self._first(self._best_first(()), post, refused)
        if not told and refused:
            log.error("A line could not be posted (%s).", _why(refused), extra={"room": room})
        return told

    async def _first(self, channels: AsyncIterator[str], post: Post, refused: dict[str, str]) -> bool:
        """Whether one of them took it; why the others did not is added to what was refused."""
        async for channel in channels:
            if channel not in refused:
                if not (why := await post(channel)):
                    return True
                refused[channel] = why
        return False

    async def _best_first(self, following: Sequence[str]) -> AsyncIterator[str]:
        async for channel in self._private(following):
            if channel != self._channel:
                yield channel
        if self._channel:
            yield self._channel

    async def _private(self, following: Sequence[str]) -> AsyncIterator[str]:
        """The channels of these keys that only their members read; of the moderation channel that is taken on trust."""
        for key in following:
            channel = key.rpartition("/")[2]
            if channel == self._channel or await self._is_private(channel):
                yield channel


def _why(refused: Mapping[str, str]) -> str:
    return ", ".join(f"{channel}: {why}" for channel, why in refused.items())
