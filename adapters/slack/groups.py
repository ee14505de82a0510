"""Slack's user groups as subjects of grants: which of those that have a role somebody is in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from adapters.slack.asked import Asked, Found
from adapters.slack.people import Sender
from adapters.slack.wire import UNREACHABLE, Caller, SlackError
from bot.ports import Clock

LATELY_SECONDS = 600.0
METHOD = "usergroups.users.list"
SCOPE = "usergroups:read"
GONE = "no_such_subteam"  # deleted or disabled, or another workspace's

_ASKED = "who is in the user groups that have a role"


@dataclass(frozen=True, slots=True)
class Membership:
    """The subjects of groups that somebody is in, or was in `lately` while Slack cannot be asked; then `trouble` says
    why, in one sentence for people."""

    groups: tuple[str, ...] = ()
    lately: tuple[str, ...] = ()
    trouble: str = ""


class Groups:
    """`granted` gives the subjects of the groups of an organisation that hold a grant (`slack:T1/@S1`).

    Only those are asked about, each in the workspace of whoever sends something: a group belongs to one workspace. An
    answer counts for a minute from when it was asked for, and after that, for what only calms a room, up to ten
    minutes while Slack cannot be asked.
    """

    def __init__(self, web: Caller, clock: Clock, granted: Callable[[str], Awaitable[tuple[str, ...]]]) -> None:
        self._web = web
        self._granted = granted
        self._users: Asked[tuple[str, str], frozenset[str]] = Asked(self._ask, clock, LATELY_SECONDS)

    async def of(self, sender: Sender) -> Membership:
        """The groups of this person. It takes at most a second or so, also while Slack does not answer."""
        subjects = await self._granted(sender.home)
        found = await asyncio.gather(*(self._users.get((sender.team, _group(subject))) for subject in subjects))
        held = [
            (subject, one)
            for subject, one in zip(subjects, found, strict=True)
            if one.answer is not None and sender.id in one.answer
        ]
        return Membership(
            tuple(subject for subject, one in held if one.fresh),
            tuple(subject for subject, one in held if not one.fresh and one.age <= LATELY_SECONDS),
            _trouble(found),
        )

    def changed(self, team: str, group: str) -> None:
        """Slack says that this group is another one now (`subteam_*` events).

        What is known of it is forgotten whatever the workspace: inside an enterprise `team` may be the organisation.
        """
        self._users.forget(lambda key: key[1] == group)

    async def _ask(self, key: tuple[str, str]) -> frozenset[str]:
        team, group = key
        try:
            answer = await self._web.call(METHOD, usergroup=group, team_id=team)
        except SlackError as error:
            if error.error == GONE:
                return frozenset()
            raise
        users = answer.get("users")
        if not isinstance(users, list):
            raise SlackError(METHOD, UNREACHABLE, why="its answer could not be read")
        return frozenset(one for one in users if isinstance(one, str))


def _group(subject: str) -> str:
    return subject.rpartition("/@")[2]


def _trouble(found: Sequence[Found[frozenset[str]]]) -> str:
    """Why it is not known who is in the groups by now; "" where it is known."""
    old = [one for one in found if not one.fresh]
    if not old:
        return ""
    failure = next((one.failure for one in old if one.failure is not None), None)
    if failure is None or failure.unreachable:
        why = failure.why if failure is not None else "it is slow to answer"
        return f"Slack cannot be asked just now {_ASKED}{f': {why}' if why else ''}."
    if failure.error == "missing_scope":
        scope = failure.needed or SCOPE
        return (
            f"Slack does not tell Usher {_ASKED}: the scope {scope} is missing, so an admin of the workspace must "
            "reinstall the app."
        )
    return f"Slack refuses to tell Usher {_ASKED} ({failure.error}): an admin of the workspace must look at the app."
