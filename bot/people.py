"""Chat accounts, their roles, and what they may reach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Role(IntEnum):
    """viewer < moderator < admin; `NONE` takes a role away."""

    NONE = 0
    VIEWER = 1
    MODERATOR = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Role:
        """The role of that name; ValueError when there is none."""
        try:
            return cls[word.strip().upper()]
        except KeyError:
            raise ValueError(f"no role is called {word!r}") from None


@dataclass(frozen=True, slots=True)
class ChatUser:
    """A chat account: `subject` is what counts, `name` is for the eye only.

    Subjects are `console:NAME`, `slack:TEAM/USER`, `discord:USER`; groups `slack:TEAM/@GROUP` and
    `discord:GUILD/@ROLE`. `groups` are the subjects of the platform groups that the adapter resolved.
    `origin` is the account beneath it, where there is one (the console's OS user).

    `lately` are groups that held some minutes ago, while the platform cannot be asked: they count for commands that
    only calm a room. `trouble` is a sentence about why groups could not be asked. `limited` says what the account
    is ("a guest") if a role has to be given to itself, because what its groups have does not count for it.
    """

    subject: str
    name: str
    groups: tuple[str, ...] = ()
    origin: str = ""
    lately: tuple[str, ...] = ()
    trouble: str = ""
    limited: str = ""

    @property
    def platform(self) -> str:
        return self.subject.partition(":")[0]

    @property
    def id(self) -> str:
        """The platform's own id of the account."""
        return self.subject.partition(":")[2].rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Grant:
    """A role of a subject over the rooms that match one of the globs (`*` any run, `?` one character)."""

    subject: str
    role: Role
    rooms: tuple[str, ...] = ("*",)
    server: str = ""
    granted_by: str = ""
    at: datetime | None = None

    def covers(self, room: str) -> bool:
        return any(glob_matches(glob, room) for glob in self.rooms)


@dataclass(frozen=True, slots=True)
class Moderator:
    """A chat user with every grant that applies, their own and those of their groups.

    `lately` are those of groups as they were some minutes ago, where they do not count for what is asked.
    """

    user: ChatUser
    grants: tuple[Grant, ...] = ()
    lately: tuple[Grant, ...] = ()

    @property
    def role(self) -> Role:
        """The highest role held in any room."""
        return max((grant.role for grant in self.grants), default=Role.NONE)

    def role_in(self, room: str) -> Role:
        return max((grant.role for grant in self.grants if grant.covers(room)), default=Role.NONE)

    def may_see(self, room: str) -> bool:
        return self.role_in(room) >= Role.VIEWER

    @property
    def scopes(self) -> tuple[str, ...]:
        """The globs of all grants, without repetition."""
        return tuple(dict.fromkeys(glob for grant in self.grants for glob in grant.rooms))


def glob_matches(glob: str, room: str) -> bool:
    """Case-sensitive, over the whole name; only `*` and `?` are special (room names may hold brackets).

    Each `*` first takes as little as it can; when the rest does not fit, only the newest one takes more. So the work
    is at most the product of the lengths, where a regular expression can take for ever.
    """
    if not is_glob(glob):
        return glob == room
    at = here = 0
    star, taken = -1, 0
    while here < len(room):
        if at < len(glob) and glob[at] == "*":
            star, taken = at, here
            at += 1
        elif at < len(glob) and glob[at] in ("?", room[here]):
            at += 1
            here += 1
        elif star >= 0:
            taken += 1
            at, here = star + 1, taken
        else:
            return False
    return not glob[at:].strip("*")


def glob_covers(outer: str, inner: str) -> bool:
    """Whether every room that `inner` matches is matched by `outer` too; rather no than a wrong yes.

    Each wildcard of `inner` is tried with names that no literal text could be: none, one and several characters.
    """
    tried = ("", "\0", "\0\1\0")
    return all(glob_matches(outer, inner.replace("*", run).replace("?", "\0")) for run in tried)


def is_glob(text: str) -> bool:
    return "*" in text or "?" in text


def glob_of(text: str) -> str:
    """A glob as it is meant: chats that format `*` show it in another width, and people copy that."""
    return text.replace("＊", "*")


_SUBJECT = re.compile(r"(console:[^\s,/]+|slack:[A-Z0-9]+/@?[A-Z0-9]+|discord:(\d+|\d+/@\d+))")


def is_subject(text: str) -> bool:
    """Whether the text is a whole, well-formed subject as the settings spell it."""
    return _SUBJECT.fullmatch(text) is not None
