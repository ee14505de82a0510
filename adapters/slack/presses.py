"""Buttons, menus and selects of an answer, in a message or in a modal."""

from __future__ import annotations

from adapters.answering import ANSWER_SECONDS, Progress
from adapters.pressing import PRESS, replaces
from adapters.slack import limits
from adapters.slack.arrivals import Place, Pressed
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
        kept = Kept.decode(found.view.metadata) if found.view else Kept()
        place = Place(found.place.home, kept.channel, kept.thread) if found.view else found.place
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
        """In the place of the view, or on top of it, from where "back" leads to it again."""
        message = self._desk.rendered(found.sender, reply, limits.VIEW_BLOCKS)
        view, web = answer_view(message, kept), self._desk.web
        assert found.view is not None
        try:
            if not (found.action == PRESS and replaces(reply)):
                try:
                    await web.call("views.push", trigger_id=found.trigger, view=view)
                except SlackError as error:
                    if error.unreachable:
                        raise
                else:
                    return
            await web.call("views.update", view_id=found.view.id, view=view)
        except SlackError:  # the modal is closed by now, or too old: the answer must not be lost
            place = Place(found.place.home, kept.channel, kept.thread)
            await self._desk.delivery.answer(Return(found.sender.id, place), self._desk.rendered(found.sender, reply))
