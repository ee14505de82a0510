"""One supervisor for every background loop: it logs, backs off and starts again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.errors import BotError
from bot.ports import Clock

FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0
WELL_SECONDS = 10.0  # a loop that runs that long after a failure is well again
log = logging.getLogger(__name__)


class Supervisor:
    """Keeps loops going, each by its name."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._failed: dict[str, float] = {}

    @property
    def failing(self) -> set[str]:
        """The loops that have failed and not yet run well for some seconds since."""
        now = self._clock.monotonic()
        return {name for name, well_at in self._failed.items() if now < well_at}

    def start(self, name: str, loop: Callable[[], Awaitable[object]], longest: float = LONGEST_WAIT) -> None:
        """Run it until it returns; whenever it fails, again, after `longest` seconds at most."""
        self._tasks[name] = asyncio.create_task(self._keep(name, loop, longest), name=name)

    async def _keep(self, name: str, loop: Callable[[], Awaitable[object]], longest: float) -> None:
        wait = FIRST_WAIT
        while True:
            begun = self._clock.monotonic()
            try:
                await loop()
            except Exception as error:  # noqa: BLE001 - whatever it is, the other loops go on
                if self._clock.monotonic() - begun > LONGEST_WAIT:
                    wait = FIRST_WAIT  # it had been well meanwhile
                log.error("The loop %r failed (%s); it starts again in %.1f s.", name, _safe(error), wait)
                self._failed[name] = self._clock.monotonic() + wait + WELL_SECONDS
                await self._clock.sleep(wait)
                wait = min(2 * wait, longest)
            else:
                self._failed.pop(name, None)
                return

    async def settle(self, name: str, seconds: float) -> None:
        """Give a loop that ends by itself a moment to do so."""
        if (task := self._tasks.get(name)) is not None:
            await asyncio.wait({task}, timeout=seconds)

    async def aclose(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


def _safe(error: Exception) -> str:
    """Its kind, and its words where they are meant for anybody."""
    kind = type(error).__name__
    return f"{kind}: {error.user_text}" if isinstance(error, BotError) else kind
