"""Messages in channels: each is sent once, whatever becomes of the connection."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord

TRIES, AGAIN_SECONDS = 3, 0.5


async def send_once(channel: discord.abc.Messageable, said: dict[str, Any], nonce: int) -> None:
    """Send it under that nonce: of what is sent again under it within minutes, also by another process, Discord makes
    one message (resources/message, `enforce_nonce`).

    Nobody knows whether a connection that breaks has brought it, so it is sent again then. What Discord refuses is
    raised.
    """
    for last in (*[False] * (TRIES - 1), True):
        try:
            await channel.send(**said, nonce=nonce)
            return
        except (aiohttp.ClientError, OSError):
            if last:
                raise
            await asyncio.sleep(AGAIN_SECONDS)
