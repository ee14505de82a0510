"""What a person gave as options or typed as a line, as they saw it: Discord's forms for mentions undone, and nothing
else.

Smart quotes and dashes are left alone: the core reads them, and a text argument has to stay verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from adapters.discord.arrivals import Asked, Seen
from adapters.discord.people import role_subject, subject
from adapters.line import TypedLine, quoted
from bot.command import Command, Kind

_FORM = re.compile(
    r"<@!?(?P<user>[0-9]{1,20})>|<@&(?P<role>[0-9]{1,20})>|<#(?P<channel>[0-9]{1,20})>"
    r"|<a?:(?P<emoji>\w{1,32}):[0-9]{1,20}>|</(?P<command>[-_' \w]{1,98}):[0-9]{1,20}>"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads options and lines for the commands given. `identity_of` is the identity that an account has in rooms, if
    settings say; `meant` makes the core's words of a line that begins as a command is called in Discord.

    A mention is an account where an account is asked for. Where a participant is asked for it is the identity, or stays
    a mention, which the core refuses: a chat name is never taken for a participant. Anywhere else (a reason, a text) it
    is what was seen: `@ann`.
    """

    commands: Mapping[str, Command] = field(default_factory=dict)
    identity_of: Callable[[str], str | None] = lambda _: None
    meant: Callable[[str], str] = str

    def line(self, text: str, guild: str, seen: Seen) -> str:
        """The line for the core; `guild` is the server on which it was typed, "" in a direct message."""
        line = TypedLine.read(text, self.commands, self.meant)

        def said(form: re.Match[str]) -> str:
            kind = line.asks(form.start())
            given = self._given(form, kind, guild)
            if given is None:
                return _looked(form, seen)
            return quoted(given) if kind in (Kind.WHO, Kind.PEOPLE) else given

        return _FORM.sub(said, line.text)

    def options(self, found: Asked) -> dict[str, str]:
        """The options for the core; what is empty is as good as not given."""
        command = self.commands.get(found.command)
        kinds = {param.name: param.kind for param in command.params} if command else {}
        read = {name: self._read(text, kinds.get(name), found) for name, text in found.options.items()}
        return {name: text for name, text in read.items() if text}

    def _read(self, text: str, kind: Kind | None, found: Asked) -> str:
        if kind is Kind.PEOPLE:
            return ",".join(self._one(part, kind, found) or part for part in text.split(","))
        return self._one(text, kind, found) or undone(text, found.seen)

    def _one(self, text: str, kind: Kind | None, found: Asked) -> str | None:
        form = _FORM.fullmatch(text.strip())
        return self._given(form, kind, found.sender.guild) if form else None

    def _given(self, form: re.Match[str], kind: Kind | None, guild: str) -> str | None:
        """What a mention is where that kind of argument is asked for; None where it is mere words."""
        if kind in (Kind.SUBJECT, Kind.KEYED) and form["user"]:
            return subject(form["user"])
        if kind is Kind.SUBJECT and form["role"]:  # @everyone is no role: it stays a mention, which is no account
            return form[0] if form["role"] == guild or not guild else role_subject(guild, form["role"])
        if kind in (Kind.WHO, Kind.PEOPLE) and form["user"]:
            return self.identity_of(form["user"]) or f"<@{form['user']}>"
        return None


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
