"""Who it is: the account as Discord names it, with the roles that it has on the server where this happens.

A role means something only together with its server. What a person has elsewhere is not known, and does not count:
in a direct message there are no roles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.payloads import BadPayload, Payload, mapping, string
from bot.people import ChatUser

_SNOWFLAKE = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Sender:
    """`guild` is the server, "" in a direct message."""

    user: ChatUser
    guild: str = ""

    @property
    def id(self) -> str:
        return self.user.id


def identifier(value: object, what: str) -> str:
    """An id of Discord's; `BadPayload` where it is none."""
    if not isinstance(value, str) or not _SNOWFLAKE.fullmatch(value):
        raise BadPayload(f"no {what} in the payload")
    return value


def subject(account: str) -> str:
    return f"discord:{account}"


def role_subject(guild: str, role: str) -> str:
    return f"discord:{guild}/@{role}"


def sender(payload: Payload) -> Sender:
    """The person behind an interaction, or a message."""
    guild = identifier(payload["guild_id"], "guild") if payload.get("guild_id") is not None else ""
    member = mapping(payload, "member") if guild else {}
    user = mapping(member, "user") or mapping(payload, "user") or mapping(payload, "author")
    account = identifier(user.get("id"), "user")
    return Sender(ChatUser(subject(account), shown_name(user, member) or account, _roles(guild, member)), guild)


def shown_name(user: Payload, member: Payload) -> str:
    """The name as others see it there; "" where none is known."""
    return string(member, "nick") or string(user, "global_name") or string(user, "username")


def _roles(guild: str, member: Payload) -> tuple[str, ...]:
    """Every role but @everyone, whose id is that of the server: to be there is no membership of anything."""
    given = member.get("roles")
    roles = given if isinstance(given, list) else []
    known = (role for role in roles if isinstance(role, str) and _SNOWFLAKE.fullmatch(role) and role != guild)
    return tuple(dict.fromkeys(role_subject(guild, role) for role in known))
