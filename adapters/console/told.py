"""What nobody asked for, at the console: shown to whoever sits there, if the room is one of theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adapters.console.session import Session
from bot.reply import Reply


class Told:
    """The console as one of the chats.

    A line comes at any moment, and a number that is being typed must not change its meaning: so none of its buttons
    can be pressed here. All that they do can be typed.
    """

    name = "console"
    ready = True

    def __init__(self, session: Session, show: Callable[[Reply], object]) -> None:
        self._session = session
        self._show = show

    async def tell(self, room: str, line: Reply) -> bool:
        if not (await self._session.moderator()).may_see(room):
            return False
        self._show(replace(line, buttons=()))
        return True
