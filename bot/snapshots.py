"""What LiveKit said a moment ago, shared by all who ask again: whoever types must not hammer it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.errors import RoomError
from bot.ports import Clock
from bot.tasks import within

Seen = TypeVar("Seen")
FETCH_SECONDS = 5.0  # a look that takes longer is given up
SHOWN_SECONDS = 15.0  # what is older is not shown, however long LiveKit takes: too much of it is not true any more
KEPT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Snapshot(Generic[Seen]):
    seen: Seen | None
    at: float


class Snapshots(Generic[Seen]):
    """The latest look at each room; one look at a time for each, for whomever it is that waits."""

    def __init__(self, clock: Clock, look: Callable[[str], Coroutine[Any, Any, Seen]], fresh_seconds: float) -> None:
        self._clock = clock
        self._look = look
        self._fresh = fresh_seconds
        self._latest: dict[str, _Snapshot[Seen]] = {}
        self._under_way: dict[str, asyncio.Task[Seen | None]] = {}

    async def get(self, room: str, until: float, fresh_seconds: float | None = None) -> Seen | None:
        """What is there, no older than a moment; when it is not there by `until` (monotonic), the look before.

        None when there is no such look, and when LiveKit could not be asked. `fresh_seconds` is another moment.
        """
        fresh = self._fresh if fresh_seconds is None else fresh_seconds
        if (latest := self._no_older(room, fresh)) is not None:
            return latest.seen
        task = self._under_way.get(room) or self._begin(room)
        try:
            await within(self._clock, until - self._clock.monotonic(), _ended(task))
        except TimeoutError:
            latest = self._no_older(room, SHOWN_SECONDS)
            return latest.seen if latest is not None else None
        return None if task.cancelled() else task.result()

    def _no_older(self, room: str, seconds: float) -> _Snapshot[Seen] | None:
        latest = self._latest.get(room)
        return latest if latest is not None and self._clock.monotonic() - latest.at < seconds else None

    def _begin(self, room: str) -> asyncio.Task[Seen | None]:
        """Look, and keep what is seen also when nobody waits for it any more."""
        task = asyncio.create_task(self._kept(room))
        self._under_way[room] = task
        task.add_done_callback(lambda _: self._under_way.pop(room))
        return task

    async def _kept(self, room: str) -> Seen | None:
        seen: Seen | None = None
        with suppress(RoomError, TimeoutError):  # kept as nothing: a server in trouble is not asked again at once
            seen = await within(self._clock, FETCH_SECONDS, self._look(room))
        now = self._clock.monotonic()
        self._latest = {name: one for name, one in self._latest.items() if now - one.at < KEPT_SECONDS}
        self._latest[room] = _Snapshot(seen, now)
        return seen

    async def aclose(self) -> None:
        """Give up what is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _ended(task: asyncio.Task[Seen | None]) -> None:
    """Wait without holding it: whoever gives up waiting does not stop the others' look."""
    await asyncio.wait({task})
