"""Long work at the console says that it is under way."""

from __future__ import annotations

import asyncio
from typing import TextIO

from adapters import boundary
from adapters.console.session import Session
from bot.reply import Reply

FIRST_SIGN, NEXT_SIGNS = 1.5, 3.0


async def guarded(session: Session, line: str, progress: TextIO) -> Reply:
    """The answer to a line, whatever happens; `progress` gets a sign of life while it takes long."""
    signs = asyncio.create_task(_signs(progress))
    try:
        return await boundary.guarded(session.answer(line), line.split(" ", 1)[0].lstrip("/"))
    finally:
        signs.cancel()


async def _signs(progress: TextIO) -> None:
    await asyncio.sleep(FIRST_SIGN)
    seconds = FIRST_SIGN
    while True:
        print(f"Still at work ({seconds:.0f} s) ...", file=progress, flush=True)
        await asyncio.sleep(NEXT_SIGNS)
        seconds += NEXT_SIGNS
