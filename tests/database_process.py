"""Another process on the same history: `python -m tests.database_process ADDRESS append N | hang | orders`.

`append` writes N intents with their outcomes, many at once. `hang` writes one intent, says so, goes on writing, and
waits to be killed. `orders` gives orders and ends every second one, saying each (`3`, `-3`) once it has been written,
until it is killed.
"""

from __future__ import annotations

import asyncio
import sys

from bot.history import Entry
from tests.database_fixtures import AN_ORDER, content, intent, opened, outcome_of


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


async def main(url: str, what: str, number: int) -> None:
    async with opened(url) as database:

        async def act(name: int) -> None:
            (entry,) = await database.history.append([intent(identity=f"user-{name}")])
            await database.history.append([outcome_of(entry)])

        async def flood() -> None:
            while True:
                await asyncio.gather(*(act(name) for name in range(20)))

        async def decide() -> None:
            given = await database.orders.append(AN_ORDER, content())
            say(given.id)
            if given.case % 2:
                await database.orders.end([given.id], content())
                say(-given.id)

        if what == "orders":
            while True:
                await asyncio.gather(*(decide() for _ in range(10)))
        if what == "append":
            await asyncio.gather(*(act(name) for name in range(number)))
            return
        left: tuple[Entry, ...] = await database.history.append([intent(identity="left open")])
        writing = asyncio.create_task(flood())
        say(left[0].seq)
        await writing


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
