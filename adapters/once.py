"""What reaches a chat adapter twice is done once: an event delivered again, and Enter pressed twice."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from bot.ports import Clock

Answer = TypeVar("Answer")

TWICE_SECONDS = 3.0
SEEN_SECONDS = 3600.0  # platforms deliver an event again within minutes
MOST_SEEN = 50_000


class Seen:
    """Keys of events that have arrived, for a while; the newest `most` of them."""

    def __init__(self, clock: Clock, most: int = MOST_SEEN, seconds: float = SEEN_SECONDS) -> None:
        self._clock = clock
        self._most = most
        self._seconds = seconds
        self._at: OrderedDict[str, float] = OrderedDict()

    def first(self, key: str) -> bool:
        """Whether this key is new. An empty key says nothing: it always is."""
        if not key:
            return True
        now = self._clock.monotonic()
        while self._at and (len(self._at) > self._most or now - next(iter(self._at.values())) > self._seconds):
            self._at.popitem(last=False)
        if key in self._at:
            return False
        self._at[key] = now
        return True


class Twice(Generic[Answer]):
    """The same asked again while it is under way, or just after it began, is the same work with the same answer.

    Unless the person has pressed something since: they have seen the answer, and it may not be true any more.
    """

    def __init__(self, clock: Clock, seconds: float = TWICE_SECONDS) -> None:
        self._clock = clock
        self._seconds = seconds
        self._under_way: dict[tuple[str, Hashable], tuple[float, asyncio.Task[Answer]]] = {}

    def begun(
        self, who: str, what: Hashable, work: Callable[[], Coroutine[Any, Any, Answer]]
    ) -> tuple[asyncio.Task[Answer], bool]:
        """The task that does it, and whether it was begun by this call. `who` is the person's subject."""
        now, key = self._clock.monotonic(), (who, what)
        self._forget(lambda _, at: now - at >= self._seconds)
        if key in self._under_way:
            return self._under_way[key][1], False
        task = asyncio.create_task(work())
        self._under_way[key] = (now, task)
        return task, True

    def went_on(self, who: str) -> None:
        """That person has pressed something."""
        self._forget(lambda one, _: one == who)

    def _forget(self, over: Callable[[str, float], bool]) -> None:
        """Of what is done."""
        done = [key for key, (at, task) in self._under_way.items() if task.done() and over(key[0], at)]
        for key in done:
            del self._under_way[key]
