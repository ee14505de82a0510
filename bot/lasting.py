"""How long a decision shall last: what stands before the reason (`for 10m`, `until 18:00`), and how answers say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from bot.durations import check_length, length_words, read_length
from bot.errors import BadArgument
from bot.moments import moment_words, read_moment
from bot.words import split


@dataclass(frozen=True, slots=True)
class Lasting:
    """A length of time that begins when the thing is done, or a moment (aware) up to which it lasts."""

    time: timedelta | datetime

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


def split_duration(text: str, now: datetime, zone: tzinfo) -> tuple[Lasting | None, str]:
    """The time at the beginning of a text, and the rest: `for 10m shouting`, `until 18:00 spam`.

    What only begins like one (`for being rude`, `for 3 reasons`, `until it is over`) is text, all of it.
    `BadArgument` for what can only be meant as a time and is none: `for 10`, `for 10 minuets`, `until 25:00`.
    """
    words = split(text)
    kind = words[0].plain if len(words) > 1 else ""
    time: timedelta | datetime | None = None
    if kind == "for":
        time, taken = read_length(words[1:])
    elif kind == "until":
        time, taken = read_moment(words[1:], now, zone)
    if time is None:
        return None, text
    lasting = Lasting(time)
    lasting.ends(now)
    return lasting, text[words[taken].end :].strip()


def lasting_words(ends: datetime | None, now: datetime, zone: tzinfo) -> str:
    """`for 24 h, until 18:00 UTC`; of what has no end of its own `until it is ended`."""
    if ends is None:
        return "until it is ended"
    return f"for {length_words(ends - now)}, until {moment_words(ends, now, zone)}"
