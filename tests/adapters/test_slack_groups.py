"""User groups as grant subjects: asked about when it matters, believed for a minute, and never waited for long."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterable
from typing import Any

import pytest

from adapters.slack import asked
from adapters.slack.asked import Asked
from adapters.slack.groups import Groups, Membership
from adapters.slack.people import Sender, sender
from adapters.slack.wire import SlackError
from bot.people import is_subject
from tests.clocks import PATIENCE
from tests.house import SteppedClock
from tests.scripted_slack import Said, ScriptedSlack, settled, silent

S1, S2 = "slack:T1/@S1", "slack:T1/@S2"
ANN = sender("U1", team="T1", enterprise=None)
BOB = sender("U2", team="T1", enterprise=None)
UNREACHABLE = "Slack cannot be asked just now who is in the user groups that have a role: nothing listens there."


def users(*ids: object) -> dict[str, Any]:
    return {"ok": True, "users": list(ids)}


class Workspace:
    """The groups of a scripted Slack; `granted` are those that hold a grant."""

    def __init__(self, granted: Iterable[str] = (S1,), **answers: Said) -> None:
        self.clock = SteppedClock()
        self.slack = ScriptedSlack(answers)
        self.homes: list[str] = []
        self.granted = tuple(granted)
        self.groups = Groups(self.slack, self.clock, self._granted)

    async def _granted(self, home: str) -> tuple[str, ...]:
        self.homes.append(home)
        return self.granted

    async def of(self, who: Sender = ANN) -> Membership:
        """What is said without waiting for the clock."""
        async with asyncio.timeout(PATIENCE):
            return await self.groups.of(who)

    def begin(self, who: Sender = ANN) -> asyncio.Task[Membership]:
        return asyncio.create_task(self.groups.of(who))

    async def after(self, seconds: float) -> None:
        await settled()
        self.clock.advance(seconds)
        await settled()


# --- who is in them ------------------------------------------------------------------------------


async def test_user_groups_are_grant_subjects() -> None:
    here = Workspace((S1, S2), S1=users("U1", "U2"), S2=users("U2", None, 7))
    assert await here.of(ANN) == Membership((S1,))
    assert await here.of(BOB) == Membership((S1, S2))
    assert all(is_subject(one) for one in (S1, S2))


async def test_a_group_is_asked_about_with_its_team_id_and_without_disabled_ones() -> None:
    here = Workspace(S1=users())
    await here.of()
    assert here.slack.calls == [{"method": "usergroups.users.list", "usergroup": "S1", "team_id": "T1"}]
    assert here.homes == ["T1"]


async def test_in_an_enterprise_grants_are_the_organisations_and_groups_the_workspaces() -> None:
    here = Workspace(("slack:E1/@S1",), S1=users("W1"))
    first = sender("W1", team="T1", enterprise="E1")
    assert await here.of(first) == Membership(("slack:E1/@S1",))
    await here.of(sender("W1", team="T2", enterprise="E1"))
    assert here.homes == ["E1", "E1"]
    assert [call["team_id"] for call in here.slack.calls] == ["T1", "T2"]


async def test_while_no_group_has_a_grant_slack_is_not_asked() -> None:
    here = Workspace(())
    assert await here.of() == Membership()
    assert here.slack.calls == []


async def test_a_disabled_group_has_nobody_in_it_and_is_no_trouble() -> None:
    here = Workspace((S1, S2), S1=SlackError("usergroups.users.list", "no_such_subteam"), S2=users("U1"))
    assert await here.of() == Membership((S2,))
    assert await here.of() == Membership((S2,))
    assert len(here.slack.calls) == 2


# --- cached at most 60 s -------------------------------------------------------------------------


async def test_an_answer_is_cached_at_most_60_s() -> None:
    here = Workspace(S1=users("U1"))
    await here.of()
    here.slack.answers["S1"] = users()
    await here.after(59)
    assert await here.of() == Membership((S1,))
    assert len(here.slack.calls) == 1
    await here.after(2)
    assert await here.of() == Membership()
    assert len(here.slack.calls) == 2


async def test_the_60_s_begin_when_slack_is_asked_not_when_it_answers() -> None:
    here = Workspace(S1=users("U1"))
    here.slack.hold()
    asking = here.begin()
    await here.after(2)
    here.slack.release()
    assert await asking == Membership((S1,))
    await here.after(59)
    here.slack.answers["S1"] = users()
    assert await here.of() == Membership()


async def test_many_commands_at_once_are_one_question_for_each_group() -> None:
    here = Workspace((S1, S2), S1=users("U1"), S2=users("U2"))
    here.slack.hold()
    asking = [here.begin(who) for who in (ANN, BOB) * 10]
    await settled()
    here.slack.release()
    told = await asyncio.gather(*asking)
    assert set(told) == {Membership((S1,)), Membership((S2,))}
    assert len(here.slack.calls) == 2


async def test_many_groups_are_not_asked_about_all_at_once() -> None:
    names = [f"S{number}" for number in range(30)]
    here = Workspace((f"slack:T1/@{name}" for name in names), **{name: users("U1") for name in names})
    here.slack.hold()
    asking = here.begin()
    await settled()
    here.slack.release()
    assert len((await asking).groups) == 30
    assert here.slack.most_at_once == asked.AT_ONCE


# --- refreshed by subteam events -----------------------------------------------------------------


async def test_a_subteam_event_drops_what_was_known_of_that_group_at_once() -> None:
    here = Workspace((S1, S2), S1=users("U1"), S2=users("U1"))
    await here.of()
    here.slack.answers.update(S1=users(), S2=users())
    here.groups.changed("T1", "S1")
    assert await here.of() == Membership((S2,))
    assert len(here.slack.calls) == 3


async def test_what_was_before_a_subteam_event_does_not_count_lately_either() -> None:
    here = Workspace(S1=users("U1"))
    await here.of()
    here.slack.answers["S1"] = silent()
    here.groups.changed("T1", "S1")
    assert await here.of() == Membership(trouble=UNREACHABLE)


async def test_an_event_that_names_the_organisation_reaches_the_group_in_every_workspace() -> None:
    here = Workspace(("slack:E1/@S1",), S1=users("W1"))
    people = [sender("W1", team=team, enterprise="E1") for team in ("T1", "T2")]
    for who in people:
        await here.of(who)
    here.slack.answers["S1"] = users()
    here.groups.changed("E1", "S1")
    assert [await here.of(who) for who in people] == [Membership(), Membership()]


async def test_an_answer_under_way_when_the_event_arrives_is_not_used() -> None:
    here = Workspace(S1=users("U1"))
    here.slack.hold()
    asking = here.begin()
    await settled()
    here.slack.answers["S1"] = users()
    here.groups.changed("T1", "S1")
    here.slack.release()
    assert await asking == Membership()
    assert await here.of() == Membership()
    assert len(here.slack.calls) == 2


async def test_whoever_asked_before_the_event_gets_what_is_asked_after_it() -> None:
    here = Workspace(S1=users("U1"))
    here.slack.hold()
    before = here.begin()
    await settled()
    here.groups.changed("T1", "S1")
    here.slack.answers["S1"] = users()
    after = here.begin()
    await here.after(0)
    gc.collect()
    here.slack.release()
    assert (await before, await after) == (Membership(), Membership())
    assert await here.of() == Membership()


async def test_an_event_about_a_group_that_nobody_asked_about_does_nothing() -> None:
    here = Workspace(S1=users("U1"))
    here.groups.changed("T1", "S9")
    assert await here.of() == Membership((S1,))


# --- while Slack cannot be asked -----------------------------------------------------------------


@pytest.mark.parametrize("minutes", [2, 9])
async def test_while_slack_cannot_be_asked_an_answer_up_to_10_minutes_old_counts_lately(minutes: int) -> None:
    here = Workspace((S1, S2), S1=users("U1"), S2=users("U2"))
    await here.of()
    here.slack.answers.update(S1=silent(), S2=silent())
    await here.after(minutes * 60)
    assert await here.of() == Membership((), (S1,), UNREACHABLE)


async def test_an_answer_older_than_10_minutes_counts_for_nothing() -> None:
    here = Workspace(S1=users("U1"))
    await here.of()
    here.slack.answers["S1"] = silent()
    await here.after(11 * 60)
    assert await here.of() == Membership((), (), UNREACHABLE)


async def test_one_group_that_cannot_be_asked_about_does_not_take_the_others_away() -> None:
    here = Workspace((S1, S2), S1=users("U1"), S2=silent())
    assert await here.of() == Membership((S1,), (), UNREACHABLE)


async def test_when_slack_answers_again_all_is_well() -> None:
    here = Workspace(S1=silent())
    assert await here.of() == Membership(trouble=UNREACHABLE)
    here.slack.answers["S1"] = users("U1")
    await here.after(5)
    assert await here.of() == Membership((S1,))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SlackError("x", "ratelimited"), "Slack cannot be asked just now who is in the user groups that have a role."),
        (
            SlackError("x", "missing_scope", "usergroups:read"),
            "Slack does not tell Usher who is in the user groups that have a role: the scope usergroups:read is "
            "missing, so an admin of the workspace must reinstall the app.",
        ),
        (
            SlackError("x", "missing_scope"),
            "Slack does not tell Usher who is in the user groups that have a role: the scope usergroups:read is "
            "missing, so an admin of the workspace must reinstall the app.",
        ),
        (
            SlackError("x", "token_revoked"),
            "Slack refuses to tell Usher who is in the user groups that have a role (token_revoked): an admin of the "
            "workspace must look at the app.",
        ),
    ],
)
async def test_a_refusal_can_say_why_group_unreachable_or_scope_missing(error: SlackError, said: str) -> None:
    assert await Workspace(S1=error).of() == Membership(trouble=said)


@pytest.mark.parametrize("answer", [{"ok": True}, {"ok": True, "users": {"U1": 1}}])
async def test_an_answer_without_users_is_none(answer: dict[str, Any]) -> None:
    assert "could not be read" in (await Workspace(S1=answer).of()).trouble


# --- waiting -------------------------------------------------------------------------------------


async def test_a_failed_question_is_not_repeated_for_5_s() -> None:
    here = Workspace(S1=silent())
    for _ in range(3):
        await here.of()
    await here.after(4.9)
    assert (await here.of()).trouble == UNREACHABLE
    assert len(here.slack.calls) == 1
    await here.after(0.2)
    await here.of()
    assert len(here.slack.calls) == 2


async def test_without_an_older_answer_a_command_waits_two_and_a_half_seconds() -> None:
    here = Workspace(S1=users("U1"))
    here.slack.hold()
    asking = here.begin()
    await here.after(2.4)
    assert not asking.done()
    await here.after(0.2)
    slow = "Slack cannot be asked just now who is in the user groups that have a role: it is slow to answer."
    assert await asking == Membership(trouble=slow)


async def test_with_an_older_answer_a_command_waits_one_second() -> None:
    here = Workspace(S1=users("U1"))
    await here.of()
    await here.after(61)
    here.slack.hold()
    asking = here.begin()
    await here.after(0.9)
    assert not asking.done()
    await here.after(0.2)
    told = await asking
    assert (told.groups, told.lately) == ((), (S1,))
    assert "slow to answer" in told.trouble


async def test_an_answer_that_is_too_old_to_count_is_waited_for_like_none() -> None:
    here = Workspace(S1=users("U1"))
    await here.of()
    await here.after(601)
    here.slack.hold()
    asking = here.begin()
    await here.after(2.4)
    here.slack.release()
    assert await asking == Membership((S1,))


async def test_while_slack_is_slow_only_the_first_commands_wait() -> None:
    here = Workspace(S1=users("U1"))
    here.slack.hold()
    first = here.begin()
    await here.after(1.5)
    second = here.begin()
    await here.after(1.1)
    assert first.done()
    assert second.done()
    assert "slow to answer" in (await here.of()).trouble
    here.slack.release()
    await settled()
    assert await here.of() == Membership((S1,))
    assert len(here.slack.calls) == 1


async def test_a_command_that_is_given_up_leaves_the_question_to_the_others() -> None:
    here = Workspace(S1=users("U1"))
    here.slack.hold()
    first, second = here.begin(), here.begin()
    await settled()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    here.slack.release()
    assert await second == Membership((S1,))
    assert len(here.slack.calls) == 1


async def test_a_bug_is_told_to_whoever_asked_and_the_next_one_asks_anew() -> None:
    here = Workspace(S1=users("U1"))
    answer = here.slack.answers.pop("S1")
    with pytest.raises(KeyError):
        await here.of()
    here.slack.answers["S1"] = answer
    assert await here.of() == Membership((S1,))


async def test_no_more_questions_are_remembered_than_there_is_room_for() -> None:
    calls: list[str] = []

    async def ask(key: str) -> str:
        calls.append(key)
        return key

    few: Asked[str, str] = Asked(ask, SteppedClock(), usable=60, most=2)
    for key in ("a", "b", "a", "c", "a", "b"):
        assert (await few.get(key)).answer == key
    assert calls == ["a", "b", "c", "b"]
