"""Orders carried out like any action: performed in a room, recorded, and found again after a crash."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import NotFound, RoomError
from bot.history import EntryKind, Outcome
from bot.model import Permissions, Source
from bot.orders import Amendment, Door, Order
from bot.people import Grant, Role
from bot.result import Result
from bot.state import PersonState
from tests.core.faults import RESET, UNREACHABLE, failing
from tests.enforcing import Enforcing
from tests.house import BACKSTAGE, STANDUP, House

MICROPHONE = frozenset({Source.MICROPHONE})
LOCK, BAN, PROMOTE = Amendment(take=MICROPHONE), Amendment(absent=True), Amendment({"can_publish": True})


def orders(house: House) -> Enforcing:
    mia = Grant("console:mia", Role.MODERATOR, (STANDUP,))
    return Enforcing(house.database, house.service, house.performer, house.clock, mia)


async def give(house: House, what: Amendment | Door, minutes: int | None = None, who: str = "bob") -> Order:
    ends = house.clock.now() + timedelta(minutes=minutes) if minutes else None
    return await orders(house).give(what, who, ends=ends)


async def enforce(
    house: House, identity: str = "bob", room: str = STANDUP, *, killed: bool = False
) -> Result[PersonState] | None:
    return await orders(house).enforce(room, identity, killed=killed)


async def now(house: House, identity: str = "bob", room: str = STANDUP) -> Permissions:
    return (await house.service.get_participant(room, identity)).permission


async def test_a_lock_holds_through_rejoining_and_publishing_again_and_its_end_opens_nothing(house: House) -> None:
    lock, before = await give(house, LOCK, minutes=10), await now(house)
    for _ in range(2):
        result = await enforce(house)
        assert result is not None
        assert result.outcome is Outcome.DONE
        assert MICROPHONE.isdisjoint((await now(house)).effective_sources)
        assert house.track("bob") is None
        assert await enforce(house) is None
        house.rooms.rejoin(STANDUP, "bob")
        house.rooms.publish(STANDUP, "bob")
    await enforce(house)
    house.clock.advance(601)
    assert not lock.in_force(house.clock.now())
    await enforce(house)
    assert await now(house) == before
    assert house.track("bob") is None


async def test_what_is_enforced_is_recorded_like_any_action(house: House) -> None:
    await give(house, LOCK)
    result = await enforce(house)
    assert result is not None
    case = await house.case(result.case)
    assert [entry.kind for entry in case.entries] == [EntryKind.ORDER, EntryKind.INTENT, EntryKind.OUTCOME]
    (intent,) = case.intents
    assert intent.content is not None
    assert (intent.content.actor, intent.content.identity) == ("usher:enforcer", "bob")
    assert "can_publish_sources" in intent.content.difference


async def test_whoever_is_banned_goes_each_time_they_come(house: House) -> None:
    await give(house, BAN)
    for _ in range(2):
        result = await enforce(house)
        assert result is not None
        assert result.outcome is Outcome.DONE
        with pytest.raises(NotFound):
            await house.service.get_participant(STANDUP, "bob")
        house.rooms.rejoin(STANDUP, "bob")


async def test_where_the_issuer_had_no_role_an_order_does_not_act(house: House) -> None:
    house.rooms.join(BACKSTAGE, "bob")
    await give(house, BAN)
    assert await enforce(house, room=BACKSTAGE) is None


async def test_a_lock_and_a_listen_only_door_overlap_and_leave_no_trace(house: House) -> None:
    before = await now(house)
    await give(house, LOCK, minutes=10)
    await enforce(house)
    house.clock.advance(300)
    await give(house, Door.LISTEN_ONLY, minutes=10)
    assert await enforce(house) is None, "who was in before the door is no newcomer"
    house.clock.advance(60)
    house.rooms.rejoin(STANDUP, "bob")
    await enforce(house)
    assert not (await now(house)).can_publish
    house.clock.advance(300)
    await enforce(house)
    assert not (await now(house)).can_publish
    assert Source.MICROPHONE in (await now(house)).can_publish_sources
    house.clock.advance(300)
    await enforce(house)
    assert await now(house) == before


async def test_a_newcomer_who_is_promoted_is_past_a_listen_only_door(house: House) -> None:
    await give(house, Door.LISTEN_ONLY)
    house.clock.advance(1)
    house.rooms.rejoin(STANDUP, "bob")
    await enforce(house)
    assert not (await now(house)).can_publish
    await house.say("promote bob")
    assert await enforce(house) is None
    assert (await now(house)).can_publish


async def test_a_shut_door_keeps_newcomers_out_and_those_inside_in(house: House) -> None:
    await give(house, Door.SHUT)
    assert await enforce(house) is None
    house.clock.advance(1)
    house.rooms.rejoin(STANDUP, "bob")
    await enforce(house)
    with pytest.raises(NotFound):
        await house.service.get_participant(STANDUP, "bob")


async def test_killed_after_the_write_the_end_still_gives_back_what_was_taken(house: House) -> None:
    before = await now(house)
    lock = await give(house, LOCK)
    await enforce(house, killed=True)
    await orders(house).end(lock)
    await enforce(house, killed=True)
    assert await now(house) == before
    await enforce(house)
    assert await now(house) == before


@pytest.mark.parametrize(("error", "after"), [(UNREACHABLE, False), (RESET, True), (RESET, False)])
async def test_whether_or_not_a_failed_write_reached_the_room_the_orders_are_carried_out_and_end_whole(
    house: House, error: RoomError, after: bool
) -> None:
    before = await now(house)
    lock = await give(house, LOCK)
    house.service.around = failing(error, after=after)
    await enforce(house)
    house.service.around = None
    await enforce(house)
    assert MICROPHONE.isdisjoint((await now(house)).effective_sources)
    await orders(house).end(lock)
    house.service.around = failing(error, after=after)
    await enforce(house)
    house.service.around = None
    await enforce(house)
    assert await now(house) == before


async def test_five_minutes_on_stage_end_by_themselves(house: House) -> None:
    before = await now(house, "omar")
    assert not before.effective_sources
    await give(house, PROMOTE, minutes=5, who="omar")
    await enforce(house, "omar")
    assert (await now(house, "omar")).can_publish
    house.rooms.rejoin(STANDUP, "omar")
    await enforce(house, "omar")
    assert (await now(house, "omar")).can_publish
    house.clock.advance(301)
    await enforce(house, "omar")
    assert await now(house, "omar") == before


async def test_whom_somebody_else_takes_off_the_stage_is_not_brought_back_and_the_order_ends(house: House) -> None:
    order = await give(house, PROMOTE, minutes=5, who="omar")
    await enforce(house, "omar")
    audience = replace(await now(house, "omar"), can_publish=False)
    await house.service.update_participant(STANDUP, "omar", permission=audience)
    assert await enforce(house, "omar") is None
    house.rooms.rejoin(STANDUP, "omar")
    assert await enforce(house, "omar") is None
    assert not (await now(house, "omar")).can_publish
    assert [each.how for each in await house.database.orders.get(order.case)] == ["overruled"]
