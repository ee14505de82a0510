"""A real server, real participants: what sessions have when people come back, and what orders make of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from adapters.livekit.client import LiveKitRoomService
from bot.model import ALL_SOURCES, Permissions, Source
from bot.orders import Amendment, Door
from bot.perform import Performer
from tests.clocks import WallClock, eventually
from tests.database_fixtures import opened
from tests.enforcing import Enforcing
from tests.livekit_server import RunningServer
from tests.people import Person

pytestmark = [pytest.mark.real, pytest.mark.participants]
LOCK = Amendment(take=frozenset({Source.MICROPHONE}))
LOCKED = Permissions(can_publish_sources=ALL_SOURCES - {Source.MICROPHONE})


@pytest.fixture
async def enforcing(livekit_server: RunningServer, tmp_path: Path) -> AsyncIterator[Enforcing]:
    clock = WallClock()
    service = LiveKitRoomService(livekit_server.url, livekit_server.credentials, server="real", clock=clock)
    async with opened(tmp_path / "usher.db") as database:
        performer = Performer(service, database.history, database.locks, clock)
        yield Enforcing(database, service, performer, clock)
        await performer.owed.aclose()
    await service.aclose()


Join = Callable[[str], Awaitable[Person]]


@pytest.fixture
async def join(livekit_server: RunningServer) -> AsyncIterator[Join]:
    people: list[Person] = []

    async def joined(room: str) -> Person:
        people.append(await Person.join(livekit_server.url, livekit_server.credentials, room, "bob"))
        return people[-1]

    yield joined
    for person in people:
        await person.leave()


async def permission(enforcing: Enforcing, room: str) -> Permissions:
    return (await enforcing.service.get_participant(room, "bob")).permission


async def session_after(enforcing: Enforcing, room: str, before: str) -> str:
    """The sid of the session that follows that one."""

    async def another() -> bool:
        people = await enforcing.service.list_participants(room)
        return [person.sid == before for person in people] == [False]

    await eventually(another)
    return (await enforcing.service.get_participant(room, "bob")).sid


async def test_who_reconnects_has_another_session_with_what_orders_left_and_gets_all_back_in_the_end(
    enforcing: Enforcing, join: Join
) -> None:
    person = await join("reconnecting")
    lock = await enforcing.give(LOCK)
    await enforcing.enforce("reconnecting")
    (before,) = await enforcing.service.list_participants("reconnecting")
    assert before.permission == LOCKED
    person.reconnect()
    await session_after(enforcing, "reconnecting", before.sid)
    assert await permission(enforcing, "reconnecting") == LOCKED
    assert await enforcing.enforce("reconnecting") is None
    await enforcing.end(lock)
    await enforcing.enforce("reconnecting")
    assert await permission(enforcing, "reconnecting") == Permissions()


async def test_who_rejoins_with_their_own_token_has_all_of_it_until_the_orders_are_carried_out(
    enforcing: Enforcing, join: Join
) -> None:
    person = await join("rejoining")
    lock = await enforcing.give(LOCK)
    await enforcing.enforce("rejoining")
    door = await enforcing.give(Door.LISTEN_ONLY)
    assert await enforcing.enforce("rejoining") is None
    await person.leave()
    await join("rejoining")
    assert await permission(enforcing, "rejoining") == Permissions()
    await enforcing.enforce("rejoining")
    both = await permission(enforcing, "rejoining")
    assert (both.can_publish, both.can_publish_sources) == (False, LOCKED.can_publish_sources)
    await enforcing.end(lock)
    await enforcing.enforce("rejoining")
    assert await permission(enforcing, "rejoining") == Permissions(can_publish=False)
    await enforcing.end(door)
    await enforcing.enforce("rejoining")
    assert await permission(enforcing, "rejoining") == Permissions()
