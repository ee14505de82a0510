"""Lines that nobody asked for: to the moderators of a room, on every chat of this process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from adapters.boundary import logged
from bot.dispatch import Dispatcher
from bot.plain import plain
from bot.ports import Clock
from bot.reply import Reply, Tone

BEGIN_SECONDS = 15.0  # a chat is given that long, from its start, to connect
LOOK_SECONDS = 0.1
LEVELS = {Tone.OK: logging.INFO, Tone.INFO: logging.INFO, Tone.WARN: logging.WARNING, Tone.ERROR: logging.ERROR}
log = logging.getLogger(__name__)


class Chat(Protocol):
    """A way to people. `ready` says whether they can be reached just now."""

    @property
    def name(self) -> str: ...

    @property
    def ready(self) -> bool: ...

    async def tell(self, room: str, line: Reply) -> bool:
        """Show them a line about that room, in its channels or else the moderation channel; whether anybody got it."""


class Chats:
    """All that have joined, as the core's `Channels`. What could be told to nobody is logged."""

    def __init__(self, dispatcher: Dispatcher, clock: Clock) -> None:
        self._dispatcher = dispatcher
        self._clock = clock
        self._joined: list[tuple[Chat, float]] = []

    def join(self, chat: Chat) -> Callable[[], None]:
        """Tell this one too; call what is returned when it is to be told no more."""
        member = (chat, self._clock.monotonic() + BEGIN_SECONDS)
        self._joined.append(member)
        return lambda: self._joined.remove(member)

    async def tell(self, room: str, reply: Reply) -> bool:
        """See `Channels`; a chat that has only just been started is waited for."""
        if not self._joined:
            log.log(LEVELS[reply.tone], "No chat to say it in: %s", _line(reply), extra=_about(room, reply))
            return False
        line = await self._dispatcher.told(room, reply)
        told = any(await asyncio.gather(*(self._told(chat, until, room, line) for chat, until in tuple(self._joined))))
        if not told:
            log.error("No moderator could be told: %s", _line(line), extra=_about(room, line))
        return told

    async def _told(self, chat: Chat, until: float, room: str, line: Reply) -> bool:
        while not chat.ready and self._clock.monotonic() < until:
            await self._clock.sleep(LOOK_SECONDS)
        try:
            return await chat.tell(room, line)
        except Exception as error:  # noqa: BLE001 - the boundary: the other chats are told all the same
            logged(error)
            return False


def _line(reply: Reply) -> str:
    """The whole of it on one line."""
    return " · ".join(plain(reply).splitlines())


def _about(room: str, reply: Reply) -> dict[str, object]:
    return {"room": room, "case": reply.case}
