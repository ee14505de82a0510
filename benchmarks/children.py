"""Helpers in processes of their own, so that they share neither the event loop nor the interpreter's lock."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

START_SECONDS = 60


@asynccontextmanager
async def child(module: str, *words: str) -> AsyncIterator[Any]:
    """Run `python -m benchmarks.<module>`; what it says in its first line, as JSON. It ends when its input ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"benchmarks.{module}", *words,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
        if not line:
            raise RuntimeError(f"benchmarks.{module} did not start")
        yield json.loads(line)
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()


async def serve_until_input_ends(said: Any) -> None:
    """The child's side: say that it is ready, then wait."""
    print(json.dumps(said), flush=True)
    await asyncio.to_thread(sys.stdin.read)
