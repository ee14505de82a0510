"""Which commands somebody with a role is shown, after what admins of a server have set under Integrations. Pure.

Whom Discord shows a command decides nothing, but who does not see it cannot use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.discord.permissions import EVERYTHING, USE_COMMANDS, Payload, on_server
from bot.command import Command
from bot.people import Role
from bot.policy import Policy

_OF_ROLE = 1


@dataclass(frozen=True, slots=True)
class Server:
    """A server as Discord describes it: its roles, and what its admins have set, by the id of a command or of the
    application."""

    guild: str
    application: str
    roles: Sequence[Payload] = ()
    rules: Mapping[str, Sequence[Payload]] = field(default_factory=dict)

    def role(self, identifier: str) -> Payload | None:
        return next((one for one in self.roles if one["id"] == identifier), None)

    def shows(self, command: Payload, role: Payload) -> bool:
        """Whether somebody who has that role alone is shown the command somewhere."""
        everyone = self.role(self.guild) or {"permissions": "0"}
        may = on_server(everyone, [role])
        if may == EVERYTHING:
            return True
        for scope in (command["id"], self.application):
            said = {str(one["id"]): bool(one["permission"]) for one in self._of_roles(str(scope))}
            decided = said.get(str(role["id"]), said.get(self.guild))
            if decided is not None:
                return decided
        needed = command.get("default_member_permissions")
        if needed is None:
            return bool(may & USE_COMMANDS)
        return int(needed) > 0 and may & int(needed) == int(needed)

    def _of_roles(self, scope: str) -> Iterable[Payload]:
        return (one for one in self.rules.get(scope, ()) if one["type"] == _OF_ROLE)


def unseen(
    server: Server,
    registered: Iterable[Payload],
    role: Payload,
    given: Role,
    commands: Iterable[Command],
    policy: Policy,
) -> list[str]:
    """The names of those commands that the role may use and is not shown. A root counts as one of them."""
    allowed = {one.name for one in commands if policy.role_for(one.name, one.role) <= given}
    known = [one for one in registered if one["name"] in allowed or _holds(one, allowed)]
    return sorted(str(one["name"]) for one in known if not server.shows(one, role))


def _holds(command: Payload, names: Iterable[str]) -> bool:
    """Whether one of them stands below it."""
    inside = command.get("options") or ()
    return any(one["type"] in (1, 2) and (one["name"] in names or _holds(one, names)) for one in inside)
