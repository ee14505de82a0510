"""Who is who: auth.test, users.*, usergroups.* and conversations.*. Pure."""

from __future__ import annotations

import base64

from tests.slack_stand_in import shapes
from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.desk import Desk
from tests.slack_stand_in.errors import Refused
from tests.slack_stand_in.methods import Args, Method, is_true, need, required
from tests.slack_stand_in.world import Channel, Group, Kind

_PAGE = 100


def _auth_test(desk: Desk, args: Args) -> Json:
    return shapes.auth(desk.world)


def _user(desk: Desk, args: Args) -> Json:
    user = desk.world.users.get(str(args.get("user") or ""))
    if user is None:
        raise Refused("user_not_found")
    return {"user": shapes.user(desk.world, user)}


def _groups(desk: Desk, args: Args) -> Json:
    _team(desk, args)
    every = is_true(args.get("include_disabled"))
    users = is_true(args.get("include_users"))
    shown = [one for one in desk.world.groups.values() if every or one.enabled]
    return {"usergroups": [shapes.group(desk.world, one, users=users) for one in shown]}


def _group_users(desk: Desk, args: Args) -> Json:
    _team(desk, args)
    group: Group | None = desk.world.groups.get(required(args, "usergroup"))
    if group is None or not (group.enabled or is_true(args.get("include_disabled"))):
        raise Refused("no_such_subteam")
    return {"users": list(group.users)}


def _team(desk: Desk, args: Args) -> None:
    """A token of a whole enterprise says whose groups it means."""
    given = args.get("team_id")
    if desk.world.org_install and not given:
        raise Refused("missing_argument")
    if given and given != desk.world.team:
        raise Refused("invalid_team")


def _conversation(desk: Desk, args: Args) -> Json:
    channel = _visible(desk, args)
    return {"channel": shapes.channel(desk.world, channel, counted=is_true(args.get("include_num_members")))}


def _members(desk: Desk, args: Args) -> Json:
    """In pages of `limit`; the cursor is opaque."""
    members = sorted(_visible(desk, args).members)
    try:
        start = int(base64.b64decode(str(args.get("cursor") or "")) or 0)
        limit = int(args.get("limit") or _PAGE)
    except ValueError:
        raise Refused("invalid_cursor") from None
    end = start + limit
    cursor = base64.b64encode(str(end).encode()).decode() if end < len(members) else ""
    return {"members": members[start:end], "response_metadata": {"next_cursor": cursor}}


def _visible(desk: Desk, args: Args) -> Channel:
    """The channel, when the app may know of it."""
    given = required(args, "channel")
    channel = desk.world.channels.get(given)
    if channel is None:
        raise Refused("channel_not_found")
    need(desk, "im:read" if channel.direct else "groups:read" if channel.private else "channels:read")
    if channel.private and desk.world.app.user not in channel.members:
        raise Refused("channel_not_found")
    return channel


def _open(desk: Desk, args: Args) -> Json:
    given = args.get("users") or ""
    users = given if isinstance(given, list) else [one for one in str(given).split(",") if one]
    if args.get("channel"):
        return {"channel": {"id": _visible(desk, args).id}}
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > 1:
        need(desk, "mpim:write")
        raise Refused("method_not_supported_for_channel_type")
    user = desk.world.users.get(users[0])
    if user is None:
        raise Refused("user_not_found")
    if user.kind is Kind.DEACTIVATED:
        raise Refused("user_disabled")
    channel = desk.world.direct(user)
    return {"channel": shapes.channel(desk.world, channel) if is_true(args.get("return_im")) else {"id": channel.id}}


METHODS = {
    "auth.test": Method(_auth_test, ""),
    "users.info": Method(_user, "include_locale user", "users:read", form_only=True),
    "usergroups.list": Method(
        _groups, "include_count include_disabled include_users team_id", "usergroups:read", form_only=True
    ),
    "usergroups.users.list": Method(
        _group_users, "include_disabled team_id usergroup", "usergroups:read", form_only=True
    ),
    "conversations.info": Method(_conversation, "channel include_locale include_num_members", form_only=True),
    "conversations.members": Method(_members, "channel cursor limit", form_only=True),
    "conversations.open": Method(_open, "channel prevent_creation return_im users", "im:write"),
}
