"""What reaches a chat adapter twice is done once: an event delivered again, and Enter pressed twice."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.ports import Clock

Answer = TypeVar("Answer")

TWICE_SECONDS = 0.25  # between two presses of one hand, or of a client that sends twice
SLOW_SECONDS = 1.0  # whoever has waited for so long presses again because nothing happened ...
LATE_SECONDS = 1.0  # ... perhaps while the answer was on its way
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
    """Enter pressed twice is the same work with the same answer, as long as nobody can have seen that answer.

    That is while it is under way, and for as long after it as a second press may have been on its way already. Whatever
    else the person asks or presses in between makes it another matter: what was true then may not be true any more.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._latest: dict[str, _Begun[Answer]] = {}

    def begun(
        self, who: str, what: Hashable, work: Callable[[], Coroutine[Any, Any, Answer]]
    ) -> tuple[asyncio.Task[Answer], bool]:
        """The task that does it, and whether it was begun by this call. `who` is the person's subject."""
        now = self._clock.monotonic()
        self._latest = {each: one for each, one in self._latest.items() if one.unseen(now)}
        latest = self._latest.get(who)
        if latest is not None and latest.what == what:
            return latest.task, False
        one = _Begun(what, now, asyncio.create_task(work()))
        one.task.add_done_callback(lambda _: one.finish(self._clock.monotonic()))
        self._latest[who] = one
        return one.task, True

    def went_on(self, who: str) -> None:
        """That person has pressed something."""
        self._latest.pop(who, None)


@dataclass(slots=True)
class _Begun(Generic[Answer]):
    """What a person asked last; `at` and `ended` in monotonic seconds, `ended` None while it is under way."""

    what: Hashable
    at: float
    task: asyncio.Task[Answer]
    ended: float | None = None

    def finish(self, now: float) -> None:
        self.ended = now

    def unseen(self, now: float) -> bool:
        """Whether whoever asks the same now cannot have seen the answer."""
        if self.ended is None:
            return True
        return now - self.ended < (LATE_SECONDS if self.ended - self.at >= SLOW_SECONDS else TWICE_SECONDS)
