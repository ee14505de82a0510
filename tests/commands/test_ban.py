"""Keeping people out, and letting them in again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.history import EntryKind, Outcome
from bot.model import Permissions
from bot.orders import Amendment, Order, Who
from bot.people import Role
from bot.policy import Policy
from bot.reply import Reply, Style
from tests.core.faults import REFUSED, failing
from tests.enforced import enforced
from tests.house import BACKSTAGE, STANDUP, House, labels, told

BAN = Amendment(absent=True)


@pytest.mark.parametrize("who", ["@", "@@@", "＠", '" "', '"\u200b"'])
async def test_what_is_no_identity_at_all_is_nobody(house: House, who: str) -> None:
    for said in (await house.say(f"ban {who}"), await house.say("ban", options={"who": who.strip('"')})):
        assert "Nobody in standup is called" in told(said)
    assert await house.database.orders.active() == ()


@pytest.mark.parametrize("identity", ["carl", "@carl"])
async def test_an_identity_that_nobody_has_seen_is_asked_about_where_an_at_stands_before_it(
    house: House, identity: str
) -> None:
    choice = await house.say("ban @carl")
    assert labels(choice) == ["carl", "@carl"]
    asked = await house.press(identity)
    assert told(asked).startswith(f"Keep {identity} ({identity}) out of standup")
    await house.yes()
    (order,) = await house.database.orders.active()
    assert order.who is not None
    assert order.who.identity == identity


async def bans(house: House) -> list[Order]:
    return [order for order in await house.database.orders.active() if order.what == BAN]


def there(house: House, identity: str = "bob", room: str = STANDUP) -> bool:
    return identity in house.rooms.rooms[room].people


async def test_it_asks_first_and_one_tap_makes_it_another_time_or_all_rooms(house: House) -> None:
    await house.grant("console:mia", Role.MODERATOR, "standup*", BACKSTAGE)
    reply = await house.say("ban bob spam")
    assert reply.question
    assert told(reply).startswith("Keep Bob Stone (bob) out of standup for 24 h, until ")
    assert labels(reply) == ["Keep out", "For 1 h", "All my rooms", "No, leave it"]
    assert [one.label for one in reply.buttons if one.style is Style.DANGER] == ["Keep out"]
    assert house.writes == []
    assert await bans(house) == []


async def test_who_is_banned_is_removed_and_it_is_one_case(house: House) -> None:
    reply = await house.sure("ban bob spam")
    assert not there(house)
    assert reply.outcome is Outcome.DONE
    assert told(reply).startswith("Keeping Bob Stone out of standup for 24 h, until ")
    assert "Removed now." in told(reply)
    assert "identity alone" in told(reply)
    (order,) = await bans(house)
    assert (order.who, order.rooms, order.reason) == (Who("bob", "Bob Stone"), (STANDUP,), "spam")
    assert order.ends == house.clock.now() + timedelta(hours=24)
    kinds = [entry.kind for entry in (await house.case(reply.case)).entries]
    assert kinds == [EntryKind.ORDER, EntryKind.INTENT, EntryKind.OUTCOME]


async def test_no_leaves_everything_as_it_is(house: House) -> None:
    await house.say("ban bob")
    await house.press("No, leave it")
    assert there(house)
    assert await bans(house) == []


@pytest.mark.parametrize(
    ("line", "hours"), [("ban bob for 1h", 1), ("ban bob for 2h spam", 2), ("ban bob until tomorrow 5:06", 24)]
)
async def test_it_lasts_as_long_as_was_said(house: House, line: str, hours: float) -> None:
    await house.sure(line)
    (order,) = await bans(house)
    assert order.ends is not None
    assert abs(order.ends - house.clock.now() - timedelta(hours=hours)) < timedelta(minutes=1)


async def test_one_tap_in_the_question_makes_it_an_hour(house: House) -> None:
    await house.say("ban bob")
    await house.press("For 1 h")
    (order,) = await bans(house)
    assert order.ends == house.clock.now() + timedelta(hours=1)
    assert not there(house)


async def test_one_tap_below_the_answer_makes_another_order_of_it(house: House) -> None:
    first = await house.sure("ban bob")
    reply = await house.press("For 1 h")
    (order,) = await bans(house)
    assert order.case == reply.case != first.case
    assert order.ends == house.clock.now() + timedelta(hours=1)
    assert f"case {first.case}" in told(reply)


async def test_all_my_rooms_are_those_where_the_role_is_held(house: House) -> None:
    await house.grant("console:mia", Role.MODERATOR, "standup*", "hall-?")
    house.rooms.join("hall-1", "bob")
    house.rooms.join(BACKSTAGE, "bob")
    await house.say("ban bob")
    reply = await house.press("All my rooms")
    (order,) = await bans(house)
    assert order.rooms == ("standup*", "hall-?")
    assert not there(house)
    assert not there(house, room="hall-1")
    assert there(house, room=BACKSTAGE)
    assert "Removed now from hall-1, standup." in told(reply)


async def test_it_takes_somebody_who_has_left(house: House) -> None:
    await house.say("participants")
    house.rooms.leave(STANDUP, "bob")
    await house.say("ban Bob Stone")
    assert house.last is not None
    assert "They are not there now." in told(house.last)
    reply = await house.yes()
    assert (await bans(house))[0].who == Who("bob", "Bob Stone")
    assert "whoever comes" in told(reply).lower()


async def test_it_takes_an_identity_that_nobody_has_seen_and_says_so(house: House) -> None:
    reply = await house.say("ban nobody-7 for 2h")
    assert "Nobody of that identity has been seen there." in told(reply)
    await house.yes()
    (order,) = await bans(house)
    assert order.who == Who("nobody-7")
    async with enforced(house) as run:
        await run.pass_(1)
        house.rooms.join(STANDUP, "nobody-7")
        run.enforcer.webhook(STANDUP)
        await run.idle()
    assert not there(house, "nobody-7")


async def test_somebody_who_has_come_back_meanwhile_is_meant_all_the_same(house: House) -> None:
    await house.say("ban bob")
    house.rooms.rejoin(STANDUP, "bob")
    reply = await house.yes()
    assert reply.outcome is Outcome.DONE
    assert not there(house)


async def test_a_near_miss_is_a_choice_and_no_ban_of_nobody(house: House) -> None:
    reply = await house.say("ban bobb")
    assert not reply.question
    assert await bans(house) == []


async def test_one_is_asked_about_oneself(house: House) -> None:
    house.rooms.join(STANDUP, "mia")
    assert "This is you." in told(await house.say("ban mia"))


async def test_who_is_protected_is_banned_by_an_admin_with_force_alone(house: House) -> None:
    assert "Only an admin" in told(await house.say("ban agent-notes"))
    assert "Add --force" in told(await house.say("ban agent-notes", "alice"))
    assert (await house.sure("ban agent-notes --force", "alice")).outcome is Outcome.DONE
    assert not there(house, "agent-notes")


async def test_of_somebody_hidden_a_moderator_learns_nothing_and_bans_nobody(house: House) -> None:
    house.rooms.join(STANDUP, JoinGrant("ghost", permission=Permissions(hidden=True)))
    reply = await house.say("ban ghost")
    assert "Nobody of that identity has been seen there." in told(reply)
    reply = await house.yes()
    assert "hidden" not in told(reply)
    assert there(house, "ghost")


async def test_a_viewer_may_not(house: House) -> None:
    await house.say("ban bob", "vera")
    assert [entry.content.command for entry in await house.refusals() if entry.content] == ["ban"]
    assert there(house)


async def test_a_dry_run_says_which_order_it_would_be(house: House) -> None:
    reply = await house.say("ban bob --dry-run for 1h")
    assert "This order would be made: the ban of Bob Stone in standup for 1 h" in told(reply)
    assert await bans(house) == []


async def test_what_livekit_does_not_take_is_decided_and_tried_again(house: House) -> None:
    house.service.around = failing(REFUSED, "RemoveParticipant", after=False)
    reply = await house.sure("ban bob")
    assert reply.outcome is Outcome.FAILED
    assert "tried again" in told(reply)
    assert len(await bans(house)) == 1
    house.service.around = None
    async with enforced(house) as run:
        await run.pass_(2)
    assert not there(house)


async def test_undo_ends_it(house: House) -> None:
    reply = await house.sure("ban bob")
    await house.say(f"undo {reply.case}")
    await house.yes()
    assert await bans(house) == []


async def test_the_person_key_is_kept_where_its_holder_cannot_write_it(house: House) -> None:
    house.use(policy=Policy(admins=("console:alice",), person_key="account"))
    for identity, writes in (("guest-1", False), ("guest-2", True)):
        house.rooms.join(
            STANDUP,
            JoinGrant(identity, permission=Permissions(can_update_metadata=writes), attributes={"account": "A7"}),
        )
        await house.sure(f"ban {identity}")
    first, second = await bans(house)
    assert first.who == Who("guest-1", "", "account", "A7")
    assert second.who == Who("guest-2")


# --- letting in again -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["bob", "BOB", "Bob Stone", '"Bob Stone"', "@bob"])
async def test_unban_ends_it_by_identity_or_name(house: House, who: str) -> None:
    ban = await house.sure("ban bob")
    reply = await house.say(f"unban {who}")
    assert await bans(house) == []
    assert reply.case == ban.case
    assert "join themselves" in told(reply)
    house.rooms.rejoin(STANDUP, "bob")
    async with enforced(house) as run:
        await run.pass_(6)
    assert there(house)


@pytest.mark.parametrize("who", ["o", "stone", "bob st", "bobb", "Bob Stne"])
async def test_by_a_part_or_with_a_typing_error_it_asks_first_even_of_one(house: House, who: str) -> None:
    ban = await house.sure("ban bob")
    reply = await house.say(f"unban {who}")
    assert len(await bans(house)) == 1
    assert "Which one ends? Nothing has been done yet." in told(reply)
    assert labels(reply) == [f"End case {ban.case}"]
    await house.press(1)
    assert await bans(house) == []


async def test_a_shorter_name_lets_nobody_of_a_longer_one_in(house: House) -> None:
    await house.sure("ban anna-berg")
    assert "called exactly that" in told(await house.say("unban Anna"))
    assert len(await bans(house)) == 1


async def test_of_several_bans_it_asks_which_one_ends(house: House) -> None:
    await house.sure("ban anna")
    kept = await house.sure("ban anna-berg")
    reply: Reply = await house.say("unban ann")
    assert labels(reply) == [f"End case {kept.case}", f"End case {kept.case - 1}"]  # type: ignore[operator]
    await house.press(2)
    assert [order.case for order in await bans(house)] == [kept.case]


async def test_the_exact_identity_wins_over_a_part_of_another(house: House) -> None:
    await house.sure("ban anna")
    await house.sure("ban anna-berg")
    await house.say("unban anna")
    assert [order.who.identity for order in await bans(house) if order.who] == ["anna-berg"]


async def test_nobody_is_let_in_who_is_not_kept_out(house: House) -> None:
    assert "Nobody called 'bob' is kept out" in told(await house.say("unban bob"))


async def test_whoever_has_not_all_rooms_of_it_does_not_end_it(house: House) -> None:
    await house.sure("ban bob everywhere", "alice")
    reply = await house.say("unban bob")
    assert "Nothing was done" in told(reply)
    assert len(await bans(house)) == 1


async def test_who_lost_the_role_is_not_needed_to_end_what_they_gave(house: House) -> None:
    await house.sure("ban bob")
    await house.grant("console:mia", Role.NONE)
    await house.say("unban bob", "alice")
    assert await bans(house) == []


async def test_of_two_who_end_it_one_does(house: House) -> None:
    ban = await house.sure("ban bob")
    await house.say("unban bob")
    assert "is kept out" in told(await house.say("unban bob", "alice"))
    ends = [entry for entry in (await house.case(ban.case)).entries if entry.kind is EntryKind.ENDED]
    assert len(ends) == 1


async def test_bans_lists_those_in_force_and_nothing_else(house: House) -> None:
    assert told(await house.say("bans")).startswith("Nobody is kept out.")
    await house.sure("ban bob for 1h")
    await house.say("mute anna lock")
    reply = await house.say("bans")
    assert told(reply).startswith("1 ban is in force:")
    assert "Bob Stone" in told(reply)
    assert "Anna" not in told(reply)


async def test_of_bans_in_other_rooms_nothing_is_shown(house: House) -> None:
    await house.sure("ban mei", "bea", room=BACKSTAGE)
    assert "mei" not in told(await house.say("bans")).lower()
    assert "kept out" in told(await house.say("unban mei"))
