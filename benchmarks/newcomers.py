"""People who try to come in, in a process of their own: `python -m benchmarks.newcomers URL`.

For each line `ROOM IDENTITY` they join, and a line says for how many seconds they were in before they were removed: 0
where they were removed before their client was connected (it then waits in vain; nobody gives it up, since LiveKit's
library ends the process where such a connection is made after all).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from livekit import rtc

from adapters.livekit.simulator.people import JoinGrant
from tests.livekit_server import CREDENTIALS
from tests.people import join_token

PATIENCE = 2.0
_kept: list[object] = []


async def main(url: str) -> None:
    loop = asyncio.get_running_loop()
    print(json.dumps({}), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        room, identity = line.split()
        print(json.dumps(await _inside(url, room, identity)), flush=True)


async def _inside(url: str, name: str, identity: str) -> float:
    room, out = rtc.Room(), asyncio.Event()
    room.on("disconnected", lambda _: out.set())
    joining = asyncio.create_task(room.connect(url, join_token(CREDENTIALS, name, JoinGrant(identity))))
    _kept.extend((room, joining))
    done, _ = await asyncio.wait({joining}, timeout=PATIENCE)
    if not done or joining.exception() is not None:
        return 0.0
    joined = time.perf_counter()
    await asyncio.wait_for(out.wait(), 30)
    return time.perf_counter() - joined


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
