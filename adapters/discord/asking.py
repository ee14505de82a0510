"""Questions to Discord while somebody waits at a terminal, and what is said where it does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import discord

from adapters.discord.delivery import why
from adapters.settings import Settings
from adapters.unanswered import TOO_OFTEN, unanswered, why_unanswered

PATIENCE_SECONDS = 10.0
INVITE = "`usher discord invite` prints the link that adds it"

T = TypeVar("T")


async def asked(question: Awaitable[T], seconds: float = PATIENCE_SECONDS) -> T:
    """The answer; TimeoutError where it takes too long, be it because of a rate limit."""
    async with asyncio.timeout(seconds):
        return await question


def unasked(error: BaseException, settings: Settings) -> str:
    """What to do about a question that brought no answer, in a sentence."""
    if isinstance(error, discord.HTTPException) and error.status < 500:
        return f"it refused with the code {why(error)}."
    if isinstance(error, discord.RateLimited):
        words = TOO_OFTEN
    else:
        words = f"HTTP {error.status}" if isinstance(error, discord.HTTPException) else why_unanswered(error)
    return unanswered(settings["DISCORD_API_URL"], "DISCORD_API_URL", words)
