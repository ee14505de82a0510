"""Moments as people type them behind `until` (`18:00`, `6pm`, `tomorrow 9:00`), in their time zone. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from bot.errors import BadArgument
from bot.words import Word, told

EXAMPLES = "Write it as until 18:00, until tomorrow 9:00 or until 2026-03-05 18:00."

_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(am|pm)?|(\d{1,2})(am|pm)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MEANT = re.compile(r"\d+(?:[:.]\d+|[smhdw])")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def read_moment(words: Sequence[Word], now: datetime, zone: tzinfo) -> tuple[datetime | None, int]:
    """The moment that the first words say, in UTC, and how many words that are; None where they say none.

    A time without a day is the next one that comes. `BadArgument` for what can only be meant as one (`25:00`, `10m`).
    """
    plain = [word.plain.rstrip(",;:") for word in words[:3]]
    today = now.astimezone(zone).date()
    day = _day(plain[0], today) if plain else None
    clock = _clock(plain if day is None else plain[1:], dated=day is not None)
    if clock is None:
        return None, 0
    at, taken = clock
    days = [today, today + timedelta(days=1)] if day is None else [day]
    return _next([datetime.combine(each, at, zone) for each in days], now), taken + (day is not None)


def _day(word: str, today: date) -> date | None:
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    if not _DATE.fullmatch(word):
        return None
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise BadArgument(f"{told(word)} is no date. {EXAMPLES}") from None


def _clock(plain: Sequence[str], *, dated: bool) -> tuple[time, int] | None:
    """The time of day at the beginning, and of how many words it is (`6 pm` is two)."""
    word, following = [*plain, "", ""][:2]
    found = _CLOCK.fullmatch(word + following) if following in ("am", "pm") else None
    taken = 1 if found is None else 2
    found = found or _CLOCK.fullmatch(word)
    if found is None:
        if dated or _MEANT.fullmatch(word) or (word.isdecimal() and not following):
            missing = "The time of day is missing." if not word else f"{told(word)!r} is no time of day."
            raise BadArgument(f"{missing} {EXAMPLES}")
        return None
    hour, minute, half = int(found[1] or found[4]), int(found[2] or 0), found[3] or found[5]
    if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        raise BadArgument(f"{told(found[0])!r} is no time of day. {EXAMPLES}")
    return time(hour % 12 + 12 * (half == "pm") if half else hour, minute), taken


def _next(moments: Sequence[datetime], now: datetime) -> datetime:
    """The first that lies ahead, else the last; where clocks are set back, a time of day comes twice."""
    each = [moment.replace(fold=fold).astimezone(now.tzinfo) for moment in moments for fold in (0, 1)]
    return next((moment for moment in each if moment > now), each[-1])


def moment_words(at: datetime, now: datetime, zone: tzinfo) -> str:
    """`18:00 UTC`, and more than a day ahead `6 Mar 2026 18:00 UTC`."""
    local = at.astimezone(zone)
    clock = f"{local:%H:%M} {local.tzname()}"
    if at - now <= timedelta(days=1):
        return clock
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {clock}"
