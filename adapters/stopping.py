"""How a process that serves is asked to end: the first signal lets it finish, a second one and a deadline do not."""

from __future__ import annotations

import asyncio
import signal
from types import TracebackType
from typing import Any

SIGNALS = (signal.SIGTERM, signal.SIGINT)
LAST_SECONDS = 14.5


class Stop:
    """Inside of its block `asked` is set by SIGTERM or SIGINT. Whatever has not ended 14.5 s later never will: the
    system ends the process then (SIGALRM), as it does at once on a second signal. The history survives both."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Stop:
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            self._before[number] = signal.getsignal(number)
            loop.add_signal_handler(number, self._ask)
        return self

    def _ask(self) -> None:
        self._let_go(signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, LAST_SECONDS)
        self.asked.set()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        self._let_go()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _let_go(self, handler: Any = None) -> None:
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.remove_signal_handler(number)
            if handler is not None:
                signal.signal(number, handler)
