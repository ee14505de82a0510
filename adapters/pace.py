"""How often anybody may have something done that costs everybody: so many times within so many seconds, by key."""

from __future__ import annotations

from collections import OrderedDict, deque

from bot.bounded import keep
from bot.ports import Clock

MOST_KEYS = 10_000


class Pace:
    def __init__(self, clock: Clock, most: int, seconds: float) -> None:
        self._clock = clock
        self._most = most
        self._seconds = seconds
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, key: str) -> bool:
        """Whether it may happen now; what may not does not count."""
        now = self._clock.monotonic()
        times = self._times.get(key, deque())
        while times and now - times[0] >= self._seconds:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        keep(self._times, key, times, MOST_KEYS)
        return True
