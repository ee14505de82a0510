"""What Slack says an account is: asked beside every command, believed for a while, and never taken for granted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.groups import Membership
from adapters.slack.membership import Members, chat_user
from adapters.slack.people import Sender, Standing, sender
from adapters.slack.wire import SlackError
from bot.command import Invocation
from bot.history import Outcome
from bot.people import Role
from bot.reply import Tone
from tests.clocks import PATIENCE
from tests.house import STANDUP, House, SteppedClock
from tests.scripted_slack import Said, ScriptedSlack, settled, silent

S1 = "slack:T1/@S1"
ANN = sender("U1", team="T1", enterprise=None, name="ann")
UNSURE = "not known to be a member (Slack could not be asked)"


def info(**more: Any) -> dict[str, Any]:
    return {"ok": True, "user": {"team_id": "T1", "name": "ann", **more}}


class Workspace:
    def __init__(self, **answers: Said) -> None:
        self.clock = SteppedClock()
        self.slack = ScriptedSlack(answers)
        self.members = Members(self.slack, self.clock)

    async def known(self, who: Sender = ANN) -> Sender:
        async with asyncio.timeout(PATIENCE):
            return await self.members.known(who)

    async def standing(self, who: Sender = ANN) -> Standing:
        return (await self.known(who)).standing

    async def after(self, seconds: float) -> None:
        await settled()
        self.clock.advance(seconds)
        await settled()


# --- who is limited to their own grants ----------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "limited"),
    [
        ({}, ""),
        ({"is_restricted": True}, "a guest here"),
        ({"is_ultra_restricted": True}, "a guest here"),
        ({"team_id": "T2"}, "of another organisation"),
        ({"is_stranger": True}, "of another organisation"),
        ({"is_bot": True}, "a bot"),
        ({"deleted": True}, "deactivated"),
    ],
)
async def test_other_organisations_guests_bots_and_deactivated_users_are_limited_to_their_own_grants(
    told: dict[str, Any], limited: str
) -> None:
    here = Workspace(U1=info(**told))
    assert chat_user(await here.known(), Membership((S1,))).limited == limited
    assert here.slack.calls == [{"method": "users.info", "user": "U1"}]


async def test_who_is_of_another_enterprise_counts_under_its_id() -> None:
    here = Workspace(W9=info(team_id="T9", enterprise_user={"enterprise_id": "E9", "teams": ["T9"]}))
    who = await here.known(sender("W9", team="T1", enterprise="E1", user_team="T9"))
    user = chat_user(who, Membership())
    assert (user.subject, user.limited) == ("slack:E9/W9", "of another organisation")


async def test_who_is_of_another_workspace_of_this_enterprise_is_a_member() -> None:
    here = Workspace(W1=info(team_id="T2", enterprise_user={"enterprise_id": "E1", "teams": ["T2"]}))
    who = await here.known(sender("W1", team="T1", enterprise="E1", user_team="T2"))
    assert (who.standing, who.user.subject) == (Standing.MEMBER, "slack:E1/W1")


async def test_an_app_that_speaks_for_a_member_is_a_bot_and_slack_is_not_asked() -> None:
    here = Workspace(U1=info())
    assert await here.standing(sender("U1", team="T1", enterprise=None, bot=True)) is Standing.BOT
    assert here.slack.calls == []


def test_the_account_carries_its_groups_those_it_had_lately_and_the_trouble() -> None:
    user = chat_user(ANN, Membership((S1,), ("slack:T1/@S2",), "Slack is away."))
    assert (user.groups, user.lately, user.trouble, user.limited) == ((S1,), ("slack:T1/@S2",), "Slack is away.", "")
    assert (user.subject, user.name) == ("slack:T1/U1", "ann")


def test_whoever_has_nothing_through_groups_is_not_told_of_trouble_with_them() -> None:
    guest = replace(ANN, standing=Standing.GUEST)
    assert chat_user(guest, Membership(trouble="Slack is away.")).trouble == ""


def test_there_is_a_word_for_every_standing() -> None:
    words = [chat_user(Sender(ANN.user, "T1", "T1", standing), Membership()).limited for standing in Standing]
    assert len(set(words)) == len(Standing)


# --- what is not known ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [silent(), SlackError("users.info", "user_not_visible"), {"ok": True}, {"ok": True, "user": []}],
)
async def test_nobody_is_taken_for_a_member_while_slack_does_not_say_so(said: Said) -> None:
    here = Workspace(U1=said)
    user = chat_user(await here.known(), Membership((S1,)))
    assert (user.subject, user.name, user.limited) == ("slack:T1/U1", "ann", UNSURE)


@pytest.mark.parametrize("needed", ["users:read", ""])
async def test_a_scope_that_is_missing_is_named(needed: str) -> None:
    here = Workspace(U1=SlackError("users.info", "missing_scope", needed))
    user = chat_user(await here.known(), Membership((S1,)))
    assert user.limited == "not known to be a member (the scope users:read is missing)"


async def test_a_stranger_stays_one_while_slack_cannot_be_asked() -> None:
    here = Workspace(U1=silent())
    who = sender("U1", team="T1", enterprise=None, user_team="T2")
    assert await here.known(who) == who


async def test_a_failed_question_is_not_repeated_for_5_s() -> None:
    here = Workspace(U1=silent())
    await here.known()
    here.slack.answers["U1"] = info()
    await here.after(4.9)
    assert await here.standing() is Standing.UNSURE
    await here.after(0.2)
    assert await here.standing() is Standing.MEMBER
    assert len(here.slack.calls) == 2


# --- for how long --------------------------------------------------------------------------------


async def test_deactivated_people_are_known_as_that_after_60_s() -> None:
    here = Workspace(U1=info())
    await here.known()
    here.slack.answers["U1"] = info(deleted=True)
    await here.after(59)
    assert await here.standing() is Standing.MEMBER
    assert len(here.slack.calls) == 1
    await here.after(2)
    assert await here.standing() is Standing.DEACTIVATED


@pytest.mark.parametrize(("seconds", "standing"), [(599, Standing.MEMBER), (601, Standing.UNSURE)])
async def test_while_slack_cannot_be_asked_its_word_of_the_last_10_minutes_holds(
    seconds: float, standing: Standing
) -> None:
    here = Workspace(U1=info())
    await here.known()
    here.slack.answers["U1"] = silent()
    await here.after(seconds)
    assert await here.standing() is standing


async def test_many_commands_of_one_person_are_one_question() -> None:
    here = Workspace(U1=info())
    here.slack.hold()
    asking = [asyncio.create_task(here.members.known(ANN)) for _ in range(10)]
    await settled()
    here.slack.release()
    assert {one.standing for one in await asyncio.gather(*asking)} == {Standing.MEMBER}
    assert len(here.slack.calls) == 1


async def test_a_slow_slack_keeps_a_command_for_one_second_where_the_person_is_known() -> None:
    here = Workspace(U1=info())
    await here.known()
    await here.after(61)
    here.slack.hold()
    asking = asyncio.create_task(here.members.known(ANN))
    await here.after(0.9)
    assert not asking.done()
    await here.after(0.2)
    assert (await asking).standing is Standing.MEMBER


# --- and in the core -----------------------------------------------------------------------------


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House.opened(tmp_path) as opened:
        await opened.grant(S1, Role.MODERATOR)
        yield opened


async def mute(house: House, who: Sender, membership: Membership, event_key: str) -> Outcome | None:
    user = chat_user(who, membership)
    reply = await house.dispatcher.handle(Invocation(user, "slack:T1/C1", "mute bob", event_key, STANDUP))
    assert (reply.tone is Tone.ERROR) is (reply.outcome is Outcome.REFUSED)
    return reply.outcome


async def test_a_guest_in_a_granted_group_is_refused_unless_granted_by_their_own_id(house: House) -> None:
    here = Workspace(U1=info(is_restricted=True))
    guest = await here.known()
    assert await mute(house, guest, Membership((S1,)), "slack:1") is Outcome.REFUSED
    await house.grant("slack:T1/U1", Role.MODERATOR)
    assert await mute(house, guest, Membership((S1,)), "slack:2") is Outcome.DONE


async def test_a_bot_is_refused_unless_granted_by_its_own_id(house: House) -> None:
    bot = sender("U7", team="T1", enterprise=None, bot=True)
    assert await mute(house, bot, Membership((S1,)), "slack:1") is Outcome.REFUSED
    await house.grant("slack:T1/U7", Role.MODERATOR)
    assert await mute(house, bot, Membership((S1,)), "slack:2") is Outcome.DONE


async def test_a_member_acts_with_what_their_group_has(house: House) -> None:
    here = Workspace(U1=info())
    assert await mute(house, await here.known(), Membership((S1,)), "slack:1") is Outcome.DONE


async def test_groups_of_some_minutes_ago_count_for_mute(house: House) -> None:
    here = Workspace(U1=info())
    assert await mute(house, await here.known(), Membership((), (S1,), "Slack is away."), "x") is Outcome.DONE


@pytest.mark.parametrize(("seconds", "outcome"), [(590, Outcome.DONE), (610, Outcome.REFUSED)])
async def test_while_slack_cannot_be_asked_at_all_they_count_for_as_long_as_groups_do(
    house: House, seconds: float, outcome: Outcome
) -> None:
    here = Workspace(U1=info())
    await here.known()
    here.slack.answers["U1"] = silent()
    await here.after(seconds)
    assert await mute(house, await here.known(), Membership((), (S1,), "Slack is away."), "x") is outcome
