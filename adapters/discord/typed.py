"""What a person gave as options, as they saw it: Discord's forms for mentions undone, and nothing else.

Smart quotes and dashes are left alone: the core reads them, and a text argument has to stay verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from adapters.discord.arrivals import Asked, Seen
from adapters.discord.people import role_subject, subject
from bot.command import Command, Kind

_USER = re.compile(r"<@!?([0-9]{1,20})>")
_ROLE = re.compile(r"<@&([0-9]{1,20})>")
_FORM = re.compile(
    r"<@!?(?P<user>[0-9]{1,20})>|<@&(?P<role>[0-9]{1,20})>|<#(?P<channel>[0-9]{1,20})>"
    r"|<a?:(?P<emoji>\w{1,32}):[0-9]{1,20}>|</(?P<command>[-_' \w]{1,98}):[0-9]{1,20}>"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads options for the commands given. `identity_of` is the identity that an account has in rooms, if settings
    say.

    A mention is an account where an account is asked for. Where a participant is asked for it is the identity, or stays
    a mention, which the core refuses: a chat name is never taken for a participant. Anywhere else (a reason, a text) it
    is what was seen: `@ann`.
    """

    commands: Mapping[str, Command] = field(default_factory=dict)
    identity_of: Callable[[str], str | None] = lambda _: None

    def options(self, found: Asked) -> dict[str, str]:
        """The options for the core; what is empty is as good as not given."""
        command = self.commands.get(found.command)
        kinds = {param.name: param.kind for param in command.params} if command else {}
        read = {name: self._read(text, kinds.get(name), found) for name, text in found.options.items()}
        return {name: text for name, text in read.items() if text}

    def _read(self, text: str, kind: Kind | None, found: Asked) -> str:
        user, role = _USER.fullmatch(text.strip()), _ROLE.fullmatch(text.strip())
        if kind in (Kind.SUBJECT, Kind.KEYED) and user:
            return subject(user[1])
        if kind is Kind.SUBJECT and role:  # @everyone is no role: it stays a mention, which is no account
            everyone = role[1] == found.sender.guild or not found.sender.guild
            return text if everyone else role_subject(found.sender.guild, role[1])
        if kind is Kind.WHO and user:
            return self.identity_of(user[1]) or f"<@{user[1]}>"
        if kind is Kind.PEOPLE:
            return ",".join(self._person(part) for part in text.split(","))
        return undone(text, found.seen)

    def _person(self, text: str) -> str:
        user = _USER.fullmatch(text.strip())
        return (self.identity_of(user[1]) or f"<@{user[1]}>") if user else text


def undone(text: str, seen: Seen) -> str:
    """A text as it was seen."""
    return _FORM.sub(lambda form: _looked(form, seen), text)


def _looked(form: re.Match[str], seen: Seen) -> str:
    kind, value = form.lastgroup, form[form.lastgroup or 0]
    if kind == "user":
        return f"@{seen.users.get(value) or value}"
    if kind == "role":
        return f"@{seen.roles.get(value) or value}"
    if kind == "channel":
        return f"#{seen.channels.get(value) or value}"
    return f":{value}:" if kind == "emoji" else f"/{value}"
