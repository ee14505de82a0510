"""/undo where orders are ended, or took the place of others: what comes back, as whose, and what is asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.history import EntryKind, Outcome
from bot.model import Permissions, Source
from bot.orders import Order
from bot.people import Role
from bot.reply import Tone
from tests.core.faults import UNREACHABLE, failing
from tests.house import BACKSTAGE, STANDUP, House, labels, told

MAX = "max"


@pytest.fixture(autouse=True)
async def _another_moderator(house: House) -> None:
    await house.grant("console:max", Role.MODERATOR, STANDUP)


async def active(house: House) -> list[Order]:
    return [*await house.database.orders.active()]


async def look(house: House, identity: str) -> None:
    """What the enforcer does where the room is due."""
    await house.services.standing.person(STANDUP, identity)


# --- what somebody has ended ------------------------------------------------------------------------------------------


async def test_the_bare_undo_of_an_unmute_puts_the_lock_in_force_again_as_its_givers(house: House) -> None:
    lock = await house.say("mute anna microphone,camera lock shouting")
    await house.say("unmute anna microphone", MAX)
    reply = await house.say("undo", MAX)
    assert (reply.outcome, reply.case) == (Outcome.DONE, lock.case)
    assert (
        f"In force again: the lock of Anna (camera, microphone), case {lock.case}, given by mia (console:mia), "
        "until it is ended." in told(reply)
    )
    [order] = await active(house)
    assert order.what.take == {Source.MICROPHONE, Source.CAMERA}
    assert (order.issuer, order.command, order.reason, order.case) == ("console:mia", "mute", "shouting", lock.case)
    assert [(grant.subject, grant.rooms) for grant in order.grants] == [("console:mia", (STANDUP,))]
    assert house.sources("anna") == ["SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]


async def test_the_entry_says_who_wrote_it_and_with_which_words(house: House) -> None:
    lock = await house.say("mute anna lock")
    await house.say("unmute anna", MAX)
    await house.say("undo", MAX)
    order = [entry for entry in (await house.case(lock.case)).entries if entry.kind is EntryKind.ORDER][-1]
    assert order.content is not None
    assert (order.content.actor, order.content.command) == ("console:max", "undo")
    assert "by mia" in told(await house.say("orders"))
    assert "in force" in told(await house.say("history anna"))


async def test_its_end_then_gives_back_what_it_took(house: House) -> None:
    lock = await house.say("mute anna microphone,camera lock")
    await house.say("unmute anna microphone", MAX)
    await look(house, "anna")
    await house.say("undo", MAX)
    await look(house, "anna")
    await house.say(f"order {lock.case} end")
    assert house.sources("anna") == [], "all four"


async def test_what_is_left_of_its_time_is_left_and_what_is_over_is_said(house: House) -> None:
    lock = await house.say("mute anna for 10m")
    [given] = await active(house)
    for minutes in (4, 7):
        await house.say("unmute anna", MAX)
        house.clock.advance(60 * minutes)
        reply = await house.say("undo", MAX)
        if minutes == 4:
            assert [order.ends for order in await active(house)] == [given.ends]
    assert "cannot be in force again" in told(reply)
    assert f"The time of the lock of Anna (microphone, screen sound), case {lock.case} is over" in told(reply)
    assert await active(house) == []


async def test_what_others_have_ended_of_it_since_stays_ended(house: House) -> None:
    await house.say("mute anna microphone,camera,screen lock")
    await house.say("unmute anna microphone", MAX)
    await house.say("unmute anna camera", "alice")
    await house.say("undo", MAX)
    [order] = await active(house)
    assert order.what.take == {Source.MICROPHONE, Source.SCREEN_SHARE, Source.SCREEN_SHARE_AUDIO}
    assert house.sources("anna") == ["CAMERA"]


async def test_chat_comes_back_to_the_lock_too(house: House) -> None:
    await house.say("mute anna microphone,chat lock")
    await house.say("unmute anna chat", MAX)
    assert house.person("anna").permission["can_publish_data"]
    await house.say("undo", MAX)
    assert not house.person("anna").permission["can_publish_data"]
    assert [order.what.flags for order in await active(house)] == [{"can_publish_data": False}]


@pytest.mark.parametrize("line", ["order {case} end", "unmute anna", "undo {case}"])
async def test_of_each_way_to_end_an_order_the_bare_undo_is_about_that_but_of_an_undo(house: House, line: str) -> None:
    lock = await house.say("mute anna lock")
    reply = await house.say(line.format(case=lock.case), MAX)
    if reply.question:
        await house.yes(MAX)
    assert await active(house) == []
    reply = await house.say("undo", MAX)
    undoes = line.startswith("undo")
    assert len(await active(house)) == (0 if undoes else 1)
    assert ("nothing in the last 15 minutes" in told(reply)) == undoes


async def test_twice_bare_it_does_not_go_to_and_fro(house: House) -> None:
    await house.say("promote omar", MAX)
    await house.say("mute anna lock")
    await house.say("unmute anna", MAX)
    await house.say("undo", MAX)
    await house.say("undo", MAX)
    assert len(await active(house)) == 1
    assert not house.person("omar").permission["can_publish"]


@pytest.mark.parametrize("line", ["promote anna microphone", "permissions anna can_publish_sources=microphone"])
async def test_the_undo_of_a_decision_that_ended_a_part_of_a_lock_puts_that_in_force_again(
    house: House, line: str
) -> None:
    await house.grant("console:max", Role.ADMIN, STANDUP)
    lock = await house.say("mute anna microphone,camera lock")
    await house.say(line, MAX)
    reply = told(await house.say("undo", MAX))
    assert f"In force on them again: the lock of Anna (camera, microphone), case {lock.case}" in reply
    assert "does not come back" not in reply
    [order] = await active(house)
    assert order.what.take == {Source.MICROPHONE, Source.CAMERA}
    assert order.issuer == "console:mia"
    assert house.sources("anna") == ["SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]
    assert "nothing in the last 15 minutes" in told(await house.say("undo", MAX))


async def test_the_bare_undo_never_ends_what_somebody_else_has_given(house: House) -> None:
    lock = await house.say("mute anna microphone,camera lock")
    await house.say("promote anna microphone", MAX)
    await house.say("undo", MAX)
    assert [order.case for order in await active(house)] == [lock.case]
    assert "CAMERA" not in house.sources("anna")
    assert "nothing in the last 15 minutes" in told(await house.say("undo", MAX))


async def test_nor_after_a_promotion_that_failed(house: House) -> None:
    lock = await house.say("mute anna microphone,camera lock")
    house.service.around = failing(UNREACHABLE, "UpdateParticipant", after=False)
    await house.say("promote anna microphone", MAX)
    house.service.around = None
    await house.say("undo", MAX)
    assert [order.case for order in await active(house)] == [lock.case]


async def test_what_has_been_decided_again_since_is_asked_about(house: House) -> None:
    await house.say("mute anna microphone lock")
    await house.say("unmute anna", MAX)
    await house.say("demote anna", "alice")
    later = await house.say("promote anna microphone", "alice")
    question = await house.say("undo", MAX)
    assert question.question
    assert f"decided again since: case {later.case} (promote) by alice" in told(question)
    assert "Anna would be changed:" in told(question)
    assert await active(house) == []
    assert (await house.yes(MAX)).outcome is Outcome.DONE
    assert len(await active(house)) == 1


async def test_where_another_order_takes_as_much_nothing_comes_back_and_it_is_named(house: House) -> None:
    await house.say("mute anna microphone lock")
    await house.say("unmute anna", MAX)
    again = await house.say("mute anna microphone lock", "alice")
    reply = told(await house.say("undo", MAX))
    assert "cannot be in force again" in reply
    assert f"the lock of Anna (microphone), case {again.case} takes as much already" in reply
    assert len(await active(house)) == 1


async def test_who_may_not_end_it_any_more_does_not_put_it_in_force_either(house: House) -> None:
    await house.say("mute anna lock", "alice")
    await house.say("unmute anna", MAX)
    house.use(replace(house.policy, roles={"mute": Role.ADMIN}))
    reply = await house.say("undo", MAX)
    assert reply.outcome is Outcome.REFUSED
    assert await active(house) == []


async def test_an_unban_is_asked_about_before_it_is_undone_since_it_may_remove_somebody(house: House) -> None:
    ban = await house.sure("ban anna for 2h")
    await house.say("unban anna", MAX)
    house.rooms.join(STANDUP, JoinGrant("anna", "Anna", Permissions()))
    question = await house.say("undo", MAX)
    assert question.question
    assert f"Put in force again what you ended: the ban of Anna, case {ban.case}?" in told(question)
    assert "Whoever of them is inside by now is removed." in told(question)
    assert "anna" in house.rooms.rooms[STANDUP].people
    assert (await house.yes(MAX)).outcome is Outcome.DONE
    assert "anna" not in house.rooms.rooms[STANDUP].people


async def test_so_is_the_end_of_a_ban_that_acts_in_all_rooms(house: House) -> None:
    await house.say("promote omar", "alice")
    await house.sure("ban anna everywhere", "alice")
    await house.say("unban anna", "alice")
    assert "Put in force again what you ended: the ban of Anna" in told(await house.say("undo", "alice"))
    await house.yes("alice")
    assert [order.rooms for order in await active(house)] == [("*",)]
    assert house.person("omar").permission["can_publish"]


async def test_what_was_ended_in_another_room_is_not_meant(house: House) -> None:
    await house.say("mute mei lock", "bea", room=BACKSTAGE)
    await house.say("unmute mei", "alice", room=BACKSTAGE)
    assert "nothing in the last 15 minutes" in told(await house.say("undo", "alice"))
    assert await active(house) == []


async def test_somebody_who_was_faster_is_not_undone_again(house: House) -> None:
    await house.sure("ban anna for 2h")
    await house.say("unban anna", MAX)
    question = await house.say("undo", MAX)
    await house.say("undo", MAX)
    await house.yes(MAX)
    late = await house.press("Undo it", MAX, of=question)
    assert late.tone is Tone.INFO
    assert len(await active(house)) == 1


async def test_opened_doors_are_as_they_were_and_nobody_inside_is_removed(house: House) -> None:
    quiet = await house.say("door listen-only")
    shut = await house.sure("door shut for 10m")
    await house.say("door open", MAX)
    house.clock.advance(5)
    house.rooms.join(STANDUP, JoinGrant("eve", "Eve", Permissions()))
    house.clock.advance(5)
    reply = told(await house.say("undo", MAX))
    assert f"In force again: the door (listen-only), case {quiet.case}, given by mia (console:mia), until" in reply
    assert f"the door (shut), case {shut.case}" in reply
    assert "are shut for 9 min 50 s" in told(await house.say("door"))
    await look(house, "eve")
    assert "eve" in house.rooms.rooms[STANDUP].people
    house.clock.advance(5)
    house.rooms.join(STANDUP, JoinGrant("late", "Late", Permissions()))
    await look(house, "late")
    assert "late" not in house.rooms.rooms[STANDUP].people


# --- what took the place of others ------------------------------------------------------------------------------------


async def test_the_question_of_a_shorter_ban_names_the_one_that_it_replaces_and_its_undo_brings_that_back(
    house: House,
) -> None:
    week = await house.sure("ban anna for 7d")
    question = await house.say("ban anna for 1h", MAX)
    assert f"It would take the place of the ban of Anna, case {week.case}." in told(question)
    assert f"Case {week.case} was given by mia (console:mia), until 11 Mar 2026 05:06 UTC, which is longer." in told(
        question
    )
    hour = await house.yes(MAX)
    assert "which is longer. The undo of this one brings it back." in told(hour)
    reply = await house.say("undo", MAX)
    assert f"Undid case {hour.case}: ended the ban of Anna in standup." in told(reply)
    assert f"In force again: the ban of Anna, case {week.case}, given by mia" in told(reply)
    assert "can join again" not in told(reply)
    [order] = await active(house)
    assert (order.case, order.issuer) == (week.case, "console:mia")
    case = await house.case(hour.case)
    assert [entry.kind for entry in case.entries][-1] is EntryKind.ENDED


async def test_by_number_the_question_says_what_would_come_back(house: House) -> None:
    week = await house.sure("ban anna for 7d")
    hour = await house.sure("ban anna for 1h", MAX)
    question = told(await house.say(f"undo {hour.case}"))
    assert f"It ends the ban of Anna, case {hour.case}." in question
    assert f"It would be in force again: the ban of Anna, case {week.case}, given by mia" in question
    assert "can join again" not in question
    dry = told(await house.say(f"undo {hour.case} --dry-run"))
    assert dry.startswith("Dry run: nothing was done.")
    assert f"It would be in force again: the ban of Anna, case {week.case}" in dry
    assert [order.case for order in await active(house)] == [hour.case]


async def test_so_does_the_undo_of_a_lock(house: House) -> None:
    lock = await house.say("mute bob microphone lock")
    shorter = await house.say("mute bob microphone,camera for 10m", MAX)
    assert f"Case {lock.case} was given by mia (console:mia), until it is ended, which is longer." in told(shorter)
    reply = told(await house.say("undo", MAX))
    assert f"In force again: the lock of Bob Stone (microphone), case {lock.case}" in reply
    assert "Still in force" not in reply
    assert house.sources("bob") == ["CAMERA", "SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]


async def test_and_of_a_demotion_for_a_time_that_ended_a_stage_time(house: House) -> None:
    stage = await house.say("promote omar for 5m")
    await house.say("demote omar for 10m", MAX)
    assert f"case {stage.case}, given by mia" in told(await house.say("undo", MAX))
    assert house.person("omar").permission["can_publish"]


async def test_of_ones_own_shorter_one_the_longer_is_named(house: House) -> None:
    await house.sure("ban anna")
    reply = await house.press("For 1 h")
    assert "Case 5 was to last until" in told(reply)
    assert "which is longer. The undo of this one brings it back." in told(reply)
    longer = told(await house.press("For 24 h"))
    assert "It takes the place of" in longer
    assert "longer" not in longer


async def test_what_it_replaced_and_has_run_out_meanwhile_is_said(house: House) -> None:
    short = await house.sure("ban anna for 1m")
    await house.sure("ban anna for 2h", MAX)
    house.clock.advance(120)
    reply = told(await house.say("undo", MAX))
    assert f"The time of the ban of Anna, case {short.case} is over: it does not come back." in reply
    assert "They can join again" in reply
    assert await active(house) == []


async def test_who_ends_it_otherwise_ends_it_and_nothing_comes_back(house: House) -> None:
    await house.sure("ban anna for 7d")
    await house.sure("ban anna for 1h", MAX)
    await house.say("unban anna", "alice")
    reply = told(await house.say("undo", MAX))
    assert "has ended already: by alice" in reply
    assert await active(house) == []


async def test_a_door_that_replaced_another_gives_way_to_it(house: House) -> None:
    first = await house.sure("door shut")
    question = told(await house.say("door shut for 10m", MAX))
    assert f"It would take the place of the door (shut), case {first.case}." in question
    await house.yes(MAX)
    assert f"In force again: the door (shut), case {first.case}" in told(await house.say("undo", MAX))
    assert labels(await house.say("door")) == ["Open", "Listen only"]


async def test_where_livekit_does_not_answer_the_order_is_in_force_and_tried_again(house: House) -> None:
    await house.say("mute anna lock")
    await house.say("unmute anna", MAX)
    house.service.around = failing(UNREACHABLE, "UpdateParticipant", after=False)
    reply = await house.say("undo", MAX)
    assert (reply.tone, reply.outcome) == (Tone.ERROR, Outcome.FAILED)
    assert "In force again: the lock of Anna" in told(reply)
    assert "It is decided, and tried again." in told(reply)
    assert len(await active(house)) == 1
