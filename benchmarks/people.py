"""Real participants in a process of their own: `python -m benchmarks.people URL ROOMS PEOPLE MICROPHONES`.

`PEOPLE` join each of the `ROOMS`; with MICROPHONES 1 each publishes one.
"""

from __future__ import annotations

import asyncio
import sys

from benchmarks.children import serve_until_input_ends
from tests.livekit_server import CREDENTIALS
from tests.people import Person


def room_name(number: int) -> str:
    return f"room-{number}"


def identity(number: int) -> str:
    return f"person-{number}"


async def main(url: str, rooms: int, people: int, microphones: bool) -> None:
    everybody: list[Person] = []
    for room in range(rooms):
        for number in range(people):
            person = await Person.join(url, CREDENTIALS, room_name(room), identity(number))
            everybody.append(person)
            if microphones:
                await person.publish()
    await serve_until_input_ends({"people": len(everybody)})
    await asyncio.gather(*(person.leave() for person in everybody))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "1"))
