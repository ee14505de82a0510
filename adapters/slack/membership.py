"""What Slack says an account is: a member of this organisation, or somebody for whom only their own grants count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.slack.asked import Asked
from adapters.slack.fields import mapping
from adapters.slack.groups import LATELY_SECONDS, Membership
from adapters.slack.people import Sender, Standing, told
from adapters.slack.wire import UNREACHABLE, Caller, SlackError
from bot.people import ChatUser
from bot.ports import Clock

METHOD = "users.info"
SCOPE = "users:read"

_LIMITED = {
    Standing.MEMBER: "",
    Standing.GUEST: "a guest here",
    Standing.STRANGER: "of another organisation",
    Standing.BOT: "a bot",
    Standing.DEACTIVATED: "deactivated",
    Standing.UNSURE: "not known to be a member",
}


class Members:
    """Payloads do not say who is a guest or deactivated; `users.info` alone does.

    It is asked at most once a minute for each person, beside the question about groups, so a command rarely waits for
    it and whoever is made a guest or deactivated is known as that within a minute (the event `user_change` would tell
    it at once, of everybody, though nobody but those who send something matters here). While Slack cannot be asked,
    its word holds for as long as that about groups: what somebody is changes rarely. Without any, nobody is taken for a
    member: default deny, so their own grants count and those of groups do not.
    """

    def __init__(self, web: Caller, clock: Clock) -> None:
        self._web = web
        self._infos: Asked[str, Mapping[str, Any]] = Asked(self._ask, clock, LATELY_SECONDS)

    async def known(self, sender: Sender) -> Sender:
        """The same person with the standing that Slack gives them. It takes a few seconds at most."""
        if sender.standing is Standing.BOT:
            return sender  # also an app that speaks for a person: what that person is does not make it one
        found = await self._infos.get(sender.id)
        if found.answer is not None and found.age <= LATELY_SECONDS:
            return told(sender, found.answer)
        if sender.standing is Standing.STRANGER:
            return sender
        return replace(sender, standing=Standing.UNSURE, why=_why(found.failure))

    async def _ask(self, account: str) -> Mapping[str, Any]:
        info = mapping(await self._web.call(METHOD, user=account), "user")
        if not info:
            raise SlackError(METHOD, UNREACHABLE, why="its answer could not be read")
        return info


def _why(failure: SlackError | None) -> str:
    """Why Slack does not say what somebody is."""
    if failure is not None and failure.error == "missing_scope":
        return f"the scope {failure.needed or SCOPE} is missing"
    return "Slack could not be asked"


def chat_user(sender: Sender, membership: Membership) -> ChatUser:
    """The account as the core wants it: groups as they count, and what it is where it is no member.

    Where groups do not count anyway, it does not matter that they could not be asked.
    """
    limited = f"{_LIMITED[sender.standing]} ({sender.why})" if sender.why else _LIMITED[sender.standing]
    return replace(
        sender.user,
        groups=membership.groups,
        lately=membership.lately,
        trouble="" if limited else membership.trouble,
        limited=limited,
    )
