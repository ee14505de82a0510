"""What the stand-in's people would not do: the same payload in somebody else's name, or with other fields in it."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from itertools import count
from typing import Any

from tests.slack_stand_in import Delivery, SlackStandIn
from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.deliveries import EVENT, SLASH
from tests.slack_stand_in.world import User

_numbers = count(1)


async def again(slack: SlackStandIn, done: Delivery, who: str = "", **fields: Any) -> Delivery:
    """Send what was sent once more as something new: by `who`, with these fields of the payload.

    It has no address to answer at, so that an answer goes to whoever sent it.
    """
    payload = {**copy.deepcopy(done.payload), **_unique(done), **fields}
    if "response_url" in payload:
        payload["response_url"] = ""
    user = slack.world.user(who or done.user)
    if who:
        _renamed(payload, done.kind, user)
    return await slack.sending.deliver(done.kind, done.what, payload, user=user.id, view=done.view)


def _unique(done: Delivery) -> Json:
    key = "event_id" if done.kind == EVENT else "trigger_id"
    return {key: f"{next(_numbers)}.again"}


def _renamed(payload: Json, kind: str, user: User) -> None:
    """In the places where Slack says who it is."""
    if kind == SLASH:
        payload |= {"user_id": user.id, "user_name": user.name}
    elif kind == EVENT:
        payload["event"] |= {"user": user.id, "team": user.team}
    else:
        payload["user"] = {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team}


def sent_to(slack: SlackStandIn, who: str) -> str:
    """All that reached this person alone, and what Slack was told to show in their name, as one text."""
    user = slack.world.user(who).id
    found: list[Any] = [done.ack for done in slack.deliveries if done.user == user]
    found += [
        _parsed(call.args)
        for call in slack.calls
        if user in (call.args.get("user"), call.args.get("user_id"), call.args.get("channel"))
    ]
    found += [view.body for view in slack.seen_by(who).views]
    found += [one.blocks for one in slack.seen_by(who).messages if one.ephemeral or one.direct]
    return json.dumps(found, ensure_ascii=False, default=str)


def _parsed(args: Mapping[str, Any]) -> Json:
    return {key: json.loads(value) if str(value)[:1] in ("[", "{") else value for key, value in args.items()}
