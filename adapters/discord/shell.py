"""`usher discord ...`: what somebody does with Discord from a shell, and reads there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TextIO

from adapters.discord.adapter import log_in, opened, synced
from adapters.discord.asking import INVITE, asked, unasked
from adapters.discord.client import UsherClient
from adapters.discord.delivery import UNSENT
from adapters.discord.permissions import invite
from adapters.settings import Settings
from bot.errors import BotError

NEEDED = (
    "DISCORD_TOKEN",
    "DISCORD_API_URL",
    "DISCORD_GATEWAY_URL",
    "USHER_DISCORD_MENTIONS",
    "USHER_CA_FILE",
    "USHER_PROXY",
)
REGISTERED = (*NEEDED, "DISCORD_GUILDS", "USHER_DISCORD_ROOT")


async def print_synced(settings: Settings, out: TextIO, *, dry_run: bool = False) -> int:
    """Register the commands where they are not what is declared, and say what that was, a line for each place.

    0, or 1 where a server did not let us. `SettingsError`; `BotError` where Discord refuses it all, or does not answer.
    """
    _require(settings, *REGISTERED)
    async with _told(settings):
        report = await synced(settings, dry_run=dry_run)
    for change in report.changes:
        _say(out, str(change))
    for guild, code in report.refused.items():
        _say(out, f"server {guild}: refused ({code}): {INVITE}")
    if dry_run:
        _say(out, "Nothing was registered: this only shows what would be.")
    return 1 if report.refused else 0


async def print_invite(settings: Settings, out: TextIO) -> int:
    """Print the link with the least permissions. Raises as `print_synced`."""
    _require(settings, *NEEDED)
    async with _told(settings), opened(UsherClient(settings)) as client:
        await asked(log_in(client, settings["DISCORD_TOKEN"]))
        _say(out, invite(client.application_id or 0))
    return 0


def _require(settings: Settings, *names: str) -> None:
    settings.require(*names)
    if not settings["DISCORD_TOKEN"]:
        raise BotError("DISCORD_TOKEN (or DISCORD_TOKEN_FILE) is not set: copy the bot's token (Bot, Reset Token).")


@asynccontextmanager
async def _told(settings: Settings) -> AsyncIterator[None]:
    """What Discord refuses or leaves without an answer, as a sentence."""
    try:
        yield
    except UNSENT as error:
        raise BotError(f"Discord: {unasked(error, settings)}") from None


def _say(out: TextIO, line: str) -> None:
    print(line, file=out, flush=True)
