"""The loop that holds decisions, on the simulated rooms with a clock that the test turns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.carried import EXPIRED, OVERRULED
from bot.history import EntryKind, Outcome
from bot.model import Permissions, Source
from bot.orders import Amendment, Door
from bot.people import Grant, Role
from tests.enforced import ANN, Enforced, enforced
from tests.house import BACKSTAGE, STANDUP, House

BAN = Amendment(absent=True)
LOCK = Amendment(take=frozenset({Source.MICROPHONE}))
STAGE = Amendment({"can_publish": True})


@pytest.fixture
async def run(house: House) -> AsyncIterator[Enforced]:
    async with enforced(house) as running:
        await running.pass_(1)
        yield running


def there(run: Enforced, identity: str = "bob", room: str = STANDUP) -> bool:
    return identity in run.house.rooms.rooms[room].people


def sources(run: Enforced, identity: str = "bob") -> list[str]:
    return run.house.sources(identity)


async def test_an_order_of_another_process_holds_within_a_second(run: Enforced) -> None:
    await run.give(BAN)
    await run.pass_(1)
    assert not there(run)


async def test_who_is_banned_and_comes_back_is_removed_when_the_webhook_comes(run: Enforced) -> None:
    await run.give(BAN)
    await run.pass_(1)
    run.house.rooms.rejoin(STANDUP, "bob")
    run.enforcer.webhook(STANDUP)
    await run.idle()
    assert not there(run)


async def test_who_is_banned_and_comes_back_is_removed_within_one_sweep_without_webhooks(run: Enforced) -> None:
    await run.give(BAN)
    await run.pass_(1)
    run.house.rooms.rejoin(STANDUP, "bob")
    await run.pass_(5.5)
    assert not there(run)


async def test_a_quiet_listener_of_whom_no_webhook_tells_is_removed_by_the_sweep(run: Enforced) -> None:
    await run.give(BAN, "guest")
    run.enforcer.webhook(STANDUP)
    await run.pass_(1)
    run.house.rooms.join(STANDUP, "guest")
    await run.pass_(61)
    assert not there(run, "guest")


async def test_sweeps_are_rarer_while_webhooks_come_and_frequent_again_once_they_are_silent(run: Enforced) -> None:
    await run.give(LOCK)
    await run.pass_(6)
    assert run.pulse.interval == 5
    run.enforcer.webhook(STANDUP)
    await run.pass_(1)
    assert run.pulse.interval == 60
    swept = run.pulse.swept
    await run.pass_(50)
    assert run.pulse.swept == swept
    await run.pass_(130)
    assert run.pulse.interval == 5


async def test_a_lock_stays_through_a_rejoin_and_its_end_gives_back_and_opens_nothing(run: Enforced) -> None:
    lock = await run.give(LOCK)
    await run.pass_(1)
    assert "MICROPHONE" not in sources(run)
    run.house.rooms.rejoin(STANDUP, "bob")
    assert sources(run) == []
    run.enforcer.webhook(STANDUP)
    await run.idle()
    assert "MICROPHONE" not in sources(run)
    assert sources(run)
    await run.end(lock)
    await run.pass_(1)
    assert sources(run) == []
    assert run.house.track("bob") is None


async def test_an_order_ends_when_its_time_is_over_and_the_moderators_are_told_once(run: Enforced) -> None:
    lock = await run.give(LOCK, ends=run.house.clock.now() + timedelta(minutes=10))
    await run.pass_(599)
    assert "MICROPHONE" not in sources(run)
    assert sources(run)
    await run.pass_(2)
    assert sources(run) == []
    (ended,) = await run.house.database.orders.get(lock.case)
    assert ended.how == EXPIRED
    told = [line for line in run.told if "time is over" in line]
    assert len(told) == 1
    assert "the lock of bob (microphone) in standup" in told[0]
    assert "nothing is opened" in told[0]


async def test_an_order_that_ran_out_while_nobody_was_running_ends_at_the_start(house: House) -> None:
    async with enforced(house) as run:
        await run.pass_(1)
        await run.give(LOCK, ends=house.clock.now() + timedelta(minutes=10))
        await run.pass_(1)
        assert "MICROPHONE" not in sources(run)
    house.clock.advance(3600)
    async with enforced(house) as run:
        await run.pass_(1)
        assert sources(run) == []


async def test_orders_given_before_the_start_are_carried_out_at_the_start(house: House) -> None:
    await Enforced(house).give(BAN)
    async with enforced(house) as run:
        await run.pass_(1)
        assert not there(run)


async def test_what_orders_do_is_recorded_in_their_case(run: Enforced) -> None:
    ban = await run.give(BAN)
    await run.pass_(1)
    case = await run.house.case(ban.case)
    assert [entry.kind for entry in case.entries] == [EntryKind.ORDER, EntryKind.INTENT, EntryKind.OUTCOME]
    assert case.entries[-1].outcome is Outcome.DONE
    lock = await run.give(LOCK, "anna")
    await run.pass_(1)
    await run.end(lock)
    await run.pass_(1)
    kinds = [entry.kind for entry in (await run.house.case(lock.case)).entries]
    assert kinds == [
        EntryKind.ORDER, EntryKind.INTENT, EntryKind.OUTCOME, EntryKind.ENDED, EntryKind.INTENT, EntryKind.OUTCOME,
    ]  # fmt: skip


async def test_a_look_that_changes_nothing_writes_nothing(run: Enforced) -> None:
    await run.give(LOCK)
    await run.pass_(1)
    entries, writes = len(await run.house.entries()), len(run.house.writes)
    await run.pass_(20)
    run.enforcer.webhook(STANDUP)
    await run.idle()
    assert len(await run.house.entries()) == entries
    assert len(run.house.writes) == writes


async def test_a_listen_only_door_is_for_newcomers_and_nobody_inside(run: Enforced) -> None:
    await run.give(Door.LISTEN_ONLY)
    await run.pass_(1)
    assert run.house.person("bob").permission["can_publish"]
    run.house.rooms.join(STANDUP, "guest")
    run.enforcer.webhook(STANDUP)
    await run.idle()
    assert not run.house.person("guest").permission["can_publish"]


async def test_a_shut_door_keeps_newcomers_out_but_not_those_who_are_protected(run: Enforced) -> None:
    await run.give(Door.SHUT)
    await run.pass_(1)
    run.house.rooms.join(STANDUP, "guest")
    run.house.rooms.join(STANDUP, JoinGrant("EG_second", permission=Permissions(hidden=True, recorder=True)))
    run.enforcer.webhook(STANDUP)
    await run.idle()
    assert not there(run, "guest")
    assert there(run, "EG_second")
    assert there(run, "bob")


async def test_an_order_on_somebody_protected_stands_only_where_an_admin_gave_it(run: Enforced) -> None:
    await run.give(BAN, "EG_recorder")
    await run.pass_(1)
    assert there(run, "EG_recorder")
    await run.give(BAN, "EG_recorder", Grant("console:alice", Role.ADMIN))
    await run.pass_(1)
    assert not there(run, "EG_recorder")


async def test_an_order_acts_where_its_rooms_and_the_grants_kept_with_it_both_match(run: Enforced) -> None:
    for room in (STANDUP, BACKSTAGE):
        run.house.rooms.join(room, "guest")
    await run.give(BAN, "guest", Grant("console:mia", Role.MODERATOR, ("standup*",)), rooms=("*",))
    await run.pass_(1)
    assert not there(run, "guest")
    assert there(run, "guest", BACKSTAGE)


async def test_who_is_taken_off_the_stage_by_somebody_else_is_not_given_it_again(run: Enforced) -> None:
    stage = await run.give(STAGE, "omar")
    await run.pass_(1)
    assert run.house.person("omar").permission["can_publish"]
    run.house.person("omar").permission["can_publish"] = False
    await run.pass_(6)
    assert not run.house.person("omar").permission["can_publish"]
    (ended,) = await run.house.database.orders.get(stage.case)
    assert ended.how == OVERRULED
    assert any("That counts: the order has ended." in line for line in run.told)


async def test_what_somebody_else_gives_although_an_order_takes_it_is_taken_again_and_said(run: Enforced) -> None:
    await run.give(LOCK)
    await run.pass_(1)
    run.house.person("bob").permission["can_publish_sources"] = []
    await run.pass_(6)
    assert "MICROPHONE" not in sources(run)
    assert sources(run)
    assert len([line for line in run.told if "It was taken again." in line]) == 1


async def test_fifty_banned_people_who_join_at_once_all_go(run: Enforced) -> None:
    guests = [f"guest-{number}" for number in range(50)]
    for guest in guests:
        await run.give(BAN, guest)
    await run.pass_(1)
    for guest in guests:
        run.house.rooms.join(STANDUP, guest)
        run.enforcer.webhook(STANDUP)
    await run.idle()
    assert not [guest for guest in guests if there(run, guest)]
    removals = [call for call in run.house.service.calls if call.method == "RemoveParticipant"]
    assert len(removals) == 50


async def test_who_keeps_coming_back_is_told_of_once_in_a_while(run: Enforced) -> None:
    await run.give(BAN)
    await run.pass_(1)
    for _ in range(3):
        run.house.rooms.rejoin(STANDUP, "bob")
        run.enforcer.webhook(STANDUP)
        await run.idle()
    assert len([line for line in run.told if "was removed" in line]) == 1
    await run.pass_(601)
    run.house.rooms.rejoin(STANDUP, "bob")
    run.enforcer.webhook(STANDUP)
    await run.idle()
    assert len([line for line in run.told if "was removed" in line]) == 2


async def test_a_room_that_opens_again_under_the_same_name_has_its_orders(run: Enforced) -> None:
    await run.give(BAN)
    await run.pass_(1)
    del run.house.rooms.rooms[STANDUP]
    run.house.rooms.join(STANDUP, "bob")
    run.enforcer.webhook(STANDUP)
    await run.idle()
    assert not there(run)


async def test_webhooks_about_rooms_without_orders_cost_no_call(run: Enforced) -> None:
    before = len(run.house.service.calls)
    for number in range(1000):
        run.enforcer.webhook(f"elsewhere-{number}")
    await run.idle()
    assert len(run.house.service.calls) == before


async def test_more_webhooks_than_can_be_read_make_every_room_with_orders_due(run: Enforced) -> None:
    await run.give(BAN)
    await run.pass_(1)
    run.house.rooms.rejoin(STANDUP, "bob")
    run.enforcer.flooded()
    await run.idle()
    assert not there(run)


async def test_more_requests_than_can_be_read_are_not_taken_for_webhooks_that_come(run: Enforced) -> None:
    run.enforcer.flooded()
    await run.pass_(1)
    assert run.pulse.webhook is None
    assert run.pulse.interval == 5


async def test_a_webhook_that_is_about_no_room_makes_none_due(run: Enforced) -> None:
    await run.give(BAN, rooms=("*",))
    await run.pass_(1)
    run.enforcer.webhook("")
    await run.idle()
    asked = [call.body["room"] for call in run.house.service.calls if call.method == "ListParticipants"]
    assert asked
    assert "" not in asked
    assert run.pulse.webhook is not None


async def test_sessions_that_have_ended_are_forgotten_although_somebody_is_held_there_all_the_time(
    run: Enforced,
) -> None:
    await run.give(LOCK)
    await run.give(LOCK, "anna")
    for _ in range(3):
        run.house.rooms.rejoin(STANDUP, "bob")
        run.enforcer.webhook(STANDUP)
        await run.pass_(1)
    assert len(await run.house.database.sessions.known(["bob"])) == 3
    run.house.rooms.leave(STANDUP, "bob")
    await run.pass_(4300)
    assert await run.house.database.sessions.known(["bob"]) == ()
    assert len(await run.house.database.sessions.known(["anna"])) == 1


async def test_rooms_that_have_closed_cost_no_call_in_each_sweep(run: Enforced) -> None:
    await run.give(LOCK, rooms=("*",))
    await run.pass_(1)
    for room in (STANDUP, BACKSTAGE):
        del run.house.rooms.rooms[room]
    await run.pass_(10)
    before = len([call for call in run.house.service.calls if call.method == "ListParticipants"])
    await run.pass_(300)
    after = len([call for call in run.house.service.calls if call.method == "ListParticipants"])
    assert after - before <= 2
    await run.pass_(4500)
    assert run.enforcer._in_force.rooms == set()
    assert await run.house.database.sessions.rooms() == ()


async def test_how_long_it_took_is_measured(run: Enforced) -> None:
    seen: list[float] = []
    run.pulse.observers.append(seen.append)
    await run.give(BAN)
    await run.pass_(1)
    assert len(seen) == 1
    assert list(run.pulse.delays) == seen
    assert run.pulse.orders == 1


async def test_an_order_of_ann_needs_nothing_of_what_ann_may_do_now(run: Enforced) -> None:
    await run.give(BAN, grant=ANN)
    await run.house.grant("console:ann", Role.NONE)
    await run.pass_(1)
    assert not there(run)
