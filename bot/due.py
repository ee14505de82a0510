"""Which rooms are to be looked at, and how often that may be: bounded by the number of rooms, whatever comes in."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.ports import Clock
from bot.tasks import within

K = TypeVar("K")
MOST = 10_000
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0


class Due:
    """Rooms in which something happened come first, then those that a sweep names; each once, since its first mark.

    Where something happened in more than `most` rooms, or it is not known in which, `everything` is due: a sweep finds
    them, however many.
    """

    def __init__(self, clock: Clock, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._happened: dict[str, float] = {}
        self._swept: dict[str, float] = {}
        self._woken = asyncio.Event()
        self.everything = False

    def __len__(self) -> int:
        return len(self._happened.keys() | self._swept.keys())

    def mark(self, room: str, *, swept: bool = False) -> None:
        rooms = self._swept if swept else self._happened
        if not swept and room not in rooms and len(rooms) >= self._most:
            self.mark_all()
            return
        rooms.setdefault(room, self._clock.monotonic())
        self._woken.set()

    def mark_all(self) -> None:
        self.everything = True
        self._woken.set()

    def next(self, busy: Container[str], *, happened: bool = False) -> str | None:
        """The next room that nobody is busy with; `happened`: only of those in which something did."""
        kinds = (self._happened,) if happened else (self._happened, self._swept)
        return next((room for rooms in kinds for room in rooms if room not in busy), None)

    def take(self, room: str) -> float:
        """It is looked at; since when (monotonic seconds) it has been due."""
        marks = (rooms.pop(room) for rooms in (self._happened, self._swept) if room in rooms)
        return min(marks)

    def wake(self) -> None:
        self._woken.set()

    async def wait(self, seconds: float) -> None:
        """Until something is marked, or somebody wakes whoever waits, that long at most."""
        try:
            await within(self._clock, seconds, self._woken.wait())
        except TimeoutError:
            return
        finally:
            self._woken.clear()


class Allowance:
    """So many calls a minute, of which a few may come at once."""

    def __init__(self, clock: Clock, a_minute: float, at_once: float) -> None:
        self._clock = clock
        self._rate = a_minute / 60
        self._most = self._left = at_once
        self._at = clock.monotonic()

    def take(self, spare: float = 0.0) -> bool:
        """Whether a call may be made now that leaves `spare` calls for what is more urgent; it is made then."""
        if self.wait_for(spare) > 0:
            return False
        self._left -= 1
        return True

    @property
    def wait(self) -> float:
        """Seconds until the next call may be made."""
        return self.wait_for(0.0)

    def wait_for(self, spare: float) -> float:
        """Seconds until the next call may be made that leaves so many to others."""
        now = self._clock.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._rate)
        self._at = now
        lacking = 1 + spare - self._left
        return lacking / self._rate if lacking > 1e-9 else 0.0


@dataclass(slots=True)
class _Failure:
    since: float
    count: int = 0
    again: float = 0.0


class Retries(Generic[K]):
    """Where something failed: it is tried again for ever, less often the more often it fails."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: dict[K, _Failure] = {}

    def __iter__(self) -> Iterator[K]:
        return iter(self._failures)

    def __contains__(self, key: K) -> bool:
        return key in self._failures

    def since(self, key: K, moment: float) -> float:
        """That moment, or the earlier one at which it was due for what then failed."""
        failure = self._failures.get(key)
        return moment if failure is None else min(moment, failure.since)

    def waits(self, key: K) -> bool:
        """Whether it has failed, and it is too soon to try it again."""
        failure = self._failures.get(key)
        return failure is not None and self._clock.monotonic() < failure.again

    def fail(self, key: K, since: float = math.inf) -> int:
        """How many times in a row it has failed; `since` is when it was due, where that counts for the next try."""
        failure = self._failures.setdefault(key, _Failure(since))
        failure.since = min(failure.since, since)
        failure.count += 1
        failure.again = self._clock.monotonic() + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failure.count - 1, 10))
        return failure.count

    def settle(self, key: K) -> None:
        self._failures.pop(key, None)

    def due(self) -> list[K]:
        """Those whose pause is over; each is handed out once in a pause."""
        now = self._clock.monotonic()
        found = [key for key, failure in self._failures.items() if failure.again <= now]
        for key in found:
            self._failures[key].again = now + LONGEST_PAUSE
        return found
