"""Words, or option values, -> a bound invocation: room, session and arguments resolved; or a choice."""

from __future__ import annotations

from dataclasses import replace

from bot import places
from bot.choices import choose_reading
from bot.command import BoundInvocation, Kind
from bot.context import Context
from bot.crowd import FILTERS, matching
from bot.errors import NoSuchRoom, NoSuchTarget, OutOfScope
from bot.line import Line
from bot.reading import Reading
from bot.reply import Reply
from bot.whom import Whom
from bot.words import Word, fold, split, told


async def bind(context: Context, text: str) -> BoundInvocation | Reply:
    """What the words behind the command's name mean now; a `UsageError` when they mean nothing."""
    line = Line.of(context.command, text, context.invocation, context.calendar)
    if context.command.param(Kind.WHO) is not None:
        return await Whom(context, line).bind()
    reading = line.read()
    if not context.command.in_room:
        return line.bound(reading, "")
    return await _InRoom(context, line, reading).bind()


class _InRoom:
    """A command that acts in a room, and on nobody whom the words name first."""

    def __init__(self, context: Context, line: Line, reading: Reading) -> None:
        self.context, self.line, self.reading = context, line, reading
        self.takes_room = context.command.param(Kind.ROOM) is not None

    async def bind(self) -> BoundInvocation | Reply:
        reading = self.reading
        named = reading.values.get("room", "") if self.takes_room else ""
        word = reading.placed.get("in") or reading.placed.get("room")
        if named and self.context.command.param(Kind.FILTER) is not None:
            if not reading.room:
                return await self._room_or_filter(named, word)
            reading = self._filtered(named)
        place = await self._place(reading.room or named, word)
        if isinstance(place, Reply):
            return place
        if not await self._exists(place):
            return await places.ended(self.context, place, self.line.rewrite(word))
        people = self.context.command.param(Kind.PEOPLE)
        if people is not None and people.name in reading.values:
            identities = await self._named(reading.values[people.name], place)
            reading = replace(reading, values={**reading.values, people.name: identities})
        bound, others = self.line.bound(reading, place), self.line.others(reading, place)
        return choose_reading(bound, reading, others) if others else bound

    async def _place(self, room: str, word: Word | None) -> str | Reply:
        """The room that is meant; where it is not in scope, and its word may be the first one of a reason, also how
        that is typed."""
        try:
            return await places.resolve(self.context, room, self.line.rewrite(word))
        except OutOfScope as error:
            reason = self.reading.reason
            if not reason or word is None or word != self.reading.placed.get("room"):
                raise
            line = f"/{self.context.command.name} {await self._here()} {told(f'{word.text} {reason}')}"
            raise OutOfScope(f"{error.user_text} A reason stands behind the room: {line}") from None

    async def _here(self) -> str:
        """The room that is meant where none is named, for the eye alone; `ROOM` where there is no such."""
        bound = self.context.bound
        try:
            here = await places.resolve(self.context, "", self.line.rewrite(None))
        except (OutOfScope, NoSuchRoom):
            here = "ROOM"
        self.context.bound = bound  # the refusal is not about that room
        return told(here) if isinstance(here, str) else "ROOM"

    async def _exists(self, room: str) -> bool:
        if self.context.command.takes_ended:
            return True
        return bool(await self.context.people(room)) or await places.is_live(self.context, room)

    async def _room_or_filter(self, named: str, word: Word | None) -> BoundInvocation | Reply:
        """The first word is a room where one of that name is live, otherwise a filter in the room that is meant."""
        if self.context.moderator.may_see(named) and await self._exists(named):
            return self.line.bound(self.reading, named)
        place = await places.resolve(self.context, "", self.line.rewrite(None))
        filtered = self._filtered(named)
        if isinstance(place, str):
            people, words = await self.context.shown(place), filtered.values["filter"]
            if fold(words) in FILTERS or matching(people, words, self.context.policy):
                return self.line.bound(filtered, place)
        places.check_scope(self.context, named)
        return await places.ended(self.context, named, self.line.rewrite(word))

    def _filtered(self, named: str) -> Reading:
        """The reading in which the first word belongs to the filter."""
        words = " ".join(filter(None, [named, self.reading.values.get("filter", "")]))
        return replace(self.reading, values={**self.reading.values, "filter": words})

    async def _named(self, names: list[str], room: str) -> list[str]:
        """The identities of the people named one after the other; each must be named exactly."""
        parts = [part for name in names for part in name.split(",") if part and fold(part) != "and"]
        text = " ".join(f'"{part}"' if " " in part else part for part in parts)
        found, rest = [], split(text)
        while rest:
            match = (await self.context.find(room, text, rest)).single
            if match is None:
                raise NoSuchTarget(
                    f"It is not clear who {rest[0].text!r} is in {told(room)}. Nothing was done. "
                    "Name each person exactly: by the identity, or by the name in quotes."
                )
            found.append(match.person.identity)
            rest = rest[match.length :]
        return found
