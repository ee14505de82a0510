"""What Discord sends, as what Usher understands of it: commands, completions, presses, submissions. Pure.

A payload is the interaction as a dict. What is not for us is `Ignored`, with the reason; what lacks something that
Discord always sends raises `BadPayload`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.discord.arrivals import Asked, Completed, Ignored, Inbound, Opened, Place, Pressed, Seen, Submitted
from adapters.discord.people import Sender, identifier, sender, shown_name
from adapters.discord.typed import undone
from adapters.payloads import BadPayload, Payload, mapping, mappings, string

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
CHAT_INPUT, MESSAGE = 1, 3
SUBCOMMANDS = (1, 2)  # a subcommand, a group of them
USER, ROLE, MENTIONABLE = 6, 8, 9
THREADS = (10, 11, 12)
LONGEST_READ = 20_000  # characters of a message that are looked at
EPHEMERAL = 1 << 6


def parse(payload: Payload) -> Inbound:
    """What this interaction is."""
    kind = payload.get("type")
    if kind not in (COMMAND, COMPONENT, AUTOCOMPLETE, MODAL):
        return Ignored(f"interaction type {kind}")
    who = sender(payload)
    number = identifier(payload.get("id"), "interaction")
    token = string(payload, "token")
    if not token:
        raise BadPayload("no token in the payload")
    known = (who, place(payload, who), f"discord:{number}", number, token)
    data = mapping(payload, "data")
    if kind == COMPONENT:
        return _pressed(payload, known, data)
    if kind == MODAL:
        return _submitted(payload, known, data)
    return _command(known, kind, data)


Known = tuple[Sender, Place, str, str, str]


def _command(known: Known, kind: int, data: Payload) -> Inbound:
    of = data.get("type", CHAT_INPUT)
    if of == MESSAGE:
        messages = mapping(mapping(data, "resolved"), "messages")
        return Opened(*known, _read(mapping(messages, string(data, "target_id"))))
    if of != CHAT_INPUT:
        return Ignored(f"command type {of}")
    return _asked(known, data) if kind == COMMAND else _completed(known, data)


def _read(message: Payload) -> str:
    """All that can be read in a message, as it was seen; mentions by their ids."""
    boxes = mappings(message, "embeds")
    pieces = [string(message, "content"), *(string(box, key) for box in boxes for key in ("title", "description"))]
    pieces += [string(one, key) for box in boxes for one in mappings(box, "fields") for key in ("name", "value")]
    return undone("\n".join(filter(None, pieces))[:LONGEST_READ], Seen())


def place(payload: Payload, who: Sender) -> Place:
    """Where it happened: the channel, and the thread in it."""
    channel = mapping(payload, "channel")
    here = identifier(channel.get("id") or payload.get("channel_id"), "channel")
    if channel.get("type") in THREADS:
        return Place(who.guild, identifier(channel.get("parent_id"), "parent of the thread"), here)
    return Place(who.guild, here)


def _asked(known: Known, data: Payload) -> Asked:
    command, given = _called(data)
    resolved = mapping(data, "resolved")
    roles = mapping(resolved, "roles")
    return Asked(*known, command, {string(one, "name"): _text(one, roles) for one in given}, _seen(resolved))


def _completed(known: Known, data: Payload) -> Completed:
    command, given = _called(data)
    focused = next((string(one, "name") for one in given if one.get("focused")), "")
    if not focused:
        raise BadPayload("no focused option in the payload")
    return Completed(*known, command, {string(one, "name"): _text(one, {}) for one in given}, focused)


def _called(data: Payload) -> tuple[str, list[Payload]]:
    """The command and its options, wherever below a root it stands."""
    at = data
    while (inside := mappings(at, "options")) and inside[0].get("type") in SUBCOMMANDS:
        at = inside[0]
    name = string(at, "name")
    if not name:
        raise BadPayload("no name of a command in the payload")
    return name, mappings(at, "options")


def _text(option: Payload, roles: Payload) -> str:
    """An option's value in words."""
    value, kind = option.get("value"), option.get("type")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value) if isinstance(value, str | int | float) else ""
    if kind == ROLE or (kind == MENTIONABLE and text in roles):
        return f"<@&{text}>"
    return f"<@{text}>" if kind in (USER, MENTIONABLE) else text


def _seen(resolved: Payload) -> Seen:
    members = mapping(resolved, "members")
    users = {number: shown_name(user, mapping(members, number)) for number, user in _each(resolved, "users")}
    roles = {number: string(role, "name") for number, role in _each(resolved, "roles")}
    return Seen(users, roles, {number: string(one, "name") for number, one in _each(resolved, "channels")})


def _each(payload: Payload, key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    found = mapping(payload, key)
    return ((number, mapping(found, number)) for number in found)


def _pressed(payload: Payload, known: Known, data: Payload) -> Pressed:
    """In a select the value is what was chosen; its own id has but a number behind the action."""
    action, value = _custom_id(data)
    chosen = data.get("values")
    if isinstance(chosen, list) and chosen and isinstance(chosen[0], str):
        value = chosen[0]
    return Pressed(*known, action, value, *_message(payload))


def _submitted(payload: Payload, known: Known, data: Payload) -> Submitted:
    values: dict[str, str] = {}
    for outer in mappings(data, "components"):
        for one in (mapping(outer, "component"), *mappings(outer, "components")):
            if key := string(one, "custom_id"):
                values[key] = string(one, "value")
    return Submitted(*known, *_custom_id(data), values, *_message(payload))


def _custom_id(data: Payload) -> tuple[str, str]:
    action, _, value = string(data, "custom_id").partition(":")
    if not action:
        raise BadPayload("no custom_id in the payload")
    return action, value


def _message(payload: Payload) -> tuple[str, bool]:
    """The message in which it was pressed, and whether only one person sees that."""
    message = mapping(payload, "message")
    flags = message.get("flags")
    return string(message, "id"), isinstance(flags, int) and bool(flags & EPHEMERAL)
