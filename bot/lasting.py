"""How long a decision shall last: what stands before the reason (`for 10m`, `until 18:00`), and how answers say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from bot.durations import BARE_WORDS, EXAMPLES, check_length, length_words, read_length
from bot.errors import BadArgument
from bot.moments import moment_words, read_moment
from bot.words import Word, split, told

FOR, UNTIL = "for", "until"
_MOMENT = re.compile(r"\d{1,2}:\d\d\D*|\d{1,2}[ap]m|\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Calendar:
    """When something is typed, and the time zone in which its times of day are meant."""

    now: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Lasting:
    """A length of time that begins when the thing is done, or a moment (aware) up to which it lasts."""

    time: timedelta | datetime

    @property
    def word(self) -> str:
        """What stands before it in a line."""
        return FOR if isinstance(self.time, timedelta) else UNTIL

    def ends(self, now: datetime) -> datetime:
        """When it ends if it begins now; `BadArgument` where that is too soon, too late, or has passed."""
        if isinstance(self.time, timedelta):
            check_length(self.time)
            return now + self.time
        if self.time <= now:
            raise BadArgument("That time has passed already.")
        check_length(self.time - now)
        return self.time

    def encode(self) -> str:
        """The form in which it is kept until it begins: seconds, or the moment in ISO 8601."""
        return self.time.isoformat() if isinstance(self.time, datetime) else f"{self.time.total_seconds():.0f}"

    @classmethod
    def decode(cls, text: str) -> Lasting:
        """What `encode` made; ValueError for anything else."""
        return cls(timedelta(seconds=int(text)) if text.isdecimal() else datetime.fromisoformat(text))


def read_lasting(words: Sequence[Word], calendar: Calendar) -> tuple[Lasting | None, int]:
    """The time that the first words say, and how many words that are: `for 10m`, `until 18:00`; None for none.

    What only begins like one (`for being rude`, `for 3 reasons`, `until it is over`) is none. `BadArgument` for what
    can only be meant as a time and is none: `for 10`, `for 10 minuets`, `until 25:00`.
    """
    kind = words[0].plain if len(words) > 1 else ""
    time: timedelta | datetime | None = None
    taken = 0
    if kind == FOR:
        time, taken = read_length(words[1:])
        if time is None and _MOMENT.match(words[1].plain):
            raise BadArgument(
                f"{told(words[1].plain)!r} is no length of time. Type until before it, or write it as 10m."
            )
    elif kind == UNTIL:
        time, taken = read_moment(words[1:], calendar.now, calendar.zone)
    if time is None:
        return None, 0
    lasting = Lasting(time)
    lasting.ends(calendar.now)
    return lasting, taken + 1


def read_bare(words: Sequence[Word], calendar: Calendar) -> tuple[Lasting | None, int]:
    """The time that the first words say with no `for` or `until` before it (`10m`, `18:00`), and how many words it is.

    None for what says none (`3 reasons`). `BadArgument` for what can only be meant as one: `10`, `10 minuets`, `25:00`.
    """
    first, following = [*(word.plain for word in words[:2]), ""][:2]
    time: timedelta | datetime | None
    if _MOMENT.match(first) or (first.isdecimal() and following in ("am", "pm")):
        time, taken = read_moment(words, calendar.now, calendar.zone)
    elif first[:1].isdecimal() or (first, following) in BARE_WORDS:
        time, taken = read_length(words)
    else:
        return None, 0
    if time is None:
        return None, 0
    lasting = Lasting(time)
    lasting.ends(calendar.now)
    return lasting, taken


def split_bare(text: str, calendar: Calendar) -> tuple[Lasting | None, str]:
    """A time with no word before it at the beginning of a text, and the rest: `10m`, `10m shouting`."""
    words = split(text)
    lasting, taken = read_bare(words, calendar) if words else (None, 0)
    return (None, text) if lasting is None else (lasting, text[words[taken - 1].end :].strip())


def split_duration(text: str, calendar: Calendar) -> tuple[Lasting | None, str]:
    """The time at the beginning of a text, and the rest: `for 10m shouting`, `until 18:00 spam`."""
    words = split(text)
    lasting, taken = read_lasting(words, calendar)
    return (None, text) if lasting is None else (lasting, text[words[taken - 1].end :].strip())


def parse_lasting(text: str, calendar: Calendar) -> Lasting:
    """The time that a whole text is, with or without its first word (`10m`, `until 18:00`); `BadArgument` for none."""
    lasting, rest = split_duration(as_words(text), calendar)
    if lasting is None or rest:
        raise BadArgument(f"{told(text)!r} is no time. {EXAMPLES[:-1]}, or as until 18:00.")
    return lasting


def as_words(text: str) -> str:
    """A time as it stands in a line: `for 10m` for `10m`, `until 18:00` for `18:00`."""
    words = split(text)
    if words and words[0].plain in (FOR, UNTIL):
        return text.strip()
    try:
        length, _ = read_length(words)
    except BadArgument:
        return f"{FOR} {text.strip()}"
    return f"{UNTIL if length is None else FOR} {text.strip()}"


def lasting_words(ends: datetime | None, now: datetime, zone: tzinfo) -> str:
    """`for 24 h, until 18:00 UTC`; of what has no end of its own `until it is ended`."""
    if ends is None:
        return "until it is ended"
    return f"for {length_words(ends - now)}, until {moment_words(ends, now, zone)}"
