"""The port in terms of Twirp calls: written once, for the client and for the simulator that needs no network."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from adapters.livekit import wire
from adapters.livekit.errors import unreadable
from adapters.livekit.tokens import Grant, delete_grant, list_grant, room_grant
from bot.errors import BotError
from bot.model import Participant, Permissions, Room, Track


@dataclass(frozen=True, slots=True)
class Call:
    """One RPC: its name, its JSON body, the grant that it needs, and whether it only reads."""

    method: str
    body: wire.Json
    grant: Grant
    reads: bool = False


class TwirpRoomService(ABC):
    """`bot.ports.RoomService` over `_answer`, which carries a call to a server and brings back its JSON object.

    Each of `observers` is told each call: its method, "ok" or the error's code, and the seconds that it took.
    """

    def __init__(self, server: str, cloud: bool) -> None:
        self._server = server
        self._cloud = cloud
        self.observers: list[Callable[[str, str, float], None]] = []

    @property
    def server(self) -> str:
        return self._server

    @property
    def cloud(self) -> bool:
        return self._cloud

    @abstractmethod
    async def _answer(self, call: Call) -> wire.Json:
        """The answer's object; raises a `RoomError` for anything that is not a success."""

    async def _observed(self, call: Call) -> wire.Json:
        begun, result = time.perf_counter(), "ok"
        try:
            return await self._answer(call)
        except BotError as error:
            result = error.code
            raise
        finally:
            for observe in self.observers:
                observe(call.method, result, time.perf_counter() - begun)

    async def list_rooms(self, names: Sequence[str] = ()) -> tuple[Room, ...]:
        answer = await self._observed(Call("ListRooms", {"names": list(names)}, list_grant(), reads=True))
        return wire.read_rooms(_with_list(answer, "rooms"))

    async def list_participants(self, room: str) -> tuple[Participant, ...]:
        call = Call("ListParticipants", {"room": room}, room_grant(room), reads=True)
        return wire.read_participants(_with_list(await self._observed(call), "participants"))

    async def get_participant(self, room: str, identity: str) -> Participant:
        body = {"room": room, "identity": identity}
        return _person(await self._observed(Call("GetParticipant", body, room_grant(room), reads=True)), identity)

    async def update_participant(
        self,
        room: str,
        identity: str,
        *,
        permission: Permissions | None = None,
        metadata: str | None = None,
        name: str | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> Participant:
        body = wire.participant_update(room, identity, permission, metadata, name, attributes)
        return _person(await self._observed(Call("UpdateParticipant", body, room_grant(room))), identity)

    async def mute_published_track(self, room: str, identity: str, track_sid: str, muted: bool) -> Track | None:
        body = {"room": room, "identity": identity, "track_sid": track_sid, "muted": muted}
        track = (await self._observed(Call("MutePublishedTrack", body, room_grant(room)))).get("track")
        return wire.read_track(track) if isinstance(track, dict) else None

    async def remove_participant(self, room: str, identity: str, revoke_token_ts: int | None = None) -> None:
        body = wire.removal(room, identity, revoke_token_ts)
        await self._observed(Call("RemoveParticipant", body, room_grant(room)))

    async def move_participant(self, room: str, identity: str, destination_room: str) -> None:
        body = {"room": room, "identity": identity, "destination_room": destination_room}
        await self._observed(Call("MoveParticipant", body, room_grant(room, destination_room)))

    async def update_room_metadata(self, room: str, metadata: str) -> Room:
        body = {"room": room, "metadata": metadata}
        return wire.read_room(await self._observed(Call("UpdateRoomMetadata", body, room_grant(room))))

    async def send_data(
        self, room: str, data: bytes, *, topic: str = "", destination_identities: Sequence[str] = ()
    ) -> None:
        body = wire.data_message(room, data, topic, destination_identities)
        await self._observed(Call("SendData", body, room_grant(room)))

    async def delete_room(self, room: str) -> None:
        await self._observed(Call("DeleteRoom", {"room": room}, delete_grant()))


def _with_list(answer: wire.Json, key: str) -> wire.Json:
    """The answer, if it holds the list: the server always sends it, and without it "nobody" would be a guess."""
    if not isinstance(answer.get(key), list):
        raise unreadable()
    return answer


def _person(answer: wire.Json, identity: str) -> Participant:
    """The participant, if it is the one that was asked for."""
    person = wire.read_participant(answer)
    if person.identity != identity:
        raise unreadable()
    return person
