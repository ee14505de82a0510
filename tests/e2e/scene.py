"""A room on the real server with real people in it, and what ListParticipants shows of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import count

from livekit import rtc

from adapters.livekit.client import LiveKitRoomService
from adapters.livekit.simulator.people import Heard, JoinGrant
from bot.errors import NotFound
from bot.model import Participant, ParticipantState, Source
from tests.clocks import WallClock, eventually
from tests.livekit_server import RunningServer
from tests.people import Person, delete_rooms

REFUSED_SECONDS = 1.5  # a track that is accepted takes 50 ms

_numbers = count(1)


class Scene:
    """`room` is a name that nobody has used before."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.room = f"hall-{next(_numbers)}-main"
        self.service = LiveKitRoomService(server.url, server.credentials, server="scene", clock=WallClock())
        self._people: list[tuple[Person, str]] = []

    async def join(self, grant: JoinGrant | str, *sources: Source, room: str = "", token: str | None = None) -> Person:
        """Somebody who is there, with these tracks, for the RoomService too."""
        where = room or self.room
        others = [(other, len(other.heard)) for other, place in self._people if place == where]
        person = await Person.join(self.server.url, self.server.credentials, where, grant, token)
        self.keep(person, where)
        sids = {await person.publish(source) for source in sources}

        async def there() -> bool:
            try:
                seen = await self.service.get_participant(where, person.identity)
            except NotFound:
                return False
            here = seen.sid == person.sid and seen.state is ParticipantState.ACTIVE
            return here and sids <= {track.sid for track in seen.tracks}

        await eventually(there)
        hidden = not isinstance(grant, str) and grant.permission.hidden
        for other, before in others:
            if not hidden and other.identity != person.identity and other.room.isconnected():
                await eventually(partial(_told_of, other, person.identity, before))
        return person

    def keep(self, person: Person, room: str = "") -> None:
        """Somebody who has come in another way leaves with the others."""
        self._people.append((person, room or self.room))

    async def see(self, identity: str, room: str = "") -> Participant | None:
        """As the list of participants shows them; None when they are not on it."""
        people = await self.service.list_participants(room or self.room)
        return next((person for person in people if person.identity == identity), None)

    async def seen(self, identity: str) -> Participant:
        person = await self.see(identity)
        assert person is not None
        return person

    async def until(self, identity: str, shows: Callable[[Participant], bool]) -> None:
        """What clients do by themselves is shown a moment later."""

        async def looks() -> bool:
            return shows(await self.seen(identity))

        await eventually(looks)

    async def open_tracks(self, identity: str) -> set[Source]:
        return {track.source for track in (await self.seen(identity)).tracks if track.open}

    async def refused(self, person: Person, source: Source) -> bool:
        """Whether the server takes no track of this source; it says nothing, so this waits for one in vain."""
        try:
            async with asyncio.timeout(REFUSED_SECONDS):
                await person.publish(source)
        except (TimeoutError, rtc.participant.PublishTrackError):
            seen = await self.see(person.identity)
            return seen is not None and all(track.source is not source for track in seen.tracks)
        return False

    async def close(self) -> None:
        for person, _ in self._people:
            await person.leave()
        await delete_rooms(self.service, {room for _, room in self._people} | {self.room})  # or 20 s of choices
        await self.service.aclose()


async def _told_of(other: Person, identity: str, before: int) -> bool:
    """Whether somebody who was there has been told of a newcomer: what changes of them before that is not heard."""
    return any((heard.what, heard.about) == ("joined", identity) for heard in other.heard[before:])


def event(what: str, about: str, detail: str | None = None) -> Callable[[Heard], bool]:
    """Whether somebody heard of this."""
    return lambda heard: (heard.what, heard.about) == (what, about) and detail in (None, heard.detail)
