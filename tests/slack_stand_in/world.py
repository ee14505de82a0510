"""Who and what there is in the stand-in's Slack: people, channels, user groups, and the app that is tested."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias, TypeVar

from adapters.slack.manifest import manifest
from bot.registry import load


class Kind(StrEnum):
    MEMBER = "member"
    GUEST = "guest"  # multi-channel
    ULTRA = "ultra-restricted"  # a single-channel guest
    BOT = "bot"
    DEACTIVATED = "deactivated"
    STRANGER = "stranger"  # of another organisation, in a shared channel (Slack Connect)


@dataclass(slots=True)
class User:
    """`team` and `enterprise` are the person's own, which for strangers are not the app's."""

    id: str
    name: str
    kind: Kind
    team: str
    enterprise: str = ""


@dataclass(slots=True)
class Channel:
    """`direct` is the person at the other end of a direct message with the app."""

    id: str
    name: str
    private: bool = False
    members: set[str] = field(default_factory=set)
    archived: bool = False
    direct: str = ""


@dataclass(slots=True)
class Group:
    id: str
    handle: str
    users: list[str] = field(default_factory=list)
    enabled: bool = True


@cache
def usher_manifest() -> Mapping[str, Any]:
    """Usher's own manifest; finding all commands takes its time."""
    return manifest(load())


@dataclass(slots=True)
class App:
    """The app as Slack knows it. `scopes` may be changed while it runs; what it listens to stands in its manifest."""

    manifest: Mapping[str, Any] = field(default_factory=usher_manifest)
    id: str = "A0USHER"
    user: str = "U0USHER"
    bot: str = "B0USHER"
    name: str = "usher"
    bot_token: str = "xoxb-111-222-stand-in"
    app_token: str = "xapp-1-A0USHER-111-stand-in"
    signing_secret: str = "5ca1ab1e" * 4
    scopes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.scopes = self.scopes or set(self.manifest["oauth_config"]["scopes"]["bot"])

    @property
    def events(self) -> frozenset[str]:
        return frozenset(self.manifest["settings"]["event_subscriptions"]["bot_events"])

    @property
    def commands(self) -> frozenset[str]:
        return frozenset(one["command"] for one in self.manifest["features"]["slash_commands"])

    def shortcuts(self, kind: str) -> frozenset[str]:
        """Callback ids of those of a kind: "global" or "message"."""
        return frozenset(one["callback_id"] for one in self.manifest["features"]["shortcuts"] if one["type"] == kind)


T = TypeVar("T")
Who: TypeAlias = User | str
Where: TypeAlias = Channel | str
Which: TypeAlias = Group | str


class World:
    """One workspace, alone or in an enterprise. Everybody and everything can be named by its name or its id.

    `org_install` is an app installed for the whole enterprise: its token is of no workspace.
    """

    def __init__(self, app: App | None = None, *, enterprise: str = "", org_install: bool = False) -> None:
        self.app = app or App()
        self.team, self.domain = "T0HOME", "home"
        self.enterprise, self.org_install = enterprise, org_install
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, Group] = {}
        self.users[self.app.user] = User(self.app.user, self.app.name, Kind.BOT, self.team, enterprise)

    @classmethod
    def usual(cls, app: App | None = None, *, enterprise: str = "", org_install: bool = False) -> World:
        """Ann, Ben and Cat, a person of each other kind, five channels, and a group of Ann and Ben.

        The app is in #general, the private #mods and #partners, not in #random and the private #secret. Sam, the
        stranger, is in #partners with Ann.
        """
        world = cls(app, enterprise=enterprise, org_install=org_install)
        members = [world.add_user(name).id for name in ("ann", "ben", "cat")]
        guests = [world.add_user(name, kind).id for name, kind in (("gus", Kind.GUEST), ("una", Kind.ULTRA))]
        world.add_user("bot", Kind.BOT)
        world.add_user("dee", Kind.DEACTIVATED)
        sam = world.add_user("sam", Kind.STRANGER, team="T0OTHER").id
        world.add_channel("general", [*members, *guests, world.app.user])
        world.add_channel("partners", [members[0], sam, world.app.user])
        world.add_channel("mods", [*members[:2], world.app.user], private=True)
        world.add_channel("random", members)
        world.add_channel("secret", members[:2], private=True)
        world.add_group("stage-hands", members[:2])
        return world

    def add_user(self, name: str, kind: Kind = Kind.MEMBER, *, team: str = "", enterprise: str | None = None) -> User:
        """Somebody new; a `team` that is not the app's needs an enterprise, or a stranger."""
        owner = ("" if kind is Kind.STRANGER else self.enterprise) if enterprise is None else enterprise
        user = User(_new_id("U0", name, self.users), name, kind, team or self.team, owner)
        self.users[user.id] = user
        return user

    def add_channel(self, name: str, members: Iterable[Who] = (), *, private: bool = False) -> Channel:
        """A channel; the app is in it when it is among its members."""
        identifier = _new_id("C0", name, self.channels)
        channel = Channel(identifier, name, private, {self.user(one).id for one in members})
        self.channels[channel.id] = channel
        return channel

    def add_group(self, handle: str, users: Iterable[Who] = ()) -> Group:
        group = Group(_new_id("S0", handle, self.groups), handle, [self.user(one).id for one in users])
        self.groups[group.id] = group
        return group

    def user(self, who: Who) -> User:
        return who if isinstance(who, User) else _named(self.users, who, "name")

    def channel(self, where: Where) -> Channel:
        return where if isinstance(where, Channel) else _named(self.channels, where.removeprefix("#"), "name")

    def group(self, which: Which) -> Group:
        return which if isinstance(which, Group) else _named(self.groups, which, "handle")

    def direct(self, who: Who) -> Channel:
        """The direct message between somebody and the app, opened if need be."""
        user = self.user(who)
        found = next((one for one in self.channels.values() if one.direct == user.id), None)
        if found is None:
            name = f"directmessage{user.id}"
            found = Channel(
                _new_id("D0", user.name, self.channels), name, True, {user.id, self.app.user}, False, user.id
            )
            self.channels[found.id] = found
        return found

    def shared(self, channel: Channel) -> bool:
        """Whether there are people of another organisation in it."""
        return any(self.users[one].kind is Kind.STRANGER for one in channel.members)


def _named(known: Mapping[str, T], given: str, field_name: str) -> T:
    for identifier, one in known.items():
        if given in (identifier, getattr(one, field_name)):
            return one
    raise AssertionError(
        f"nothing is called {given!r}: there are {[getattr(one, field_name) for one in known.values()]}"
    )


def _new_id(prefix: str, name: str, taken: Collection[str]) -> str:
    """An id that shows the name."""
    stem = prefix + re.sub("[^A-Z0-9]", "", name.upper())
    number = sum(one.startswith(stem) for one in taken) + 1
    return stem if stem not in taken else f"{stem}{number}"
