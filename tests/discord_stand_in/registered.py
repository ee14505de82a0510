"""The commands that are registered, everywhere or for one server, and who is shown them. Pure."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.discord_stand_in import permissions as p
from tests.discord_stand_in.errors import Refused
from tests.discord_stand_in.shapes import Json
from tests.discord_stand_in.world import Guild, User, World

CHAT_INPUT, MESSAGE = 1, 3
_OF_OPTIONS = ("required", "autocomplete")


class Registered:
    """By server; "" is everywhere. Discord keeps the id of a command that is registered again by its name."""

    def __init__(self, world: World, new: Callable[[], str]) -> None:
        self._world, self._new = world, new
        self.commands: dict[str, list[Json]] = {}

    def put(self, guild: str, bodies: Sequence[Mapping[str, Any]]) -> list[Json]:
        """Those, and no others."""
        known = {_key(one): one for one in self.commands.get(guild, [])}
        self.commands[guild] = [self._kept(guild, body, known.get(_key(body))) for body in bodies]
        return self.commands[guild]

    def post(self, guild: str, body: Mapping[str, Any]) -> Json:
        """That one beside the others, or in place of the one with its name."""
        found = self.commands.setdefault(guild, [])
        old = next((one for one in found if _key(one) == _key(body)), None)
        kept = self._kept(guild, body, old)
        self.commands[guild] = [one for one in found if one is not old] + [kept]
        return kept

    def change(self, guild: str, identifier: str, body: Mapping[str, Any]) -> Json:
        old = self.find(guild, identifier)
        changed = self._kept(guild, {**old, **body}, old)
        self.commands[guild] = [changed if one is old else one for one in self.commands[guild]]
        return changed

    def delete(self, guild: str, identifier: str) -> None:
        self.commands[guild].remove(self.find(guild, identifier))

    def find(self, guild: str, identifier: str) -> Json:
        """Refused when there is none."""
        for one in self.commands.get(guild, []):
            if one["id"] == identifier:
                return one
        raise Refused.unknown(10063, "application command")

    def named(self, guild: str, name: str, kind: int = CHAT_INPUT) -> Json:
        """As somebody finds it who types, or opens a menu: the server's own first; AssertionError."""
        every = [*(self.commands.get(guild, []) if guild else []), *self.commands.get("", [])]
        known = [one for one in every if one["type"] == kind]
        for one in known:
            if one["name"] == name and (one.get("guild_id") or _meant(one, direct=not guild)):
                return one
        raise AssertionError(f"no command is called {name}: there are {[one['name'] for one in known]}")

    def shown(self, command: Json, guild: Guild | None, who: User) -> bool:
        """Whether Discord offers it to this person: what admins have set, else what the command asks for."""
        if guild is None:
            return True
        granted = self._world.granted(guild, who)
        if granted & p.ADMINISTRATOR:
            return True
        for scope in (command["id"], self._world.app.id):
            found = _decided(guild, guild.command_permissions.get(scope, ()), who)
            if found is not None:
                return found
        needed = command["default_member_permissions"]
        return bool(granted & p.USE_COMMANDS) and (needed is None or int(needed) & granted == int(needed) > 0)

    def _kept(self, guild: str, body: Mapping[str, Any], old: Json | None) -> Json:
        """As Discord answers it: with all that was not given, and permissions as a text."""
        needed = body.get("default_member_permissions")
        found = {
            "id": old["id"] if old else self._new(),
            "application_id": self._world.app.id,
            "version": self._new(),
            "type": CHAT_INPUT,
            "name_localizations": None,
            "description_localizations": None,
            "dm_permission": True,
            "contexts": None,
            "integration_types": [0],
            "nsfw": False,
            **copy.deepcopy(dict(body)),
            "default_member_permissions": None if needed is None else str(needed),
            **({"guild_id": guild} if guild else {}),
        }
        if found["type"] != CHAT_INPUT:
            return {**found, "description": ""}
        return {**found, "options": [_option(one) for one in found.get("options", ())]}


def _key(body: Mapping[str, Any]) -> tuple[int, str]:
    return body.get("type", CHAT_INPUT), body["name"]


def _option(body: Json) -> Json:
    """Discord leaves out what is false."""
    found = {key: value for key, value in body.items() if key not in _OF_OPTIONS or value}
    if "options" in found:
        found["options"] = [_option(one) for one in found["options"]]
    return {**found, "name_localizations": None, "description_localizations": None}


def _meant(command: Json, *, direct: bool) -> bool:
    contexts = command.get("contexts")
    return contexts is None or (1 if direct else 0) in contexts


def _decided(guild: Guild, rules: Sequence[Mapping[str, Any]], who: User) -> bool | None:
    """The member's own rule counts before those of roles, one of which is enough, and those before everybody's."""
    known = {(rule["type"], rule["id"]): bool(rule["permission"]) for rule in rules}
    if (2, who.id) in known:
        return known[2, who.id]
    of_roles = [known[1, role] for role in guild.members[who.id].roles if (1, role) in known]
    return any(of_roles) if of_roles else known.get((1, guild.id))
