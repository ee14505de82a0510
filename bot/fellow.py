"""Whom a command is about: whether others are called so too, and whose account it is as far as the settings say.

Only roles that an account holds itself are known here: which accounts a group or a role of a server has, an identity
does not tell.
"""

from __future__ import annotations

from bot.context import Context, Services
from bot.errors import HistoryError
from bot.people import ChatUser, Role
from bot.policy import Policy


async def met(context: Context) -> None:
    """Know of the target whether the name is shared and, where it may have to be asked about, which role they have."""
    context.bound = bound = context.told_apart(context.bound)
    target = bound.target
    if target is not None and context.command.writes and not bound.confirmed:
        context.fellow = await role_behind(context.services, target.identity, target.room)


async def role_behind(services: Services, identity: str, room: str) -> Role:
    """The highest role over the room of an account that has this identity in rooms; NONE where there is none.

    While the history cannot be read, the settings' admins alone are known.
    """
    policy = services.policy
    if not any(_fits(pattern, identity) for pattern in policy.identities.values()):
        return Role.NONE
    try:
        stored = await services.roster.grants()
    except HistoryError:
        stored = ()
    settled = [grant for subject in policy.admins for grant in policy.admin_grants(subject)]
    held = (grant for grant in (*stored, *settled) if grant.covers(room) and _is(policy, grant.subject, identity))
    return max((grant.role for grant in held), default=Role.NONE)


def _fits(pattern: str, identity: str) -> bool:
    before, _, after = pattern.partition("{id}")
    return identity.startswith(before) and identity.endswith(after)


def _is(policy: Policy, subject: str, identity: str) -> bool:
    account = ChatUser(subject, "")
    return not account.id.startswith("@") and policy.identity_of(account.platform, account.id) == identity
