"""The configured reasons: picked with one tap below what was done without one."""

from __future__ import annotations

import pytest

from bot.command import BoundInvocation
from bot.history import Outcome
from bot.people import Role
from bot.policy import Policy
from bot.press import decode
from bot.reply import Audience, Button, Menu, Reply
from tests.core.faults import lying
from tests.house import BACKSTAGE, STANDUP, House, told

REASONS = ("shouting", "off topic")
POLICY = Policy(admins=("console:alice",), reasons=REASONS)


@pytest.fixture(autouse=True)
def configured(house: House) -> None:
    house.use(POLICY)


def menus(reply: Reply) -> list[Menu]:
    return [part for part in reply.parts if isinstance(part, Menu)]


def entries(reply: Reply) -> dict[str, Button]:
    (menu,) = menus(reply)
    assert menu.label == "Reason"
    return {one.label: one for one in menu.entries}


async def test_what_was_done_without_a_reason_offers_them(house: House) -> None:
    reply = await house.say("mute bob", menus=True)
    assert tuple(entries(reply)) == REASONS
    item = await house.database.pending.get(entries(reply)["off topic"].token)
    assert item is not None
    bound = decode(item.bound)
    assert isinstance(bound, BoundInvocation)
    assert (bound.command, bound.room, bound.values) == ("reason", STANDUP, {"n": reply.case, "text": "off topic"})
    assert bound.typed == f"{reply.case} off topic", "as it would have been typed"


async def test_one_tap_is_the_reason_of_the_case(house: House) -> None:
    done = await house.say("mute bob", menus=True)
    reply = await house.tap(entries(done)["shouting"], menus=True)
    assert f"Case {done.case} has a new reason: shouting" in told(reply)
    assert (await house.case(done.case)).reasons == ("shouting",)
    assert menus(reply) == [], "a reason needs no reason"
    assert reply.audience is Audience.PUBLIC


async def test_another_reason_can_be_picked_afterwards(house: House) -> None:
    done = await house.say("mute bob", menus=True)
    for reason in REASONS:
        assert (await house.tap(entries(done)[reason])).outcome is Outcome.DONE
    assert (await house.case(done.case)).reasons == REASONS


async def test_the_same_reason_tapped_twice_is_one_reason(house: House) -> None:
    done = await house.say("mute bob", menus=True)
    await house.tap(entries(done)["shouting"])
    again = await house.tap(entries(done)["shouting"])
    assert "has that reason already: shouting" in told(again)
    assert again.public is None
    assert (await house.case(done.case)).reasons == ("shouting",)


@pytest.mark.parametrize(
    "line",
    ["mute bob", "mute bob lock", "promote omar", "demote bob", "name bob Bo", "metadata bob x", "attribute bob a=b"],
)
async def test_every_write_in_a_room_offers_them(house: House, line: str) -> None:
    reply = await house.say(line, "alice", menus=True)
    if reply.question:
        assert menus(reply) == []
        reply = await house.tap(reply.buttons[0], "alice", menus=True)
    assert reply.outcome is Outcome.DONE
    assert tuple(entries(reply)) == REASONS


@pytest.mark.parametrize("line", ["kick bob", "quiet", "close --force", "room-metadata"])
async def test_a_question_offers_none_and_its_yes_does(house: House, line: str) -> None:
    asked = await house.say(line, "alice", menus=True)
    assert asked.question
    assert menus(asked) == []
    done = await house.tap(asked.buttons[0], "alice", menus=True)
    assert done.outcome in (Outcome.DONE, Outcome.NOT_EFFECTIVE)
    assert tuple(entries(done)) == REASONS
    assert (await house.tap(entries(done)["shouting"], "alice")).outcome is Outcome.DONE
    assert (await house.case(done.case)).reasons == ("shouting",)


async def test_what_the_room_does_not_show_offers_them_too(house: House) -> None:
    house.service.around = lying()
    reply = await house.say("mute bob", menus=True)
    assert reply.outcome is Outcome.NOT_EFFECTIVE
    assert tuple(entries(reply)) == REASONS


async def test_none_are_offered_where_there_is_a_reason(house: House) -> None:
    assert menus(await house.say("mute bob loud", menus=True)) == []


async def test_none_are_offered_where_nothing_was_done(house: House) -> None:
    await house.say("mute bob")
    assert (await house.say("mute bob", menus=True)).outcome is Outcome.ALREADY
    assert house.last is not None
    assert menus(house.last) == []
    refused = await house.say("mute bob in:backstage", menus=True)
    assert refused.outcome is Outcome.REFUSED
    assert menus(refused) == []
    for line in ("mute bob --dry-run", "participants", "participant bob", "mute nobody", "nonsense"):
        assert menus(await house.say(line, menus=True)) == [], line


async def test_none_are_offered_below_what_acts_in_no_room(house: House) -> None:
    done = await house.say("promote omar", menus=True)
    lines = (f"reason {done.case} late", "use standup", "moderator console:new viewer", "undo")
    for line in lines:
        reply = await house.say(line, "mia" if line == "undo" else "alice", menus=True)
        assert reply.outcome is Outcome.DONE, line
        assert menus(reply) == [], line


async def test_none_are_offered_where_menus_are_not_shown_or_none_are_configured(house: House) -> None:
    assert menus(await house.say("mute bob")) == []
    house.use(Policy(admins=("console:alice",)))
    assert menus(await house.say("mute anna lock", menus=True)) == []


async def test_none_are_offered_to_whoever_may_not_give_one(house: House) -> None:
    house.use(Policy(roles={"mute": Role.VIEWER}, reasons=REASONS))
    assert menus(await house.say("mute bob", "vera", menus=True)) == []
    house.use(Policy(roles={"reason": Role.ADMIN}, reasons=REASONS))
    assert menus(await house.say("mute anna", menus=True)) == []


async def test_whoever_may_moderate_there_can_pick_and_nobody_else(house: House) -> None:
    done = await house.say("mute bob", menus=True)
    for as_ in ("vera", "bea"):
        assert (await house.tap(entries(done)["shouting"], as_)).outcome is Outcome.REFUSED
    assert (await house.case(done.case)).reasons == ()
    assert (await house.tap(entries(done)["shouting"], "alice")).outcome is Outcome.DONE


async def test_the_line_for_the_others_has_no_menu(house: House) -> None:
    done = await house.say("mute bob", menus=True)
    assert done.public is not None
    assert done.public.parts == ()


async def test_a_reason_is_shown_and_kept_as_it_is_configured(house: House) -> None:
    odd = "<!channel> *spam* +441234567890"
    house.use(Policy(reasons=(odd,)))
    done = await house.say("mute mei", "bea", room=BACKSTAGE, menus=True)
    assert tuple(entries(done)) == (odd,)
    await house.tap(entries(done)[odd], "bea")
    assert (await house.case(done.case)).reasons == (odd,)
