"""Requests that anybody may send, at a pace that leaves the process to everybody else."""

from __future__ import annotations

from bot.ports import Clock


class Throttle:
    """Lets so many a second through. Of more, each waits its turn: whoever sends one after the other over a connection
    is slowed down to that pace. Whose turn would be too far away waits as long, and is not let through. Nor are those
    beyond so many who wait, and they do not wait."""

    def __init__(
        self, clock: Clock, a_second: float, at_once: float, most_seconds: float, most_waiting: int = 1000
    ) -> None:
        self._clock = clock
        self._pause = 1 / a_second
        self._head_start = at_once * self._pause
        self._most = most_seconds
        self._most_waiting = most_waiting
        self._waiting = 0
        self._next = float("-inf")

    async def let_through(self) -> bool:
        now = self._clock.monotonic()
        turn = max(self._next, now - self._head_start) + self._pause
        wait = turn - now
        if wait > 0 and self._waiting >= self._most_waiting:
            return False
        if wait > self._most:
            await self._wait(self._most)
            return False
        self._next = turn
        if wait > 0:
            await self._wait(wait)
        return True

    async def _wait(self, seconds: float) -> None:
        self._waiting += 1
        try:
            await self._clock.sleep(seconds)
        finally:
            self._waiting -= 1
