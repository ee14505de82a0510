"""What a person decides while an order is in force: it counts when that ends, and nothing reverses it silently."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.simulator.people import JoinGrant
from adapters.livekit.simulator.service import Around
from adapters.livekit.wire import Json
from bot.carried import Carried
from bot.history import EntryKind, Outcome
from bot.orders import Order
from bot.people import Role
from bot.reply import Tone
from tests.core.faults import RESET, UNREACHABLE, CarryOut, failing, lying_with_the_old_state
from tests.core.histories import settle
from tests.enforced import Enforced, enforced
from tests.house import STANDUP, House, labels, told


@pytest.fixture
async def run(house: House) -> AsyncIterator[Enforced]:
    await house.grant("console:max", Role.MODERATOR, STANDUP)
    async with enforced(house) as running:
        await running.pass_(1)
        yield running


async def active(house: House) -> list[Order]:
    return [*await house.database.orders.active()]


def on_stage(house: House, identity: str) -> bool:
    return bool(house.person(identity).permission["can_publish"])


def sources(house: House, identity: str = "bob") -> list[str]:
    return house.sources(identity)


# --- a decision that changes nothing now ------------------------------------------------------------------------------


async def test_who_is_demoted_for_good_during_a_demotion_for_a_time_stays_in_the_audience(run: Enforced) -> None:
    house = run.house
    timed = await house.say("demote bob for 60s")
    reply = await house.say("demote bob", "max")
    assert (reply.outcome, reply.tone) == (Outcome.DONE, Tone.OK)
    assert told(reply).startswith(
        f"Bob Stone is already in the audience in standup, by an order (case {timed.case}) until 05:07 UTC; "
        "they stay there when it ends."
    )
    assert "Rejoining with the same join token gives the stage back" in told(reply)
    assert reply.public is not None
    assert "max (console:max): Bob Stone is already in the audience in standup, by an order" in told(reply.public)
    await run.pass_(70)
    assert not await active(house)
    assert not on_stage(house, "bob")


async def test_who_is_promoted_for_good_during_a_stage_time_stays_on_stage(run: Enforced) -> None:
    house = run.house
    timed = await house.say("promote omar for 60s")
    reply = await house.say("promote omar", "max")
    assert reply.outcome is Outcome.DONE
    assert told(reply).startswith(
        f"Omar is already on stage in standup, by an order (case {timed.case}) until 05:07 UTC; "
        "they stay there when it ends."
    )
    again = await house.say("promote omar")
    assert again.outcome is Outcome.ALREADY
    assert "they stay there when it ends" in told(again)
    await run.pass_(70)
    assert not await active(house)
    assert on_stage(house, "omar")


async def test_such_a_decision_is_in_the_history_as_that_persons_and_its_undo_brings_back_what_was(
    run: Enforced,
) -> None:
    house = run.house
    await house.say("demote bob for 60s")
    reply = await house.say("demote bob off topic", "max")
    case = await house.case(reply.case)
    assert (case.opening.actor, case.opening.command, case.opening.reason) == ("console:max", "demote", "off topic")
    assert "can_publish without orders: yes → no" in told(await house.say(f"case {reply.case}"))
    assert f"Undo case {reply.case}" in labels(reply)
    undone = await house.say("undo", "max")
    assert undone.outcome is Outcome.DONE
    assert "can_publish without orders: no → yes" in told(undone)
    assert "What is so now is held by an order" in told(undone)
    assert not on_stage(house, "bob")
    await run.pass_(70)
    assert on_stage(house, "bob")


async def test_it_survives_a_restart_and_holds_in_another_process(house: House) -> None:
    await house.say("demote bob for 60s")
    await house.say("demote bob")
    house.use()
    house.clock.advance(61)
    async with enforced(house) as other:
        await other.pass_(5)
    assert not on_stage(house, "bob")


async def test_a_list_that_is_decided_during_a_lock_is_what_the_lock_gives_back(run: Enforced) -> None:
    house = run.house
    await house.say("mute bob microphone lock")
    assert (await house.say("permissions bob can_publish_sources=camera", "alice")).outcome is Outcome.DONE
    reply = await house.say("unmute bob")
    assert "microphone does not come back" in told(reply)
    await run.pass_(5)
    assert sources(house) == ["CAMERA"]


async def test_chat_that_an_admin_takes_during_a_lock_of_chat_does_not_come_back_with_its_end(run: Enforced) -> None:
    house = run.house
    lock = await house.say("mute bob chat lock")
    reply = await house.say("permissions bob can_publish_data=no", "alice")
    assert told(reply).startswith(
        f"The permissions of Bob Stone in standup are so already, by an order (case {lock.case}) until it is ended; "
        "that counts when it ends."
    )
    await house.say("unmute bob chat")
    await run.pass_(5)
    assert not house.person("bob").permission["can_publish_data"]


async def test_who_is_demoted_during_a_lock_of_everything_is_in_the_audience_after_it(run: Enforced) -> None:
    house = run.house
    await house.say("mute bob all lock")
    await house.say("demote bob", "max")
    await house.say("unmute bob")
    await run.pass_(5)
    assert not on_stage(house, "bob")


async def test_what_a_lock_of_everything_holds_otherwise_is_said_so_and_counts_when_it_ends(run: Enforced) -> None:
    house = run.house
    await house.say("permissions bob can_publish=no", "alice")
    lock = await house.say("mute bob all lock")
    reply = await house.say("permissions bob can_publish=yes", "alice")
    assert told(reply).startswith(
        "It is decided to change permissions of Bob Stone in standup, but held otherwise by an order "
        f"(case {lock.case}) until it is ended; that counts when it ends."
    )
    assert not on_stage(house, "bob"), "nothing of it could be used"
    await house.say("unmute bob")
    assert on_stage(house, "bob")


async def test_a_newcomer_behind_a_door_who_is_demoted_stays_in_the_audience_when_it_opens(run: Enforced) -> None:
    house = run.house
    await house.say("door listen-only")
    house.rooms.join(STANDUP, JoinGrant("yan", "Yan"))
    await run.pass_(6)
    reply = await house.say("demote yan")
    assert "by an order" in told(reply)
    await house.say("door open")
    await run.pass_(6)
    assert not on_stage(house, "yan")


async def test_who_is_given_anything_but_the_stage_stays_behind_the_door(run: Enforced) -> None:
    house = run.house
    await house.say("door listen-only")
    house.rooms.join(STANDUP, JoinGrant("yan", "Yan"))
    await run.pass_(6)
    await house.say("permissions yan can_update_metadata=yes can_publish_sources=camera", "alice")
    await run.pass_(6)
    assert not on_stage(house, "yan")
    await house.say("door open")
    await run.pass_(6)
    assert on_stage(house, "yan")
    assert sources(house, "yan") == ["CAMERA"]


# --- no decision is taken for an order that has ended -----------------------------------------------------------------


@pytest.mark.parametrize("at_work", [True, False])
async def test_who_is_promoted_after_a_stage_time_that_a_demotion_ended_stays_on_stage(
    house: House, *, at_work: bool
) -> None:
    """With a process that enforces meanwhile, and with one that only starts afterwards."""
    await house.grant("console:max", Role.MODERATOR, STANDUP)
    lines = (("promote omar for 60s", "mia"), ("demote omar", "max"), ("promote omar", "max"))
    if not at_work:
        for line, who in lines:
            await house.say(line, who)
    async with enforced(house) as running:
        for line, who in lines if at_work else ():
            await house.say(line, who)
        await running.pass_(70)
    assert on_stage(house, "omar")
    assert running.told == []


async def test_a_source_that_an_admin_took_after_a_lock_was_narrowed_stays_taken(house: House) -> None:
    await house.say("mute anna lock")
    await house.say("promote anna microphone")
    await house.say("permissions anna can_publish_sources=camera", "alice")
    async with enforced(house) as running:
        await running.pass_(10)
    assert sources(house, "anna") == ["CAMERA"]


@pytest.mark.parametrize(
    ("order", "line", "identity", "stage"),
    [
        ("mute bob microphone lock", "promote bob microphone", "bob", True),
        ("promote omar for 10m", "demote omar", "omar", False),
    ],
)
async def test_a_look_of_another_process_sees_all_of_a_decision_or_nothing(
    house: House, order: str, line: str, identity: str, *, stage: bool
) -> None:
    """It comes when LiveKit has taken the decision, and the order that says otherwise is still in force."""
    await house.say(order)
    looks: list[asyncio.Task[Carried | None]] = []

    async def around(call: Call, carry_out: CarryOut) -> Json:
        answer = await carry_out()
        if call.method == "UpdateParticipant" and not looks:
            looks.append(asyncio.create_task(house.services.standing.person(STANDUP, identity)))
            await settle()
        return answer

    house.service.around = around
    reply = await house.say(line)
    house.service.around = None
    assert reply.outcome is Outcome.DONE
    looked = await looks[0]
    assert looked is None or not looked.overruled
    assert on_stage(house, identity) is stage
    assert house.sources(identity) == []
    assert not await active(house)
    case = await house.case(reply.case)
    assert [entry.kind for entry in case.entries] == [EntryKind.INTENT, EntryKind.OUTCOME]


# --- a decision that could not be carried out -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("around", "outcome"),
    [
        (failing(UNREACHABLE, "UpdateParticipant", after=False), Outcome.FAILED),
        (failing(RESET, "UpdateParticipant", after=False), Outcome.UNKNOWN),
        (None, Outcome.NOT_EFFECTIVE),
    ],
)
async def test_a_promotion_that_fails_opens_no_microphone_later(
    run: Enforced, around: Around | None, outcome: Outcome
) -> None:
    house = run.house
    lock = await house.say("mute bob lock")
    house.service.around = around or lying_with_the_old_state(house, "bob")
    reply = await house.say("promote bob microphone", "max")
    house.service.around = None
    assert reply.outcome is outcome
    assert f"Still in force: the lock of Bob Stone (microphone, screen sound), case {lock.case}." in told(reply)
    assert "This ends" not in told(reply)
    await run.pass_(70)
    assert "MICROPHONE" not in sources(house)
    assert [order.case for order in await active(house)] == [lock.case]


async def test_a_promotion_that_livekit_answers_with_an_error_and_shows_ends_the_lock(run: Enforced) -> None:
    house = run.house
    await house.say("mute bob microphone lock")
    house.service.around = failing(RESET, "UpdateParticipant", after=True)
    reply = await house.say("promote bob microphone", "max")
    house.service.around = None
    assert reply.outcome is Outcome.DONE
    assert "This ends the lock of Bob Stone" in told(reply)
    await run.pass_(10)
    assert "MICROPHONE" in sources(house) or sources(house) == []
    assert not await active(house)


async def test_a_demotion_that_fails_leaves_the_stage_time(run: Enforced) -> None:
    house = run.house
    await house.say("promote omar for 10m")
    house.service.around = failing(UNREACHABLE, "UpdateParticipant", after=False)
    assert (await house.say("demote omar", "max")).outcome is Outcome.FAILED
    house.service.around = None
    await run.pass_(10)
    assert on_stage(house, "omar")
    assert len(await active(house)) == 1


async def test_what_somebody_else_took_meanwhile_counts_before_the_decision(run: Enforced) -> None:
    """The application has sent Omar back, which no look has seen yet: the stage time has ended then."""
    house = run.house
    await house.say("promote omar for 10m")
    house.person("omar").permission["can_publish"] = False
    reply = await house.say("demote omar")
    assert reply.outcome is Outcome.ALREADY
    await run.pass_(5)
    assert not await active(house)
    assert not on_stage(house, "omar")


async def test_the_dry_run_says_what_would_end_and_ends_nothing(house: House) -> None:
    lock = await house.say("mute bob lock")
    writes = len(house.writes)
    reply = told(await house.say("promote bob microphone --dry-run"))
    assert f"It would end microphone of the lock of Bob Stone (microphone, screen sound), case {lock.case}." in reply
    assert "can_publish_sources: camera, screen_share → camera, microphone, screen_share" in reply
    assert len(house.writes) == writes
    assert [order.what.take for order in await active(house)] == [{"microphone", "screen_share_audio"}]


# --- undo -------------------------------------------------------------------------------------------------------------


async def test_the_undo_of_a_promotion_that_ended_a_lock_brings_the_lock_back(run: Enforced) -> None:
    house = run.house
    lock = await house.say("mute bob microphone for 10m shouting")
    done = await house.say("promote bob microphone", "max")
    assert not await active(house)
    question = await house.say(f"undo {done.case}", "max")
    assert f"In force on them again: the lock of Bob Stone (microphone), case {lock.case}." in told(question)
    reply = await house.yes("max")
    assert reply.outcome is Outcome.DONE
    assert f"In force on them again: the lock of Bob Stone (microphone), case {lock.case}." in told(reply)
    [order] = await active(house)
    assert (order.case, order.issuer, order.reason) == (lock.case, "console:mia", "shouting")
    house.rooms.rejoin(STANDUP, "bob")
    await run.pass_(10)
    assert "MICROPHONE" not in sources(house)
    await run.pass_(600)
    assert not await active(house), "its time goes on from where it was"
    assert sources(house) == []


async def test_the_undo_of_permissions_that_ended_a_part_brings_the_part_back_once(run: Enforced) -> None:
    house = run.house
    await house.say("mute bob lock")
    await house.say("permissions bob can_publish_sources=microphone,camera", "alice")
    assert [order.what.take for order in await active(house)] == [{"screen_share_audio"}]
    await house.say("undo", "alice")
    assert [order.what.take for order in await active(house)] == [{"microphone", "screen_share_audio"}]
    assert sources(house) == ["CAMERA", "SCREEN_SHARE"]
    await run.pass_(5)
    assert sources(house) == ["CAMERA", "SCREEN_SHARE"]
    await house.say("unmute bob")
    assert sources(house) == []


async def test_what_was_left_of_a_lock_and_has_been_ended_since_does_not_come_back_with_the_rest(
    run: Enforced,
) -> None:
    house = run.house
    await house.say("mute bob camera,microphone lock")
    await house.say("promote bob microphone", "max")
    await house.say("unmute bob camera")
    await house.say("undo", "max")
    assert [order.what.take for order in await active(house)] == [{"microphone"}]
    assert "CAMERA" in sources(house)


async def test_the_undo_of_an_undo_ends_the_lock_again(run: Enforced) -> None:
    house = run.house
    await house.say("mute bob microphone lock")
    await house.say("promote bob microphone", "max")
    undone = await house.say("undo", "max")
    await house.say(f"undo {undone.case}", "max")
    await house.yes("max")
    assert not await active(house)
    await run.pass_(5)
    assert sources(house) == []


async def test_a_lock_whose_time_is_over_by_then_does_not_come_back_and_that_is_said(run: Enforced) -> None:
    house = run.house
    lock = await house.say("mute bob microphone for 60s")
    done = await house.say("promote bob microphone", "max")
    await run.pass_(70)
    reply = told(await house.say(f"undo {done.case}", "max"))
    over = f"Not in force again, since its time is over: the lock of Bob Stone (microphone), case {lock.case}."
    assert over in reply
    assert not await active(house)
    assert sources(house) == []


async def test_nobody_brings_back_what_they_could_not_end(run: Enforced) -> None:
    house = run.house
    await house.say("mute bob microphone lock", "alice")
    done = await house.say("promote bob microphone", "alice")
    house.use(replace(house.policy, roles={"mute": Role.ADMIN}))
    assert (await house.say(f"undo {done.case}", "max")).outcome is Outcome.REFUSED
    assert not await active(house)


async def test_the_undo_of_a_promotion_past_a_door_leaves_them_behind_it_until_it_opens(run: Enforced) -> None:
    house = run.house
    door = await house.say("door listen-only")
    house.rooms.join(STANDUP, JoinGrant("zed", "Zed"))
    await run.pass_(6)
    await house.say("promote zed")
    await run.pass_(6)
    reply = await house.say("undo")
    assert f"In force on them again: the door (listen-only), case {door.case}." in told(reply)
    await run.pass_(6)
    assert not on_stage(house, "zed")
    await house.say("door open")
    await run.pass_(6)
    assert on_stage(house, "zed")


async def test_the_undo_of_ones_own_demotion_counts_when_the_stage_time_of_another_ends(run: Enforced) -> None:
    house = run.house
    await house.say("demote bob")
    stage = await house.say("promote bob for 60s", "max")
    reply = await house.say("undo")
    assert reply.outcome is Outcome.DONE
    assert f"What is so now is held by an order (case {stage.case}) until 05:07 UTC: this counts when it ends." in told(
        reply
    )
    await run.pass_(70)
    assert on_stage(house, "bob")


async def test_where_all_has_its_old_value_an_order_that_holds_it_otherwise_is_named(run: Enforced) -> None:
    house = run.house
    done = await house.say("demote bob")
    await house.say("promote bob", "max")
    away = await house.say("demote bob for 60s", "max")
    reply = told(await house.say(f"undo {done.case}"))
    assert "has its old value already" in reply
    assert f"What is so now is held by an order (case {away.case})" in reply


# --- what is left of an order is its giver's --------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["unmute bob microphone", "promote bob microphone"])
async def test_what_is_left_of_a_lock_stays_its_givers_and_the_case_says_who_narrowed_it(
    run: Enforced, line: str
) -> None:
    house = run.house
    lock = await house.say("mute bob camera,microphone lock shouting")
    await house.say(line, "max")
    [order] = await active(house)
    assert (order.issuer, order.command, order.reason) == ("console:mia", "mute", "shouting")
    entries = (await house.case(lock.case)).entries
    given = [entry.content for entry in entries if entry.kind is EntryKind.ORDER]
    assert given[-1] is not None
    assert (given[-1].actor, given[-1].arguments) == ("console:mia", "bob camera,microphone lock shouting")
    [ended] = [entry.content for entry in entries if entry.kind is EntryKind.ENDED]
    assert ended is not None
    assert (ended.actor, f"{ended.command} {ended.arguments}") == ("console:max", line)
    case = told(await house.say(f"case {lock.case}"))
    assert f"by max (console:max). Typed: /{line}" in case
    assert "by mia (console:mia). Typed: /mute bob camera,microphone lock shouting" in case
    listed = told(await house.say("orders"))
    assert "lock (camera), Bob Stone (bob), standup, until it is ended, by mia" in listed


async def test_what_is_left_of_an_order_is_as_old_as_that_was(run: Enforced) -> None:
    """A newer decision on the camera stands, although the rest of the lock is written down after it."""
    house = run.house
    await house.say("mute bob camera,microphone lock")
    await house.say("promote bob camera for 10m", "max")
    assert "CAMERA" in sources(house)
    await house.say("unmute bob microphone")
    await run.pass_(5)
    assert sources(house) == [] or "CAMERA" in sources(house)
