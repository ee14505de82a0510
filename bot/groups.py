"""Which groups of a platform mean anything here, so that an adapter asks about those and no others."""

from __future__ import annotations

from bot.errors import HistoryError
from bot.policy import Policy
from bot.ports import Roster


async def granted_groups(roster: Roster, policy: Policy, prefix: str) -> tuple[str, ...]:
    """The subjects of groups (`slack:T1/@S1`) below that prefix (`slack:T1/`) that hold any role, sorted.

    While the history cannot be read, the settings' alone: nothing else counts then either.
    """
    try:
        stored = [grant.subject for grant in await roster.grants()]
    except HistoryError:
        stored = []
    return tuple(sorted({one for one in (*stored, *policy.admins) if one.startswith(f"{prefix}@")}))
