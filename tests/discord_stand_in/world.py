"""Who and what there is in the stand-in's Discord: people, servers with roles and channels, the application."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from tests.discord_stand_in import permissions as p
from tests.discord_stand_in.permissions import Overwrite

TEXT, DIRECT, THREAD, PRIVATE_THREAD = 0, 1, 11, 12
THREADS = (THREAD, PRIVATE_THREAD)


@dataclass(slots=True)
class User:
    """`name` is the account's own one, `shown` the one that others see."""

    id: str
    name: str
    shown: str
    bot: bool = False


@dataclass(slots=True)
class Role:
    id: str
    name: str
    permissions: int = 0


@dataclass(slots=True)
class Channel:
    """`guild` is "" in a direct message, where `direct` is the person at the other end; `parent` is a thread's."""

    id: str
    name: str
    guild: str
    kind: int = TEXT
    overwrites: list[Overwrite] = field(default_factory=list)
    parent: str = ""
    direct: str = ""


@dataclass(slots=True)
class Member:
    user: str
    roles: list[str] = field(default_factory=list)
    nick: str = ""


@dataclass(slots=True)
class Guild:
    """`joined`: the application's bot is in it; `takes_commands`: invited with the scope for commands.

    `command_permissions` is what admins set under Integrations: by the id of a command, or of the application for all.
    """

    id: str
    name: str
    owner: str
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    joined: bool = True
    takes_commands: bool = True
    command_permissions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def everyone(self) -> Role:
        return self.roles[self.id]


@dataclass(slots=True)
class App:
    """The application as Discord knows it. `privileged` are the privileged intents that are switched on for it."""

    id: str = "100000000000000001"
    name: str = "Usher"
    token: str = "MTAwMDAwMDAwMDAwMDAwMDAx.Stand.in-of-the-tests"
    privileged: int = 0
    public: bool = True
    interactions_url: str = ""


T = TypeVar("T", User, Role, Channel, Guild)
Who: TypeAlias = User | str
Where: TypeAlias = Channel | str
Which: TypeAlias = Guild | str
_START = {"guild": 2 * 10**17, "channel": 3 * 10**17, "user": 5 * 10**17, "role": 6 * 10**17}


