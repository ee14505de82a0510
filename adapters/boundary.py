"""The boundary of every chat adapter: a bug is caught once, logged with a reference, and the person is told it."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Awaitable

from bot.reply import Reply, Tone, say

log = logging.getLogger(__name__)


async def guarded(work: Awaitable[Reply], command: str = "") -> Reply:
    """The answer, whatever happens."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - the one boundary where a bug becomes an answer
        reference = logged(error)
        sentence = f"Something went wrong inside Usher (reference {reference}). Look with /history what was done."
        return Reply(Tone.ERROR, say(sentence), command=command)


def logged(error: BaseException) -> str:
    """The reference under which the error stands in the log."""
    reference = secrets.token_hex(4)
    where = "".join(traceback.format_tb(error.__traceback__))  # not its words: they may hold a secret
    log.error("Bug %s: %s\n%s", reference, type(error).__name__, where)
    return reference
