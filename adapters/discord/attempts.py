"""Whether Discord may have taken a request although nobody was told.

discord.py sends a request again when the answer to it is one of a broken gateway (5xx), and tells of the last attempt
alone. Discord says of an interaction that was acknowledged by an attempt before that somebody has done so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp

BROKEN = 500  # and above: nobody knows what became of it
TRIES = 2


@dataclass(slots=True)
class Attempts:
    """`unheard` once one of them has ended without a word of Discord's own, and may have been taken."""

    unheard: bool = False


_CURRENT: ContextVar[Attempts | None] = ContextVar("attempts", default=None)


@contextmanager
def watched() -> Iterator[Attempts]:
    """What becomes of the attempts that this task makes meanwhile."""
    attempts = Attempts()
    before = _CURRENT.set(attempts)
    try:
        yield attempts
    finally:
        _CURRENT.reset(before)


async def again(work: Callable[[], Awaitable[object]], attempts: Attempts) -> None:
    """Do it, and once more where the connection breaks."""
    for left in reversed(range(TRIES)):
        try:
            await work()
            return
        except (aiohttp.ClientError, OSError) as error:
            attempts.unheard |= not isinstance(error, aiohttp.ClientConnectorError)  # that one was never sent
            if not left:
                raise


def trace() -> aiohttp.TraceConfig:
    """For the session of a client, whose attempts are watched then."""
    config = aiohttp.TraceConfig()
    config.on_request_end.append(_ended)
    return config


async def _ended(_: aiohttp.ClientSession, __: SimpleNamespace, request: aiohttp.TraceRequestEndParams) -> None:
    attempts = _CURRENT.get()
    if attempts is not None and request.response.status >= BROKEN:
        attempts.unheard = True
