"""Things that anybody can make happen as often as they like, and that are logged all the same: once a minute."""

from __future__ import annotations

import logging
from collections import Counter

from bot.ports import Clock

LOG_SECONDS = 60.0


class Rarely:
    """`said` is the sentence, with room for how many of what there were since it was last logged."""

    def __init__(self, log: logging.Logger, clock: Clock, said: str) -> None:
        self._log = log
        self._clock = clock
        self._said = said
        self._last = float("-inf")
        self._counted: Counter[str] = Counter()

    def happened(self, what: str) -> None:
        self._counted[what] += 1
        now = self._clock.monotonic()
        if now - self._last >= LOG_SECONDS:
            self._last = now
            counts = ", ".join(f"{count} {what}" for what, count in sorted(self._counted.items()))
            self._log.warning(self._said, counts)
            self._counted.clear()
