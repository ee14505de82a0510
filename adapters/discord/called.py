"""Commands with their options, as people call them, and the one in the menu of a message."""

from __future__ import annotations

from dataclasses import replace

from adapters.answering import Progress
from adapters.boundary import guarded
from adapters.discord.arrivals import Asked, Opened
from adapters.discord.delivery import Delivery
from adapters.discord.desk import Desk
from adapters.discord.invocations import channel_of, of_command
from adapters.found import found_in
from adapters.once import Twice
from bot.command import Invocation
from bot.reply import Reply


class Calls:
    def __init__(self, desk: Desk, twice: Twice[Reply]) -> None:
        self._desk = desk
        self._twice = twice

    async def called(self, found: Asked, back: Delivery) -> None:
        """Respond with the answer if it is ready in time; else say that it is worked on, and answer later.

        Enter pressed twice is one command, and both get its answer.
        """
        progress = Progress(of_command(found, self._desk.reader))
        task, first = self._twice.begun(
            found.sender.user.subject,
            found.same,
            lambda: guarded(self._desk.asked(found.place, progress, back), found.command),
        )
        await self._desk.answered(back, self._desk.under_way.keep(task) if first else task)

    async def opened(self, found: Opened, back: Delivery) -> None:
        """Show who is in the room that the message names; where it names none, or several, in the one that is meant."""
        user = found.sender.user
        progress = Progress(Invocation(user, channel_of(found.place, user), "participants", found.key, menus=True))
        work = guarded(self._people(found, progress, back))
        await self._desk.answered(back, self._desk.under_way.begin(work))

    async def _people(self, found: Opened, progress: Progress, back: Delivery) -> Reply:
        rooms = [room.name for room in await self._desk.suggestions.rooms(found.sender.user, facts=False)]
        named = found_in(found.message, rooms).rooms
        progress.invocation = replace(progress.invocation, room=named[0] if len(named) == 1 else "")
        return await self._desk.asked(found.place, progress, back)
