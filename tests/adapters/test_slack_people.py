"""People are told apart by their ids and organisation; what the payload does not say, users.info does."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.fields import BadPayload
from adapters.slack.people import Standing, group_subject, sender, told
from bot.people import is_subject


def test_the_enterprise_counts_before_the_team() -> None:
    assert sender("U1", team="T1", enterprise="E1").user.subject == "slack:E1/U1"
    assert sender("U1", team="T1", enterprise=None).user.subject == "slack:T1/U1"
    assert sender("U1", team=None, enterprise="E1").team == "E1"


def test_subjects_are_those_that_grants_are_given_to() -> None:
    assert is_subject(sender("U1", team="T1", enterprise=None).user.subject)
    assert is_subject(group_subject("T1", "S1"))


def test_somebody_of_another_organisation_is_a_stranger_under_their_own_ids() -> None:
    who = sender("U1", team="T1", enterprise=None, user_team="T2", name="eve")
    assert (who.standing, who.user.subject, who.home) == (Standing.STRANGER, "slack:T2/U1", "T1")


@pytest.mark.parametrize("team", ["T1", "E1", "", None])
def test_somebody_of_this_team_or_enterprise_is_a_member(team: str | None) -> None:
    assert sender("U1", team="T1", enterprise="E1", user_team=team).standing is Standing.MEMBER


def test_another_team_inside_an_enterprise_is_not_known_until_slack_is_asked() -> None:
    who = sender("U1", team="T1", enterprise="E1", user_team="T2")
    assert who.standing is Standing.UNSURE
    assert told(who, {"enterprise_user": {"enterprise_id": "E1"}}).standing is Standing.MEMBER
    asked = told(who, {"team_id": "T2", "enterprise_user": {"enterprise_id": "E2"}})
    assert (asked.standing, asked.user.subject) == (Standing.STRANGER, "slack:E2/U1")


def test_a_bot_is_a_bot_and_slackbot_is_one() -> None:
    assert sender("U1", team="T1", enterprise=None, bot=True).standing is Standing.BOT
    assert sender("USLACKBOT", team="T1", enterprise=None).standing is Standing.BOT


@pytest.mark.parametrize(
    ("info", "standing"),
    [
        ({"team_id": "T1"}, Standing.MEMBER),
        ({"team_id": "T1", "is_restricted": True}, Standing.GUEST),
        ({"team_id": "T1", "is_ultra_restricted": True}, Standing.GUEST),
        ({"team_id": "T1", "is_bot": True}, Standing.BOT),
        ({"team_id": "T1", "is_workflow_bot": True}, Standing.BOT),
        ({"team_id": "T1", "deleted": True}, Standing.DEACTIVATED),
        ({"team_id": "T1", "is_stranger": True}, Standing.STRANGER),
        ({"team_id": "T2"}, Standing.STRANGER),
        ({"team_id": "T2", "teams": ["T1"]}, Standing.MEMBER),
        ({}, Standing.STRANGER),
    ],
)
def test_what_slack_says_of_somebody_decides(info: dict[str, Any], standing: Standing) -> None:
    assert told(sender("U1", team="T1", enterprise=None), info).standing is standing


def test_the_name_is_the_one_that_people_see() -> None:
    who = sender("U1", team="T1", enterprise=None, name="ann.b")
    info = {"team_id": "T1", "name": "ann.b", "real_name": "Ann Berg"}
    assert told(who, {**info, "profile": {"display_name": "Ann"}}).user.name == "Ann"
    assert told(who, info).user.name == "Ann Berg"
    assert told(who, {"team_id": "T1"}).user.name == "ann.b"
    assert sender("U1", team="T1", enterprise=None).user.name == "U1"


@pytest.mark.parametrize(
    "given",
    [
        {"user": None, "team": "T1"},
        {"user": "u1/../x", "team": "T1"},
        {"user": "U1", "team": None},
        {"user": "U1", "team": "T1", "user_team": "T 2"},
    ],
)
def test_ids_that_are_none_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(BadPayload):
        sender(enterprise=None, **given)
