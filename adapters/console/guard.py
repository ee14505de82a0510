"""The boundary of the console adapter: bugs are caught once here, and long work says that it is under way."""

from __future__ import annotations

import asyncio
import logging
import secrets
import traceback
from typing import TextIO

from adapters.console.session import Session
from bot.reply import Reply, Tone, say

FIRST_SIGN, NEXT_SIGNS = 1.5, 3.0
log = logging.getLogger(__name__)


async def guarded(session: Session, line: str, progress: TextIO) -> Reply:
    """The answer to a line, whatever happens; `progress` gets a sign of life while it takes long."""
    signs = asyncio.create_task(_signs(progress))
    try:
        return await session.answer(line)
    except Exception as error:  # noqa: BLE001 - the one boundary where a bug becomes an answer
        reference = secrets.token_hex(4)
        where = "".join(traceback.format_tb(error.__traceback__))  # not its words: they may hold a secret
        log.error("Bug %s: %s\n%s", reference, type(error).__name__, where)
        sentence = f"Something went wrong inside Usher (reference {reference}). Look with /history what was done."
        return Reply(Tone.ERROR, say(sentence), command=line.split(" ", 1)[0].lstrip("/"))
    finally:
        signs.cancel()


async def _signs(progress: TextIO) -> None:
    await asyncio.sleep(FIRST_SIGN)
    seconds = FIRST_SIGN
    while True:
        print(f"Still at work ({seconds:.0f} s) ...", file=progress, flush=True)
        await asyncio.sleep(NEXT_SIGNS)
        seconds += NEXT_SIGNS
