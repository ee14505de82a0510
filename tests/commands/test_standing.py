"""Groups that cannot be asked, accounts that are limited: what still counts, and what a refusal says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.authorise import CALM_ONLY
from bot.command import Invocation
from bot.groups import granted_groups
from bot.history import Outcome
from bot.people import ChatUser, Grant, Role
from bot.policy import Policy
from bot.reply import Reply
from tests.core.histories import FULL
from tests.house import BACKSTAGE, REGISTRY, STANDUP, House, button, told

OPS = "slack:T1/@S1"
UNA = ChatUser("slack:T1/U7", "Una")
TROUBLE = "Slack could not be asked who is in the user groups (scope usergroups:read is missing)."
LATELY = replace(UNA, lately=(OPS,), trouble=TROUBLE)
GUEST = replace(UNA, groups=(OPS,), limited="a guest")


async def say(house: House, user: ChatUser, line: str, room: str = STANDUP) -> Reply:
    house.last = await house.dispatcher.handle(Invocation(user, "c", line, room=room))
    return house.last


async def press(house: House, user: ChatUser, label: str | int) -> Reply:
    return await house.dispatcher.press(user, "c", button(house.last, label).token)


def refused(reply: Reply) -> str:
    """The words of a refusal, which has to name the own id and who can grant."""
    assert reply.outcome is Outcome.REFUSED, told(reply)
    assert "Your id is slack:T1/U7." in told(reply)
    assert "An admin can give you a role with /moderator (console:alice)." in told(reply)
    return told(reply)


@pytest.mark.parametrize(
    ("role", "line", "why"),
    [
        (Role.NONE, "kick bob", "You are not a moderator here."),
        (Role.NONE, "help kick", "You are not a moderator here."),
        (Role.NONE, "", "You are not a moderator here."),
        (Role.VIEWER, "mute bob", "/mute needs the role moderator; yours is viewer."),
        (Role.VIEWER, "help kick", "/kick needs the role moderator; yours is viewer."),
        (Role.MODERATOR, "mute bob --force", "--force needs the role admin in standup; yours is moderator."),
        (Role.MODERATOR, "participants in:backstage", "The room backstage is not in your scope."),
        (Role.MODERATOR, "participants in:nowhere", "The room nowhere is not in your scope."),
        (Role.MODERATOR, "move bob backstage", "You may not move people into backstage"),
        (Role.MODERATOR, "use backstage", "backstage is beyond what you moderate: standup."),
        (Role.ADMIN, "moderator console:zed viewer in:backstage", "You are not admin over backstage."),
        (Role.ADMIN, "moderator console:bea none", "an admin of those can change it."),
    ],
)
async def test_a_refusal_says_why_who_is_refused_and_who_can_grant(
    house: House, role: Role, line: str, why: str
) -> None:
    if role is not Role.NONE:
        await house.grant(UNA.subject, role, STANDUP)
    assert why in refused(await say(house, UNA, line))
    assert why in refused(await say(house, replace(UNA, trouble=TROUBLE), line))
    assert TROUBLE in told(await say(house, replace(UNA, trouble=TROUBLE), line))
    limited = refused(await say(house, replace(GUEST, trouble=TROUBLE), line))
    assert "You are a guest: only a role given to your own id counts." in limited
    assert TROUBLE not in limited, "groups would not count anyway"


async def test_the_role_that_a_new_reason_needs_and_the_default_room_are_refused_alike(house: House) -> None:
    done = await house.say("mute bob")
    house.use(Policy(admins=("console:alice",), roles={"reason": Role.VIEWER}))
    await house.grant(UNA.subject, Role.VIEWER, STANDUP)
    assert "/reason needs the role moderator in standup; yours is viewer." in refused(
        await say(house, UNA, f"reason {done.case} x")
    )
    await house.say("use backstage", "alice")
    assert "The default room of this channel is not in your scope." in refused(
        await say(house, UNA, "participants", room="")
    )


async def test_groups_as_they_were_lately_count_for_what_calms_and_nothing_else(house: House) -> None:
    await house.grant(OPS, Role.ADMIN)
    assert (await say(house, LATELY, "mute bob")).outcome is Outcome.DONE
    assert (await say(house, LATELY, "mute bob lock")).outcome is Outcome.DONE
    assert (await say(house, LATELY, "quiet")).question
    for line in ("unmute bob", "kick bob", "participants", "rooms", "undo", "history", "moderators", "nonsense"):
        assert f"{TROUBLE} {CALM_ONLY}" in refused(await say(house, LATELY, line)), line


async def test_a_press_counts_them_as_the_words_would(house: House) -> None:
    await house.grant(OPS, Role.MODERATOR, STANDUP)
    question = await say(house, LATELY, "quiet")
    assert (await press(house, LATELY, "Quiet the room")).outcome is Outcome.DONE, told(question)
    choice = await say(house, LATELY, "mute ann")
    assert (await press(house, LATELY, 1)).outcome is not Outcome.REFUSED, told(choice)
    fresh = replace(UNA, groups=(OPS,))
    await say(house, fresh, "kick bob")
    assert CALM_ONLY in refused(await press(house, LATELY, "Remove"))
    await say(house, fresh, "rooms")
    assert CALM_ONLY in refused(await press(house, LATELY, STANDUP))  # runs /participants again
    assert "bob" in house.rooms.rooms[STANDUP].people


@pytest.mark.parametrize(("role", "room"), [(Role.VIEWER, STANDUP), (Role.MODERATOR, BACKSTAGE)])
async def test_groups_that_would_not_have_allowed_it_either_promise_nothing(
    house: House, role: Role, room: str
) -> None:
    await house.grant(UNA.subject, Role.VIEWER, STANDUP)
    await house.grant(OPS, role, room)
    said = refused(await say(house, LATELY, "mute bob"))
    assert TROUBLE in said
    assert CALM_ONLY not in said


async def test_a_trouble_that_is_not_told_is_said_in_plain_words(house: House) -> None:
    await house.grant(OPS, Role.MODERATOR, STANDUP)
    said = refused(await say(house, replace(LATELY, trouble=""), "kick bob"))
    assert f"Your groups could not be asked. {CALM_ONLY}" in said


async def test_a_group_of_now_that_was_one_lately_too_counts_for_all(house: House) -> None:
    await house.grant(OPS, Role.MODERATOR, STANDUP)
    assert (await say(house, replace(LATELY, groups=(OPS,)), "demote bob")).outcome is Outcome.DONE


async def test_a_limited_account_has_what_its_own_id_was_given_and_no_more(house: House) -> None:
    await house.grant(OPS, Role.ADMIN)
    assert "You are a guest" in refused(await say(house, replace(GUEST, lately=(OPS,)), "mute bob"))
    await house.grant(UNA.subject, Role.MODERATOR, STANDUP)
    assert (await say(house, GUEST, "mute bob")).outcome is Outcome.DONE
    assert "You are a guest" in refused(await say(house, GUEST, "metadata bob x"))


async def test_what_is_allowed_says_nothing_of_the_trouble(house: House) -> None:
    await house.grant(UNA.subject, Role.MODERATOR, STANDUP)
    assert TROUBLE not in told(await say(house, LATELY, "mute bob"))


async def test_whoami_shows_groups_and_why_they_do_not_count(house: House) -> None:
    await house.grant(OPS, Role.MODERATOR, STANDUP)
    fresh = told(await say(house, replace(UNA, groups=(OPS,)), "whoami"))
    assert f"groups: {OPS}" in fresh
    assert "roles: moderator in standup (as slack:T1/@S1, given by console:alice)" in fresh
    lately = told(await say(house, LATELY, "whoami"))
    assert "Una: no role" in lately
    assert f"groups lately: {OPS}" in lately
    assert "given by console:alice; now for mute, lock and quiet only)" in lately
    assert TROUBLE in lately
    guest = told(await say(house, GUEST, "whoami"))
    assert f"groups: {OPS}" in guest
    assert "roles: none" in guest
    assert "You are a guest: only a role given to your own id counts." in guest
    assert "An admin can give you a role" in guest


async def test_nobody_raises_a_group_that_was_theirs_lately(house: House) -> None:
    await house.grant(OPS, Role.VIEWER, STANDUP)
    await house.grant(UNA.subject, Role.ADMIN, STANDUP)
    reply = await say(house, LATELY, f"moderator {OPS} admin in:standup")
    assert "Nobody raises their own role" in told(reply)


def test_the_commands_that_calm_are_those_of_which_refusals_speak() -> None:
    assert {command.name for command in REGISTRY if command.calms} == {"mute", "quiet"}
    assert "mute, lock and quiet" in CALM_ONLY


async def test_the_groups_worth_asking_about_are_those_with_a_role(house: House) -> None:
    for subject in (OPS, "slack:T1/@S0", "slack:T10/@S2", "discord:1/@5", "slack:T1/U1"):
        await house.grant(subject, Role.VIEWER)
    await house.grant("slack:T1/@S9", Role.NONE)
    policy = Policy(admins=("slack:T1/@S3", OPS, "slack:T2/@S4", "slack:T1/U2"))
    found = await granted_groups(house.database.roster, policy, "slack:T1/")
    assert found == ("slack:T1/@S0", OPS, "slack:T1/@S3")
    assert await granted_groups(house.database.roster, policy, "discord:1/") == ("discord:1/@5",)


class IllRoster:
    async def grants(self, subjects: Sequence[str] | None = None) -> tuple[Grant, ...]:
        raise FULL


async def test_while_the_history_cannot_be_read_the_groups_of_the_settings_are_asked_about(house: House) -> None:
    roster: Any = IllRoster()
    assert await granted_groups(roster, Policy(admins=(OPS,)), "slack:T1/") == (OPS,)
