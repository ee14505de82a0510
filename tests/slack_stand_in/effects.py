"""What an acknowledgement does in Slack: a message, the options of a search, the next view of a modal. Pure."""

from __future__ import annotations

from typing import Any

from tests.slack_stand_in.controls import controls
from tests.slack_stand_in.deliveries import SLASH, Delivery
from tests.slack_stand_in.desk import Desk
from tests.slack_stand_in.errors import Refused

_NOTHING: tuple[Any, ...] = ("", None, {}, [])


def acknowledged(desk: Desk, delivery: Delivery, payload: Any) -> None:
    """`delivery.trouble` says what the person is told instead, if Slack cannot use it."""
    desk.secrets.cleaned(payload, f"acknowledgement of {delivery.what}")
    if payload not in _NOTHING and not delivery.accepts:
        desk.failures.add(f"{delivery.what}: its acknowledgement carries a payload, which Slack does not read")
        return
    try:
        _apply(desk, delivery, payload)
    except Refused as refused:
        delivery.trouble = refused.word


def _apply(desk: Desk, delivery: Delivery, payload: Any) -> None:
    where = f"acknowledgement of {delivery.what}"
    kind = delivery.payload.get("type")
    if delivery.kind == SLASH and delivery.answer is not None and payload not in _NOTHING:
        desk.respond(delivery.answer, payload if isinstance(payload, dict) else {"text": payload}, where)
    elif kind == "block_suggestion":
        _offer(desk, delivery, payload, where)
    elif kind == "view_submission" and delivery.view is not None:
        _submitted(desk, delivery, payload or {}, where)


def _offer(desk: Desk, delivery: Delivery, payload: Any, where: str) -> None:
    found = desk.checks.choices(payload, where)
    if delivery.view is not None:
        delivery.view.offered[delivery.payload["block_id"], delivery.payload["action_id"]] = found


def _submitted(desk: Desk, delivery: Delivery, payload: dict[str, Any], where: str) -> None:
    """A bare acknowledgement closes the view, and shows the one below it."""
    view, views = delivery.view, desk.views
    if view is None or view.id not in views.open_views:
        return
    action = payload.get("response_action")
    if action == "errors":
        _show_errors(desk, delivery, payload.get("errors"), where)
    elif action in ("update", "push"):
        body = desk.checks.view(payload.get("view"), where, ["modal"])
        (views.update(view, body) if action == "update" else views.push(view.user, body))
    elif action == "clear":
        views.clear(view.user)
    elif action is None:
        views.close(view)
    else:
        desk.failures.add(f"{where}: no response_action is {action!r}")


def _show_errors(desk: Desk, delivery: Delivery, errors: Any, where: str) -> None:
    inputs = (
        {one.key[0] for one in controls(delivery.view.blocks) if one.block["type"] == "input"} if delivery.view else ()
    )
    if not isinstance(errors, dict) or not errors or not set(errors) <= set(inputs):
        desk.failures.add(f"{where}: errors belong to inputs by their block_id: {errors} of {sorted(inputs)}")
        raise Refused("invalid_errors")
    delivery.trouble = "; ".join(str(one) for one in errors.values())
