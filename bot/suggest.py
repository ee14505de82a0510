"""What there is to choose from while somebody types: rooms, people, tracks and cases, for those who may see them.

Whoever has no role in a room gets nothing of it. All of it is an aid: where LiveKit or the history does not answer in
time there is nothing to choose from, and never an error.
"""

from __future__ import annotations

import asyncio
import copy
import math
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bot import case_search, crowd, sight
from bot.authorise import sees_hidden
from bot.callers import without_numbers
from bot.dispatch import Dispatcher
from bot.errors import HistoryError
from bot.model import Participant, Room, Track
from bot.people import ChatUser, Moderator, glob_matches, is_glob
from bot.snapshots import Snapshots
from bot.suggested import (
    SuggestedCase,
    SuggestedPerson,
    SuggestedRoom,
    SuggestedTrack,
    facts_of,
    label_of,
    who,
)
from bot.targets import is_mention
from bot.tasks import within
from bot.words import fold

LOOKED_INTO = 10  # rooms of which the open microphones are counted
AGAIN_SECONDS = 0.2  # a look of which nothing fits is made again when it is older: somebody may just have joined
LONGEST_TEXT = 256

Answer = TypeVar("Answer")


class Suggestions:
    """`fresh_seconds` is how old a look may be that is used again, `deadline_seconds` how long anybody waits.

    `longest_value` is the most that the platform takes as a value, in UTF-16 units.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        *,
        fresh_seconds: float = 1.0,
        deadline_seconds: float = 1.0,
        longest_value: int = 100,
    ) -> None:
        services = dispatcher.services
        self._dispatcher = dispatcher
        self._services = services
        self._clock = services.clock
        self._deadline = deadline_seconds
        self._end = math.inf
        self._longest = longest_value
        self._rooms = Snapshots(services.clock, self._look_for_rooms, fresh_seconds)
        self._people = Snapshots(services.clock, self._look_into, fresh_seconds)

    def by(self, moment: float) -> Suggestions:
        """The same looks, for somebody who waits until that moment (monotonic) at most, however much they ask."""
        found = copy.copy(self)
        found._end = moment
        return found

    async def rooms(
        self, user: ChatUser, text: str = "", *, calming: bool = False, facts: bool = True
    ) -> tuple[SuggestedRoom, ...]:
        """The live rooms in scope whose name holds the text, sorted by name.

        `calming`, here and below: for a command that only calms, for which groups as they were lately count. Without
        `facts` no room is looked into, so it is not known either whose numbers stand in their names: for whoever shows
        none of it.
        """
        until = self._until()
        moderator, wanted = await self._moderator(user, until, calming=calming), _folded(text)
        if not moderator.grants:
            return ()
        live = await self._rooms.get("", until) or ()
        rooms = [room for room in live if moderator.may_see(room.name) and wanted in fold(room.name)]
        count = LOOKED_INTO if facts else 0
        looks = [self._people.get(room.name, until) for room in rooms[:count]]
        looked = [*await asyncio.gather(*looks), *(None for _ in rooms[count:])]
        return tuple(
            SuggestedRoom(room.name, facts_of(moderator, room, people), self._masked(moderator, room.name))
            for room, people in zip(rooms, looked, strict=True)
        )

    async def meant(self, user: ChatUser, channel: str) -> str:
        """The room that is meant in that channel where none is named: its default, or the only live one; "" for none.

        A default that is a glob leaves one, too, where only one live room matches it.
        """
        until = self._until()
        moderator = await self._moderator(user, until)
        default = await self._in_time(until, self._services.roster.default_room(channel)) or ""
        if not moderator.grants or (default and not is_glob(default)):
            return default if moderator.may_see(default) else ""
        live = [room.name for room in await self._rooms.get("", until) or () if moderator.may_see(room.name)]
        fitting = [room for room in live if not default or glob_matches(default, room)]
        return fitting[0] if len(fitting) == 1 else ""

    async def people(
        self, user: ChatUser, room: str, text: str = "", *, calming: bool = False
    ) -> tuple[SuggestedPerson, ...]:
        """Those in the room of whose name or identity the text is a part; who can be heard first."""
        wanted, groups = _folded(text), crowd.GROUPS
        found = await self._found(user, room, lambda person: crowd.called(person, wanted), calming=calming)
        return tuple(
            SuggestedPerson(label_of(person), value, groups[crowd.group_of(person, self._services.policy)], person.sid)
            for person, value in found
            if crowd.called(person, wanted)
        )

    async def tracks(
        self, user: ChatUser, room: str, text: str = "", *, calming: bool = False
    ) -> tuple[SuggestedTrack, ...]:
        """The tracks in the room that are called so (`microphone`, the sid), or whose publisher is."""
        wanted = _folded(text)

        def fitting(person: Participant) -> list[Track]:
            called, tracks = crowd.called(person, wanted), crowd.in_order(person.tracks)
            return [one for one in tracks if called or wanted in crowd.track_word(one) or wanted in fold(one.sid)]

        return tuple(
            SuggestedTrack(f"{who(person)}, {word} {'open' if track.open else 'muted'}", track.sid, word)
            for person, _ in await self._found(user, room, lambda person: bool(fitting(person)), calming=calming)
            for track, word in ((track, crowd.track_word(track)) for track in fitting(person))
        )

    async def cases(self, user: ChatUser, text: str = "") -> tuple[SuggestedCase, ...]:
        """The cases in scope whose number begins so, of that command, or about somebody called so; newest first."""
        until = self._until()
        moderator = await self._moderator(user, until)
        if not moderator.grants:
            return ()
        asked = text[:LONGEST_TEXT].strip().removeprefix("#")
        found = await self._in_time(until, case_search.search(self._services, moderator, asked))
        labels = ((case_search.label(self._services, moderator, case), case.number) for case in found or ())
        return tuple(SuggestedCase(label, number) for label, number in labels)

    async def aclose(self) -> None:
        """Give up what is under way."""
        await self._rooms.aclose()
        await self._people.aclose()

    def _until(self) -> float:
        return min(self._clock.monotonic() + self._deadline, self._end)

    async def _in_time(self, until: float, work: Coroutine[Any, Any, Answer]) -> Answer | None:
        try:
            return await within(self._clock, until - self._clock.monotonic(), work)
        except (HistoryError, TimeoutError):
            return None

    async def _moderator(self, user: ChatUser, until: float, *, calming: bool = False) -> Moderator:
        """The person with their grants; with none when those cannot be known in time."""
        return await self._in_time(until, self._dispatcher.moderator(user, calming=calming)) or Moderator(user)

    async def _look_for_rooms(self, _: str) -> tuple[Room, ...]:
        return await self._services.rooms.list_rooms()

    async def _look_into(self, room: str) -> tuple[Participant, ...]:
        people = await self._services.rooms.list_participants(room)
        self._services.recent.remember(room, people)
        return people

    async def _found(
        self, user: ChatUser, room: str, fits: Callable[[Participant], bool], *, calming: bool
    ) -> list[tuple[Participant, str]]:
        """Everybody in the room as they are shown to this person, in order; each with what names them.

        Where nobody fits there is another look.
        """
        until = self._until()
        moderator = await self._moderator(user, until, calming=calming)
        if not room or not moderator.may_see(room):
            return []
        people = await self._people.get(room, until)
        if people is not None and not any(map(fits, sight.shown(moderator, room, people))):
            people = await self._people.get(room, until, AGAIN_SECONDS)
        real = {person.sid: person.identity for person in people or ()}
        shown = crowd.ordered(sight.shown(moderator, room, people or ()), self._services.policy)
        return [(person, self._value(person, real[person.sid])) for person in shown]

    def _masked(self, moderator: Moderator, room: str) -> str:
        """The room's name without numbers, for whoever may not know them; "" where that is the name."""
        shown = room if sees_hidden(moderator, room) else without_numbers(room, self._services.recent.numbers)
        return "" if shown == room else shown

    def _value(self, person: Participant, identity: str) -> str:
        """The identity; the session of somebody whose identity is not to be seen, or not to be sent."""
        fits = len(identity.encode("utf-16-le", "surrogatepass")) // 2 <= self._longest
        named = fits and identity == person.identity and identity.isprintable() and not is_mention(identity)
        return identity if named else person.sid


def _folded(text: str) -> str:
    return fold(text[:LONGEST_TEXT])
