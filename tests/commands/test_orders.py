"""/orders and /order: what is in force, who may see it, how soon it is enforced, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.command import BoundInvocation
from bot.history import Content, EntryKind, Outcome
from bot.model import Permissions, Source
from bot.order_words import end_of
from bot.orders import Amendment, Door, Order, Who
from bot.people import Grant, Role
from bot.pulse import Pulse
from bot.pulse_words import ALONE, pulse_words, took
from bot.reply import Button, Reply, Table, Tone
from tests.house import BACKSTAGE, STANDUP, House, labels, told

MICROPHONE = Amendment(take=frozenset({Source.MICROPHONE}))
ALICE = Grant("console:alice", Role.ADMIN)
MIA = Grant("console:mia", Role.MODERATOR, (STANDUP,))
GIVEN = Content(actor="console:alice", actor_name="alice", command="mute", room=BACKSTAGE, reason="raid")
GIVEN_BY_MIA = replace(GIVEN, actor="console:mia", actor_name="mia", room=STANDUP)


async def given(house: House, order: Order, about: Content = GIVEN) -> Order:
    """An order as another command, or another process, gives it."""
    return await house.database.orders.append(order, about)


def lines(reply: Reply) -> list[str]:
    """Those of the list."""
    return [line for line in told(reply).splitlines() if line.partition(", ")[0].isdecimal()]


def menus(reply: Reply) -> Sequence[Sequence[Button]]:
    return next(part.menus for part in reply.parts if isinstance(part, Table))


# --- the list ---------------------------------------------------------------------------------------------------------


async def test_what_is_in_force_stands_there_newest_first_with_its_case(house: House) -> None:
    lock = await house.say("mute bob lock shouting", "alice")
    stage = await house.say("promote omar for 5m")
    reply = await house.say("orders", "vera")
    assert told(reply).startswith("2 orders are in force:")
    assert lines(reply) == [
        f"{stage.case}, stage, Omar (omar), standup, until 05:11 UTC, by mia (console:mia)",
        f"{lock.case}, lock (microphone, screen sound), Bob Stone (bob), standup, until it is ended, "
        "by alice (console:alice)",
    ]


async def test_what_has_ended_or_is_over_does_not_stand_there(house: House) -> None:
    await house.say("mute bob lock")
    await house.say("unmute bob")
    await house.say("demote bob for 5m")
    house.clock.advance(301)
    assert told(await house.say("orders")).startswith("Nothing is in force.")


async def test_a_door_stands_there_too(house: House) -> None:
    await given(house, Order(Door.SHUT.amendment, None, (STANDUP,), (ALICE,)))
    assert "door shut, newcomers, standup, until it is ended" in lines(await house.say("orders"))[0]


@pytest.mark.parametrize("line", ["orders backstage", "orders in:backstage", "orders back*"])
async def test_a_room_can_be_named_or_a_glob(house: House, line: str) -> None:
    await house.say("mute bob lock", "alice")
    await house.say("mute mei lock", "alice", room=BACKSTAGE)
    everywhere = await given(house, Order(MICROPHONE, Who("eve"), ("*",), (ALICE,)))
    [first, second] = lines(await house.say(line, "alice"))
    assert first.startswith(f"{everywhere.case}, lock (microphone), eve, all rooms")
    assert "Mei" in second


async def test_a_room_out_of_scope_is_refused_in_the_same_words_whether_it_exists(house: House) -> None:
    await house.say("mute mei lock", "alice", room=BACKSTAGE)
    said = [told(await house.say(f"orders {room}")).splitlines()[0] for room in (BACKSTAGE, "nowhere-1")]
    assert said[0].replace(BACKSTAGE, "nowhere-1") == said[1]
    assert "not in your scope" in said[0]


async def test_orders_are_seen_where_they_act_and_other_rooms_are_not_named(house: House) -> None:
    elsewhere = await house.say("mute mei lock", "alice", room=BACKSTAGE)
    here = await given(house, Order(MICROPHONE, Who("eve"), (STANDUP, BACKSTAGE), (ALICE,)))
    alone = Order(MICROPHONE, Who("joe"), ("*",), (Grant("console:bea", Role.ADMIN, (BACKSTAGE,)),))
    unseen = await given(house, alone)
    [line] = lines(await house.say("orders"))
    assert line.startswith(f"{here.case}, lock (microphone), eve, standup and other rooms")
    for case in (elsewhere.case, unseen.case):
        assert f"Case {case} is no order that you may see" in told(await house.say(f"order {case}"))
    assert f"Case {here.case}: the lock of eve" in told(await house.say(f"order {here.case}"))


async def test_what_is_about_somebody_hidden_is_for_admins(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("ghost", "Ghost", Permissions(hidden=True)))
    lock = await house.sure("mute ghost lock --force", "alice")
    assert "Ghost" in told(await house.say("orders", "alice"))
    assert "Nothing is in force" in told(await house.say("orders"))
    assert "no order that you may see" in told(await house.say(f"order {lock.case}"))
    assert "the lock of Ghost" in told(await house.say(f"order {lock.case}", "alice"))


async def test_a_callers_number_is_for_admins(house: House) -> None:
    lock = await house.say('mute "+1 555 0100" lock', "alice")
    assert "0100" in told(await house.say("orders", "alice"))
    for line in ("orders", f"order {lock.case}"):
        reply = told(await house.say(line))
        assert "the lock of" in reply or "lock (" in reply
        assert "0100" not in reply, reply


async def test_a_long_list_has_pages(house: House) -> None:
    house.use(replace(house.policy, page_size=2))
    for number in range(5):
        await given(house, Order(MICROPHONE, Who(f"p{number}"), (STANDUP,), (ALICE,)))
    first = await house.say("orders standup")
    assert "3 more: /orders in:standup 2" in told(first)
    assert labels(first) == ["Next page"]
    second = await house.press("Next page")
    assert [line.split(", ")[2] for line in lines(second)[:2]] == ["p2", "p1"]
    assert "p0" in told(await house.say("orders 3"))


async def test_an_order_that_is_stuck_is_marked(house: House) -> None:
    lock = await house.say("mute bob lock")
    [order] = await house.database.orders.active()
    house.use(pulse=Pulse(begun=0.0, stuck=frozenset({order.id})))
    assert "stuck: it could not be carried out" in told(await house.say("orders"))
    assert "It is stuck" in told(await house.say(f"order {lock.case}"))


async def test_behind_each_line_stands_its_end_for_who_may_end_it(house: House) -> None:
    mine = await house.say("mute bob lock")
    await given(house, Order(MICROPHONE, Who("eve"), ("*",), (ALICE,)))
    reply = await house.say("orders", menus=True)
    assert [[one.label for one in menu] for menu in menus(reply)] == [["Details"], ["End it", "Details"]]
    assert "in force until it is ended" in told(await house.tap(menus(reply)[0][0]))
    ended = await house.tap(menus(reply)[1][0])
    assert (ended.outcome, ended.case) == (Outcome.DONE, mine.case)
    looks = await house.say("orders", "vera", menus=True)
    assert [[one.label for one in menu] for menu in menus(looks)] == [["Details"]]
    plain = await house.say("orders")
    assert menus(plain) == ()


# --- how soon ---------------------------------------------------------------------------------------------------------


async def test_the_last_line_says_where_nothing_is_enforced_by_this_process(house: House) -> None:
    assert told(await house.say("orders")).splitlines()[-1] == ALONE


@pytest.mark.parametrize(
    ("pulse", "said"),
    [
        (
            Pulse(begun=0.0, interval=5.0),
            "No webhook has come. The rooms are looked at every 5 s besides. Nothing had to be enforced yet.",
        ),
        (
            Pulse(begun=0.0, interval=60.0, webhook=97.0, swept=99.5),
            "The latest webhook came 3 s ago. The rooms are looked at every 1 min besides, the last time just now.",
        ),
        (Pulse(begun=0.0, failing="LiveKit did not answer."), "Rooms cannot be looked at now: LiveKit did not answer."),
    ],
)
def test_the_real_delay_in_words(pulse: Pulse, said: str) -> None:
    assert said in pulse_words(pulse, 100.0)


def test_the_latest_delays_in_words() -> None:
    pulse = Pulse(begun=0.0)
    pulse.delayed(0.04)
    assert "The latest change took 40 ms." in pulse_words(pulse, 1.0)
    pulse.delayed(0.05)
    pulse.delayed(75.0)
    assert "The latest 3 changes took 50 ms in the median, 1 min 15 s at worst." in pulse_words(pulse, 1.0)
    assert took(1.5) == "1.5 s"


# --- one order --------------------------------------------------------------------------------------------------------


async def test_an_order_in_full(house: House) -> None:
    stage = await house.say("promote omar microphone for 5m his question")
    house.clock.advance(60)
    reply = await house.say(f"order {stage.case}", "vera")
    for words in (
        f"Case {stage.case}: the stage time of Omar, in force.", "Where: standup", "Since: 1 min ago",
        "By: mia (console:mia)", "Until: 05:11 UTC", "Reason: his question", "They are on stage until then",
    ):  # fmt: skip
        assert words in told(reply)
    assert labels(reply) == []
    house.clock.advance(300)
    reply = await house.say(f"order {stage.case}")
    assert "its time is over" in told(reply)
    assert labels(reply) == ["End it"]


async def test_ending_ones_own_order_gives_back_and_opens_nothing(house: House) -> None:
    lock = await house.say("mute bob lock")
    shown = await house.say(f"order {lock.case}")
    assert labels(shown) == ["End it"]
    reply = await house.press("End it")
    assert "Ended the lock of Bob Stone (microphone, screen sound) in standup." in told(reply)
    assert "Nothing was opened" in told(reply)
    assert (reply.outcome, reply.case, reply.command) == (Outcome.DONE, lock.case, "order")
    assert house.sources("bob") == [], "all four"
    assert reply.public is not None
    assert "Ended the lock" in told(reply.public)
    kinds = [entry.kind for entry in (await house.case(lock.case)).entries]
    assert kinds.count(EntryKind.ENDED) == 1


async def test_ending_somebody_elses_order_asks_first(house: House) -> None:
    lock = await house.say("mute bob lock", "alice")
    question = await house.say(f"order {lock.case} end")
    assert question.question
    assert "It was given by alice (console:alice)." in told(question)
    assert len(await house.database.orders.active()) == 1
    assert (await house.yes()).outcome is Outcome.DONE
    assert await house.database.orders.active() == ()


async def test_the_question_says_what_would_come_back(house: House) -> None:
    lock = await house.say("mute bob lock", "alice")
    question = told(await house.say(f"order {lock.case} end"))
    assert f"It ends the lock of Bob Stone (microphone, screen sound), case {lock.case}." in question
    assert "microphone" in question.split("Bob Stone would be given back:")[1]


async def test_what_is_left_of_an_order_that_one_has_narrowed_is_still_somebody_elses(house: House) -> None:
    lock = await house.say("mute bob microphone,camera lock", "alice")
    await house.say("unmute bob microphone")
    question = await house.say(f"order {lock.case} end")
    assert question.question
    assert "It was given by alice (console:alice)." in told(question)
    assert "By: alice (console:alice)" in told(await house.say(f"order {lock.case}"))
    assert len(await house.database.orders.active()) == 1


async def test_the_second_of_two_who_end_it_is_told_who_was_first(house: House) -> None:
    lock = await house.say("mute bob lock")
    await house.say(f"order {lock.case} end", "alice")
    asked = house.last
    await house.say(f"order {lock.case} end")
    house.last = asked
    late = await house.yes("alice")
    assert f"Case {lock.case}: the lock of Bob Stone (microphone, screen sound) has ended already: by mia" in told(late)
    assert late.case is None
    shown = told(await house.say(f"order {lock.case}"))
    assert "has ended already: by mia (console:mia)" in shown
    assert "Where: standup" in shown
    case = await house.case(lock.case)
    assert len([entry for entry in case.entries if entry.kind is EntryKind.ENDED]) == 1


async def test_who_may_not_end_it_is_refused_and_gets_no_button(house: House) -> None:
    lock = await house.say("mute bob lock")
    assert labels(await house.say(f"order {lock.case}", "vera")) == []
    reply = await house.say(f"order {lock.case} end", "vera")
    assert "needs the role moderator in standup" in told(reply)
    wide = await given(house, Order(MICROPHONE, Who("bob"), ("*",), (ALICE,), issuer_name="alice"))
    reply = await house.say(f"order {wide.case} end")
    assert "acts in rooms where you have not the role" in told(reply)
    assert len(await house.database.orders.active()) == 2


async def test_an_order_that_acts_elsewhere_too_is_ended_in_all_of_its_rooms(house: House) -> None:
    for room in (STANDUP, BACKSTAGE):
        house.rooms.join(room, JoinGrant("eve", "Eve", Permissions()))
    wide = await given(house, Order(MICROPHONE, Who("eve", "Eve"), ("*",), (ALICE,)))
    for room in (STANDUP, BACKSTAGE):
        await house.services.standing.person(room, "eve")
        assert "MICROPHONE" not in house.sources("eve", room)
    assert "in all rooms" in told(await house.say(f"order {wide.case} end", "alice"))
    for room in (STANDUP, BACKSTAGE):
        assert house.sources("eve", room) == [], "all four"


async def test_the_dry_run_says_what_would_end(house: House) -> None:
    lock = await house.say("mute bob lock", "alice")
    reply = await house.say(f"order {lock.case} end --dry-run")
    assert "It would end the lock of Bob Stone" in told(reply)
    assert len(await house.database.orders.active()) == 1


async def test_the_button_of_a_public_line_is_for_whoever_may_end_it(house: House) -> None:
    lock = await house.say("mute bob lock")
    [order] = await house.database.orders.active()
    line = await house.dispatcher.told(STANDUP, Reply(Tone.WARN, (), buttons=(end_of(order, STANDUP),)))
    [end] = line.buttons
    for who, words in (("bea", "not in your scope"), ("vera", "needs the role moderator"), ("zoe", "not a moderator")):
        assert words in told(await house.tap(end, who))
    assert (await house.tap(end)).case == lock.case
    assert "has ended already: by mia" in told(await house.tap(end, "alice"))


async def test_no_order_under_that_number(house: House) -> None:
    muted = await house.say("mute bob")
    for number in (muted.case, 99):
        reply = await house.say(f"order {number} end")
        assert f"Case {number} is no order that you may see" in told(reply)
        assert reply.case is None


async def test_ending_a_door_while_a_shut_one_stands_says_who_is_removed_then(house: House) -> None:
    shut = await given(house, Order(Door.SHUT.amendment, None, ("*",), (ALICE,)))
    own = Order(Door.OPEN.amendment, None, (STANDUP,), (MIA,))
    mine = await given(house, own, GIVEN_BY_MIA)
    question = await house.say(f"order {mine.case} end")
    assert question.question
    assert f"Who came in meanwhile is then removed: the door (shut), case {shut.case} stands." in told(question)
    house.rooms.join(STANDUP, JoinGrant("eve", "Eve", Permissions()))
    await house.yes()
    assert all(person.identity != "eve" for person in await house.service.list_participants(STANDUP))


async def test_an_admin_may_end_by_force_what_holds_a_protected_person_and_is_asked(house: House) -> None:
    house.use(replace(house.policy, protected=("bob",)))
    lock = await house.sure("mute bob lock --force", "alice")
    assert "Only an admin can do this" in told(await house.say(f"order {lock.case} end"))
    assert "Add --force" in told(await house.say(f"order {lock.case} end", "alice"))
    question = await house.say(f"order {lock.case} end --force", "alice")
    assert "--force is given." in told(question)
    assert (await house.yes("alice")).outcome is Outcome.DONE


def test_the_button_holds_the_case_and_its_end() -> None:
    button = end_of(Order(MICROPHONE, Who("bob"), ("*",), (ALICE,), case=7), STANDUP)
    assert button.press == BoundInvocation("order", STANDUP, None, {"n": 7, "end": True}, "7 end")