class World:
    """Everybody and everything can be named by its name or its id; a name that is there twice is the first one's."""

    def __init__(self, app: App | None = None) -> None:
        self.app = app or App()
        self.bot = User(self.app.id, self.app.name, self.app.name, bot=True)
        self.users: dict[str, User] = {self.app.id: self.bot}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self._ids = {kind: itertools.count(start + 1) for kind, start in _START.items()}

    @classmethod
    def usual(cls, app: App | None = None) -> World:
        """Two servers, both with the bot in them.

        In Home, Olu's, Ann and Ben have the role Mods, Cat has Helpers (both may time out members), Dan is an
        administrator, and Gus has no role. Everybody reads #general with its thread `chat`, and #rules, where nobody
        writes; Ann, Ben and the bot read #mods, Ann and Ben #secret. Away is Eve's: she has a role Mods there.
        """
        world = cls(app)
        olu = world.add_user("olu")
        home = world.add_guild("Home", olu)
        mods, helpers = (world.add_role(home, name, p.MODERATE_MEMBERS) for name in ("Mods", "Helpers"))
        admins = world.add_role(home, "Admins", p.ADMINISTRATOR)
        for name, roles in (("ann", [mods]), ("ben", [mods]), ("cat", [helpers]), ("dan", [admins]), ("gus", [])):
            world.add_member(home, world.add_user(name), *roles)
        world.add_channel(home, "general")
        world.add_channel(home, "mods", private=[mods, world.bot])
        world.add_channel(home, "secret", private=[mods])
        rules = world.add_channel(home, "rules")
        rules.overwrites.append(Overwrite(home.id, deny=p.SEND))
        world.add_thread("general", "chat")
        away = world.add_guild("Away", world.add_user("eve"))
        world.add_member(away, "eve", world.add_role(away, "Mods", p.MODERATE_MEMBERS))
        world.add_channel(away, "lobby")
        return world

    def add_user(self, name: str, *, bot: bool = False) -> User:
        user = User(self._new("user"), name, name.title(), bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: Who, *, joined: bool = True) -> Guild:
        """A server with its owner, and the bot with a role of its own if it has joined."""
        guild = Guild(self._new("guild"), name, self.user(owner).id)
        guild.roles[guild.id] = Role(guild.id, "@everyone", p.EVERYBODY)
        self.guilds[guild.id] = guild
        self.add_member(guild, owner)
        if joined:
            self.add_member(guild, self.bot, self.add_role(guild, self.app.name, p.EVERYBODY))
        guild.joined = joined
        return guild

    def add_role(self, guild: Which, name: str, permissions: int = 0) -> Role:
        role = Role(self._new("role"), name, permissions)
        self.guild(guild).roles[role.id] = role
        return role

    def add_member(self, guild: Which, who: Who, *roles: Role) -> Member:
        """Somebody in a server, with these roles alone."""
        member = Member(self.user(who).id, [role.id for role in roles])
        self.guild(guild).members[member.user] = member
        return member

    def add_channel(self, guild: Which, name: str, *, private: Iterable[Role | User] | None = None) -> Channel:
        """One that everybody reads, or only those named in `private`."""
        where = self.guild(guild)
        channel = Channel(self._new("channel"), name, where.id)
        if private is not None:
            channel.overwrites.append(Overwrite(where.id, deny=p.VIEW))
            channel.overwrites += [Overwrite(one.id, isinstance(one, User), allow=p.VIEW) for one in private]
        self.channels[channel.id] = channel
        return channel

    def add_thread(self, parent: Where, name: str, *, private: bool = False) -> Channel:
        above = self.channel(parent)
        kind = PRIVATE_THREAD if private else THREAD
        thread = Channel(self._new("channel"), name, above.guild, kind, parent=above.id)
        self.channels[thread.id] = thread
        return thread

    def user(self, who: Who) -> User:
        return who if isinstance(who, User) else _named(self.users, who)

    def guild(self, which: Which) -> Guild:
        return which if isinstance(which, Guild) else _named(self.guilds, which)

    def channel(self, where: Where) -> Channel:
        return where if isinstance(where, Channel) else _named(self.channels, where.removeprefix("#"))

    def role(self, guild: Which, name: str) -> Role:
        return _named(self.guild(guild).roles, name)

    def direct(self, who: Who) -> Channel:
        """The direct message between somebody and the bot, opened if need be."""
        user = self.user(who)
        found = next((one for one in self.channels.values() if one.direct == user.id), None)
        if found is None:
            found = Channel(self._new("channel"), f"@{user.name}", "", DIRECT, direct=user.id)
            self.channels[found.id] = found
        return found

    def may(self, who: Who, where: Where) -> int:
        """The permissions of somebody in a channel; 0 for who is not there, or does not see it."""
        user, channel = self.user(who), self.channel(where)
        if not channel.guild:
            return p.EVERYBODY if user.id in (channel.direct, self.app.id) else 0
        guild = self.guilds[channel.guild]
        if user.id not in guild.members:
            return 0
        over = self.channels[channel.parent] if channel.parent else channel
        roles = guild.members[user.id].roles
        return p.within(self.granted(guild, user), over.overwrites, guild=guild.id, roles=roles, member=user.id)

    def granted(self, which: Which, who: Who) -> int:
        """The permissions of a member in a server, whatever its channels say."""
        guild, user = self.guild(which), self.user(who)
        roles = [guild.roles[role].permissions for role in guild.members[user.id].roles]
        return p.base(guild.everyone.permissions, roles, owner=guild.owner == user.id)

    def _new(self, kind: str) -> str:
        return str(next(self._ids[kind]))


def _named(known: Mapping[str, T], given: str) -> T:
    for identifier, one in known.items():
        if given in (identifier, one.name):
            return one
    raise AssertionError(f"nothing is called {given!r}: there are {[one.name for one in known.values()]}")
