"""What every chat shares between an event and its answer: the core is asked, bugs are caught, a write is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from adapters.boundary import guarded
from adapters.under_way import UnderWay
from bot.command import BoundInvocation, Invocation
from bot.dispatch import Dispatcher
from bot.reply import Reply
from bot.working import working

Answer = TypeVar("Answer")

ANSWER_SECONDS = 1.5  # an answer that is ready by then is the acknowledgement itself
CROWDED_SECONDS = 0.5  # ... and by then, while more than that many things are under way
CROWD = 40
KNOWN_SECONDS = 0.2  # how often it is asked what a task turned out to do


def patience(under_way: UnderWay) -> float:
    """How many seconds an acknowledgement waits for its answer.

    What is under way at the same moment may all go on at once, and keep acknowledgements from leaving in time.
    """
    return CROWDED_SECONDS if len(under_way) > CROWD else ANSWER_SECONDS


@dataclass(slots=True)
class Progress:
    """What is being done, as far as it is known by now."""

    invocation: Invocation
    bound: BoundInvocation | None = None

    def see(self, bound: BoundInvocation) -> None:
        self.bound = bound

    async def until_known(self, task: asyncio.Task[Reply]) -> bool:
        """Wait until it is known what that task does, or the task is done; whether it is still under way then."""
        while self.bound is None and not task.done():
            await asyncio.wait({task}, timeout=KNOWN_SECONDS)
        return not task.done()

    @property
    def said(self) -> Reply:
        return working(self.invocation, self.bound)


Tell = Callable[[Reply, str], Coroutine[Any, Any, object]]
"""Posts a public line, which is about that room."""


class Answering:
    def __init__(self, dispatcher: Dispatcher, under_way: UnderWay) -> None:
        self._dispatcher = dispatcher
        self._under_way = under_way

    async def asked(self, progress: Progress, tell: Tell) -> Reply:
        """The core's answer to the words or options of the invocation."""
        invocation = progress.invocation
        work = self._dispatcher.handle(invocation, progress.see)
        return self._told(tell, await guarded(work, invocation.text.split(" ", 1)[0].lstrip("/")))

    async def pressed(self, progress: Progress, token: str, tell: Tell) -> Reply:
        """The core's answer to the button behind that token."""
        on = progress.invocation
        work = self._dispatcher.press(
            on.user, on.channel, token, on.event_key, menus=on.menus, watch=progress.see
        )  # fmt: skip
        return self._told(tell, await guarded(work))

    async def within(self, seconds: float, work: Coroutine[Any, Any, Answer]) -> tuple[asyncio.Task[Answer], bool]:
        """The work, begun; and whether it was done after so many seconds."""
        task = self._under_way.begin(work)
        done, _ = await asyncio.wait({task}, timeout=seconds)
        return task, bool(done)

    def _told(self, tell: Tell, reply: Reply) -> Reply:
        if reply.public is not None:
            self._under_way.begin(tell(reply.public, reply.room))
        return reply
