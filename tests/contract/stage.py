"""One way to put people into rooms, for the simulator and for the real server alike."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from itertools import count

from adapters.livekit.client import LiveKitRoomService
from adapters.livekit.simulator.people import Heard, JoinGrant
from adapters.livekit.simulator.rooms import Rooms
from bot.model import Participant, ParticipantState, Source
from bot.ports import RoomService
from tests.clocks import PATIENCE
from tests.livekit_server import RunningServer
from tests.people import Person, delete_rooms

_numbers = count(1)


class Stage(ABC):
    """A server with a RoomService, and people who act on it. `room` is a name that nobody has used before."""

    def __init__(self, service: RoomService, raw: LiveKitRoomService | None = None) -> None:
        self.service = service
        self.raw = raw
        self.room = f"stage-{next(_numbers)}"

    @abstractmethod
    async def join(self, grant: JoinGrant | str) -> str:
        """The sid of the new session."""

    @abstractmethod
    async def rejoin(self, identity: str) -> str:
        """With the token of last time."""

    @abstractmethod
    async def leave(self, identity: str) -> None: ...

    @abstractmethod
    async def publish(self, identity: str, source: Source = Source.MICROPHONE) -> str: ...

    @abstractmethod
    async def set_muted(self, identity: str, sid: str, muted: bool) -> None:
        """By the person's own button."""

    @abstractmethod
    async def set_attributes(self, identity: str, attributes: Mapping[str, str]) -> None: ...

    @abstractmethod
    async def hears(self, identity: str, wanted: Callable[[Heard], bool]) -> Heard: ...

    async def close(self) -> None:  # noqa: B027 - only real people need to be sent home
        """Everybody goes."""


class SimulatedStage(Stage):
    def __init__(self, rooms: Rooms, service: RoomService, raw: LiveKitRoomService | None = None) -> None:
        super().__init__(service, raw)
        self.rooms = rooms

    async def join(self, grant: JoinGrant | str) -> str:
        return self.rooms.join(self.room, grant)

    async def rejoin(self, identity: str) -> str:
        return self.rooms.rejoin(self.room, identity)

    async def leave(self, identity: str) -> None:
        self.rooms.leave(self.room, identity)

    async def publish(self, identity: str, source: Source = Source.MICROPHONE) -> str:
        return self.rooms.publish(self.room, identity, source)

    async def set_muted(self, identity: str, sid: str, muted: bool) -> None:
        self.rooms.set_muted(self.room, identity, sid, muted)

    async def set_attributes(self, identity: str, attributes: Mapping[str, str]) -> None:
        self.rooms.set_attributes(self.room, identity, dict(attributes))

    async def hears(self, identity: str, wanted: Callable[[Heard], bool]) -> Heard:
        heard = self.rooms.heard(self.room, identity)
        found = next(filter(wanted, heard), None)
        assert found is not None, heard
        return found


class RealStage(Stage):
    def __init__(self, server: RunningServer, service: LiveKitRoomService) -> None:
        super().__init__(service, service)
        self._server = server
        self._people: dict[str, Person] = {}
        self._gone: list[Person] = []

    async def join(self, grant: JoinGrant | str) -> str:
        person = await Person.join(self._server.url, self._server.credentials, self.room, grant)
        return await self._enter(person)

    async def rejoin(self, identity: str) -> str:
        token = self._people[identity].token
        person = await Person.join(self._server.url, self._server.credentials, self.room, identity, token)
        return await self._enter(person)

    async def leave(self, identity: str) -> None:
        await self._people[identity].leave()

    async def publish(self, identity: str, source: Source = Source.MICROPHONE) -> str:
        sid = await self._people[identity].publish(source)
        await self._until(identity, lambda person: any(track.sid == sid for track in person.tracks))
        return sid

    async def set_muted(self, identity: str, sid: str, muted: bool) -> None:
        await self._people[identity].set_muted(sid, muted)

    async def set_attributes(self, identity: str, attributes: Mapping[str, str]) -> None:
        await self._people[identity].set_attributes(attributes)

    async def hears(self, identity: str, wanted: Callable[[Heard], bool]) -> Heard:
        return await self._people[identity].hears(wanted)

    async def close(self) -> None:
        for person in (*self._people.values(), *self._gone):
            await person.leave()
        await delete_rooms(self.service, [self.room])  # others may be on this server next, and be asked which room

    async def _enter(self, person: Person) -> str:
        if person.identity in self._people:
            self._gone.append(self._people[person.identity])
        self._people[person.identity] = person
        sid = person.sid
        await self._until(person.identity, lambda seen: seen.sid == sid and seen.state is ParticipantState.ACTIVE)
        return sid

    async def _until(self, identity: str, shows: Callable[[Participant], bool]) -> None:
        """The RoomService shows what clients did only a moment later (the store is written behind them)."""
        async with asyncio.timeout(PATIENCE):
            while not shows(await self.service.get_participant(self.room, identity)):
                await asyncio.sleep(0.02)
