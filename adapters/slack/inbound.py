"""What Slack sends, as what Usher understands of it: words, presses, searches, submissions. Pure.

A payload is a dict as Bolt hands it over (a slash command's form included). What is not for us is `Ignored`, with the
reason; what lacks something that Slack always sends raises `BadPayload`.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.slack.arrivals import Ignored, Inbound, Opened, Place, Pressed, Searched, Submitted, Typed, View
from adapters.slack.events import read_event
from adapters.slack.fields import BadPayload, Payload, event_key, identifier, mapping, mappings, string
from adapters.slack.found import texts
from adapters.slack.names import SlashNames
from adapters.slack.people import Sender, sender


def parse(payload: Payload, names: SlashNames, bots: frozenset[str] = frozenset()) -> Inbound:
    """What this payload is; `bots` are the user ids under which people mention us."""
    if "command" in payload:
        return _slash(payload, names)
    kind = payload.get("type")
    if kind == "event_callback":
        return read_event(payload, bots)
    if kind in ("block_actions", "block_suggestion", "view_submission", "shortcut", "message_action"):
        return _interaction(payload, kind)
    return Ignored(str(kind or ("ssl_check" if payload.get("ssl_check") else "no type")))


def _slash(form: Payload, names: SlashNames) -> Typed:
    who = sender(
        form.get("user_id"), team=form.get("team_id"), enterprise=form.get("enterprise_id"), name=form.get("user_name")
    )
    place = Place(who.home, identifier(form.get("channel_id"), "channel"))
    line = names.line(str(form["command"]), str(form.get("text") or ""))
    trigger = string(form, "trigger_id")
    return Typed(who, place, event_key(trigger), trigger, string(form, "response_url"), line, slash=True)


def _interaction(payload: Payload, kind: str) -> Inbound:
    user, team, enterprise = mapping(payload, "user"), mapping(payload, "team"), mapping(payload, "enterprise")
    owner = enterprise.get("id") or team.get("enterprise_id")
    who = sender(
        user.get("id"),
        team=team.get("id"),
        enterprise=owner,
        user_team=user.get("team_id"),
        name=user.get("username") or user.get("name"),
    )
    container, message = mapping(payload, "container"), mapping(payload, "message")
    channel = string(mapping(payload, "channel"), "id") or string(container, "channel_id")
    thread = string(container, "thread_ts") or string(message, "thread_ts")
    trigger = string(payload, "trigger_id")
    known = (who, Place(who.home, channel, thread), event_key(trigger), trigger, string(payload, "response_url"))
    view = _view(payload)
    if kind == "block_actions":
        return _pressed(payload, known, container, view)
    if kind == "block_suggestion":
        return Searched(*known, block=string(payload, "block_id"), text=string(payload, "value"), view=view)
    if kind == "view_submission":
        return Submitted(*known, view=view)
    return Opened(*known, callback=string(payload, "callback_id"), message=texts(message) if message else "")


def _pressed(
    payload: Payload, known: tuple[Sender, Place, str, str, str], container: Payload, view: View | None
) -> Inbound:
    taken = mappings(payload, "actions")
    if not taken:
        raise BadPayload("no action in the payload")
    action, _, _ = string(taken[0], "action_id").partition(":")
    return Pressed(
        *known,
        action=action,
        value=_value(taken[0]),
        block=string(taken[0], "block_id"),
        message=string(container, "message_ts"),
        ephemeral=bool(container.get("is_ephemeral")),
        view=view,
    )


def _view(payload: Payload) -> View | None:
    view = mapping(payload, "view")
    if not view:
        return None
    state = mapping(mapping(view, "state"), "values")
    values = {
        block.partition(":")[0]: _value(element)  # behind the colon stands the mark
        for block in state
        for element in mapping(state, block).values()
        if isinstance(element, Mapping)
    }
    marks = {name: mark for name, _, mark in (block.partition(":") for block in state) if mark}
    return View(
        string(view, "id"), string(view, "hash"), string(view, "callback_id"), string(view, "private_metadata"),
        values, marks,
    )  # fmt: skip


def _value(element: Payload) -> str:
    """What was chosen or typed."""
    return string(mapping(element, "selected_option"), "value") or string(element, "value")
