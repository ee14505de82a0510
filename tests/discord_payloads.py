"""Interactions and messages as Discord sends them: complete by its own schema, which the conformance tests check."""

from __future__ import annotations

import copy
from typing import Any

APPLICATION, GUILD, CHANNEL, USER, ROLE = "100", "200", "300", "500", "600"


def option(name: str, value: Any, kind: int = 3) -> dict[str, Any]:
    return {"name": name, "type": kind, "value": value}


def command(name: str, *options: dict[str, Any]) -> dict[str, Any]:
    """A slash command that is used in a channel of a server."""
    return _interaction(2, {"id": "700", "type": 1, "name": name, "options": list(options)})


def root(groups: list[str], name: str, *options: dict[str, Any]) -> dict[str, Any]:
    """The same below a root called `usher`."""
    inside: dict[str, Any] = {"name": name, "type": 1, "options": list(options)}
    for group in reversed(groups):
        inside = {"name": group, "type": 2, "options": [inside]}
    return command("usher", inside)


def autocomplete(name: str, *options: dict[str, Any]) -> dict[str, Any]:
    return command(name, *options) | {"type": 4}


def button(custom_id: str) -> dict[str, Any]:
    shown = {"type": 2, "id": 2, "style": 2, "label": "Yes", "custom_id": custom_id}
    return _interaction(3, {"component_type": 2, "id": 2, "custom_id": custom_id}) | {"message": _message(shown)}


def select(custom_id: str, value: str) -> dict[str, Any]:
    shown = {"type": 3, "id": 2, "custom_id": custom_id, "options": [{"label": "Bob", "value": value}]}
    data = {"component_type": 3, "id": 2, "custom_id": custom_id, "values": [value]}
    return _interaction(3, data) | {"message": _message(shown)}


def renamed(press: dict[str, Any], custom_id: str) -> dict[str, Any]:
    """The same press, had what was pressed this id: the message has it too, as whatever Discord sends."""
    found = copy.deepcopy(press)
    inside = [one for row in found["message"]["components"] for one in row["components"]]
    if all(one["custom_id"] != custom_id for one in inside):
        [pressed] = [one for one in inside if one["custom_id"] == found["data"]["custom_id"]]
        pressed["custom_id"] = custom_id
    found["data"]["custom_id"] = custom_id
    return found


def modal(custom_id: str, values: dict[str, str], *, labelled: bool = True) -> dict[str, Any]:
    """A submission, of inputs below labels or in action rows as older ones are."""
    inputs = [{"type": 4, "id": number, "custom_id": key, "value": text} for number, (key, text) in _numbered(values)]
    rows: list[dict[str, Any]] = [
        {"type": 18, "id": 90, "component": one} if labelled else {"type": 1, "id": 90, "components": [one]}
        for one in inputs
    ]
    return _interaction(5, {"custom_id": custom_id, "components": rows}) | {"message": _message()}


def direct(payload: dict[str, Any]) -> dict[str, Any]:
    """The same in a direct message to the bot."""
    user = payload["member"]["user"]
    kept = {key: value for key, value in payload.items() if key not in ("member", "guild_id", "guild", "guild_locale")}
    return {**kept, "user": user, "context": 1, "channel": {"id": CHANNEL, "type": 1}}


def written(content: str, *, direct: bool = False) -> dict[str, Any]:
    """A message of Ann's, as the gateway tells of it."""
    found = {**_message(), "author": _user(USER, "Ann"), "content": content}
    if direct:
        return found
    return {**found, "guild_id": GUILD, "member": {key: one for key, one in _member().items() if key != "user"}}


def _numbered(values: dict[str, str]) -> list[tuple[int, tuple[str, str]]]:
    return list(enumerate(values.items(), 1))


def _interaction(kind: int, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "900",
        "application_id": APPLICATION,
        "type": kind,
        "version": 1,
        "token": "a-token",
        "data": data,
        "guild_id": GUILD,
        "guild": {"id": GUILD, "locale": "en-US", "features": []},
        "channel_id": CHANNEL,
        "channel": {"id": CHANNEL, "type": 0, "permissions": "0"},
        "member": _member(),
        "app_permissions": "442368",
        "locale": "en-US",
        "guild_locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": GUILD},
        "context": 0,
        "attachment_size_limit": 10_485_760,
    }


def _user(number: str, name: str) -> dict[str, Any]:
    return {"id": number, "username": name.lower(), "discriminator": "0", "global_name": name, "avatar": None}


def _member() -> dict[str, Any]:
    return {
        "user": _user(USER, "Ann"),
        "nick": None,
        "avatar": None,
        "roles": [ROLE],
        "joined_at": "2026-01-02T03:04:05.000000+00:00",
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "permissions": "2147483647",
        "communication_disabled_until": None,
    }


def _message(*components: dict[str, Any]) -> dict[str, Any]:
    """The message of the bot below which one of these was pressed; none, where a modal was opened from it."""
    return {
        "id": "400",
        "channel_id": CHANNEL,
        "author": _user(APPLICATION, "Usher"),
        "content": "Remove Bob?",
        "timestamp": "2026-01-02T03:04:05.000000+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
        "components": [{"type": 1, "id": 1, "components": list(components)}] if components else [],
    }
