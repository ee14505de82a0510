"""Buttons, menus and selects of an answer, in a message or in a modal."""

from __future__ import annotations

from adapters.answering import ANSWER_SECONDS, Progress
from adapters.pressing import PRESS, replaces
from adapters.slack import limits
from adapters.slack.arrivals import Pressed
from adapters.slack.blocks import Block
from adapters.slack.delivery import Return
from adapters.slack.desk import Desk
from adapters.slack.invocations import channel_of
from adapters.slack.views import Kept, answer_view
from adapters.slack.web import SlackError
from bot.command import Invocation
from bot.reply import Reply


class Presses:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def pressed(self, found: Pressed) -> None:
        """Carry out what the button stands for, and show the answer where it was pressed."""
        user = await self._desk.user(found.sender)
        kept = Kept.of(found.view)
        place = kept.place(found.place.home) if found.view else found.place
        progress = Progress(Invocation(user, channel_of(place, user), "", found.key, menus=True))
        task, done = await self._desk.answering.within(
            ANSWER_SECONDS, self._desk.pressed(found.sender, progress, found.value, place.thread)
        )
        if found.view is not None:
            await self._in_view(found, kept, await task)
            return
        if not done:
            await self._beside(found, progress.said)
        reply: Reply = await task
        await self._beside(found, reply, instead=found.action == PRESS and replaces(reply))

    async def _beside(self, found: Pressed, reply: Reply, *, instead: bool = False) -> None:
        """A message that others read is never replaced by what is for one person."""
        own = found.ephemeral or found.place.direct
        back = Return(found.sender.id, found.place, found.answer_url)
        await self._desk.delivery.answer(back, self._desk.rendered(found.sender, reply), instead=instead and own)

    async def _in_view(self, found: Pressed, kept: Kept, reply: Reply) -> None:
        """In the place of the view, or on top of it, from where "back" leads to it again; where what stands there must
        not be lost, and nothing can be put on top, in a message."""
        message = self._desk.rendered(found.sender, reply, limits.VIEW_BLOCKS)
        view = answer_view(message, kept)
        assert found.view is not None
        try:
            if not (found.action == PRESS and replaces(reply)) and await self._pushed(found.trigger, view):
                return
            if not reply.late:
                await self._desk.web.call("views.update", view_id=found.view.id, view=view)
                return
        except SlackError:
            pass  # the modal is closed by now, or too old
        back = Return(found.sender.id, kept.place(found.place.home))
        await self._desk.delivery.answer(back, self._desk.rendered(found.sender, reply))

    async def _pushed(self, trigger: str, view: Block) -> bool:
        """Whether Slack put it on top: not when there are three views already, or the trigger is too old."""
        try:
            await self._desk.web.call("views.push", trigger_id=trigger, view=view)
        except SlackError as error:
            if error.unreachable:
                raise
            return False
        return True
