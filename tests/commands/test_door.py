"""/door: how newcomers enter, what the newest door leaves of the older ones, and how the doors are opened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.history import Content, EntryKind, Outcome
from bot.model import Permissions
from bot.orders import Door, Order
from bot.people import Grant, Role
from bot.pulse import Pulse
from bot.reply import Tone
from tests.core import faults
from tests.house import BACKSTAGE, STANDUP, House, labels, told

ALICE = Grant("console:alice", Role.ADMIN)
GIVEN = Content(actor="console:alice", actor_name="alice", command="door", room=BACKSTAGE)
EVERYWHERE = ("*",)


async def active(house: House) -> list[Order]:
    return [*await house.database.orders.active()]


async def enter(house: House, identity: str, room: str = STANDUP) -> None:
    """Somebody comes, a moment after what was done, and the enforcer looks."""
    house.clock.advance(2)
    house.rooms.join(room, JoinGrant(identity, identity, Permissions()))
    house.clock.advance(2)
    await look(house, identity, room)


async def look(house: House, identity: str, room: str = STANDUP) -> None:
    await house.services.standing.person(room, identity)


async def here(house: House, room: str = STANDUP) -> set[str]:
    return {person.identity for person in await house.service.list_participants(room)}


def on_stage(house: House, identity: str) -> bool:
    return bool(house.person(identity).permission["can_publish"])


async def wide(house: House, door: Door, **more: Any) -> Order:
    """A door that an admin set over all rooms."""
    return await house.database.orders.append(Order(door.amendment, None, EVERYWHERE, (ALICE,), **more), GIVEN)


# --- giving -----------------------------------------------------------------------------------------------------------


async def test_newcomers_listen_only_and_nothing_changes_for_who_is_inside(house: House) -> None:
    reply = await house.say("door listen-only for 10m raid")
    assert (reply.outcome, reply.tone) == (Outcome.DONE, Tone.OK)
    for words in (
        "The doors of standup are listen-only for 10 min, until 05:16 UTC.", "Newcomers enter without publishing",
        "Nothing changes for anybody who is inside now.", "Reason: raid", f"Case {reply.case}.",
    ):  # fmt: skip
        assert words in told(reply)
    [order] = await active(house)
    assert (order.what, order.who, order.rooms, order.case) == (
        Door.LISTEN_ONLY.amendment, None, (STANDUP,), reply.case,
    )  # fmt: skip
    assert [(grant.subject, grant.role, grant.rooms) for grant in order.grants] == [
        ("console:mia", Role.MODERATOR, (STANDUP,))
    ]
    assert not house.writes
    await enter(house, "eve")
    await look(house, "bob")
    assert not on_stage(house, "eve")
    assert on_stage(house, "bob")
    assert reply.public is not None
    assert "The doors of standup are listen-only" in told(reply.public)


async def test_shut_asks_first_and_removes_newcomers_as_they_come(house: House) -> None:
    question = await house.say("door shut raid")
    assert question.question
    assert "Shut the doors of standup until they are opened?" in told(question)
    assert "people inside stay." in told(question)
    assert "Reason: raid" in told(question)
    assert await active(house) == []
    before = await here(house)
    reply = await house.yes()
    assert "The doors of standup are shut until they are opened." in told(reply)
    await enter(house, "eve")
    assert await here(house) == before


async def test_protected_people_pass(house: House) -> None:
    house.use(replace(house.policy, protected=("host-*",)))
    await house.sure("door shut")
    for identity in ("host-1", "eve"):
        await enter(house, identity)
    assert {"host-1", "eve"} & await here(house) == {"host-1"}


async def test_a_newcomer_who_is_promoted_is_past_the_door_also_when_it_gets_another_end(house: House) -> None:
    await house.say("door listen-only")
    for identity in ("eve", "joe"):
        await enter(house, identity)
    await house.say("promote eve")
    await house.say("door listen-only for 10m")
    for identity in ("eve", "joe"):
        await look(house, identity)
    assert on_stage(house, "eve")
    assert not on_stage(house, "joe")
    house.clock.advance(601)
    await look(house, "joe")
    assert on_stage(house, "joe")


async def test_before_a_door_is_undone_those_who_came_under_it_are_named_up_to_ten_and_counted(house: House) -> None:
    door = await house.say("door listen-only")
    await enter(house, "eve")
    question = told(await house.say(f"undo {door.case}", "alice"))
    assert f"It ends the door (listen-only), case {door.case}." in question
    assert question.count("would be given back") == 1
    assert "eve would be given back:" in question
    for number in range(11):
        await enter(house, f"guest-{number}")
    question = told(await house.say(f"undo {door.case}", "alice"))
    assert question.count("would be given back:") == 10
    assert "2 more would be given back what it took." in question


@pytest.mark.parametrize(
    ("line", "room"),
    [
        ("door standup listen-only", STANDUP),
        ("door listen-only in:backstage the hall is full", BACKSTAGE),
        ("door backstage listen-only for 10m the hall is full", BACKSTAGE),
        ("door listen-only standup", STANDUP),
    ],
)
async def test_the_room_stands_before_the_state_or_behind_in(house: House, line: str, room: str) -> None:
    reply = await house.say(line, "alice")
    [order] = await active(house)
    assert (order.rooms, reply.room) == ((room,), room)
    assert order.reason == ("the hall is full" if "full" in line else "standup" if line.endswith("standup") else "")


async def test_another_room_behind_the_state_is_no_reason(house: House) -> None:
    reply = await house.say("door listen-only backstage", "alice")
    assert "backstage is a room. Name it first: /door backstage listen-only. Nothing was done." in told(reply)
    assert await active(house) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("door open for 10m", "A time goes with listen-only or shut"),
        ("door for 10m", "A time goes with listen-only or shut"),
        ("door standup raid", "Say how the doors shall stand: open, listen-only, shut"),
        ("door st* shut", "may be many rooms, or none"),
        ("door shut for 10", "what?"),
    ],
)
async def test_what_cannot_have_been_meant_does_nothing(house: House, line: str, said: str) -> None:
    assert said in told(await house.say(line, "alice"))
    assert await active(house) == []


async def test_a_viewer_and_who_is_of_another_room_may_not(house: House) -> None:
    assert "needs the role moderator" in told(await house.say("door shut", "vera"))
    assert "not in your scope" in told(await house.say("door backstage shut"))
    assert await active(house) == []


async def test_the_options_are_the_same(house: House) -> None:
    options = {"room": STANDUP, "state": "listen-only", "for": "10m", "reason": "raid"}
    reply = await house.say("door", options=options)
    [order] = await active(house)
    assert order.reason == "raid"
    assert order.ends is not None
    assert (await house.case(reply.case)).opening.arguments == "standup listen-only for 10m raid"
    assert "is none of open, listen-only, shut" in told(await house.say("door", options={"state": "closed"}))


async def test_the_dry_run_says_which_order_would_be_made(house: House) -> None:
    old = await house.say("door listen-only")
    reply = told(await house.say("door listen-only for 10m --dry-run"))
    assert "This order would be made: the door (listen-only) in standup for 10 min, until 05:16 UTC." in reply
    assert f"It would take the place of the door (listen-only), case {old.case}." in reply
    reply = told(await house.say("door shut --dry-run"))
    assert "the door (shut) in standup" in reply
    assert f"It would end the door (listen-only), case {old.case}." in told(await house.say("door open --dry-run"))
    assert len(await active(house)) == 1


# --- older doors ------------------------------------------------------------------------------------------------------


async def test_the_same_again_is_already(house: House) -> None:
    first = await house.say("door listen-only")
    again = await house.say("door listen-only", "alice")
    assert (again.outcome, again.case) == (Outcome.ALREADY, first.case)
    assert "The doors of standup are already listen-only until they are opened." in told(again)
    assert len(await active(house)) == 1


async def test_another_end_takes_the_place_of_the_old_one_for_those_who_came_in_under_it_too(house: House) -> None:
    old = await house.say("door listen-only")
    await enter(house, "eve")
    new = await house.say("door listen-only for 10m")
    assert f"It takes the place of the door (listen-only), case {old.case}." in told(new)
    [order] = await active(house)
    assert order.case == new.case
    await look(house, "eve")
    assert not on_stage(house, "eve")
    await enter(house, "joe")
    assert not on_stage(house, "joe")
    house.clock.advance(601)
    for identity in ("eve", "joe"):
        await look(house, identity)
        assert on_stage(house, identity)


async def test_a_shut_door_leaves_those_who_came_in_under_an_older_one_where_they_are(house: House) -> None:
    old = await house.say("door listen-only")
    await enter(house, "eve")
    reply = await house.sure("door shut for 10m")
    assert f"Who came in under the door (listen-only), case {old.case} stays under it." in told(reply)
    assert f"Afterwards the door (listen-only), case {old.case} counts again" in told(reply)
    await look(house, "eve")
    assert not on_stage(house, "eve")
    await enter(house, "joe")
    assert {"eve", "joe"} & await here(house) == {"eve"}
    house.clock.advance(601)
    await enter(house, "joe")
    assert not on_stage(house, "joe")


async def test_nobody_is_under_a_shut_door_so_that_the_next_one_takes_its_place(house: House) -> None:
    shut = await house.sure("door shut")
    reply = await house.say("door listen-only for 10m")
    assert f"It takes the place of the door (shut), case {shut.case}." in told(reply)
    await enter(house, "eve")
    assert not on_stage(house, "eve")
    house.clock.advance(601)
    await look(house, "eve")
    assert on_stage(house, "eve"), "and is not removed when that time is over"


# --- opening ----------------------------------------------------------------------------------------------------------


async def test_open_ends_the_doors_of_the_room_and_gives_back_what_they_took(house: House) -> None:
    first = await house.say("door listen-only", "alice")
    await enter(house, "eve")
    second = await house.sure("door shut for 10m")
    reply = await house.say("door open all is well")
    assert "The doors of standup are open." in told(reply)
    assert f"Ended: the door (listen-only), case {first.case} and the door (shut), case {second.case}." in told(reply)
    assert "1 person got back what it took. Nothing was opened." in told(reply)
    assert "Whoever was turned away has to join again." in told(reply)
    assert "Reason: all is well" in told(reply)
    assert (reply.outcome, reply.case) == (Outcome.DONE, second.case)
    assert await active(house) == []
    assert on_stage(house, "eve")
    again = await house.say("door open")
    assert "The doors of standup are open already." in told(again)
    assert again.case is None


async def test_a_ban_stays_whatever_the_doors(house: House) -> None:
    await house.sure("door shut")
    await house.say("mute bob lock")
    await house.say("door open")
    assert [order.is_door for order in await active(house)] == [False]


async def test_against_a_wider_door_to_open_is_an_order_of_its_own(house: House) -> None:
    await wide(house, Door.SHUT)
    await enter(house, "eve")
    assert "eve" not in await here(house)
    reply = await house.say("door open")
    assert "The doors of standup are open whatever a wider door says, until that is ended." in told(reply)
    assert [order.what for order in await active(house)] == [Door.SHUT.amendment, Door.OPEN.amendment]
    await enter(house, "eve")
    assert on_stage(house, "eve")
    assert "open already" in told(await house.say("door open"))
    assert "are open whatever a wider door says" in told(await house.say("door"))


async def test_who_came_in_under_the_rooms_own_doors_stays_in_when_they_open_against_a_wider_one(house: House) -> None:
    await wide(house, Door.SHUT)
    await house.say("door open")
    await enter(house, "eve")
    await house.say("door listen-only for 10m")
    await enter(house, "joe")
    reply = await house.say("door open")
    assert "It takes the place of the door (open)" in told(reply)
    for identity in ("eve", "joe"):
        await look(house, identity)
        assert on_stage(house, identity)


async def test_a_wider_door_that_is_open_needs_nothing(house: House) -> None:
    await house.say("door listen-only")
    await wide(house, Door.OPEN)
    reply = await house.say("door open")
    assert "The doors of standup are open." in told(reply)
    assert [order.what for order in await active(house)] == [Door.OPEN.amendment]


async def test_two_who_open_at_once(house: House) -> None:
    shut = await house.sure("door shut")
    real = house.database.orders

    class Late:
        """Somebody else ends it just before."""

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

        async def end(self, orders: list[int], content: Content, **more: Any) -> object:
            await real.end(orders, GIVEN)
            return await real.end(orders, content, **more)

    house.use(orders=Late())
    reply = await house.say("door open")
    assert f"Case {shut.case}: the door (shut) has ended already: by alice" in told(reply)
    assert reply.case is None


async def test_opening_that_cannot_be_carried_out_yet_is_decided_and_tried_again(house: House) -> None:
    await house.say("door listen-only")
    house.service.around = faults.failing(faults.UNREACHABLE, "ListParticipants", after=False)
    reply = await house.say("door open")
    assert reply.tone is Tone.ERROR
    assert "Could not give back everywhere what the door (listen-only) took yet." in told(reply)
    assert "It is decided, and tried again." in told(reply)
    assert await active(house) == []


@pytest.mark.parametrize("line", ["door listen-only", "door open"])
async def test_an_event_that_is_delivered_twice_is_answered_once(house: House, line: str) -> None:
    await house.say("door listen-only for 10m")
    assert (await house.say(line, event_key="e1")).outcome is Outcome.DONE
    assert "handled already" in told(await house.say(line, event_key="e1"))


async def test_the_undo_of_a_door_ends_it(house: House) -> None:
    reply = await house.say("door listen-only")
    assert f"Undo case {reply.case}" in labels(reply)
    assert "ended the door (listen-only) in standup." in told(await house.say("undo"))
    assert await active(house) == []


async def test_an_order_to_end_says_the_door(house: House) -> None:
    door = await house.say("door listen-only")
    assert "Who has entered since is in without publishing." in told(await house.say(f"order {door.case}", "vera"))
    assert "Ended the door (listen-only)" in told(await house.say(f"order {door.case} end"))


# --- how they stand ---------------------------------------------------------------------------------------------------


async def test_bare_it_shows_how_the_doors_stand_with_one_tap_for_the_others(house: House) -> None:
    reply = await house.say("door")
    assert told(reply).splitlines() == ["The doors of standup are open.", "Newcomers enter as their join token says."]
    assert labels(reply) == ["Listen only", "Shut"]
    listen = await house.press("Listen only")
    assert listen.outcome is Outcome.DONE
    shut = await house.sure("door shut for 10m raid", "alice")
    reply = await house.say("door standup")
    lines = told(reply).splitlines()
    assert lines[0] == "The doors of standup are shut for 10 min, until 05:16 UTC."
    assert f"{shut.case}, shut, standup, until 05:16 UTC, by alice (console:alice), raid" in lines
    assert f"{listen.case}, listen-only, standup, until it is ended, by mia (console:mia)" in lines
    assert "The first one counts for newcomers" in told(reply)
    assert labels(reply) == ["Open", "Listen only"]
    assert not [entry for entry in await house.entries() if entry.kind is EntryKind.REFUSED]


async def test_a_button_that_asks_can_be_pressed_again(house: House) -> None:
    shown = await house.say("door")
    assert (await house.press("Shut")).question
    await house.press("No, leave it")
    assert (await house.press("Shut", of=shown)).question
    assert await active(house) == []


async def test_who_may_only_look_where_a_setting_lets_them_gets_no_buttons(house: House) -> None:
    house.use(replace(house.policy, roles={"door": Role.ADMIN}))
    await house.say("door listen-only", "alice")
    assert "needs the role admin" in told(await house.say("door"))
    assert labels(await house.say("door", "alice")) == ["Open", "Shut"]


async def test_where_this_process_enforces_nothing_more_is_said(house: House) -> None:
    house.use(pulse=Pulse(begun=0.0))
    assert "usher run" not in told(await house.say("door listen-only"))


# --- a room that is not live ------------------------------------------------------------------------------------------


async def test_a_room_that_is_not_live_is_asked_about_and_can_be_opened(house: House) -> None:
    for line in ("door later listen-only", "door later shut"):
        question = await house.say(line, "alice")
        assert "No room of that name is live now; it may open later." in told(question)
        assert (await house.yes("alice")).outcome is Outcome.DONE
    assert "The doors of later are shut" in told(await house.say("door later", "alice"))
    assert "The doors of later are open." in told(await house.say("door later open", "alice"))
    for line in ("door later open", "door later"):
        reply = await house.say(line, "alice")
        assert "No live room is called later" in told(reply)
        assert labels(reply) == ["backstage", "standup"]
