"""`GET /v1/admission`: for the service that issues join tokens."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from adapters.api import Unanswerable, asked
from bot.admission import Admission, admission, newcomer
from bot.context import Services

ADMISSION_PATH = "/v1/admission"
LONGEST = 1000


class Admitting:
    def __init__(self, services: Services) -> None:
        self._standing = services.standing

    async def answer(self, request: web.Request) -> web.Response:
        """`HistoryError` where it is not known what was decided."""
        room, identity = (asked(request, name, LONGEST, must=True) for name in ("room", "identity"))
        person = asked(request, "person", LONGEST)
        orders = await self._standing.active(room)
        who = newcomer(identity, person, _attributes(request), orders)
        return web.json_response(as_json(admission(self._standing.bearing(orders, room, who))))


def as_json(found: Admission) -> dict[str, Any]:
    """Its fields are a contract (docs/http.md)."""
    may = found.permission
    return {
        "allowed": found.allowed,
        "until": found.until.isoformat() if found.until else None,
        "why": found.why,
        "case": found.case,
        "can_publish": may.can_publish,
        "can_publish_sources": sorted(may.effective_sources),
        "can_publish_data": may.can_publish_data,
        "can_subscribe": may.can_subscribe,
        "can_update_metadata": may.can_update_metadata,
    }


def _attributes(request: web.Request) -> dict[str, str]:
    """`attribute=key=value`, as often as need be."""
    given = request.query.getall("attribute", [])
    pairs = [pair.partition("=") for pair in given]
    if any(not key or not mark or len(key) + len(value) > LONGEST for key, mark, value in pairs):
        raise Unanswerable(f"attribute is to be key=value, of at most {LONGEST} characters.")
    return {key: value for key, _, value in pairs}
