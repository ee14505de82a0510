"""Commands with their options, as people call them."""

from __future__ import annotations

from adapters.answering import Progress
from adapters.boundary import guarded
from adapters.discord.arrivals import Asked
from adapters.discord.delivery import Delivery
from adapters.discord.desk import Desk
from adapters.discord.invocations import of_command
from adapters.once import Twice
from bot.reply import Reply


class Calls:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._twice: Twice[Reply] = Twice(desk.dispatcher.services.clock)

    async def called(self, found: Asked, back: Delivery) -> None:
        """Respond with the answer if it is ready in time; else say that it is worked on, and answer later.

        Enter pressed twice is one command, and both get its answer.
        """
        progress = Progress(of_command(found, self._desk.reader))
        task, first = self._twice.begun(
            found.same, lambda: guarded(self._desk.asked(found.place, progress, back), found.command)
        )
        await self._desk.answered(back, self._desk.under_way.keep(task) if first else task)
