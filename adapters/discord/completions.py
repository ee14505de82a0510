"""What is offered while somebody types: rooms, people, tracks and cases, to those alone who may see them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from adapters.discord.arrivals import Completed
from adapters.discord.components import Component
from adapters.discord.desk import Desk
from adapters.discord.invocations import channel_of, completing
from adapters.discord.options import CASES, PEOPLE, TRACKS
from adapters.discord.suggested import choices, person_value
from bot.command import Kind, Param

COMPLETE_SECONDS = 1.5  # Discord waits 3 s, and says that it does
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
        try:
            async with asyncio.timeout(COMPLETE_SECONDS):
                return choices(await self._offered(found, param))
        except TimeoutError:
            return []

    async def _offered(self, found: Completed, param: Param) -> Found:
        """Of a list what is typed behind its last comma is completed; what stands before it is kept."""
        typed = found.options.get(param.name, "")
        before, comma, last = typed.rpartition(",") if param.kind in LISTS else ("", "", typed)
        offered = await self._fitting(found, param, last.strip())
        if not comma:
            return offered
        kept = f"{before.strip()},"
        return [(f"{kept} {name}", f"{kept}{value}") for name, value in offered]

    async def _fitting(self, found: Completed, param: Param, text: str) -> Found:
        suggestions, user = self._desk.suggestions, found.sender.user
        if param.kind in CASES:
            return [(one.label, one.number) for one in await suggestions.cases(user, text)]
        if param.kind in PEOPLE:
            people = await suggestions.people(user, await self._room(found), text)
            return [(one.label, person_value(one.value, one.sid)) for one in people]
        if param.kind in TRACKS:
            return await self._tracks(found, param, text)
        return [(f"{one.label}: {one.facts}", one.name) for one in await suggestions.rooms(user, text)]

    async def _tracks(self, found: Completed, param: Param, text: str) -> Found:
        """The words that the command takes; of the person who is named, those of their tracks first."""
        known = {word: word for word in param.choices if text.lower() in word}
        if who := found.options.get("who", ""):
            tracks = await self._desk.suggestions.tracks(found.sender.user, await self._room(found), who)
            theirs = {one.word: f"{one.word}: {one.label}" for one in tracks if one.word in known}
            known = {**theirs, **{word: label for word, label in known.items() if word not in theirs}}
        return [(label, word) for word, label in known.items()]

    async def _room(self, found: Completed) -> str:
        """The room that is named by now, else the one that would be meant."""
        user = found.sender.user
        named = found.options.get("in") or found.options.get("room")
        return named or await self._desk.suggestions.meant(user, channel_of(found.place, user))
