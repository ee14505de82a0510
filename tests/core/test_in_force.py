"""What the enforcer knows of the orders, and what many orders, many people and long cases cost: counted, not timed."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import pytest

from bot.history import Case, Content, Draft, EntryKind, Outcome
from bot.in_force import InForce
from bot.model import Participant
from bot.orders import Amendment, Door, Order, Who, by_identity
from bot.people import Grant
from bot.plain import plain
from tests.enforced import ANN, SAID
from tests.house import STANDUP, House

BAN = Amendment(absent=True)


@pytest.fixture
async def in_force(house: House) -> InForce:
    return InForce(house.database.orders, house.database.sessions)


async def give(house: House, *rooms: str, who: str = "bob") -> Order:
    return await house.database.orders.append(Order(BAN, Who(who), rooms, (ANN,)), SAID)


async def test_the_orders_of_a_room_are_those_that_name_it_and_those_over_many_oldest_first(
    house: House, in_force: InForce
) -> None:
    one = await give(house, "hall-1", "hall-1")
    wide = await give(house, "hall-*", "elsewhere")
    two = await give(house, "hall-1", "hall-2")
    await in_force.read()
    assert in_force.covering("hall-1") == (one, wide, two)
    assert in_force.covering("hall-2") == (wide, two)
    assert in_force.covering("elsewhere") == (wide,)
    assert in_force.covering("stage") == ()
    await house.database.orders.end([one.id], SAID)
    await in_force.read()
    assert in_force.covering("hall-1") == (wide, two)
    three = await give(house, "hall-1")
    await in_force.read()
    assert in_force.covering("hall-1") == (wide, two, three)


async def test_an_order_acts_in_a_room_that_it_names_only_where_the_grants_do_too(
    house: House, in_force: InForce
) -> None:
    grant = Grant("console:mia", ANN.role, ("hall-*",))
    order = await house.database.orders.append(Order(BAN, Who("bob"), ("hall-1", "stage"), (grant,)), SAID)
    await in_force.read()
    assert in_force.covering("hall-1") == (order,)
    assert in_force.covering("stage") == ()


async def test_a_room_is_compared_with_the_orders_that_name_it_however_many_others_there_are(
    house: House, in_force: InForce
) -> None:
    for number in range(30):
        await give(house, f"hall-{number}")
    await in_force.read()
    in_force.covering("hall-7")
    with patch.object(Order, "covers", autospec=True, return_value=True) as covers:
        assert len(in_force.covering("hall-7")) == 1
    assert covers.call_count == 1


def test_orders_that_can_be_about_somebody_are_those_on_them_doors_and_those_that_know_an_attribute() -> None:
    def order(number: int, who: Who | None, what: Amendment = BAN) -> Order:
        return Order(what, who, ("*",), (ANN,), id=number)

    bob, anna, keyed = order(1, Who("bob")), order(2, Who("anna")), order(3, Who("carl", key="user", value="7"))
    door, again = order(4, None, Door.SHUT.amendment), order(5, Who("bob"))
    of = by_identity([again, keyed, door, anna, bob])
    assert of("bob") == (bob, keyed, door, again)
    assert of("anna") == (anna, keyed, door)
    assert of("guest") == (keyed, door)


async def test_in_a_crowd_each_is_compared_with_the_orders_that_can_be_about_them(house: House) -> None:
    people = [Participant(f"guest-{number}", f"PA_{number}") for number in range(20)]
    orders = [Order(BAN, Who(f"other-{number}"), (STANDUP,), (ANN,), id=number) for number in range(1, 20)]
    with patch.object(Order, "bears_on", autospec=True, return_value=False) as bears_on:
        assert await house.services.standing.people(STANDUP, people, orders) == ()
    assert bears_on.call_count == 0


async def long_case(house: House, writes: int) -> Case:
    """The case of a ban on somebody who kept coming back."""
    ban = await give(house, STANDUP)
    about = Content(actor="usher:enforcer", actor_name="Usher", command="enforce", room=STANDUP, identity="bob")
    intents = await house.database.history.append(
        [Draft(EntryKind.INTENT, about, case=ban.case, refers=ban.id) for _ in range(writes)]
    )
    await house.database.history.append(
        [Draft(EntryKind.OUTCOME, about, ban.case, intent.seq, Outcome.DONE) for intent in intents]
    )
    return await house.case(ban.case)


async def test_of_a_case_with_very_many_entries_the_first_and_the_newest_are_shown(house: House) -> None:
    case = await long_case(house, 200)
    reply = await house.say(f"/case {case.number}", "alice")
    lines = [line for line in plain(reply).splitlines() if line.startswith("#")]
    assert len(lines) == 100
    assert lines[0].startswith(f"#{case.first.seq} ")
    assert lines[-1].startswith(f"#{case.entries[-1].seq} ")
    assert any("301 more entries are left out here" in line for line in plain(reply).splitlines())


async def test_what_became_of_each_intent_of_a_long_case_is_found_without_going_through_all_of_it(
    house: House,
) -> None:
    case = await long_case(house, 20)
    assert [case.about(intent) for intent in case.intents] == list(case.entries[21:])
    assert case.about(case.first) is None
    reconciled = replace(case.entries[-1], seq=10_000, kind=EntryKind.RECONCILED)
    assert Case(1, (*case.entries, reconciled)).about(case.intents[-1]) == reconciled
