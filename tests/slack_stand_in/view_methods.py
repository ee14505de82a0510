"""views.*: modals, opened and pushed with a trigger, and the App Home. Pure."""

from __future__ import annotations

from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.desk import Desk
from tests.slack_stand_in.errors import Refused
from tests.slack_stand_in.methods import Args, Method, required
from tests.slack_stand_in.views import View, rendered


def _open(desk: Desk, args: Args) -> Json:
    body = desk.checks.view(args.get("view"), "views.open", ["modal"])
    trigger = desk.triggers.exchange(required(args, "trigger_id"))
    return _answer(desk, desk.views.open(trigger.user, body))


def _push(desk: Desk, args: Args) -> Json:
    body = desk.checks.view(args.get("view"), "views.push", ["modal"])
    trigger = desk.triggers.exchange(required(args, "trigger_id"))
    if trigger.view not in desk.views.open_views:
        raise Refused("not_found")
    return _answer(desk, desk.views.push(trigger.user, body))


def _update(desk: Desk, args: Args) -> Json:
    body = desk.checks.view(args.get("view"), "views.update", ["modal", "home"])
    if not (args.get("view_id") or args.get("external_id")):
        raise Refused.missing("view_id")
    view = desk.views.find(view_id=args.get("view_id"), external_id=args.get("external_id"))
    return _answer(desk, desk.views.update(view, body, args.get("hash")))


def _publish(desk: Desk, args: Args) -> Json:
    body = desk.checks.view(args.get("view"), "views.publish", ["home"])
    user = required(args, "user_id")
    if not desk.world.app.manifest["features"]["app_home"].get("home_tab_enabled"):
        raise Refused("not_enabled")
    if user not in desk.world.users:
        raise Refused.arguments("invalid `user_id`")
    return _answer(desk, desk.views.publish(user, body, args.get("hash")))


def _answer(desk: Desk, view: View) -> Json:
    return {"view": rendered(view, desk.world)}


METHODS = {
    "views.open": Method(_open, "interactivity_pointer trigger_id view"),
    "views.push": Method(_push, "interactivity_pointer trigger_id view"),
    "views.update": Method(_update, "external_id hash view view_id"),
    "views.publish": Method(_publish, "hash user_id view"),
}
