"""People, channels and groups as Slack's Web API writes them. Pure."""

from __future__ import annotations

from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.world import Channel, Group, Kind, User, World


def auth(world: World) -> Json:
    found: Json = {
        "url": f"https://{world.domain}.slack.com/",
        "team": world.domain,
        "user": world.app.name,
        "team_id": world.enterprise if world.org_install else world.team,
        "user_id": world.app.user,
        "bot_id": world.app.bot,
        "is_enterprise_install": world.org_install,
    }
    return found | ({"enterprise_id": world.enterprise} if world.enterprise else {})


def auth_app(world: World) -> Json:
    """What an app-level token is of."""
    return {"app_name": world.app.name, "app_id": world.app.id}


def user(world: World, one: User) -> Json:
    """A deactivated person has few fields left; a stranger is one only until they share a channel with the app."""
    shared = any({one.id, world.app.user} <= channel.members for channel in world.channels.values())
    found: Json = {
        "id": one.id,
        "team_id": one.team,
        "name": one.name,
        "deleted": one.kind is Kind.DEACTIVATED,
        "is_bot": one.kind is Kind.BOT,
        "is_app_user": False,
        "updated": 1_700_000_000,
        "profile": {"real_name": one.name.title(), "display_name": one.name, "team": one.team},
    }
    if one.enterprise:
        owner = {"id": one.id, "enterprise_id": one.enterprise, "enterprise_name": "Corp", "is_admin": False}
        found["enterprise_user"] = owner | {"is_owner": False, "is_primary_owner": False, "teams": [one.team]}
    if one.kind is Kind.STRANGER:
        found["is_stranger"] = not shared
    if one.kind is Kind.DEACTIVATED:
        return found
    return found | {
        "real_name": one.name.title(),
        "tz": "Europe/Berlin",
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": one.kind in (Kind.GUEST, Kind.ULTRA),
        "is_ultra_restricted": one.kind is Kind.ULTRA,
        "is_email_confirmed": True,
    }


def channel(world: World, one: Channel, *, counted: bool = False) -> Json:
    if one.direct:
        return {"id": one.id, "is_im": True, "is_archived": False, "is_org_shared": False, "user": one.direct}
    found: Json = {
        "id": one.id,
        "name": one.name,
        "name_normalized": one.name,
        "is_channel": not one.private,
        "is_group": one.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": one.private,
        "is_archived": one.archived,
        "is_general": one.name == "general",
        "is_member": world.app.user in one.members,
        "is_shared": world.shared(one),
        "is_ext_shared": world.shared(one),
        "is_org_shared": False,
        "context_team_id": world.team,
        "shared_team_ids": sorted({world.users[member].team for member in one.members} | {world.team}),
    }
    return found | ({"num_members": len(one.members)} if counted else {})


def group(world: World, one: Group, *, users: bool = False) -> Json:
    found: Json = {
        "id": one.id,
        "team_id": world.team,
        "is_usergroup": True,
        "is_subteam": True,
        "name": one.handle.title(),
        "handle": one.handle,
        "is_external": False,
        "date_create": 1_700_000_000,
        "date_update": 1_700_000_000,
        "date_delete": 0 if one.enabled else 1_700_000_100,
        "user_count": len(one.users),
    }
    return found | ({"users": list(one.users)} if users else {})


def place(world: World, one: Channel) -> Json:
    """A channel in a payload: direct messages and private channels go by Slack's own names there."""
    return {"id": one.id, "name": "directmessage" if one.direct else "privategroup" if one.private else one.name}


def team(world: World) -> Json:
    found: Json = {"id": world.team, "domain": world.domain}
    return found | ({"enterprise_id": world.enterprise, "enterprise_name": "Corp"} if world.enterprise else {})


def enterprise(world: World) -> Json | None:
    return {"id": world.enterprise, "name": "Corp"} if world.enterprise else None


def person(one: User) -> Json:
    """Somebody in the payload of an interaction."""
    return {"id": one.id, "username": one.name, "name": one.name, "team_id": one.team}
