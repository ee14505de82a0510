"""People whom nobody lets in: `python -m tests.e2e.visitors` joins whoever stands on a line, as `URL TOKEN`.

A client that is removed before it is connected waits in vain, and cannot be given up: LiveKit's library ends the whole
process where a connection that nobody waits for any more is made after all. So they have a process of their own, which
is killed.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from types import TracebackType

from livekit import rtc

from adapters.livekit.simulator.people import JoinGrant
from tests.e2e.console import ROOT
from tests.livekit_server import RunningServer
from tests.people import join_token


class Visitors:
    """The process, as a context; it is started again when it is needed and has ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Visitors:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def come(self, server: RunningServer, room: str, identity: str, token: str | None = None) -> None:
        """Have them join, with a new token or with this one."""
        given = token or join_token(server.credentials, room, JoinGrant(identity))
        process = self._running()
        assert process.stdin is not None
        process.stdin.write(f"{server.url} {given}\n".encode())
        process.stdin.flush()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.visitors"],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
            )  # fmt: skip
        return self._process


async def main() -> None:
    loop = asyncio.get_running_loop()
    rooms: list[rtc.Room] = []
    joining: list[asyncio.Task[None]] = []
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        url, token = line.split()
        rooms.append(rtc.Room())
        joining.append(asyncio.create_task(rooms[-1].connect(url, token)))


if __name__ == "__main__":
    asyncio.run(main())
