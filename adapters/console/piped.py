"""The console without a terminal: each line in gives exactly one line out, flushed as it comes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import BinaryIO

from adapters.console.guard import guarded
from adapters.console.session import Session
from bot.reply import Reply, Tone


async def run_piped(session: Session, form: Callable[[Reply], str], lines: BinaryIO, out: BinaryIO) -> int:
    """Answer every line; the exit status is 1 when any reply had the tone `error`.

    Input is UTF-8; bytes that are none are shown as U+FFFD. A reader that goes away ends the session quietly.
    """
    status = 0
    loop = asyncio.get_running_loop()
    while raw := await loop.run_in_executor(None, lines.readline):
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        reply = await guarded(session, line, sys.stderr)
        if reply.tone is Tone.ERROR:
            status = 1
        try:
            out.write(form(reply).encode("utf-8", "replace") + b"\n")
            out.flush()
        except BrokenPipeError:
            return status
    return status
