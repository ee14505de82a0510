"""What is offered while somebody types: rooms, people, tracks and cases, to those alone who may see them.

The answer leaves within `COMPLETE_SECONDS`: with what LiveKit says by then, else with what it said a moment ago, else
with nothing. The look goes on, for the next key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from adapters.discord.arrivals import Completed
from adapters.discord.components import Component
from adapters.discord.desk import Desk
from adapters.discord.invocations import channel_of, completing
from adapters.discord.options import CASES, PEOPLE, TRACKS
from adapters.discord.suggested import choices, person_value
from bot.command import Kind, Param
from bot.people import ChatUser
from bot.suggest import Suggestions

COMPLETE_SECONDS = 0.3  # Discord waits 3 s, but whoever types does not
MEANT, LOOKED = 0.4, 0.8  # of that: until the room that is meant is known, and until all else is
LISTS = (Kind.PEOPLE, Kind.SOURCES, Kind.GLOBS)

Found = Iterable[tuple[str, str | int]]


class Completions:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def choices(self, found: Completed) -> list[Component]:
        """What fits what is typed; nothing where that is not known at once."""
        param = completing(found, self._desk.commands)
        if param is None:
            return []
        desk, now = self._desk, self._desk.dispatcher.services.clock.monotonic()
        meant, rest = (desk.suggestions.by(now + COMPLETE_SECONDS * part) for part in (MEANT, LOOKED))
        try:
            async with asyncio.timeout(COMPLETE_SECONDS):
                return choices(await _Typing(found, param, meant, rest).offered())
        except TimeoutError:
            return []


@dataclass(frozen=True, slots=True)
class _Typing:
    """One key that was typed into `param`. `meant` is asked for the room that is meant, `rest` for everything else."""

    found: Completed
    param: Param
    meant: Suggestions
    rest: Suggestions

    @property
    def user(self) -> ChatUser:
        return self.found.sender.user

    async def offered(self) -> Found:
        """Of a list what is typed behind its last comma is completed; what stands before it is kept."""
        typed = self.found.options.get(self.param.name, "")
        before, comma, last = typed.rpartition(",") if self.param.kind in LISTS else ("", "", typed)
        offered = await self._fitting(last.strip())
        if not comma:
            return offered
        kept = f"{before.strip()},"
        return [(f"{kept} {name}", f"{kept}{value}") for name, value in offered]

    async def _fitting(self, text: str) -> Found:
        if self.param.kind in CASES:
            return [(one.label, one.number) for one in await self.rest.cases(self.user, text)]
        if self.param.kind in PEOPLE:
            people = await self.rest.people(self.user, await self._room(), text)
            return [(one.label, person_value(one.value, one.sid)) for one in people]
        if self.param.kind in TRACKS:
            return await self._tracks(text)
        return [(f"{one.label}: {one.facts}", one.name) for one in await self.rest.rooms(self.user, text)]

    async def _tracks(self, text: str) -> Found:
        """The words that the command takes; of the person who is named, those of their tracks first."""
        known = {word: word for word in self.param.choices if text.lower() in word}
        if who := self.found.options.get("who", ""):
            tracks = await self.rest.tracks(self.user, await self._room(), who)
            theirs = {one.word: f"{one.word}: {one.label}" for one in tracks if one.word in known}
            known = {**theirs, **{word: label for word, label in known.items() if word not in theirs}}
        return [(label, word) for word, label in known.items()]

    async def _room(self) -> str:
        """The room that is named by now, else the one that would be meant."""
        named = self.found.options.get("in") or self.found.options.get("room")
        return named or await self.meant.meant(self.user, channel_of(self.found.place, self.user))
