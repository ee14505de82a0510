"""Trap: a permission update does not reach `roomAdmin` in a participant's own token.

Someone who joined with such a token can promote themselves again, past any moderator; only the service that issues
tokens can prevent it. So Usher never says that a demotion holds against that, and this shows why.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import jwt
import pytest

from adapters.livekit.client import LiveKitRoomService
from adapters.livekit.simulator.http import RoomServiceApp, serving
from adapters.livekit.simulator.people import JoinGrant
from adapters.livekit.simulator.rooms import Rooms
from bot.model import Permissions
from tests.clocks import WallClock, eventually
from tests.livekit_server import CREDENTIALS, RunningServer
from tests.people import Person, join_token

ROOM = "own-token"


def admin_token() -> str:
    claims = jwt.decode(join_token(CREDENTIALS, ROOM, JoinGrant("ada")), options={"verify_signature": False})
    claims["video"]["roomAdmin"] = True
    return jwt.encode(claims, CREDENTIALS.api_secret, algorithm="HS256")


async def promote_oneself(url: str, token: str) -> int:
    """What a demoted participant could send by themselves."""
    body = {"room": ROOM, "identity": "ada", "permission": {"can_publish": True, "can_subscribe": True}}
    async with httpx.AsyncClient(trust_env=False) as http:
        address = url.replace("ws://", "http://") + "/twirp/livekit.RoomService/UpdateParticipant"
        return (await http.post(address, json=body, headers={"Authorization": f"Bearer {token}"})).status_code


async def check(url: str, service: LiveKitRoomService, token: str) -> None:
    await service.update_participant(ROOM, "ada", permission=Permissions(can_publish=False))
    assert not (await service.get_participant(ROOM, "ada")).permission.can_publish
    assert await promote_oneself(url, token) == 200
    assert (await service.get_participant(ROOM, "ada")).permission.can_publish


@asynccontextmanager
async def service_at(url: str) -> AsyncIterator[LiveKitRoomService]:
    service = LiveKitRoomService(url, CREDENTIALS, server="main", clock=WallClock())
    try:
        yield service
    finally:
        await service.aclose()


async def test_someone_demoted_who_holds_room_admin_promotes_themselves_in_the_simulator() -> None:
    rooms = Rooms(WallClock().now)
    rooms.join(ROOM, "ada")
    async with serving(RoomServiceApp(rooms, CREDENTIALS)) as url, service_at(url) as service:
        await check(url, service, admin_token())


@pytest.mark.participants
async def test_someone_demoted_who_holds_room_admin_promotes_themselves_on_the_real_server(
    livekit_server: RunningServer,
) -> None:
    token = admin_token()
    person = await Person.join(livekit_server.url, CREDENTIALS, ROOM, "ada", token=token)
    try:
        async with service_at(livekit_server.url) as service:

            async def there() -> bool:
                return bool(await service.list_participants(ROOM))

            await eventually(there)
            await check(livekit_server.url, service, token)
    finally:
        await person.leave()
