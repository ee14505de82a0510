"""People, roles, channels, servers and the application as Discord sends them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from tests.discord_stand_in.permissions import Overwrite
from tests.discord_stand_in.world import DIRECT, THREADS, Channel, Guild, Member, Role, User, World

Json: TypeAlias = dict[str, Any]

JOINED = "2026-01-02T03:04:05.000000+00:00"

_NOTHING = (
    "icon banner splash discovery_splash description home_header application_id afk_channel_id widget_channel_id "
    "system_channel_id rules_channel_id vanity_url_code public_updates_channel_id safety_alerts_channel_id "
    "max_presences hub_type incidents_data"
)
_ZERO = (
    "verification_level default_message_notifications mfa_level premium_tier explicit_content_filter "
    "system_channel_flags premium_subscription_count nsfw_level"
)


def user(one: User) -> Json:
    return {
        "id": one.id,
        "username": one.name,
        "discriminator": "0",
        "global_name": None if one.bot else one.shown,
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
        **({"bot": True} if one.bot else {}),
    }


def me(world: World) -> Json:
    return {**user(world.bot), "mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}


def member(world: World, one: Member) -> Json:
    return {
        "user": user(world.users[one.user]),
        "nick": one.nick or None,
        "avatar": None,
        "banner": None,
        "roles": list(one.roles),
        "joined_at": JOINED,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
    }


def role(one: Role) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "description": None,
        "permissions": str(one.permissions),
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def channel(world: World, one: Channel) -> Json:
    """Whole, as REST and the gateway have it."""
    if one.kind == DIRECT:
        people = [user(world.users[one.direct])]
        return {"id": one.id, "type": one.kind, "flags": 0, "last_message_id": None, "recipients": people}
    found: Json = {
        "id": one.id,
        "type": one.kind,
        "guild_id": one.guild,
        "name": one.name,
        "flags": 0,
        "parent_id": one.parent or None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
    }
    if one.kind in THREADS:
        return {**found, **_thread(world)}
    overwrites = [_overwrite(over) for over in one.overwrites]
    return {**found, "position": 0, "topic": None, "nsfw": False, "permission_overwrites": overwrites}


def place(world: World, one: Channel, who: User) -> Json:
    """Partial, as an interaction has it: with what the person may do there, without what others may."""
    found = channel(world, one)
    found.pop("permission_overwrites", None)
    return {**found, "permissions": str(world.may(who, one))}


def _thread(world: World) -> Json:
    times = {"archived": False, "archive_timestamp": JOINED, "auto_archive_duration": 1440, "locked": False}
    return {
        "owner_id": world.app.id,
        "thread_metadata": {**times, "create_timestamp": JOINED},
        "message_count": 0,
        "total_message_sent": 0,
        "member_count": 1,
    }


def _overwrite(one: Overwrite) -> Json:
    return {"id": one.id, "type": int(one.member), "allow": str(one.allow), "deny": str(one.deny)}


def guild(one: Guild) -> Json:
    """As REST has it: without channels and people."""
    return {
        **dict.fromkeys(_NOTHING.split()),
        **dict.fromkeys(_ZERO.split(), 0),
        "id": one.id,
        "name": one.name,
        "owner_id": one.owner,
        "region": "deprecated",
        "preferred_locale": "en-US",
        "roles": [role(each) for each in one.roles.values()],
        "features": [],
        "emojis": [],
        "stickers": [],
        "afk_timeout": 300,
        "max_members": 500_000,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "widget_enabled": False,
        "nsfw": False,
        "premium_progress_bar_enabled": False,
    }


def created(world: World, one: Guild) -> Json:
    """As GUILD_CREATE tells an app without the intent for members: of people it names the bot alone."""
    within = [each for each in world.channels.values() if each.guild == one.id]
    lists = ("voice_states", "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds")
    return {
        **guild(one),
        **{name: [] for name in lists},
        "joined_at": JOINED,
        "large": False,
        "unavailable": False,
        "member_count": len(one.members),
        "members": [member(world, one.members[world.app.id])],
        "channels": [channel(world, each) for each in within if each.kind not in THREADS],
        "threads": [channel(world, each) for each in _seen(world, within)],
    }


def _seen(world: World, channels: Iterable[Channel]) -> Iterable[Channel]:
    return (one for one in channels if one.kind in THREADS and world.may(world.bot, one))


def joined(world: World, one: Guild) -> Json:
    """As the list of the bot's servers has it."""
    return {
        "id": one.id,
        "name": one.name,
        "icon": None,
        "banner": None,
        "owner": one.owner == world.app.id,
        "permissions": str(world.granted(one, world.bot)),
        "features": [],
    }


def application(world: World) -> Json:
    team_less = {"team": None, "owner": user(next(iter(world.users.values())))}
    return {
        **team_less,
        "id": world.app.id,
        "name": world.app.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(world.bot),
        "summary": "",
        "bot_public": world.app.public,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "hook": True,
        "rpc_origins": [],
        "redirect_uris": [],
        "interactions_endpoint_url": world.app.interactions_url or None,
        "role_connections_verification_url": None,
        "approximate_guild_count": sum(each.joined for each in world.guilds.values()),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
    }
