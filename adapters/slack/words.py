"""Commands in words: slash commands, mentions and direct messages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from adapters.answering import Progress, patience
from adapters.boundary import guarded
from adapters.once import Twice
from adapters.slack.arrivals import Typed
from adapters.slack.delivery import Return, acknowledged, fits
from adapters.slack.desk import Desk
from adapters.slack.invocations import of_words
from bot.reply import Reply

Ack = Callable[..., Awaitable[object]]


class Words:
    def __init__(self, desk: Desk, twice: Twice[Reply]) -> None:
        self._desk = desk
        self._twice = twice

    async def slash(self, found: Typed, ack: Ack) -> None:
        """Acknowledge with the answer if it is ready in time; else say what is being done, and answer later."""
        desk = self._desk
        progress = self._progress(found)
        task = self._begun(found, progress)
        await asyncio.wait({task}, timeout=patience(desk.under_way))
        if task.done():
            answer = acknowledged(desk.rendered(found.sender, task.result()))
            if fits(answer):
                await ack(**answer)
                return
        await ack(**acknowledged(desk.rendered(found.sender, progress.said)))
        desk.under_way.begin(self._later(found, task))

    async def said(self, found: Typed) -> None:
        """A mention, which is answered in its thread, or a direct message."""
        await self._answered(found, await self._begun(found, self._progress(found)))

    async def _later(self, found: Typed, task: asyncio.Task[Reply]) -> None:
        await self._answered(found, await task)

    async def _answered(self, found: Typed, reply: Reply) -> None:
        back = Return(found.sender.id, found.place, found.answer_url)
        await self._desk.delivery.answer(back, self._desk.rendered(found.sender, reply))

    def _progress(self, found: Typed) -> Progress:
        invocation = of_words(found, self._desk.reader(found.sender.home), found.sender.user)
        return Progress(replace(invocation, menus=True))

    def _begun(self, found: Typed, progress: Progress) -> asyncio.Task[Reply]:
        """Enter pressed twice is one command, and both get its answer."""
        who = found.sender.user.subject
        task, first = self._twice.begun(who, found.same, lambda: guarded(self._asked(found, progress)))
        return self._desk.under_way.keep(task) if first else task

    async def _asked(self, found: Typed, progress: Progress) -> Reply:
        user = await self._desk.user(found.sender)
        progress.invocation = replace(progress.invocation, user=user)
        return await self._desk.asked(found.sender, progress, found.place.thread)
