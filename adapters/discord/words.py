"""Commands in words: messages that begin with a mention of the bot, and direct messages."""

from __future__ import annotations

from adapters.answering import Progress
from adapters.boundary import guarded
from adapters.discord.arrivals import Said
from adapters.discord.desk import Desk
from adapters.discord.invocations import channel_of
from adapters.discord.offer import HELP, label, offer
from adapters.discord.replying import Replying
from adapters.once import Twice
from bot import offering
from bot.command import Invocation
from bot.reply import Reply


class Words:
    def __init__(self, desk: Desk, twice: Twice[Reply]) -> None:
        self._desk = desk
        self._twice = twice

    async def said(self, found: Said, back: Replying) -> None:
        """Answer a direct message. Below one in a channel, where others would read the answer, offer to go on."""
        desk, user = self._desk, found.sender.user
        line = desk.reader.line(found.text, found.place.guild, found.seen)
        invocation = Invocation(user, channel_of(found.place, user), line or HELP, found.key, menus=True)
        if found.place.direct:
            await self._answered(found, invocation, back)
        else:
            await self._offered(invocation, back)

    async def _answered(self, found: Said, invocation: Invocation, back: Replying) -> None:
        """Enter pressed twice is one command, and both get its answer."""
        desk = self._desk
        task, first = self._twice.begun(
            invocation.user.subject,
            found.same,
            lambda: guarded(desk.asked(found.place, Progress(invocation), back)),
        )
        await desk.answered(back, desk.under_way.keep(task) if first else task)

    async def _offered(self, invocation: Invocation, back: Replying) -> None:
        shown = label(invocation.text, self._desk.commands, self._desk.names)
        services = self._desk.dispatcher.services
        kept = await offering.kept(services, invocation, shown)
        message = offer(kept, invocation.user.id)
        await back.answer(message, message)
