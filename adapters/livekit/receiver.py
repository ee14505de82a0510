"""`POST /webhooks/livekit`: a genuine webhook makes its room due, and nothing else comes of it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable

from aiohttp import web

from adapters.http import body_of
from adapters.livekit.tokens import Credentials, KeySource
from adapters.livekit.webhooks import Malformed, NotGenuine, room_of, signed_digest
from adapters.rarely import Rarely
from adapters.throttle import Throttle
from bot.ports import Clock

WEBHOOKS_PATH = "/webhooks/livekit"
A_SECOND, AT_ONCE = 500.0, 500.0
WAIT_SECONDS = 1.0
REREAD_SECONDS = 5.0  # a key file is looked at so often at most, however many forged webhooks come
log = logging.getLogger(__name__)


class WebhookReceiver:
    """`mark` has the room of each genuine webhook. `mark_all` is called, once a second at most, where more come than
    are read: any room may be due then.

    A webhook that is not read is answered like one that is, since LiveKit would send it again. `counted` has how many
    were `genuine`, `refused` and `unread`.
    """

    def __init__(
        self,
        key: Credentials | KeySource,
        clock: Clock,
        mark: Callable[[str], object],
        mark_all: Callable[[], object],
    ) -> None:
        self._source = key
        self._key = key if isinstance(key, Credentials) else None
        self._clock = clock
        self._mark = mark
        self._mark_all = mark_all
        self._throttle = Throttle(clock, A_SECOND, AT_ONCE, WAIT_SECONDS)
        self._reread = self._marked_all = float("-inf")
        self._unmarked = Rarely(log, clock, "Webhooks that make no room due: %s.")
        self.counted: Counter[str] = Counter()

    async def receive(self, request: web.Request) -> web.Response:
        """200 for what is genuine, 400 where it cannot be read, 401 for the rest; with no word about why."""
        if not await self._throttle.let_through():
            self._flooded()
            return web.Response(headers={"Connection": "close"})
        try:
            digest = await self._signed(request.headers.get("Authorization", ""))
            room = room_of(await body_of(request), digest)  # read only now: whoever cannot sign fills no memory
        except NotGenuine:
            return self._refused("not genuine", 401)
        except Malformed:
            return self._refused("malformed", 400)
        self.counted["genuine"] += 1
        self._mark(room)
        return web.Response()

    async def _signed(self, authorization: str) -> bytes:
        at = self._clock.now().timestamp()
        try:
            return signed_digest(authorization, await self._current(), at)
        except NotGenuine:
            if not await self._changed():
                raise
        return signed_digest(authorization, await self._current(), at)

    async def _current(self) -> Credentials:
        if self._key is None and not await self._changed():
            raise NotGenuine
        assert self._key is not None
        return self._key

    async def _changed(self) -> bool:
        """Read a key that is kept in a file again; whether it is another one now."""
        now = self._clock.monotonic()
        if isinstance(self._source, Credentials) or now - self._reread < REREAD_SECONDS:
            return False
        self._reread, before = now, self._key
        try:
            self._key = await asyncio.to_thread(self._source)
        except (OSError, ValueError) as error:
            log.error("The key of webhooks cannot be read (%s).", type(error).__name__)
        return self._key != before

    def _flooded(self) -> None:
        self.counted["unread"] += 1
        self._unmarked.happened("unread")
        now = self._clock.monotonic()
        if now - self._marked_all >= WAIT_SECONDS:
            self._marked_all = now
            self._mark_all()

    def _refused(self, why: str, status: int) -> web.Response:
        self.counted["refused"] += 1
        self._unmarked.happened(why)
        return web.Response(status=status)
