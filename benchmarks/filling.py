"""A history as months of moderation leave it: intents and outcomes about thousands of people."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator

from adapters.database.database import Database
from bot.history import Content, Draft, EntryKind, Outcome

WRITERS = 400
ROOMS, PEOPLE, MODERATORS = 50, 5_000, 10
COMMANDS = ("mute", "mute", "mute", "kick", "promote", "metadata")


async def fill(database: Database, entries: int) -> None:
    """Append so many entries, two to a case, as commands of many people at once would."""
    left = iter(range(entries // 2))
    chance = random.Random(1)
    await asyncio.gather(*(_cases(database, left, chance) for _ in range(WRITERS)))


async def _cases(database: Database, left: Iterator[int], chance: random.Random) -> None:
    for _ in left:
        content = some_content(chance)
        (intent,) = await database.history.append([Draft(EntryKind.INTENT, content)])
        outcome = Outcome.FAILED if chance.random() < 0.01 else Outcome.DONE
        done = Draft(EntryKind.OUTCOME, content, case=intent.case, refers=intent.seq, outcome=outcome)
        await database.history.append([done])


def some_content(chance: random.Random) -> Content:
    person, room = chance.randrange(PEOPLE), chance.randrange(ROOMS)
    return Content(
        actor=f"console:m{chance.randrange(MODERATORS)}", actor_name="Moderator", command=chance.choice(COMMANDS),
        arguments=f"person-{person} shouting", reason="shouting", room=f"room-{room}", identity=f"person-{person}",
        name=f"Person {person}", sid=f"PA_{person:012}", difference='[["track.TR_AMabcdefghij.muted",false,true]]',
    )  # fmt: skip
