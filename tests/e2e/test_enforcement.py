"""Real people, a real server and its webhooks, `usher run`: what was decided stays decided."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from bot.history import EntryKind, Outcome
from bot.model import ALL_SOURCES, Permissions, Source
from bot.orders import Amendment, Door, Order
from bot.people import Grant, Role
from tests.clocks import eventually
from tests.e2e.guard import SAID, Guard, free_port, guard_for, listener, server_that_tells
from tests.e2e.scene import Scene, event
from tests.livekit_server import RunningServer
from tests.people import Person

pytestmark = [pytest.mark.real, pytest.mark.participants, pytest.mark.asyncio(loop_scope="module")]
BAN = Amendment(absent=True)
LOCK = Amendment(take=frozenset({Source.MICROPHONE}))
LOCKED = ALL_SOURCES - {Source.MICROPHONE}
REMOVED = event("disconnected", "bob", "PARTICIPANT_REMOVED")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guard(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Guard]:
    port = free_port()
    with server_that_tells(port) as server:
        async with guard_for(server, tmp_path_factory.mktemp("guard"), port) as running:
            yield running


@pytest_asyncio.fixture(loop_scope="module")
async def hall(guard: Guard) -> AsyncIterator[Scene]:
    scene = Scene(guard.server)
    yield scene
    await scene.close()


async def permission(hall: Scene, identity: str = "bob") -> Permissions:
    return (await hall.seen(identity)).permission


async def becomes(hall: Scene, wanted: Permissions, identity: str = "bob") -> None:
    async def so() -> bool:
        person = await hall.see(identity)
        return person is not None and person.permission == wanted

    try:
        await eventually(so, 30)
    except TimeoutError:
        raise AssertionError((wanted, await hall.see(identity))) from None


async def come(hall: Scene, identity: str = "bob", token: str | None = None, room: str = "") -> Person:
    """Join, whatever becomes of it: the scene waits until they are there, and they may not be for long enough."""
    person = await Person.join(hall.server.url, hall.server.credentials, room or hall.room, identity, token)
    hall.keep(person, room)
    return person


async def removals(guard: Guard, ban: Order) -> int:
    """How many sessions the order has removed, as the history says."""
    case = await guard.database.history.case(ban.case)
    assert case is not None
    return sum(entry.outcome is Outcome.DONE for entry in case.entries if entry.kind is EntryKind.OUTCOME)


async def is_kept_out(
    guard: Guard, hall: Scene, ban: Order, identity: str = "bob", token: str | None = None, room: str = ""
) -> None:
    """They come and are removed, before their client says that it is connected or after."""
    before = await removals(guard, ban)
    guard.visitors.come(hall.server, room or hall.room, identity, token)

    async def out() -> bool:
        return await removals(guard, ban) > before and await hall.see(identity, room) is None

    await eventually(out, 30)


async def test_who_is_banned_is_removed_and_each_time_they_come_again_with_the_old_token_and_a_new_one(
    guard: Guard, hall: Scene
) -> None:
    bob = await hall.join("bob")
    ban = await guard.give(BAN, rooms=hall.room)
    await bob.hears(REMOVED, 30)
    await is_kept_out(guard, hall, ban, token=bob.token)
    await is_kept_out(guard, hall, ban)


async def test_who_is_banned_from_a_pattern_of_rooms_is_removed_from_another_room_of_it(
    guard: Guard, hall: Scene
) -> None:
    await hall.join("bob")
    ban = await guard.give(BAN, rooms="wing-*")
    await is_kept_out(guard, hall, ban, room="wing-b")
    assert await hall.see("bob") is not None


async def test_fifty_banned_people_who_join_at_once_all_go(guard: Guard, hall: Scene) -> None:
    names = [f"guest-{number}" for number in range(50)]
    bans = await asyncio.gather(*(guard.give(BAN, name, rooms=hall.room) for name in names))
    await hall.join("carol")
    for name in names:
        guard.visitors.come(hall.server, hall.room, name)

    async def all_out() -> bool:
        gone = [await removals(guard, ban) for ban in bans]
        return min(gone) > 0

    await eventually(all_out, 60)
    assert [person.identity for person in await hall.service.list_participants(hall.room)] == ["carol"]


async def test_a_locked_microphone_stays_away_through_a_rejoin_and_publishing_again(guard: Guard, hall: Scene) -> None:
    carol = await hall.join("carol")
    bob = await hall.join("bob", Source.MICROPHONE)
    lock = await guard.give(LOCK, rooms=hall.room)
    await carol.hears(event("track_unpublished", "bob", "microphone"), 30)
    await bob.leave()
    again = await come(hall, token=bob.token)
    await becomes(hall, Permissions(can_publish_sources=LOCKED))
    assert await hall.refused(again, Source.MICROPHONE)
    await guard.end(lock)
    await becomes(hall, Permissions())
    assert await hall.open_tracks("bob") == set()
    await again.publish()


async def test_a_lock_and_a_listen_only_door_overlap_and_leave_no_trace(guard: Guard, hall: Scene) -> None:
    bob = await hall.join("bob")
    lock = await guard.give(LOCK, rooms=hall.room)
    await becomes(hall, Permissions(can_publish_sources=LOCKED))
    door = await guard.give(Door.LISTEN_ONLY, rooms=hall.room)
    await bob.leave()
    await come(hall, token=bob.token)
    await becomes(hall, Permissions(can_publish=False, can_publish_sources=LOCKED))
    await guard.end(lock)
    await becomes(hall, Permissions(can_publish=False))
    await guard.end(door)
    await becomes(hall, Permissions())


async def test_the_door_ends_first_and_the_lock_stays(guard: Guard, hall: Scene) -> None:
    door = await guard.give(Door.LISTEN_ONLY, rooms=hall.room)
    await come(hall)
    await becomes(hall, Permissions(can_publish=False))
    lock = await guard.give(LOCK, rooms=hall.room)
    await becomes(hall, Permissions(can_publish=False, can_publish_sources=LOCKED))
    await guard.end(door)
    await becomes(hall, Permissions(can_publish_sources=LOCKED))
    await guard.end(lock)
    await becomes(hall, Permissions())


async def test_a_door_that_is_given_another_end_is_for_those_who_came_in_under_the_old_one(
    guard: Guard, hall: Scene
) -> None:
    orders, sessions = guard.database.orders, guard.database.sessions
    door = await guard.give(Door.LISTEN_ONLY, rooms=hall.room)
    for identity in ("bob", "carol"):
        await come(hall, identity)
        await becomes(hall, Permissions(can_publish=False), identity)
    await hall.service.update_participant(hall.room, "carol", permission=Permissions())
    longer = replace(door, id=0, ends=datetime.now(UTC) + timedelta(hours=1)).going_on_from([door])
    longer = await orders.append(longer, SAID, instead=[door.id])

    async def under_it() -> bool:
        known = {one.identity: one for one in await sessions.known(["bob", "carol"]) if one.room == hall.room}
        return longer.id in known["bob"].carried and bool(longer.ids & known["carol"].past)

    await eventually(under_it, 30)
    assert await permission(hall) == Permissions(can_publish=False)
    assert await permission(hall, "carol") == Permissions()
    await guard.end(longer)
    await becomes(hall, Permissions())


async def test_a_field_that_somebody_else_sets_meanwhile_is_left_alone(guard: Guard, hall: Scene) -> None:
    await hall.join("bob")
    lock = await guard.give(LOCK, rooms=hall.room)
    await becomes(hall, Permissions(can_publish_sources=LOCKED))
    theirs = Permissions(can_publish_sources=LOCKED, can_subscribe=False)
    await hall.service.update_participant(hall.room, "bob", permission=theirs)
    await guard.end(lock)
    await becomes(hall, Permissions(can_subscribe=False))


async def test_what_somebody_else_gives_although_a_lock_takes_it_is_taken_again_and_comes_back_with_its_end(
    guard: Guard, hall: Scene
) -> None:
    await hall.join("bob")
    lock = await guard.give(LOCK, rooms=hall.room)
    await becomes(hall, Permissions(can_publish_sources=LOCKED))
    await hall.service.update_participant(hall.room, "bob", permission=Permissions())
    await hall.join("carol")  # LiveKit tells of no change of permissions: something else makes the room due
    await becomes(hall, Permissions(can_publish_sources=LOCKED))
    await guard.end(lock)
    await becomes(hall, Permissions())


async def test_a_shut_door_keeps_newcomers_out_and_nobody_in(guard: Guard, hall: Scene) -> None:
    await hall.join("carol")
    shut = await guard.give(Door.SHUT, rooms=hall.room)
    await is_kept_out(guard, hall, shut)
    assert await hall.see("carol") is not None


async def test_an_order_acts_in_none_of_the_rooms_that_its_issuer_had_no_role_in(guard: Guard, hall: Scene) -> None:
    await hall.join("bob")
    elsewhere = Grant("console:ann", Role.MODERATOR, ("elsewhere-*",))
    await guard.give(BAN, rooms=hall.room, grant=elsewhere)
    await guard.give(LOCK, rooms=hall.room)
    await becomes(hall, Permissions(can_publish_sources=LOCKED))


async def test_an_order_ends_by_itself_and_of_two_who_end_it_one_does(guard: Guard, hall: Scene) -> None:
    await hall.join("bob")
    ends = datetime.now(UTC) + timedelta(seconds=2)
    lock = await guard.give(LOCK, rooms=hall.room, ends=ends)
    await becomes(hall, Permissions())

    async def over() -> bool:
        (order,) = await guard.database.orders.get(lock.case)
        return order.ended is not None

    await eventually(over, 30)
    assert await guard.end(lock) == ()
    case = await guard.database.history.case(lock.case)
    assert case is not None
    assert [entry.kind for entry in case.entries].count(EntryKind.ENDED) == 1


async def test_a_room_that_closes_and_opens_again_under_the_same_name_has_its_orders(guard: Guard, hall: Scene) -> None:
    ban = await guard.give(BAN, rooms=hall.room)
    await hall.join("carol")
    await hall.service.delete_room(hall.room)
    await is_kept_out(guard, hall, ban)


async def test_killed_and_started_again_it_has_lost_no_order_and_no_end_and_does_nothing_twice(
    guard: Guard, hall: Scene
) -> None:
    bob = await hall.join("bob")
    carol = await hall.join("carol")
    lock = await guard.give(LOCK, "carol", rooms=hall.room)
    await becomes(hall, Permissions(can_publish_sources=LOCKED), "carol")
    ban = await guard.give(BAN, rooms=hall.room)
    guard.process.kill()
    if await hall.see("bob") is None:  # it was quicker than the kill
        await come(hall, token=bob.token)
    await guard.end(lock)
    await guard.start()
    assert carol.room.isconnected()

    async def gone() -> bool:
        return await hall.see("bob") is None

    await eventually(gone, 30)
    await becomes(hall, Permissions(), "carol")
    case = await guard.database.history.case(ban.case)
    assert case is not None
    assert [entry.kind for entry in case.entries].count(EntryKind.ORDER) == 1
    assert len(case.intents) <= 2


async def test_without_webhooks_whoever_is_banned_is_out_within_a_sweep_also_a_quiet_listener(
    livekit_server: RunningServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    scene = Scene(livekit_server)
    async with guard_for(livekit_server, tmp_path_factory.mktemp("silent")) as guard:
        ban = await guard.give(BAN, rooms=scene.room)
        quiet = await guard.give(BAN, "quiet", rooms=scene.room)
        await scene.join("carol")
        async with listener(livekit_server, scene.room, "quiet"):
            await is_kept_out(guard, scene, ban)

            async def gone() -> bool:
                return await removals(guard, quiet) > 0 and await scene.see("quiet") is None

            await eventually(gone, 30)
    await scene.close()
