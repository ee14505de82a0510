"""Locks, and what is for a time: orders that hold through rejoining, what ends them, and who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.history import EntryKind, Outcome
from bot.model import Permissions, Source
from bot.orders import Amendment, Door, Order, Who
from bot.people import Grant, Role
from bot.policy import Policy
from bot.pulse import Pulse
from bot.refusals import HANDLED
from bot.reply import Tone
from tests.house import BACKSTAGE, STANDUP, House, labels, told

AUDIBLE = frozenset({Source.MICROPHONE, Source.SCREEN_SHARE_AUDIO})
ALICE = Grant("console:alice", Role.ADMIN)


async def active(house: House) -> list[Order]:
    return [*await house.database.orders.active()]


async def look(house: House, identity: str = "bob") -> None:
    """What the enforcer does where the room is due."""
    await house.services.standing.person(STANDUP, identity)


# --- giving -----------------------------------------------------------------------------------------------------------


async def test_a_lock_is_an_order_with_the_grants_that_allowed_it_and_one_case(house: House) -> None:
    reply = await house.say("mute bob lock shouting")
    [order] = await active(house)
    assert order.what == Amendment(take=AUDIBLE)
    assert (order.who, order.rooms, order.ends) == (Who("bob", "Bob Stone"), (STANDUP,), None)
    assert [(grant.subject, grant.role, grant.rooms) for grant in order.grants] == [
        ("console:mia", Role.MODERATOR, (STANDUP,))
    ]
    assert (order.issuer, order.reason, order.command, order.case) == ("console:mia", "shouting", "mute", reply.case)
    kinds = [entry.kind for entry in (await house.case(reply.case)).entries]
    assert kinds == [EntryKind.ORDER, EntryKind.INTENT, EntryKind.OUTCOME]


async def test_a_lock_stays_through_rejoining_and_publishing_again(house: House) -> None:
    await house.say("mute bob lock")
    house.rooms.rejoin(STANDUP, "bob")
    assert house.sources("bob") == []
    await look(house)
    assert house.sources("bob") == ["CAMERA", "SCREEN_SHARE"]


@pytest.mark.parametrize(
    ("line", "seconds", "said"),
    [
        ("mute bob for 10m", 600, "for 10 min, until 05:16 UTC"),
        ("mute bob microphone for 2 h shouting", 7200, "for 2 h, until 07:06 UTC"),
        ("mute bob until 18:00 lock shouting", None, "until 18:00 UTC"),
        ("mute bob lock until tomorrow 9:00", None, "until 5 Mar 2026 09:00 UTC"),
    ],
)
async def test_a_mute_for_a_time_is_a_lock_until_then(house: House, line: str, seconds: int | None, said: str) -> None:
    reply = await house.say(line)
    [order] = await active(house)
    assert said in told(reply)
    assert Source.MICROPHONE in order.what.take
    assert order.ends is not None
    assert seconds is None or order.ends - house.clock.now() == timedelta(seconds=seconds)
    assert ("Reason: shouting" in told(reply)) == line.endswith("shouting")


async def test_times_of_day_are_those_of_the_settings_zone(house: House) -> None:
    house.use(replace(house.policy, zone=ZoneInfo("Europe/Berlin")))
    assert "until 18:00 CET" in told(await house.say("mute bob until 18:00"))
    [order] = await active(house)
    assert order.ends is not None
    assert order.ends.hour == 17


@pytest.mark.parametrize("reason", ["for being rude", "until it is over", "for 3 reasons"])
async def test_what_only_begins_like_a_time_is_a_reason(house: House, reason: str) -> None:
    reply = await house.say(f"mute bob {reason}")
    assert f"Reason: {reason}" in told(reply)
    assert not await active(house)
    assert house.track("bob").muted


@pytest.mark.parametrize(
    "line", ["mute bob for 10", "demote bob for 10 minuets", "mute bob for ever", "promote omar until 25:00"]
)
async def test_what_can_only_be_meant_as_a_time_and_is_none_does_nothing(house: House, line: str) -> None:
    assert (await house.say(line)).tone is Tone.ERROR
    assert not house.writes
    assert not await active(house)


@pytest.mark.parametrize(
    "options",
    [
        {"for": "10m"},
        {"for": "for 10 min"},
        {"reason": "for 10m shouting"},
        {"for": "05:16:07".removesuffix(":07"), "lock": "true"},
    ],
)
async def test_a_time_can_be_an_option_or_stand_at_the_beginning_of_the_reason(
    house: House, options: dict[str, str]
) -> None:
    reply = await house.say("mute", options={"who": "bob", "in": STANDUP, **options})
    [order] = await active(house)
    assert order.ends is not None
    assert order.ends <= house.clock.now() + timedelta(minutes=10)
    assert order.reason == ("shouting" if "reason" in options else "")
    assert "until 05:16 UTC" in told(reply)
    assert (await house.case(reply.case)).opening.arguments.startswith("bob")


async def test_an_option_that_is_no_time_is_said_so(house: House) -> None:
    reply = await house.say("mute", options={"who": "bob", "in": STANDUP, "for": "the whole day"})
    assert "is no time" in told(reply)
    assert not await active(house)


async def test_a_second_lock_that_says_the_same_is_already_and_gives_no_order(house: House) -> None:
    first = await house.say("mute bob lock")
    again = await house.say("mute bob lock")
    assert (again.outcome, again.case) == (Outcome.ALREADY, first.case)
    assert len(await active(house)) == 1


async def test_a_newer_lock_takes_the_place_of_the_one_that_it_covers(house: House) -> None:
    first = await house.say("mute bob microphone lock")
    longer = await house.say("mute bob all for 10m")
    assert f"It takes the place of the lock of Bob Stone (microphone), case {first.case}." in told(longer)
    [order] = await active(house)
    assert order.case == longer.case
    await house.say("mute bob camera lock")
    assert len(await active(house)) == 2, "one of another source, or of less, stands beside it"


async def test_a_lock_of_somebody_else_elsewhere_is_not_touched(house: House) -> None:
    everywhere = Order(Amendment(take=AUDIBLE), Who("bob"), ("*",), (ALICE,), issuer="console:alice")
    await house.database.orders.append(everywhere, (await house.case(1)).opening)
    await house.say("mute bob lock")
    assert len(await active(house)) == 2


async def test_the_answer_says_where_orders_do_not_hold_by_themselves(house: House) -> None:
    assert "this process does not enforce" in told(await house.say("mute bob lock"))
    house.use(pulse=Pulse(begun=0.0))
    assert "usher run" not in told(await house.say("demote bob for 5m"))


async def test_the_dry_run_says_which_order_would_be_made_and_what_it_would_change(house: House) -> None:
    await house.say("mute bob microphone lock")
    writes = len(house.writes)
    reply = told(await house.say("mute bob all for 10m --dry-run"))
    assert "This order would be made: the lock of Bob Stone (camera, microphone, screen, screen sound)" in reply
    assert "in standup for 10 min, until 05:16 UTC" in reply
    assert "It would take the place of the lock of Bob Stone (microphone), case 4." in reply
    assert "can_publish: yes → no" in reply
    assert "Nothing would change now" in told(await house.say("mute bob microphone lock --dry-run"))
    assert len(house.writes) == writes
    assert len(await active(house)) == 1


async def test_an_event_that_is_delivered_twice_gives_one_order(house: House) -> None:
    first = await house.say("mute bob lock", event_key="e1")
    again = await house.say("mute bob lock", event_key="e1")
    assert first.outcome is Outcome.DONE
    assert again.title == HANDLED.title
    await house.say("undo", event_key="e2")
    assert (await house.say(f"undo {first.case}", event_key="e2")).title == HANDLED.title
    assert len([entry for entry in await house.entries() if entry.kind is EntryKind.ORDER]) == 1


async def test_an_order_follows_the_attribute_of_the_settings_where_its_holder_cannot_write_it(house: House) -> None:
    house.use(replace(house.policy, person_key="account"))
    for identity, may_write in (("guest-1", False), ("guest-2", True)):
        permission = Permissions(can_update_metadata=may_write)
        house.rooms.join(STANDUP, JoinGrant(identity, identity, permission, attributes={"account": "7"}))
        await house.say(f"mute {identity} lock")
    one, two = await active(house)
    assert one.who == Who("guest-1", "guest-1", "account", "7")
    assert two.who == Who("guest-2", "guest-2")
    assert house.sources("guest-2") == ["CAMERA", "SCREEN_SHARE"]


async def test_what_is_about_somebody_hidden_is_for_admins(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("ghost", "Ghost", Permissions(hidden=True)))
    reply = await house.sure("mute ghost lock --force", "alice")
    assert reply.public is None
    assert (await active(house))[0].hidden
    assert "no case" in told(await house.say(f"case {reply.case}"))


# --- for a time -------------------------------------------------------------------------------------------------------


async def test_five_minutes_on_stage(house: House) -> None:
    reply = await house.say("promote omar microphone for 5m his question")
    [order] = await active(house)
    assert order.what == Amendment(give=frozenset({Source.MICROPHONE}))
    assert "Omar is on stage in standup for 5 min, until 05:11 UTC: may publish microphone." in told(reply)
    assert house.sources("omar") == ["MICROPHONE"]
    house.clock.advance(301)
    await look(house, "omar")
    assert not house.person("omar").permission["can_publish"]


async def test_a_demotion_for_a_time_holds_through_rejoining_and_is_over_then(house: House) -> None:
    reply = await house.say("demote bob for 15m off topic")
    assert "Bob Stone is in the audience in standup for 15 min" in told(reply)
    house.rooms.rejoin(STANDUP, "bob")
    await look(house)
    assert not house.person("bob").permission["can_publish"]
    house.clock.advance(901)
    await look(house)
    assert house.person("bob").permission["can_publish"]


async def test_the_stage_for_a_time_counts_more_than_a_lock_that_then_holds_again(house: House) -> None:
    lock = await house.say("mute bob lock")
    reply = await house.say("promote bob microphone for 5m")
    assert f"Afterwards it holds again: the lock of Bob Stone (microphone, screen sound), case {lock.case}." in told(
        reply
    )
    assert house.sources("bob") == ["CAMERA", "MICROPHONE", "SCREEN_SHARE"]
    house.clock.advance(301)
    await look(house)
    assert house.sources("bob") == ["CAMERA", "SCREEN_SHARE"]


async def test_a_demotion_ends_the_stage_for_a_time(house: House) -> None:
    stage = await house.say("promote omar for 5m")
    reply = await house.say("demote omar")
    assert f"This ends the stage time of Omar, case {stage.case}." in told(reply)
    assert await active(house) == []
    assert not house.person("omar").permission["can_publish"]
    stage = await house.say("promote omar for 5m")
    assert "takes the place of the stage time" in told(await house.say("demote omar for 10m"))
    assert [order.what for order in await active(house)] == [Amendment({"can_publish": False})]


async def test_the_dry_run_of_a_demotion_names_the_stage_time_that_it_would_end(house: House) -> None:
    await house.say("promote omar for 5m")
    for line in ("demote omar --dry-run", "demote omar for 5m --dry-run"):
        reply = told(await house.say(line))
        assert "the stage time of Omar, case 4" in reply, reply
    assert "order would be made: the stage time of Bob" in told(await house.say("promote bob for 5m --dry-run"))
    assert len(await active(house)) == 1


# --- what contradicts an order ----------------------------------------------------------------------------------------


async def test_unmute_ends_the_locks_and_gives_back(house: House) -> None:
    lock = await house.say("mute bob microphone lock")
    other = await house.say("mute bob chat lock")
    reply = await house.say("unmute bob enough")
    assert (reply.outcome, reply.case) == (Outcome.DONE, other.case)
    assert "may use microphone, chat again" in told(reply)
    assert "Reason: enough" in told(reply)
    assert await active(house) == []
    assert house.person("bob").permission["can_publish_data"]
    assert "ended, by mia" in told(await house.say(f"case {lock.case}"))
    house.rooms.rejoin(STANDUP, "bob")
    await look(house)
    assert house.sources("bob") == []


async def test_a_part_of_a_lock_ends_and_the_rest_stays_under_its_number(house: House) -> None:
    lock = await house.say("mute bob camera,microphone,chat for 10m shouting", "alice")
    assert house.sources("bob") == ["SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]
    reply = await house.say("unmute bob camera")
    assert "may use camera again" in told(reply)
    assert house.sources("bob") == ["CAMERA", "SCREEN_SHARE", "SCREEN_SHARE_AUDIO"]
    [order] = await active(house)
    assert order.what == Amendment({"can_publish_data": False}, take=frozenset({Source.MICROPHONE}))
    assert order.case == lock.case
    assert [grant.role for grant in order.grants] == [Role.ADMIN], "where it acts depends on who gave it"
    assert "in force" in told(await house.say("history bob"))
    await house.say("unmute bob chat")
    assert house.person("bob").permission["can_publish_data"]
    assert [order.what.take for order in await active(house)] == [frozenset({Source.MICROPHONE})]


async def test_what_another_order_takes_too_does_not_come_back_and_is_said(house: House) -> None:
    first = await house.say("mute bob camera,microphone lock")
    second = await house.say("mute bob microphone,screen lock")
    reply = told(await house.sure(f"undo {first.case}"))
    assert "Still in force" in reply
    assert f"case {second.case}" in reply
    assert "MICROPHONE" not in house.sources("bob")
    assert "CAMERA" in house.sources("bob")


async def test_what_their_token_does_not_allow_does_not_come_back_and_is_said(house: House) -> None:
    house.person("bob").permission["can_publish_sources"] = ["CAMERA"]
    await house.say("mute bob microphone lock")
    reply = told(await house.say("unmute bob"))
    assert "microphone does not come back" in reply
    assert "join token does not allow it" in reply
    assert await active(house) == []


async def test_promote_ends_a_lock_on_what_it_gives_and_a_demotion_for_a_time(house: House) -> None:
    lock = await house.say("mute bob camera,microphone lock")
    away = await house.say("demote bob for 10m")
    reply = told(await house.say("promote bob microphone"))
    assert f"microphone of the lock of Bob Stone (camera, microphone), case {lock.case}" in reply
    assert f"the demotion of Bob Stone, case {away.case}" in reply
    assert house.person("bob").permission["can_publish"]
    assert "MICROPHONE" in house.sources("bob")
    assert "CAMERA" not in house.sources("bob")
    assert [order.what.take for order in await active(house)] == [frozenset({Source.CAMERA})]
    await look(house)
    assert "MICROPHONE" in house.sources("bob")


async def test_a_speaker_who_is_promoted_again_keeps_the_lock(house: House) -> None:
    await house.say("mute bob lock")
    assert (await house.say("promote bob")).outcome is Outcome.ALREADY
    assert len(await active(house)) == 1


async def test_permissions_end_what_says_otherwise(house: House) -> None:
    await house.say("mute bob chat lock")
    await house.say("mute bob microphone lock")
    await house.say("demote bob for 10m")
    await house.say("permissions bob can_publish_data=yes", "alice")
    assert {order.command for order in await active(house)} == {"mute", "demote"}
    reply = await house.say("permissions bob can_publish=yes can_publish_sources=microphone --dry-run", "alice")
    assert "It would end" in told(reply)
    assert len(await active(house)) == 2
    await house.say("permissions bob can_publish=yes can_publish_sources=microphone", "alice")
    assert await active(house) == []
    assert house.sources("bob") == ["MICROPHONE"]
    await look(house)
    assert house.sources("bob") == ["MICROPHONE"]


async def test_nobody_lifts_what_also_acts_where_they_have_no_say(house: House) -> None:
    content = (await house.case(1)).opening
    everywhere = Order(Amendment(take=AUDIBLE), Who("bob"), ("*",), (ALICE,), command="mute")
    order = await house.database.orders.append(everywhere, replace(content, actor_name="alice", actor="console:alice"))
    await look(house)
    for line in ("unmute bob", "promote bob microphone"):
        refused = await house.say(line)
        assert refused.outcome is Outcome.REFUSED
        assert "alice gave it" in told(refused)
        assert "Whoever has it in all of them can end it" in told(refused)
    assert await active(house) == [order]
    assert (await house.say("unmute bob", "alice")).outcome is Outcome.DONE


async def test_ending_needs_the_role_that_giving_needs(house: House) -> None:
    house.use(Policy(admins=house.policy.admins, roles={"mute": Role.ADMIN}))
    await house.say("mute bob lock", "alice")
    refused = await house.say("unmute bob")
    assert refused.outcome is Outcome.REFUSED
    assert "needs the role admin in standup; yours is moderator" in told(refused)


async def test_a_one_off_decision_goes_past_a_door_and_leaves_it(house: House) -> None:
    door = Order(Door.LISTEN_ONLY.amendment, None, (STANDUP,), (ALICE,))
    await house.database.orders.append(door, (await house.case(1)).opening)
    house.rooms.rejoin(STANDUP, "bob")
    await look(house)
    assert not house.person("bob").permission["can_publish"]
    await house.say("promote bob")
    await look(house)
    assert house.person("bob").permission["can_publish"]
    assert len(await active(house)) == 1


# --- the undo, and what a case says -----------------------------------------------------------------------------------


async def test_the_undo_of_a_lock_ends_it_for_the_sessions_to_come_too(house: House) -> None:
    lock = await house.say("mute bob lock")
    assert f"Undo case {lock.case}" in labels(lock)
    house.rooms.rejoin(STANDUP, "bob")
    await look(house)
    question = await house.say(f"undo {lock.case}")
    assert question.question
    reply = await house.yes()
    assert (reply.outcome, reply.case) == (Outcome.DONE, lock.case)
    assert f"Undid case {lock.case}: ended the lock of Bob Stone (microphone, screen sound) in standup." in told(reply)
    assert "Nothing was opened" in told(reply)
    assert house.sources("bob") == []
    again = told(await house.say(f"undo {lock.case}", "alice"))
    assert f"Case {lock.case}: the lock of Bob Stone (microphone, screen sound) has ended already: by mia" in again


async def test_the_bare_undo_takes_the_latest_lock_and_never_an_ended_one(house: House) -> None:
    await house.say("promote omar")
    await house.say("mute bob lock")
    await house.say("undo")
    assert await active(house) == []
    await house.say("undo")
    assert not house.person("omar").permission["can_publish"]


async def test_the_dry_run_of_an_undo_ends_nothing(house: House) -> None:
    await house.say("mute bob lock")
    assert "It would end the lock of Bob Stone" in told(await house.say("undo --dry-run"))
    assert len(await active(house)) == 1


async def test_history_and_case_tell_an_order_from_its_beginning_to_its_end(house: House) -> None:
    lock = await house.say("mute bob for 10m shouting")
    assert f"{lock.case}, mute lock, Bob Stone (bob) in standup, in force" in told(await house.say("history"))
    case = await house.say(f"case {lock.case}")
    assert "the lock of Bob Stone (microphone, screen sound) in standup, until 05:16 UTC" in told(case)
    assert "Typed: /mute bob for 10m shouting" in told(case)
    assert f"Undo case {lock.case}" in labels(case)
    house.rooms.rejoin(STANDUP, "bob")
    await look(house)
    await look(house)
    assert "Bob Stone (bob) in standup, in force" in told(await house.say("history")), "however often it was enforced"
    await house.say("unmute bob")
    case = await house.say(f"case {lock.case}")
    assert "mute lock Bob Stone (bob) in standup: ended" in told(case)
    assert not labels(case)


async def test_another_case_that_was_over_in_time_says_so(house: House) -> None:
    lock = await house.say("mute bob for 10m")
    [order] = await active(house)
    house.clock.advance(601)
    await house.database.orders.end([order.id], (await house.case(1)).opening, how="expired")
    assert "over" in told(await house.say("history bob"))
    assert "its time was over" in told(await house.say(f"undo {lock.case}"))


async def test_two_who_unmute_at_once(house: House) -> None:
    await house.say("mute bob lock")
    [order] = await active(house)

    class Late:
        """Somebody else ends it just before."""

        def __init__(self, real: object) -> None:
            self.real = real

        def __getattr__(self, name: str) -> object:
            return getattr(self.real, name)

        async def end(self, orders: list[int], content: object, **more: object) -> object:
            real = house.database.orders
            said = replace((await house.case(1)).opening, actor="console:alice", actor_name="alice")
            await real.end([order.id], said)
            return await real.end(orders, content, **more)  # type: ignore[arg-type]

    house.use(orders=Late(house.database.orders))
    reply = await house.say("unmute bob")
    assert "has ended already: by alice" in told(reply)
    assert (reply.outcome, reply.case) == (None, None)


async def test_a_case_of_another_room_is_not_seen(house: House) -> None:
    lock = await house.say("mute mei lock", "alice", room=BACKSTAGE)
    assert "no case" in told(await house.say(f"undo {lock.case}"))


async def test_an_event_that_reaches_a_second_process_has_its_answer_already(house: House) -> None:
    reply = await house.say("mute bob lock", event_key="event-1")
    again = await house.say("mute bob lock", event_key="event-1")
    assert (reply.outcome, again.case) == (Outcome.DONE, None)
    assert "handled already" in told(again)
