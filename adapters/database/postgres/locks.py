"""Exclusion between processes on one server, and which of them live, by the locks that each one's session holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

from adapters.database.postgres.keys import stripe_key
from adapters.database.postgres.session import Session
from adapters.database.stripes import FIRST_PAUSE, LONGER, LONGEST_PAUSE


class AdvisoryStripes:
    def __init__(self, session: Session) -> None:
        self._session = session

    @asynccontextmanager
    async def taken(self, stripes: Sequence[int]) -> AsyncIterator[Callable[[], None]]:
        """Ask again and again: a statement that waits would keep all others of this process from the connection."""
        keys = [stripe_key(stripe) for stripe in stripes]
        pause = FIRST_PAUSE
        try:
            while not await asyncio.wrap_future(self._session.take(keys)):
                await asyncio.sleep(pause)
                pause = min(pause * LONGER, LONGEST_PAUSE)
            yield partial(self._session.ensure_held, keys)
        finally:
            self._session.release(keys)

    def close(self) -> None:
        """They go with the session."""


class AdvisoryWorkers:
    """`grace` is for how many seconds after a start of the server nobody is taken for dead.

    A restart ends every session, and those who live need a moment to say so again.
    """

    def __init__(self, session: Session, name: str, *, grace: float) -> None:
        self.name = name
        self._session = session
        self._grace = grace

    async def settled(self) -> None:
        age = await asyncio.wrap_future(self._session.server_age())
        await asyncio.sleep(max(0.0, self._grace - age))

    def is_dead(self, worker: str) -> bool:
        return not self._session.holds(worker).result()
