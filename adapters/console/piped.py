"""The console without a terminal: each line in gives exactly one line out, flushed as it comes."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, Protocol

from adapters.console.guard import guarded
from adapters.console.session import Session
from bot.reply import Reply, Tone

CHUNK = 1 << 16


class Source(Protocol):
    """An unbuffered stream: `read` gives what is there, at most so many bytes."""

    def read(self, size: int, /) -> bytes | None: ...


async def run_piped(session: Session, form: Callable[[Reply], str], source: Source, out: BinaryIO) -> int:
    """Answer every line; the exit status is 1 when any reply had the tone `error`.

    Input is UTF-8; bytes that are none are shown as U+FFFD. A reader that goes away ends the session quietly.
    """
    status = 0
    lines = _Lines(source)
    while raw := await lines.next():
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


class _Lines:
    """Lines of a stream. A thread waits for each piece of it that does not keep the process from ending."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._held = bytearray()

    async def next(self) -> bytes:
        """The next line with its end; empty when the stream has ended."""
        seen = 0
        while (end := self._held.find(b"\n", seen) + 1) == 0:
            seen = len(self._held)
            piece = await self._piece()
            if not piece:
                end = seen
                break
            self._held += piece
        line = bytes(self._held[:end])
        del self._held[:end]
        return line

    async def _piece(self) -> bytes:
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[bytes] = loop.create_future()

        def give(piece: bytes) -> None:
            if not waiting.done():
                waiting.set_result(piece)

        def read() -> None:
            piece = b""
            with suppress(OSError):  # a terminal that hung up has no more lines
                piece = self._source.read(CHUNK) or b""
            with suppress(RuntimeError):  # nobody waits any more
                loop.call_soon_threadsafe(give, piece)

        threading.Thread(target=read, name="usher-input", daemon=True).start()
        return await waiting
