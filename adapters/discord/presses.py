"""Buttons and selects of an answer, and the modals behind them."""

from __future__ import annotations

import asyncio

from adapters.answering import Progress
from adapters.discord.arrivals import Pressed, Submitted
from adapters.discord.components import REASON
from adapters.discord.delivery import Delivery
from adapters.discord.desk import Desk
from adapters.discord.invocations import channel_of, of_modal
from adapters.discord.modals import reason_modal
from adapters.discord.offer import OFFER, taken
from adapters.discord.render import render
from adapters.pressing import BESIDE, PRESS, replaces
from bot.authorise import authorise
from bot.command import Invocation
from bot.errors import Refused
from bot.people import ChatUser
from bot.reply import Reply, Tone, say

KNOWN_SECONDS = 1.0  # a modal has to be the response itself, which Discord takes for 3 s
NOT_YOURS = Reply(
    Tone.ERROR, say("This is for whoever wrote the message above. Nothing was done. Mention Usher yourself, or type /.")
)
UNKNOWN = Reply(Tone.ERROR, say("Usher does not know this any more. Nothing was done. Type the command instead."))


class Presses:
    """`_replacing` are the messages whose place an answer is about to take: nobody else's takes it meanwhile."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._replacing: set[str] = set()

    async def pressed(self, found: Pressed, back: Delivery) -> None:
        """Carry out what the button stands for, and show the answer where it was pressed."""
        if found.action == REASON and found.value.isdecimal():
            await self._reason(found, back)
        elif found.action in (PRESS, BESIDE):
            instead = found.action == PRESS and (found.ephemeral or found.place.direct)
            await self._carried_out(found, found.value, back, instead=instead)
        elif found.action == OFFER:
            await self._went_on(found, back)
        else:
            await self._desk.answer(back, UNKNOWN)

    async def _reason(self, found: Pressed, back: Delivery) -> None:
        """Ask for a reason in a modal; whoever may give none in any room is told so before they write one."""
        desk, user = self._desk, found.sender.user
        if await self._may("reason", user):
            await back.ask(reason_modal(found.value))
            return
        options = {"n": found.value}
        asked = Invocation(user, channel_of(found.place, user), "reason", found.key, options=options, menus=True)
        await desk.answered(back, desk.under_way.begin(desk.asked(found.place, Progress(asked), back)))

    async def _may(self, name: str, user: ChatUser) -> bool:
        """Whether somebody may use that command, as far as that is known in time."""
        services = self._desk.dispatcher.services
        try:
            async with asyncio.timeout(KNOWN_SECONDS):
                moderator = await self._desk.dispatcher.moderator(user)
        except TimeoutError:
            return True
        return not isinstance(authorise(moderator, services.registry[name], services.policy), Refused)

    async def _went_on(self, found: Pressed, back: Delivery) -> None:
        """Carry out what somebody wrote in a channel; the button for it has served, also where that was refused."""
        author, token = taken(found.value)
        if author != found.sender.id:
            await self._desk.answer(back, NOT_YOURS)
            return
        await self._carried_out(found, token, back)
        await back.withdraw()

    async def _carried_out(self, found: Pressed, token: str, back: Delivery, *, instead: bool = False) -> None:
        """A message that others read is never replaced by what is for one person."""
        desk, user = self._desk, found.sender.user
        progress = Progress(Invocation(user, channel_of(found.place, user), "", found.key, menus=True))
        task = desk.under_way.begin(desk.pressed(found.place, progress, token, back))
        if not instead or found.message in self._replacing:
            await desk.answered(back, task)
            return
        self._replacing.add(found.message)
        try:
            await self._replaced(progress, back, task)
        finally:
            self._replacing.discard(found.message)

    async def _replaced(self, progress: Progress, back: Delivery, task: asyncio.Task[Reply]) -> None:
        """Show the answer in the place of what was pressed. What takes long is said there meanwhile, without buttons;
        a question that still stands after it comes back, and the answer stands beside it."""
        desk, shown = self._desk, False
        if not await desk.ready(task):
            await back.defer(instead=True)
            if await progress.until_known(task):
                shown = await back.meanwhile(render(progress.said, desk.names))
        reply = await task
        stands = not replaces(reply)
        if stands and shown:
            stands = await back.put_back()
        await desk.answer(back, reply, instead=not stands)

    async def submitted(self, found: Submitted, back: Delivery) -> None:
        """Do what the modal asks for; its answer stands beside the message that it was opened from."""
        desk, asked = self._desk, of_modal(found)
        if asked is None:
            await desk.answer(back, UNKNOWN)
        else:
            await desk.answered(back, desk.under_way.begin(desk.asked(found.place, Progress(asked), back)))
