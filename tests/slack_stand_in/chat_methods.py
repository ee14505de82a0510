"""chat.*: messages in channels, in threads, for one person, and replaced ones. Pure."""

from __future__ import annotations

from typing import Any

from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.desk import Desk
from tests.slack_stand_in.errors import Refused
from tests.slack_stand_in.messages import Message
from tests.slack_stand_in.methods import Args, Method, required
from tests.slack_stand_in.world import Channel, Kind

_BODY = "attachments as_user blocks icon_emoji icon_url link_names markdown_text metadata parse text unfurl_links"


def _post_message(desk: Desk, args: Args) -> Json:
    channel = _writable(desk, args, opens=True)
    thread = str(args.get("thread_ts") or "")
    message = desk.post(args, channel.id, "chat.postMessage", thread_ts=thread)
    return {"channel": channel.id, "ts": message.ts, "message": message_json(desk, message)}


def _post_ephemeral(desk: Desk, args: Args) -> Json:
    channel = _writable(desk, args)
    user = required(args, "user")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    thread = str(args.get("thread_ts") or "")
    message = desk.post(args, channel.id, "chat.postEphemeral", thread_ts=thread, only_for=user)
    return {"message_ts": message.ts}


def _update(desk: Desk, args: Args) -> Json:
    channel = _writable(desk, args)
    message = desk.messages.get(channel.id, required(args, "ts"))
    if message is None or message.only_for:
        raise Refused("message_not_found")
    if message.author != desk.world.app.user:
        raise Refused("cant_update_message")
    desk.replace(message, args, "chat.update")
    found = {"channel": channel.id, "ts": message.ts, "text": message.text}
    return {**found, "message": message_json(desk, message)}


def _writable(desk: Desk, args: Args, *, opens: bool = False) -> Channel:
    """The channel, when the app may write there; `opens` takes a person's id for a direct message."""
    given = str(args.get("channel") or "")
    if opens and given in desk.world.users:
        return _direct(desk, given)
    channel = _channel(desk, given)
    app = desk.world.app
    if app.user not in channel.members:
        if channel.private:
            raise Refused("channel_not_found")
        if not (opens and "chat:write.public" in app.scopes):
            raise Refused("not_in_channel")
    if channel.archived:
        raise Refused("is_archived")
    return channel


def _channel(desk: Desk, given: str) -> Channel:
    for channel in desk.world.channels.values():
        if given == channel.id or (given.removeprefix("#") == channel.name and not channel.private):
            return channel
    raise Refused("channel_not_found")


def _direct(desk: Desk, user: str) -> Channel:
    if not desk.world.app.manifest["features"]["app_home"].get("messages_tab_enabled"):
        raise Refused("messages_tab_disabled")
    kind = desk.world.user(user).kind
    if kind is Kind.BOT:
        raise Refused("cannot_dm_bot")
    if kind in (Kind.DEACTIVATED, Kind.STRANGER):
        raise Refused("channel_not_found")
    return desk.world.direct(user)


def message_json(desk: Desk, message: Message) -> dict[str, Any]:
    """A message as Slack answers and sends it."""
    app = desk.world.app
    found: Json = {"type": "message", "user": message.author, "text": message.text, "ts": message.ts}
    found["team"] = desk.world.users[message.author].team
    if message.author == app.user:
        found |= {"bot_id": app.bot, "app_id": app.id}
    if message.blocks:
        found["blocks"] = message.blocks
    if message.thread_ts:
        found |= {"thread_ts": message.thread_ts}
    if message.versions:
        found["edited"] = {"user": message.author, "ts": desk.stamps.ts()}
    return found


METHODS = {
    "chat.postMessage": Method(
        _post_message, f"{_BODY} channel mrkdwn reply_broadcast thread_ts unfurl_media username", "chat:write"
    ),
    "chat.postEphemeral": Method(_post_ephemeral, f"{_BODY} channel thread_ts user username", "chat:write"),
    "chat.update": Method(_update, f"{_BODY} channel file_ids reply_broadcast ts", "chat:write"),
}
