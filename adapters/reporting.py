"""`POST /v1/reports`: for an application's own "report" button."""

from __future__ import annotations

from aiohttp import web

from adapters.api import Unanswerable, posted
from bot.due import Allowance
from bot.ports import Clock
from bot.reports import Report, Reports

REPORTS_PATH = "/v1/reports"
A_MINUTE, AT_ONCE = 120.0, 60.0
LONGEST, LONGEST_TEXT = 1000, 10_000
TOO_MANY = "Too many reports come: this one was not taken."


class Reporting:
    def __init__(self, reports: Reports, clock: Clock) -> None:
        self._reports = reports
        self._allowance = Allowance(clock, A_MINUTE, AT_ONCE)

    async def answer(self, request: web.Request) -> web.Response:
        """200 where moderators are told, 503 where none could be."""
        given = await posted(
            request, {"room": LONGEST, "identity": LONGEST}, {"reporter": LONGEST, "text": LONGEST_TEXT}
        )
        if not self._allowance.take():
            raise Unanswerable(TOO_MANY, 429, {"Retry-After": str(round(self._allowance.wait) + 1)})
        try:
            told, count = await self._reports.take(Report(**given))
        except OverflowError:
            raise Unanswerable(TOO_MANY, 429, {"Retry-After": "60"}) from None
        if not told:
            raise Unanswerable("No moderator could be told of it.", 503)
        return web.json_response({"told": True, "count": count})
