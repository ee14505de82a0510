"""Time for decisions that end: the clock's, without its jumps."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.ports import Clock

JUMP = timedelta(seconds=5)
BELIEVED = 60.0


class Steady:
    """The time of a clock, checked against the seconds that went by.

    A clock that jumps by more than `JUMP` is not believed until it has stood by that for `BELIEVED` seconds: what one
    wrong second ends, the next right one cannot begin again. Smaller steps are followed, as clocks are slewed.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at, self._mark = clock.now(), clock.monotonic()
        self._jumped: tuple[timedelta, float] | None = None

    def now(self) -> datetime:
        shown, mark = self._clock.now(), self._clock.monotonic()
        expected = self._at + timedelta(seconds=mark - self._mark)
        if self._believed(shown - expected, mark):
            self._at, self._mark, self._jumped = shown, mark, None
            return shown
        return expected

    def _believed(self, off: timedelta, mark: float) -> bool:
        if abs(off) <= JUMP:
            return True
        if self._jumped is None or abs(off - self._jumped[0]) > JUMP:
            self._jumped = (off, mark)
        return mark - self._jumped[1] >= BELIEVED
