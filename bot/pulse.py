"""How enforcement is doing, in plain numbers: for answers (`/orders`), for health and for metrics."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

REMEMBERED = 200


@dataclass(slots=True)
class Pulse:
    """Moments are monotonic seconds of the clock, None where there has been none; lengths are seconds.

    `begun` is when enforcement began in this process, None where it does not run here. `webhook` is when the newest
    verified webhook arrived, `swept` when a sweep was last finished, `interval` how long the next one waits. `delays`
    are how long the latest changes took, from the moment that their room became due until the room showed them.
    `stuck` are the ids of orders that could not be carried out lately. Each of `observers` is told each delay.
    """

    begun: float | None = None
    webhook: float | None = None
    swept: float | None = None
    interval: float = 0.0
    orders: int = 0
    due: int = 0
    failing: str = ""
    stuck: frozenset[int] = frozenset()
    delays: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    observers: list[Callable[[float], None]] = field(default_factory=list)

    def delayed(self, seconds: float) -> None:
        self.delays.append(seconds)
        for observe in self.observers:
            observe(seconds)
