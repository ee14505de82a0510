"""REST: application commands, everywhere and for one server, and who is allowed to use them there. Pure."""

from __future__ import annotations

from typing import Any

from tests.discord_stand_in.asked import Asked, Route, Routes
from tests.discord_stand_in.desk import Desk
from tests.discord_stand_in.errors import NO_ACCESS, Refused
from tests.discord_stand_in.reading import guild
from tests.discord_stand_in.shapes import Json


def _scope(desk: Desk, asked: Asked) -> str:
    """The server's id, "" for everywhere; Refused for another application, or where the bot is not."""
    if asked.path["application"] != desk.world.app.id:
        raise Refused(403, 20012, "You are not authorized to perform this action on this application")
    if "guild" not in asked.path:
        return ""
    found = desk.world.guilds.get(asked.path["guild"])
    if found is None or not found.joined or not found.takes_commands:
        raise Refused(*NO_ACCESS)
    return found.id


def _all(desk: Desk, asked: Asked) -> list[Json]:
    return desk.registered.commands.get(_scope(desk, asked), [])


def _put(desk: Desk, asked: Asked) -> list[Json]:
    scope = _scope(desk, asked)
    return desk.registered.put(scope, desk.checks.commands(asked.body, guild=bool(scope)))


def _post(desk: Desk, asked: Asked) -> Json:
    scope = _scope(desk, asked)
    [body] = desk.checks.commands([asked.body], guild=bool(scope))
    return desk.registered.post(scope, body)


def _one(desk: Desk, asked: Asked) -> Json:
    return desk.registered.find(_scope(desk, asked), asked.path["command"])


def _patch(desk: Desk, asked: Asked) -> Json:
    return desk.registered.change(_scope(desk, asked), asked.path["command"], asked.body)


def _delete(desk: Desk, asked: Asked) -> None:
    desk.registered.delete(_scope(desk, asked), asked.path["command"])


def _permissions(desk: Desk, asked: Asked) -> list[Json]:
    """What admins have set; nothing is said of commands that nobody has touched."""
    _scope(desk, asked)
    found = guild(desk, asked)
    return [_rules(desk, found.id, scope, rules) for scope, rules in found.command_permissions.items()]


def _rules(desk: Desk, where: str, scope: str, rules: list[dict[str, Any]]) -> Json:
    return {"id": scope, "application_id": desk.world.app.id, "guild_id": where, "permissions": rules}


_EACH = {
    "GET {}": _all,
    "PUT {}": _put,
    "POST {}": _post,
    "GET {}/{{command}}": _one,
    "PATCH {}/{{command}}": _patch,
    "DELETE {}/{{command}}": _delete,
}
_PLACES = ("/applications/{application}/commands", "/applications/{application}/guilds/{guild}/commands")
ROUTES: Routes = {
    "GET /applications/{application}/guilds/{guild}/commands/permissions": Route(_permissions),
    **{form.format(place): Route(run) for place in _PLACES for form, run in _EACH.items()},
}
