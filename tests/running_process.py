"""`usher run` as a process of its own with one adapter that is hard to end: `python -m tests.running_process HOW`.

`slow` takes a while to be put together, and says so. `deaf` never stops when it is asked to. `stubborn` does not let
itself be cancelled either, and has half a second in all.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import suppress

from adapters import running, stopping
from adapters.chat import Adapter, Candidate, Way
from adapters.http import HttpServer
from adapters.settings import Settings, load
from adapters.wiring import House
from bot.reply import Reply


class Hard:
    name = "Hard"
    ready = True

    def __init__(self, how: str) -> None:
        self._how = how
        self._stopped = asyncio.Event()

    async def tell(self, room: str, line: Reply) -> bool:
        return False

    async def serve(self) -> None:
        await self._stopped.wait()

    async def stop(self, seconds: float) -> None:
        self._stopped.set()
        while self._how in ("deaf", "stubborn"):
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()


def main(how: str) -> int:
    def make(settings: Settings, house: House, http: HttpServer) -> Adapter:
        if how == "slow":
            sys.stdout.write("starting\n")
            sys.stdout.flush()
            sys.stdin.readline()
            time.sleep(0.1)  # the event loop stands still all the time
        return Hard(how)

    if how == "stubborn":
        running.STOP_SECONDS = 0.1
        stopping.LAST_SECONDS = 0.5
    return asyncio.run(running.run(load(), sys.stdout, [Candidate("Hard", (Way("by hand", ()),), make)]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
