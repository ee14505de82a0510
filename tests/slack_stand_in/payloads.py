"""What Slack sends for what people do: payloads of slash commands, interactions and events. Pure but for new ids."""

from __future__ import annotations

from tests.slack_stand_in import shapes
from tests.slack_stand_in.answers import Answer
from tests.slack_stand_in.chat_methods import message_json
from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.desk import Desk
from tests.slack_stand_in.messages import Message
from tests.slack_stand_in.views import View, rendered
from tests.slack_stand_in.world import Channel, Group, Kind, User

TOKEN = "verification_token"  # the old way to tell that it is Slack; nobody may rely on it


def slash(desk: Desk, user: User, channel: Channel, command: str, text: str, address: str) -> Json:
    world = desk.world
    corp = {"enterprise_id": world.enterprise, "enterprise_name": "Corp"} if world.enterprise else {}
    return {
        "token": TOKEN,
        "team_id": user.team,
        "team_domain": world.domain,
        **corp,
        "channel_id": channel.id,
        "channel_name": shapes.place(world, channel)["name"],
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": world.app.id,
        "is_enterprise_install": str(world.org_install).lower(),
        "response_url": address,
        "trigger_id": desk.triggers.issue(user.id),
    }


def _interaction(desk: Desk, kind: str, user: User, *, in_view: bool = False) -> Json:
    """`team` is null in a view of an app that is installed for the whole enterprise."""
    world = desk.world
    return {
        "type": kind,
        "user": shapes.person(user),
        "api_app_id": world.app.id,
        "token": TOKEN,
        "team": None if in_view and world.org_install else shapes.team(world),
        "enterprise": shapes.enterprise(world),
        "is_enterprise_install": world.org_install,
    }


def in_message(desk: Desk, kind: str, user: User, message: Message, state: Json) -> Json:
    """The part of a press or a search that says where: an ephemeral message is not sent along."""
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": bool(message.only_for),
    }
    found = {
        **_interaction(desk, kind, user),
        "container": container | ({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        "channel": shapes.place(desk.world, desk.world.channel(message.channel)),
        "state": {"values": state},
    }
    return found if message.only_for else {**found, "message": message_json(desk, message)}


def in_view(desk: Desk, kind: str, user: User, view: View) -> Json:
    found = _interaction(desk, kind, user, in_view=True)
    return {**found, "container": {"type": "view", "view_id": view.id}, "view": rendered(view, desk.world)}


def submission(desk: Desk, user: User, view: View) -> Json:
    found = _interaction(desk, "view_submission", user, in_view=True)
    trigger = desk.triggers.issue(user.id, view.id)
    return {**found, "trigger_id": trigger, "view": rendered(view, desk.world), "response_urls": []}


def closed(desk: Desk, user: User, view: View, *, cleared: bool) -> Json:
    found = _interaction(desk, "view_closed", user, in_view=True)
    return {**found, "view": rendered(view, desk.world), "is_cleared": cleared}


def shortcut(desk: Desk, user: User, callback_id: str) -> Json:
    found = _interaction(desk, "shortcut", user)
    more = {"callback_id": callback_id, "trigger_id": desk.triggers.issue(user.id), "action_ts": desk.stamps.ts()}
    return {**found, **more}


def message_shortcut(desk: Desk, user: User, message: Message, callback_id: str, answer: Answer, base: str) -> Json:
    return {
        **_interaction(desk, "message_action", user),
        "callback_id": callback_id,
        "trigger_id": desk.triggers.issue(user.id),
        "action_ts": desk.stamps.ts(),
        "channel": shapes.place(desk.world, desk.world.channel(message.channel)),
        "message_ts": message.ts,
        "message": message_json(desk, message),
        "response_url": base + answer.path,
    }


def event(desk: Desk, inside: Json, channel: Channel | None = None) -> Json:
    """An event in its wrapper; `context_*` is where the app is installed, `team_id` may be the other side's."""
    world = desk.world
    shared = channel is not None and world.shared(channel)
    wide = world.org_install
    authorization = {
        "enterprise_id": world.enterprise or None,
        "team_id": None if wide else world.team,
        "user_id": world.app.user,
        "is_bot": True,
        "is_enterprise_install": wide,
    }
    corp = {"enterprise_id": world.enterprise, "context_enterprise_id": world.enterprise} if world.enterprise else {}
    return {
        "token": TOKEN,
        "team_id": inside.get("team", world.team) if shared else world.team,
        "context_team_id": None if wide else world.team,
        **corp,
        "api_app_id": world.app.id,
        "event": inside,
        "type": "event_callback",
        "event_id": desk.stamps.new("Ev0"),
        "event_time": desk.stamps.seconds(),
        "authorizations": [authorization],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{desk.stamps.new('')}",
    }


def said(desk: Desk, kind: str, message: Message, channel: Channel) -> Json:
    """`app_mention`, or `message` in a direct one."""
    user = desk.world.users[message.author]
    inside = {
        "type": kind,
        "user": user.id,
        "text": message.text,
        "ts": message.ts,
        "event_ts": message.ts,
        "client_msg_id": desk.stamps.secret(),
        "team": user.team,
        "channel": channel.id,
        "blocks": message.blocks,
    }
    if message.thread_ts:
        inside["thread_ts"] = message.thread_ts
    if channel.direct:
        inside["channel_type"] = "im"
    if user.kind is Kind.STRANGER:
        inside |= {"user_team": user.team, "source_team": user.team}
    if user.kind is Kind.BOT:
        inside |= {"bot_id": f"B{user.id[1:]}"}
    return event(desk, inside, channel)


def home_opened(desk: Desk, user: User) -> Json:
    inside = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": desk.world.direct(user).id,
        "tab": "home",
        "event_ts": desk.stamps.ts(),
    }
    view = desk.views.homes.get(user.id)
    return event(desk, inside | ({"view": rendered(view, desk.world)} if view else {}))


def group_changed(desk: Desk, kind: str, group: Group, before: list[str]) -> Json:
    """`subteam_members_changed`, or `subteam_updated` with the whole group."""
    if kind == "subteam_updated":
        return event(desk, {"type": kind, "subteam": shapes.group(desk.world, group, users=True)})
    added = [one for one in group.users if one not in before]
    removed = [one for one in before if one not in group.users]
    inside = {
        "type": "subteam_members_changed",
        "subteam_id": group.id,
        "team_id": desk.world.team,
        "date_previous_update": desk.stamps.seconds() - 60,
        "date_update": desk.stamps.seconds(),
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
    }
    return event(desk, inside | {"event_ts": desk.stamps.ts()})
