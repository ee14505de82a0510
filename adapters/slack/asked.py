"""The same question to Slack for many commands: asked once at a time, its answer dated, a failure not repeated at once.

So no command waits long for Slack, and how old an answer may be is decided where it is used.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

from adapters.slack.wire import SlackError
from bot.ports import Clock
from bot.tasks import within

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")

FRESH_SECONDS = 60.0
WAIT_SECONDS = 2.5
WAIT_WITH_OLDER_SECONDS = 1.0
HELD_OFF_SECONDS = 5.0
AT_ONCE = 8
MOST = 2000


@dataclass(frozen=True, slots=True)
class Found(Generic[Answer]):
    """The newest answer, its age in seconds since it was asked for, and the failure to get a newer one, if any.

    Without an answer the age is infinite. An old one without a failure means that Slack is slow.
    """

    answer: Answer | None = None
    age: float = inf
    failure: SlackError | None = None

    @property
    def fresh(self) -> bool:
        return self.age <= FRESH_SECONDS


@dataclass(slots=True, eq=False)
class _Question(Generic[Answer]):
    answer: Answer | None = None
    asked_at: float = -inf
    failure: SlackError | None = None
    failed_at: float = -inf
    task: asyncio.Task[None] | None = None
    begun_at: float = -inf

    def found(self, now: float) -> Found[Answer]:
        return Found(self.answer, now - self.asked_at, self.failure)


class Asked(Generic[Key, Answer]):
    """The answers of `ask`, which raises `SlackError`. One older than `usable` seconds is as good as none."""

    def __init__(self, ask: Callable[[Key], Awaitable[Answer]], clock: Clock, usable: float, most: int = MOST) -> None:
        self._ask = ask
        self._clock = clock
        self._usable = usable
        self._most = most
        self._questions: OrderedDict[Key, _Question[Answer]] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()  # the loop itself holds them weakly
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def get(self, key: Key) -> Found[Answer]:
        """A fresh answer, else what there is after some waiting: less of it where an older answer is usable.

        The waiting counts from when Slack was asked: whoever comes while it does not answer does not wait as well.
        """
        started = self._clock.monotonic()
        while True:
            question = self._question(key)
            found = question.found(self._clock.monotonic())
            if found.fresh or (task := self._asking(key, question)) is None:
                return found
            wait = WAIT_WITH_OLDER_SECONDS if found.age <= self._usable else WAIT_SECONDS
            in_time = await self._over(task, min(started, question.begun_at) + wait - self._clock.monotonic())
            if not in_time or self._questions.get(key) is question:
                return self._question(key).found(self._clock.monotonic())

    def forget(self, which: Callable[[Key], bool]) -> None:
        """Use no answer to these questions any more, and none that is under way: it may tell what was before."""
        for key in [key for key in self._questions if which(key)]:
            del self._questions[key]

    def _question(self, key: Key) -> _Question[Answer]:
        question = self._questions.setdefault(key, _Question())
        self._questions.move_to_end(key)
        if len(self._questions) > self._most:
            self._questions.popitem(last=False)
        return question

    def _asking(self, key: Key, question: _Question[Answer]) -> asyncio.Task[None] | None:
        """The asking under way, begun if need be; None while the last failure is too recent to try again."""
        now = self._clock.monotonic()
        if question.task is None and now - question.failed_at >= HELD_OFF_SECONDS:
            question.begun_at = now
            question.task = asyncio.create_task(self._put(key, question))
            self._tasks.add(question.task)
            question.task.add_done_callback(self._tasks.discard)
        return question.task

    async def _put(self, key: Key, question: _Question[Answer]) -> None:
        try:
            async with self._gate:
                asked_at = self._clock.monotonic()
                answer = await self._ask(key)
            question.answer, question.asked_at, question.failure = answer, asked_at, None
        except SlackError as error:
            question.failure, question.failed_at = error, self._clock.monotonic()
        finally:
            question.task = None

    async def _over(self, task: asyncio.Task[None], seconds: float) -> bool:
        """Whether it is done after so many seconds; it goes on when it is not."""
        if seconds <= 0:
            return False
        try:
            await within(self._clock, seconds, _done(task))
        except TimeoutError:
            return False
        return True


async def _done(task: asyncio.Task[None]) -> None:
    await asyncio.shield(task)
