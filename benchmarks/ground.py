"""What the benchmarks stand on: the whole house on a durable database, and LiveKit's own client beside it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from livekit import api

from adapters.clock import SystemClock
from adapters.livekit.client import LiveKitRoomService
from adapters.wiring import House, Plan, assembled
from bot.command import Invocation
from bot.history import Outcome
from bot.people import ChatUser
from bot.policy import Policy
from bot.reply import Reply, Tone
from tests.livekit_server import API_KEY, API_SECRET, CREDENTIALS

ADMIN = ChatUser("console:bench", "bench")
FOLDER = "benchmark-"
_numbers = count(1)


def event_key() -> str:
    """A chat event that has not been before."""
    return f"key-{next(_numbers)}"


@dataclass(frozen=True, slots=True)
class Ground:
    """Usher and the official client, on the same server."""

    house: House
    service: LiveKitRoomService
    official: api.LiveKitAPI
    channel: str = field(default="console:bench")

    async def say(self, line: str, room: str) -> Reply:
        """A command through the whole pipeline; AssertionError where it did not succeed."""
        reply = await self.house.dispatcher.handle(self._invocation(line, room))
        assert reply.tone in (Tone.OK, Tone.INFO, Tone.WARN), reply
        return reply

    async def do(self, line: str, room: str) -> Reply:
        """A command that changes something, and must have."""
        reply = await self.say(line, room)
        assert reply.outcome is Outcome.DONE, reply
        return reply

    async def press(self, reply: Reply) -> Reply:
        """Press the first button of an answer."""
        pressed = await self.house.dispatcher.press(ADMIN, self.channel, reply.buttons[0].token, event_key())
        assert pressed.outcome is Outcome.DONE, pressed
        return pressed

    def _invocation(self, line: str, room: str) -> Invocation:
        return Invocation(ADMIN, self.channel, line, event_key(), room)


@asynccontextmanager
async def ground(url: str) -> AsyncIterator[Ground]:
    """The house on a database of its own, with fsync as in production."""
    service = LiveKitRoomService(url, CREDENTIALS, server="bench", clock=SystemClock())
    official = api.LiveKitAPI(url, API_KEY, API_SECRET)
    try:
        with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
            plan = Plan(service, f"sqlite:///{Path(folder) / 'usher.db'}", Policy(admins=(ADMIN.subject,)))
            async with assembled(plan) as house:
                yield Ground(house, service, official)
    finally:
        await official.aclose()
        await service.aclose()


async def get(official: api.LiveKitAPI, room: str, identity: str) -> api.ParticipantInfo:
    return await official.room.get_participant(api.RoomParticipantIdentity(room=room, identity=identity))


async def set_muted(official: api.LiveKitAPI, room: str, identity: str, sid: str, *, muted: bool) -> None:
    request = api.MuteRoomTrackRequest(room=room, identity=identity, track_sid=sid, muted=muted)
    await official.room.mute_published_track(request)


async def set_metadata(official: api.LiveKitAPI, room: str, identity: str, text: str) -> None:
    request = api.UpdateParticipantRequest(room=room, identity=identity, metadata=text)
    await official.room.update_participant(request)
