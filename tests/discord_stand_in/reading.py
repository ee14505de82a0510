"""REST: who the bot is, which servers, roles, members and channels there are. Pure."""

from __future__ import annotations

from typing import Any

from tests.discord_stand_in import shapes
from tests.discord_stand_in.asked import Asked, Route, Routes
from tests.discord_stand_in.desk import Desk
from tests.discord_stand_in.errors import NO_ACCESS, Refused
from tests.discord_stand_in.shapes import Json
from tests.discord_stand_in.world import THREADS, Guild


def _me(desk: Desk, asked: Asked) -> Json:
    return shapes.me(desk.world)


def _application(desk: Desk, asked: Asked) -> Json:
    return shapes.application(desk.world)


def _guilds(desk: Desk, asked: Asked) -> list[Json]:
    joined = sorted((one for one in desk.world.guilds.values() if one.joined), key=lambda one: int(one.id))
    after, limit = int(asked.query.get("after", 0)), int(asked.query.get("limit", 200))
    return [shapes.joined(desk.world, one) for one in joined if int(one.id) > after][:limit]


def guild(desk: Desk, asked: Asked) -> Guild:
    """The server of the path, if the bot is in it; Refused."""
    found = desk.world.guilds.get(asked.path["guild"])
    if found is None:
        raise Refused.unknown(10004, "Guild")
    if not found.joined:
        raise Refused(*NO_ACCESS)
    return found


def _guild(desk: Desk, asked: Asked) -> Json:
    return shapes.guild(guild(desk, asked))


def _roles(desk: Desk, asked: Asked) -> list[Json]:
    return [shapes.role(one) for one in guild(desk, asked).roles.values()]


def _channels(desk: Desk, asked: Asked) -> list[Json]:
    found = guild(desk, asked).id
    every = desk.world.channels.values()
    return [shapes.channel(desk.world, one) for one in every if one.guild == found and one.kind not in THREADS]


def _member(desk: Desk, asked: Asked) -> Json:
    member = guild(desk, asked).members.get(asked.path["user"])
    if member is None:
        raise Refused.unknown(10007, "Member")
    return shapes.member(desk.world, member)


def _channel(desk: Desk, asked: Asked) -> Json:
    return shapes.channel(desk.world, desk.readable(asked.path["channel"]))


def _direct(desk: Desk, asked: Asked) -> Any:
    who = desk.world.users.get(str((asked.body or {}).get("recipient_id")))
    if who is None or who.bot:
        raise Refused.form(["recipient_id: nobody who can be written to"])
    return shapes.channel(desk.world, desk.world.direct(who))


ROUTES: Routes = {
    "GET /users/@me": Route(_me),
    "GET /applications/@me": Route(_application),
    "GET /oauth2/applications/@me": Route(_application),
    "GET /users/@me/guilds": Route(_guilds),
    "POST /users/@me/channels": Route(_direct),
    "GET /guilds/{guild}": Route(_guild),
    "GET /guilds/{guild}/roles": Route(_roles),
    "GET /guilds/{guild}/channels": Route(_channels),
    "GET /guilds/{guild}/members/{user}": Route(_member),
    "GET /channels/{channel}": Route(_channel),
}
