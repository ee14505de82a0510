"""`/healthz` and `/readyz`: whether this process lives, and whether all that it needs is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from adapters.channels import Chat
from adapters.wiring import House
from bot.errors import BotError
from bot.ports import Clock

HEALTH_PATH, READY_PATH = "/healthz", "/readyz"
KEPT_SECONDS = 5.0  # what was found holds that long, however often somebody asks
CHECK_SECONDS = 4.0
NOBODY = "usher-readiness"


class Checked:
    """One thing that may not be there, looked at when somebody asks: once for all who ask within some seconds."""

    def __init__(self, clock: Clock, look: Callable[[], Awaitable[object]]) -> None:
        self._clock = clock
        self._look = look
        self._at = float("-inf")
        self._found = ""
        self._lock = asyncio.Lock()

    async def why_not(self) -> str:
        """Empty where it is there."""
        async with self._lock:
            if self._clock.monotonic() - self._at >= KEPT_SECONDS:
                self._found = await self._try()
                self._at = self._clock.monotonic()
            return self._found

    async def _try(self) -> str:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self._look()
        except TimeoutError:
            return "does not answer"
        except BotError as error:
            return f"does not answer as it should ({error.code})"
        return ""


class Health:
    """Of what is not ready it says only what that is, and the kind of error: whoever reads it may be anybody."""

    def __init__(self, house: House, adapters: Sequence[Chat], stopping: Callable[[], bool]) -> None:
        self._supervisor = house.supervisor
        self._adapters = adapters
        self._stopping = stopping
        services = house.services
        self._looked_at = {
            "LiveKit": Checked(services.clock, lambda: services.rooms.list_rooms([NOBODY])),
            "the history": Checked(services.clock, lambda: services.roster.default_room(NOBODY)),
        }

    async def live(self, request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def ready(self, request: web.Request) -> web.Response:
        """200 where all is ready, else 503; its JSON is a contract (docs/http.md)."""
        missing = await self.missing()
        return web.json_response({"ready": not missing, "not_ready": missing}, status=503 if missing else 200)

    async def missing(self) -> dict[str, str]:
        """What is not ready, and why."""
        found = await asyncio.gather(*(one.why_not() for one in self._looked_at.values()))
        missing = {name: why for name, why in zip(self._looked_at, found, strict=True) if why}
        missing |= {chat.name: "is not connected" for chat in self._adapters if not chat.ready}
        loops = self._supervisor.failing - {chat.name for chat in self._adapters}
        missing |= {f"the loop {name}": "failed, and is started again" for name in sorted(loops)}
        return missing | ({"Usher": "is stopping"} if self._stopping() else {})
