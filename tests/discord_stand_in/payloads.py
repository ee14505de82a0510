"""Interactions as Discord sends them, for one person in one place. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.discord_stand_in import shapes
from tests.discord_stand_in.controls import SELECT
from tests.discord_stand_in.desk import Desk
from tests.discord_stand_in.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL
from tests.discord_stand_in.messages import Message, message_json
from tests.discord_stand_in.registered import MESSAGE as ON_MESSAGE
from tests.discord_stand_in.shapes import Json
from tests.discord_stand_in.world import Channel, User

ROOTS = {COMMAND: "command", AUTOCOMPLETE: "autocomplete", MODAL: "modal_submit"}


def interaction(desk: Desk, kind: int, who: User, where: Channel, data: Json, message: Message | None = None) -> Json:
    """The whole payload; `message` is the one in which something was pressed, or that a modal was opened from."""
    world = desk.world
    found: Json = {
        "id": desk.snowflake(),
        "application_id": world.app.id,
        "type": kind,
        "version": 1,
        "token": desk.secret(),
        "data": data,
        "channel_id": where.id,
        "channel": shapes.place(world, where, who),
        "app_permissions": str(world.may(world.bot, where)),
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": where.guild or "0"},
        "context": 0 if where.guild else 1,
        "attachment_size_limit": 10_485_760,
        **_who(desk, who, where),
    }
    if message is not None:
        found["message"] = message_json(world, message)
    desk.checks.outgoing(_root(kind, data), found)
    return found


def written(desk: Desk, message: Message) -> Json:
    """A person's message, as an application is told of it that has not asked for all texts."""
    world = desk.world
    where, found = world.channels[message.channel], message_json(world, message)
    if where.guild and world.app.id not in message.pings:
        found |= {"content": "", "embeds": [], "components": []}
    if where.guild:
        guild = world.guilds[where.guild]
        found |= {"guild_id": guild.id, "member": _without_user(shapes.member(world, guild.members[message.author]))}
        for one in found["mentions"]:
            if one["id"] in guild.members:
                one["member"] = _without_user(shapes.member(world, guild.members[one["id"]]))
    return found


def _without_user(member: Json) -> Json:
    return {key: one for key, one in member.items() if key != "user"}


def _root(kind: int, data: Json) -> str:
    """What the published schema calls it; "" where it has none."""
    if data.get("type") == ON_MESSAGE:
        return ""
    if kind == COMPONENT:
        return "select" if data["component_type"] == SELECT else "button"
    return ROOTS[kind]


def _who(desk: Desk, who: User, where: Channel) -> Json:
    if not where.guild:
        return {"user": shapes.user(who)}
    guild = desk.world.guilds[where.guild]
    member = shapes.member(desk.world, guild.members[who.id])
    return {
        "guild_id": guild.id,
        "guild": {"id": guild.id, "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "member": {**member, "permissions": str(desk.world.may(who, where))},
    }


def command(body: Json, options: Sequence[Json], resolved: dict[str, Any]) -> Json:
    """`data` of a command, and of its completion."""
    found: Json = {"id": body["id"], "type": body["type"], "name": body["name"]}
    found |= {"guild_id": body["guild_id"]} if "guild_id" in body else {}
    found |= {"options": list(options)} if options else {}
    return found | ({"resolved": resolved} if resolved else {})


def on_message(desk: Desk, body: Json, message: Message) -> Json:
    """`data` of a command in the menu of a message."""
    found = {message.id: message_json(desk.world, message)}
    return {"target_id": message.id, **command(body, [], {"messages": found})}


def button(component: Json) -> Json:
    return {"component_type": component["type"], "custom_id": component["custom_id"], "id": component.get("id", 1)}


def select(component: Json, value: str) -> Json:
    return {**button(component), "values": [value]}


def submission(modal: Json, components: list[Json]) -> Json:
    return {"custom_id": modal["custom_id"], "components": components}
