"""Who it is: the account as Slack names it, its organisation, and what Slack says it is.

An account counts as (enterprise id where there is one, else team id; user id). A name is for the eye only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from adapters.slack.fields import identifier
from bot.people import ChatUser

SLACKBOT = "USLACKBOT"


class Standing(StrEnum):
    MEMBER = "member"
    GUEST = "guest"  # single-channel and multi-channel guests
    STRANGER = "stranger"  # of another organisation, in a shared channel (Slack Connect)
    BOT = "bot"
    DEACTIVATED = "deactivated"
    UNSURE = "unsure"  # of another workspace of this enterprise, or of another one: only users.info tells


@dataclass(frozen=True, slots=True)
class Sender:
    """`home` is where the app is installed; `standing` is as far as it is known, and `why` says why not any further."""

    user: ChatUser
    home: str
    team: str
    standing: Standing = Standing.MEMBER
    why: str = ""

    @property
    def id(self) -> str:
        return self.user.id


def subject(home: str, account: str) -> str:
    return f"slack:{home}/{account}"


def group_subject(home: str, group: str) -> str:
    return f"slack:{home}/@{group}"


def sender(
    user: object, *, team: object, enterprise: object, user_team: object = "", name: object = "", bot: bool = False
) -> Sender:
    """The person behind a payload. Inside an enterprise another team's id alone does not make a stranger."""
    account = identifier(user, "user")
    place = enterprise or team
    home = identifier(place, "team")
    standing, theirs = Standing.MEMBER, home
    if user_team and user_team not in (team, enterprise):
        standing = Standing.UNSURE if enterprise or not team else Standing.STRANGER
        theirs = home if standing is Standing.UNSURE else identifier(user_team, "team of the user")
    if bot or account == SLACKBOT:
        standing = Standing.BOT
    shown = name if isinstance(name, str) and name else account
    return Sender(ChatUser(subject(theirs, account), shown), home, str(team or home), standing)


def told(who: Sender, info: Mapping[str, Any]) -> Sender:
    """The same person after `users.info` (its `user` object) has been asked: the standing is certain then.

    Somebody of another organisation counts under the ids of that one.
    """
    enterprise = info.get("enterprise_user") or {}
    owns = str(enterprise.get("enterprise_id") or info.get("enterprise_id") or "")
    teams = {owns, str(info.get("team_id") or ""), *(enterprise.get("teams") or ()), *(info.get("teams") or ())}
    ours = who.home in teams and not info.get("is_stranger")
    named = (info.get("profile") or {}).get("display_name") or info.get("real_name") or info.get("name")
    user = replace(who.user, name=str(named or who.user.name))
    if not ours and (theirs := owns or str(info.get("team_id") or "")) and theirs != who.home:
        user = replace(user, subject=subject(identifier(theirs, "team of the user"), who.id))
    return replace(who, user=user, standing=_standing(who.id, info, ours=ours))


def _standing(account: str, info: Mapping[str, Any], *, ours: bool) -> Standing:
    if info.get("deleted"):
        return Standing.DEACTIVATED
    if account == SLACKBOT or any(info.get(key) for key in ("is_bot", "is_workflow_bot", "is_connector_bot")):
        return Standing.BOT
    if not ours:
        return Standing.STRANGER
    if info.get("is_restricted") or info.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER
