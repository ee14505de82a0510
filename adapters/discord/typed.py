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
from adapters.line import Mentions, TypedLine
from bot.command import Command, Kind

_FORM = re.compile(
    r"<@!?(?P<user>[0-9]{1,20})>|<@&(?P<role>[0-9]{1,20})>|<#(?P<channel>[0-9]{1,20})>"
    r"|<a?:(?P<emoji>\w{1,32}):[0-9]{1,20}>|</(?P<command>[-_' \w]{1,98}):[0-9]{1,20}>"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads options and lines for the commands given. `identity_of` is the identity that an account has in rooms, if
    settings say; `meant` makes the core's words of a line that begins as a command is called in Discord.

    A mention is an account where an account is asked for, and what `adapters.line` says where a participant is.
    Anywhere else (a reason, a text) it is what was seen: `@ann`.
    """

    commands: Mapping[str, Command] = field(default_factory=dict)
    identity_of: Callable[[str], str | None] = lambda _: None
    meant: Callable[[str], str] = str

    def line(self, text: str, guild: str, seen: Seen) -> str:
        """The line for the core; `guild` is the server on which it was typed, "" in a direct message."""
        line = TypedLine.read(text, self.commands, self.meant)

        def words(text: str, at: int) -> str:
            def said(form: re.Match[str]) -> str:
                account = self._account(form, line.asks(at + form.start()), guild)
                return _looked(form, seen) if account is None else account

            return _FORM.sub(said, text)

        return line.read_as(self._mentions, words)

    def options(self, found: Asked) -> dict[str, str]:
        """The options for the core; what is empty is as good as not given."""
        command = self.commands.get(found.command)
        kinds = {param.name: param.kind for param in command.params} if command else {}
        read = {name: self._read(text, kinds.get(name), found) for name, text in found.options.items()}
        return {name: text for name, text in read.items() if text}

    def _read(self, text: str, kind: Kind | None, found: Asked) -> str:
        names = text.split(",") if kind is Kind.PEOPLE else [text] if kind is Kind.WHO else []
        if names:
            named = ((name, self._mentions.named(name)) for name in names)
            return ",".join(undone(name, found.seen) if given is None else given for name, given in named)
        form = _FORM.fullmatch(text.strip())
        account = self._account(form, kind, found.sender.guild) if form else None
        return undone(text, found.seen) if account is None else account

    @property
    def _mentions(self) -> Mentions:
        return Mentions(_FORM, _kept, lambda form: self.identity_of(form["user"]) if form["user"] else None)

    def _account(self, form: re.Match[str], kind: Kind | None, guild: str) -> str | None:
        """The account or the role that a mention is where one is asked for; None where it is mere words."""
        if kind in (Kind.SUBJECT, Kind.KEYED) and form["user"]:
            return subject(form["user"])
        if kind is Kind.SUBJECT and form["role"]:  # @everyone is no role: it stays a mention, which is no account
            return form[0] if form["role"] == guild or not guild else role_subject(guild, form["role"])
        return None


def undone(text: str, seen: Seen) -> str:
    """A text as it was seen."""
    return _FORM.sub(lambda form: _looked(form, seen), text)


def _kept(form: re.Match[str]) -> str:
    """A mention in the one way in which each is written; "" for a form that mentions nothing."""
    signs = {"user": "@", "role": "@&", "channel": "#"}
    kind = form.lastgroup or ""
    return f"<{signs[kind]}{form[kind]}>" if kind in signs else ""


def _looked(form: re.Match[str], seen: Seen) -> str:
    kind, value = form.lastgroup, form[form.lastgroup or 0]
    if kind == "user":
        return f"@{seen.users.get(value) or value}"
    if kind == "role":
        return f"@{seen.roles.get(value) or value}"
    if kind == "channel":
        return f"#{seen.channels.get(value) or value}"
    return f":{value}:" if kind == "emoji" else f"/{value}"
