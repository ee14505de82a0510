"""`usher doctor`: what is configured, what is reachable, and each thing that is missing."""

from __future__ import annotations

import os
import re
from typing import TextIO

from adapters.clock import SystemClock
from adapters.declared import CONFIG, SETTINGS
from adapters.settings import Settings, SettingsError
from bot.errors import BotError
from bot.people import Role

_LOGIN = re.compile(r"//[^/]*@")  # an address may hold a password


async def run_doctor(settings: Settings, out: TextIO) -> int:
    """0 when everything that is needed is there; 1 otherwise."""
    report = _Report(out)
    for setting in SETTINGS:
        if setting.name in settings.problems:
            report.bad(settings.problems[setting.name])
        elif settings.sources[setting.name] != "default":
            shown = "(secret)" if setting.secret else _shown(settings[setting.name])
            report.good(f"{setting.name} = {shown}, from the {settings.sources[setting.name]}")
    if CONFIG in settings.problems:
        report.bad(settings.problems[CONFIG])
    if settings.values.get("USHER_ADMINS") == ():
        report.bad("USHER_ADMINS is empty: nobody can use Usher until somebody is admin. Try console:$USER.")
    await _database(settings, report)
    await _livekit(settings, report)
    return report.finish()


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ",".join(f"{key}={one.word if isinstance(one, Role) else one}" for key, one in value.items())
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    return _LOGIN.sub("//...@", text)


async def _database(settings: Settings, report: _Report) -> None:
    from adapters.database.database import Database
    from adapters.database.engine import database_path

    try:
        path = database_path(settings["DATABASE_URL"])
        if not path.exists() and os.access(path.parent, os.W_OK | os.X_OK):
            report.good("History: there is none yet; it is made when Usher starts")
            return
        database = Database.open(settings["DATABASE_URL"], server="doctor", clock=SystemClock())
        await database.aclose()
    except BotError as error:
        report.bad(f"History: {error.user_text}")
    else:
        report.good("History: it opens, and can be written to")


async def _livekit(settings: Settings, report: _Report) -> None:
    from adapters.wiring import LIVEKIT, room_service

    if not settings.problems.keys().isdisjoint((*LIVEKIT, CONFIG)):
        report.note("LiveKit was not tried: its settings are not complete.")
        return
    try:
        service = room_service(settings)
    except SettingsError as error:
        report.bad(error.user_text)
        return
    try:
        rooms = await service.list_rooms()
        if rooms:
            await service.list_participants(rooms[0].name)
    except BotError as error:
        report.bad(f"LiveKit: {error.user_text}")
    else:
        edition = "LiveKit Cloud" if service.cloud else "self-hosted"
        report.good(f"LiveKit: it answers ({edition}), and the key may list {_live(len(rooms))}")
    finally:
        await service.aclose()


def _live(rooms: int) -> str:
    return "1 live room" if rooms == 1 else f"{rooms} live rooms"


class _Report:
    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._bad = 0

    def good(self, sentence: str) -> None:
        self._line("ok      ", sentence)

    def note(self, sentence: str) -> None:
        self._line("note    ", sentence)

    def bad(self, sentence: str) -> None:
        self._bad += 1
        self._line("missing ", sentence)

    def finish(self) -> int:
        things = "1 thing is" if self._bad == 1 else f"{self._bad} things are"
        self._line("", f"{things} missing." if self._bad else "Everything that is needed is there.")
        return 1 if self._bad else 0

    def _line(self, mark: str, sentence: str) -> None:
        print(mark + sentence, file=self._out, flush=True)
