"""Another process on the same history: `python -m tests.database_process PATH append N | hang`.

`append` writes N intents with their outcomes, many at once. `hang` writes one intent, says so, goes on writing, and
waits to be killed.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.history import Entry
from tests.database_fixtures import intent, opened, outcome_of


async def main(path: Path, what: str, number: int) -> None:
    async with opened(path) as database:

        async def act(name: int) -> None:
            (entry,) = await database.history.append([intent(identity=f"user-{name}")])
            await database.history.append([outcome_of(entry)])

        async def flood() -> None:
            while True:
                await asyncio.gather(*(act(name) for name in range(20)))

        if what == "append":
            await asyncio.gather(*(act(name) for name in range(number)))
            return
        left: tuple[Entry, ...] = await database.history.append([intent(identity="left open")])
        writing = asyncio.create_task(flood())
        sys.stdout.write(f"{left[0].seq}\n")
        sys.stdout.flush()
        await writing


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
