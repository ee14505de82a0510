"""`usher doctor`: what is configured, what is reachable, and each thing that is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TextIO

from adapters.clock import SystemClock
from adapters.declared import CONFIG, SETTINGS, Setting
from adapters.report import Report
from adapters.settings import KNOWN, Settings, SettingsError
from bot.errors import BotError
from bot.people import Grant, Role
from bot.words import counted, near, told

SLACK = (*(one.name for one in SETTINGS if "SLACK_" in one.name), "USHER_HTTP", "USHER_CA_FILE", "USHER_PROXY")
DISCORD = (*(one.name for one in SETTINGS if "DISCORD_" in one.name), "USHER_CA_FILE", "USHER_PROXY", "USHER_ROLES")
_LOGIN = re.compile(r"//[^/]*@")  # an address may hold a password


async def run_doctor(settings: Settings, out: TextIO) -> int:
    """0 when everything that is needed is there; 1 otherwise."""
    report = Report(out)
    for setting in SETTINGS:
        if setting.name in settings.problems:
            report.bad(settings.problems[setting.name])
        elif settings.sources[setting.name] != "default":
            report.good(f"{setting.name} = {_shown(setting, settings)}, from the {settings.sources[setting.name]}")
    if CONFIG in settings.problems:
        report.bad(settings.problems[CONFIG])
    for name in settings.unknown:
        report.note(_unknown(name))
    if settings.values.get("USHER_ADMINS") == ():
        report.bad("USHER_ADMINS is empty: nobody can use Usher until somebody is admin. Try console:$USER.")
    grants = await _database(settings, report)
    await _livekit(settings, report)
    await _slack(settings, report)
    await _discord(settings, grants, report)
    return report.finish()


def _unknown(name: str) -> str:
    """Somebody may have misspelt it; whatever it holds may be a secret, so that is not shown."""
    meant = near(name, sorted(KNOWN), 0.8, 1)
    guess = f" Did you mean {meant[0]}?" if meant else ""
    return f"{told(name)} is set, and there is no such setting.{guess}"


def _shown(setting: Setting, settings: Settings) -> str:
    value = settings[setting.name]
    if setting.name == "DATABASE_URL":
        from adapters.database.address import shown_address

        return shown_address(value)
    if setting.secret:
        return "(secret)"
    if isinstance(value, dict):
        return ",".join(f"{key}={one.word if isinstance(one, Role) else one}" for key, one in value.items())
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    return _LOGIN.sub("//...@", text) or "none"


async def _database(settings: Settings, report: Report) -> tuple[Grant, ...]:
    """The roles that were given; none where there is no history."""
    from adapters.database.database import Database
    from adapters.database.store import can_be_made

    try:
        if can_be_made(settings["DATABASE_URL"]):
            report.good("History: there is none yet; it is made when Usher starts")
            return ()
        server = settings.values.get("USHER_SERVER", "doctor")
        database = Database.open(settings["DATABASE_URL"], server=server, clock=SystemClock())
        try:
            grants = await database.roster.grants()
        finally:
            await database.aclose()
    except BotError as error:
        report.bad(f"History: {error.user_text}")
        return ()
    report.good("History: it opens, and can be written to")
    return grants


def _complete(name: str, needed: Iterable[str], settings: Settings, report: Report) -> bool:
    """Whether these settings are as they should be, so that it can be tried."""
    if settings.problems.keys().isdisjoint((*needed, CONFIG)):
        return True
    report.note(f"{name} was not tried: its settings are not complete.")
    return False


async def _livekit(settings: Settings, report: Report) -> None:
    from adapters.wiring import LIVEKIT, room_service

    if not _complete("LiveKit", LIVEKIT, settings, report):
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
        report.good(
            f"LiveKit: it answers ({edition}), and the key may list {counted(len(rooms), 'live room', 'live rooms')}"
        )
    finally:
        await service.aclose()


async def _slack(settings: Settings, report: Report) -> None:
    from adapters.running import ADAPTERS

    if not _complete("Slack", SLACK, settings, report):
        return
    if not any(settings[name] for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")):
        report.note("Slack: not set up (SLACK_BOT_TOKEN)")
        return
    slack = next(candidate for candidate in ADAPTERS if candidate.name == "Slack")
    if slack.way(settings) is None:
        report.bad(f"Slack: {slack.missing(settings)}.")
    if settings["SLACK_BOT_TOKEN"]:
        from adapters.slack.checks import check  # only who uses Slack waits for its libraries

        try:
            await check(settings, report)
        except OSError as error:
            report.bad(f"Slack cannot be asked with USHER_CA_FILE: {error}")


async def _discord(settings: Settings, grants: Iterable[Grant], report: Report) -> None:
    if not _complete("Discord", DISCORD, settings, report):
        return
    if not settings["DISCORD_TOKEN"]:
        report.note("Discord: not set up (DISCORD_TOKEN)")
        return
    from adapters.discord.checks import check  # only who uses Discord waits for its library

    try:
        await check(settings, report, grants)
    except OSError as error:
        report.bad(f"Discord cannot be asked with USHER_CA_FILE: {error}")
