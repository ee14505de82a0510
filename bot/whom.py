"""The words of a command that is about one person -> that session, with the rest of the line read behind the name.

Where a name ends is known only once the room has been looked at, so every number of words is tried as the name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot import places
from bot.authorise import sees_hidden
from bot.case_access import left_before
from bot.choices import choose_identity, choose_longer, choose_reading, choose_room_behind, choose_target, in_doubt
from bot.command import Again, BoundInvocation, Kind, Target
from bot.context import Context
from bot.errors import BadArgument, NoSuchTarget
from bot.line import Line, Otherwise
from bot.longer import Longer
from bot.model import Participant
from bot.reading import Reading
from bot.recent import Seen
from bot.reply import Reply
from bot.targets import LONGEST_NAME, Match, Matches
from bot.words import Word, fold, is_blank, told

Readings = dict[int, "Reading | BadArgument"]


@dataclass(slots=True)
class Whom:
    context: Context
    line: Line

    async def bind(self) -> BoundInvocation | Reply:
        """The bound invocation; a choice; `NoSuchTarget`, `NoSuchRoom` or `BadArgument`."""
        readings = self._readings()
        scoped = next((r for r in readings.values() if isinstance(r, Reading) and r.room), None)
        if scoped is None:
            await self._check_behind(readings)
            place = await places.resolve(self.context, "", self.line.rewrite(None))
            if isinstance(place, Reply):
                return place
            return await self._try(place, readings) or await self._nobody(place, None)
        return await self._bind_in(scoped, readings)

    async def _check_behind(self, readings: Readings) -> None:
        """Say what is wrong behind the person, where that hides the room that the words, or the options, name."""
        wrong = {length: r for length, r in readings.items() if isinstance(r, BadArgument)}
        if wrong and self.line.invocation.options is not None:
            raise wrong[1]
        room = next((word.text[3:] for word in self.line.words[1:] if word.plain.startswith("in:")), "")
        if not (wrong and room and self.context.moderator.may_see(room)):
            return
        single = (await self._find(room)).single
        if single is not None and single.length in wrong:
            raise wrong[single.length]

    async def _bind_in(self, scoped: Reading, readings: Readings) -> BoundInvocation | Reply:
        """`in:room` stands where it counts for some reading; for the others it is part of the reason."""
        given, word = scoped.room, scoped.placed.get("in")
        inside = {length: r for length, r in readings.items() if _room_of(r) == given}
        may_see = self.context.moderator.may_see(given)
        if may_see:  # should the room service fail, the record names it
            self.context.bound = replace(self.context.bound, room=given)
        if may_see and (settled := await self._try(given, inside)) is not None:
            return settled
        if 1 not in inside:
            place = await places.resolve(self.context, "", self.line.rewrite(None))
            if isinstance(place, str) and (settled := await self._apart_from(inside, place, readings)) is not None:
                return settled
        places.check_scope(self.context, given)
        if word is not None and (single := (await self._find(given)).single):
            _reading(readings[single.length])
            return choose_room_behind(given, Again(self.line.without(word.start, word.end), given))
        return await self._nobody(given, word)

    async def _apart_from(self, inside: Readings, place: str, readings: Readings) -> BoundInvocation | Reply | None:
        """The one person whom the words name exactly in the room that is meant, where `in:...` is of the reason."""
        single = (await self._find(place)).single
        if single is None or single.length in inside:
            return None
        return await self._settle(place, single, readings)

    async def _find(self, room: str) -> Matches:
        return await self.context.find(room, self.line.text, self.line.words)

    def _readings(self) -> Readings:
        """For each number of words that may name the person, what the words behind them say."""
        words = self.line.words
        if not words:
            raise BadArgument(f"Say who. Usage: {self.line.command.usage}")
        readings: Readings = {}
        for length in range(1, 1 + (1 if words[0].quoted else min(len(words), LONGEST_NAME))):
            try:
                readings[length] = self.line.read(length)
            except BadArgument as error:
                readings[length] = error
        return readings

    async def _try(self, room: str, readings: Readings) -> BoundInvocation | Reply | None:
        """The person whom one of these readings means; a choice; None when nobody is meant."""
        found = await self._find(room)
        near = tuple(match for match in found.near if match.length in readings)
        matches = Matches(tuple(match for match in found.exact if match.length in readings), near)
        if (single := matches.single) is not None:
            return await self._settle(room, single, readings)
        if self.line.command.takes_gone and not found.exact and (gone := await self._gone(room, readings)) is not None:
            return gone
        options = [match for match in matches.options if isinstance(readings[match.length], Reading)]
        if options:
            bound = [self._targeted(room, m.person, readings[m.length]) for m in options]
            typed = " ".join(word.text for word in self.line.words[: options[0].length])
            return choose_target(self.context, typed, options, bound, room, exact=bool(matches.exact))
        if matches.options:
            _reading(readings[matches.options[0].length])
        return None

    async def _settle(self, room: str, match: Match, readings: Readings) -> BoundInvocation | Reply:
        reading = _reading(readings[match.length])
        if (choice := await self._or_longer(room, match, readings)) is not None:
            return choice
        target = self._target(room, match.person)
        others = self.line.others(reading, room, target)
        if not others and reading.reason_at >= 0 and (again := await self._in_live_room(reading)) is not None:
            others = [again]
        return self._read_as(reading, room, target, others)

    def _read_as(
        self, reading: Reading, room: str, target: Target, others: Sequence[Otherwise]
    ) -> BoundInvocation | Reply:
        bound = self.line.bound(reading, room, target)
        return choose_reading(bound, reading, others) if others else bound

    async def _or_longer(self, room: str, match: Match, readings: Readings) -> Reply | None:
        """A choice where the words behind the name may be the rest of somebody else's, who is there or has left."""
        longer = Longer(
            self.line.words, match.length, nearly=self._is_text(_reading(readings[match.length]), match.length)
        )
        real = {person.sid: person for person in await self.context.people(room) if person.sid != match.person.sid}
        shown = [one for one in await self.context.shown(room) if one.sid in real]
        here = [Match(n, real[one.sid]) for one in shown if (n := longer.names(one.name, one.identity))]
        gone = [(n, seen) for seen in await self._gone_from(room) if (n := longer.names(seen.name, seen.identity))]
        if not here and not gone:
            return None
        options = [match, *here]
        bound = [self._targeted(room, one.person, readings[one.length]) for one in options]
        left = [(seen, self._on_gone(room, seen, readings[n])) for n, seen in gone]
        longest = max(n for n, _ in (*((one.length, one) for one in here), *gone))
        typed = " ".join(word.text for word in self.line.words[:longest])
        return choose_longer(choose_target(self.context, typed, options, bound, room, exact=True), left, room)

    def _is_text(self, reading: Reading, length: int) -> bool:
        """Whether the first word behind the name is one of a reason, or of another text."""
        text = self.line.command.param(Kind.TEXT)
        return reading.reason_at == length or (text is not None and text.name in reading.values)

    async def _gone_from(self, room: str) -> list[Seen]:
        """Whom a listing showed there and who has left, as far as the person may know of them."""
        sees = sees_hidden(self.context.moderator, room)
        here = {person.identity for person in await self.context.everybody(room)}
        seen = self.context.services.recent.of(room)
        return [one for one in seen if one.identity not in here and (sees or not one.private)]

    def _on_gone(self, room: str, seen: Seen, reading: Reading | BadArgument) -> BoundInvocation | None:
        if not self.line.command.takes_gone or isinstance(reading, BadArgument):
            return None
        return self.line.bound(reading, room, Target(room, seen.identity, seen.sid, seen.name))

    def _targeted(self, room: str, person: Participant, reading: Reading | BadArgument) -> BoundInvocation:
        """What one of several choices does: nothing else may be in doubt."""
        sure = _reading(reading)
        if sure.others:
            raise in_doubt(sure)
        return self.line.bound(sure, room, self._target(room, person))

    def _target(self, room: str, person: Participant) -> Target:
        return Target(room, person.identity, person.sid, person.name, person)

    async def _in_live_room(self, reading: Reading) -> Otherwise | None:
        """A reason that begins with `in <live room>` may be meant as the scope."""
        words = self.line.words[reading.reason_at :]
        if len(words) < 2 or words[0].plain != "in":
            return None
        said = fold(words[1].text)
        room = next((found.name for found in await self.context.live_rooms() if fold(found.name) == said), None)
        if room is None:
            return None
        return Otherwise(f"in the room {told(room)}", Again(self.line.without(words[0].start, words[1].end), room))

    async def _nobody(self, room: str, word: Word | None) -> BoundInvocation | Reply:
        if not await self._exists(room):
            return await places.ended(self.context, room, self.line.rewrite(word))
        if (unseen := self._unseen(room)) is not None:
            return unseen
        typed = self.line.words[0].text
        raise NoSuchTarget(f"Nobody in {room} is called {typed!r}. Nothing was done. /participants shows who is there.")

    def _unseen(self, room: str) -> BoundInvocation | Reply | None:
        """An identity that nobody has seen there, where the command is about whoever comes under it.

        An `@` before it may be a habit of chats, or belong to it.
        """
        reading = self._readings().get(1)
        if not self.line.command.takes_unseen or not isinstance(reading, Reading):
            return None
        typed = self.line.words[0].text
        bare = typed.lstrip("@＠")
        if is_blank(bare):
            return None
        targets = [Target(room, identity, "") for identity in dict.fromkeys((bare, typed))]
        if len(targets) > 1:
            return choose_identity([self.line.bound(reading, room, target) for target in targets])
        return self._read_as(reading, room, targets[0], self.line.others(reading, room, targets[0]))

    async def _exists(self, room: str) -> bool:
        return bool(await self.context.people(room)) or await places.is_live(self.context, room)

    async def _gone(self, room: str, readings: Readings) -> BoundInvocation | Reply | None:
        """Someone who was in the room and has left; whoever is there but hidden has not."""
        for length in sorted(readings, reverse=True):
            reading = readings[length]
            typed = " ".join(word.text for word in self.line.words[:length])
            if isinstance(reading, Reading) and (left := await self._left(room, typed)) is not None:
                here = await self.context.is_there(room, left.identity)
                return None if here else self._read_as(reading, room, left, self.line.others(reading, room, left))
        return None

    async def _left(self, room: str, typed: str) -> Target | None:
        """Whom a listing showed by that identity or name, or the history holds."""
        spellings = tuple(dict.fromkeys((typed, typed.lstrip("@"))))
        recent = self.context.services.recent
        named = recent.named(room, fold(typed))
        seen = recent.find(room, spellings) or (named[0] if len(named) == 1 else None)
        seen = seen or await left_before(self.context, room, spellings)
        if seen is None or (seen.private and not sees_hidden(self.context.moderator, room)):
            return None
        return Target(room, seen.identity, seen.sid, seen.name)


def _room_of(reading: Reading | BadArgument) -> str:
    return reading.room if isinstance(reading, Reading) else ""


def _reading(reading: Reading | BadArgument) -> Reading:
    if isinstance(reading, BadArgument):
        raise reading
    return reading
