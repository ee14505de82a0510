"""REST: messages in channels, and the answers to interactions. Pure."""

from __future__ import annotations

from typing import Any

from tests.discord_stand_in import checks
from tests.discord_stand_in.asked import Asked, Route, Routes
from tests.discord_stand_in.desk import Desk, before
from tests.discord_stand_in.errors import NO_PERMISSION, Refused
from tests.discord_stand_in.interactions import (
    CHOICES,
    DEFER,
    DEFER_UPDATE,
    MESSAGE,
    OPEN,
    UPDATE,
    Interaction,
)
from tests.discord_stand_in.messages import Message, message_json
from tests.discord_stand_in.shapes import Json

ORIGINAL = "@original"


def _post(desk: Desk, asked: Asked) -> Json:
    channel = desk.writable(asked.path["channel"])
    desk.checks.message(asked.body, checks.CHANNEL)
    nonce = str(asked.body.get("nonce") or "") if asked.body.get("enforce_nonce") else ""
    made = next((one for one in desk.messages.all if nonce and one.nonce == nonce), None)
    if made is None:
        made = desk.post(asked.body, channel.id)
        made.nonce = nonce
    return message_json(desk.world, made)


def _in_channel(desk: Desk, asked: Asked) -> Message:
    """The message of the path; ephemeral ones are reached through their interaction alone."""
    channel = desk.readable(asked.path["channel"])
    found = desk.message(asked.path["message"])
    if found.only_for or found.channel != channel.id:
        raise Refused.unknown(10008, "Message")
    return found


def _get(desk: Desk, asked: Asked) -> Json:
    return message_json(desk.world, _in_channel(desk, asked))


def _edit(desk: Desk, asked: Asked) -> Json:
    found = _in_channel(desk, asked)
    if found.author != desk.world.app.id:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    desk.checks.message(asked.body, checks.CHANNEL_EDIT, before(found))
    return message_json(desk.world, desk.edit(found, asked.body))


def _delete(desk: Desk, asked: Asked) -> None:
    """Those of others would need a permission that the bot is not invited with."""
    found = _in_channel(desk, asked)
    if found.author != desk.world.app.id:
        raise Refused(*NO_PERMISSION)
    found.deleted = True


def _typing(desk: Desk, asked: Asked) -> None:
    desk.writable(asked.path["channel"])


def _callback(desk: Desk, asked: Asked) -> Json | None:
    """The first answer: in time, once, and of a kind that this interaction takes."""
    body = asked.body if isinstance(asked.body, dict) else {}
    kind = int(body.get("type") or 0)
    one = desk.interactions.to_answer(asked.path["interaction"], asked.path["token"], kind)
    source = before(one.source) if one.source and kind == UPDATE else None
    desk.checks.callback(body, source)
    _answer(desk, one, kind, body.get("data") or {})
    desk.interactions.answered(one, kind)
    return _response(desk, one) if asked.query.get("with_response") in ("1", "true") else None


def _answer(desk: Desk, one: Interaction, kind: int, data: Json) -> None:
    if kind in (MESSAGE, DEFER):
        one.original = desk.post(data, one.channel, source=one, loading=kind == DEFER)
        one.sent.append(one.original)
    elif kind in (DEFER_UPDATE, UPDATE):
        one.original = one.source
        if kind == UPDATE and one.source is not None:
            desk.edit(one.source, data)
    elif kind == OPEN:
        one.modal = data
        desk.modals[one.user] = (data, one)
    elif kind == CHOICES:
        one.choices = list(data.get("choices") or [])


def _response(desk: Desk, one: Interaction) -> Json:
    found: Json = {"interaction": {"id": one.id, "type": one.type, "channel_id": one.channel}}
    if one.original is not None and one.kind in (MESSAGE, DEFER, UPDATE):
        message = one.original
        found["interaction"] |= {
            "response_message_id": message.id,
            "response_message_loading": message.loading,
            "response_message_ephemeral": bool(message.only_for),
        }
        if one.kind != DEFER:  # the published file knows none there
            found["resource"] = {"type": one.kind, "message": message_json(desk.world, message)}
    return found


def _followup(desk: Desk, asked: Asked) -> Json | None:
    """A further message; the first one after a deferred answer takes its place, and is as ephemeral as that."""
    one = _open(desk, asked)
    desk.checks.message(asked.body, checks.FOLLOWUP)
    if one.original is not None and one.original.loading:
        made = desk.edit(one.original, asked.body)
    else:
        made = desk.post(asked.body, one.channel, source=one)
        one.sent.append(made)
    return message_json(desk.world, made)


def _open(desk: Desk, asked: Asked) -> Interaction:
    if asked.path["application"] != desk.world.app.id:
        raise Refused.unknown(10015, "Webhook")
    return desk.interactions.with_token(asked.path["token"])


def _answered(desk: Desk, asked: Asked) -> Message:
    """The message of the path, which belongs to this interaction."""
    one, wanted = _open(desk, asked), asked.path["message"]
    own = [*one.sent, *([one.original] if one.original else [])]
    for message in own:
        if not message.deleted and wanted in (message.id, ORIGINAL if message is one.original else ""):
            return message
    raise Refused.unknown(10008, "Message")


def _get_answer(desk: Desk, asked: Asked) -> Json:
    return message_json(desk.world, _answered(desk, asked))


def _edit_answer(desk: Desk, asked: Asked) -> Json:
    found = _answered(desk, asked)
    desk.checks.message(asked.body, checks.FOLLOWUP_EDIT, before(found))
    return message_json(desk.world, desk.edit(found, asked.body))


def _delete_answer(desk: Desk, asked: Asked) -> None:
    _answered(desk, asked).deleted = True


_MESSAGE: Any = "/channels/{channel}/messages"
_WEBHOOK = "/webhooks/{application}/{token}"
CALLBACK, FOLLOWUP = "POST /interactions/{interaction}/{token}/callback", f"POST {_WEBHOOK}"
EDIT, POST = f"PATCH {_WEBHOOK}/messages/{{message}}", f"POST {_MESSAGE}"
ROUTES: Routes = {
    POST: Route(_post),
    f"GET {_MESSAGE}/{{message}}": Route(_get),
    f"PATCH {_MESSAGE}/{{message}}": Route(_edit),
    f"DELETE {_MESSAGE}/{{message}}": Route(_delete),
    "POST /channels/{channel}/typing": Route(_typing),
    CALLBACK: Route(_callback, open=True),
    FOLLOWUP: Route(_followup, open=True),
    f"GET {_WEBHOOK}/messages/{{message}}": Route(_get_answer, open=True),
    EDIT: Route(_edit_answer, open=True),
    f"DELETE {_WEBHOOK}/messages/{{message}}": Route(_delete_answer, open=True),
}
