"""Lengths of time as people type them (`10m`, `90 s`, `1h30m`) and as answers say them (`1 min 30 s`). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.errors import BadArgument
from bot.words import Word, near, split, told

SHORTEST, LONGEST = timedelta(seconds=10), timedelta(days=365)
EXAMPLES = "Write it as 10m, 2h, 1h30m or 3d."

_UNITS = {
    timedelta(days=7): ("w", "wk", "wks", "week", "weeks"),
    timedelta(days=1): ("d", "day", "days"),
    timedelta(hours=1): ("h", "hr", "hrs", "hour", "hours"),
    timedelta(minutes=1): ("m", "min", "mins", "minute", "minutes"),
    timedelta(seconds=1): ("s", "sec", "secs", "second", "seconds"),
}
_SIZES = {name: size for size, names in _UNITS.items() for name in names}
_LONG_NAMES = tuple(name for name in _SIZES if len(name) > 3)
_ONE = {"a": ("minute", "day", "week"), "an": ("hour",), "one": ("minute", "hour", "day", "week")}  # no "a second time"
BARE_WORDS = frozenset((one, unit) for one, units in _ONE.items() for unit in units)
_NUMBERS = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "fifteen", "twenty", "thirty",
    "forty", "fifty", "sixty", "ninety", "half", "some", "several",
)  # fmt: skip
_BROKEN = re.compile(r"\d+[.,\-–/]\d+([^\W\d_]*)")  # 1.5h, 10-15 min
_TOO_LARGE = ("y", "yr", "year", "years", "mo", "month", "months")
_GLUED = re.compile(r"(?:\d+[^\W\d_]+)+")
_PAIR = re.compile(r"(\d+)([^\W\d_]+)")
_MOST_DIGITS = 9
_AROUND = ",.;:!?()"


def parse_duration(text: str) -> timedelta:
    """The length of time that the whole text is; `BadArgument` where it is none, too short or too long."""
    words = split(text)
    length, taken = read_length(words)
    if length is None or taken < len(words):
        raise BadArgument(f"{told(text)!r} is no length of time. {EXAMPLES}")
    check_length(length)
    return length


def read_length(words: Sequence[Word]) -> tuple[timedelta | None, int]:
    """The length of time that the first words say, however long, and how many words that are; None where they say none.

    `BadArgument` for what can only be meant as one: a number alone (`10`), a unit with a typing error (`10 minuets`).
    """
    total, smallest, taken = timedelta(), 2 * LONGEST, 0
    while (found := _pairs([word.plain.strip(_AROUND) for word in words[taken : taken + 3]], first=not taken))[0]:
        sizes = [smallest, *(size for _, size in found[0])]
        if sorted(set(sizes), reverse=True) != sizes:  # each unit once, the largest first
            break
        total += sum((_times(digits, size) for digits, size in found[0]), timedelta())
        smallest, taken = sizes[-1], taken + found[1]
    if not taken:
        _refuse_what_is_nearly_one([word.plain.strip(_AROUND) for word in words[:3]])
        return None, 0
    return total, taken


def _pairs(plain: Sequence[str], *, first: bool) -> tuple[list[tuple[str, timedelta]], int]:
    """The numbers with their units at the beginning of these words, and of how many words they are."""
    if plain[:1] == ["and"] and not first:
        found, count = _pairs(plain[1:], first=True)
        return found, count + 1
    word, following = [*plain, "", ""][:2]
    if re.fullmatch(r"\d+", word) and following in _SIZES:
        return [(word, _SIZES[following])], 2
    if following in _ONE.get(word, ()):
        return [("1", _SIZES[following])], 2
    pairs = _PAIR.findall(word) if _GLUED.fullmatch(word) else []
    known = all(unit in _SIZES for _, unit in pairs)
    return [(digits, _SIZES[unit]) for digits, unit in pairs if known], 1


def _refuse_what_is_nearly_one(plain: Sequence[str]) -> None:
    """A typing error in the time must not become a decision that lasts for ever."""
    found = re.fullmatch(r"(\d+)([^\W\d_]*)", plain[0]) if plain else None
    if plain[:1] == ["ever"]:
        raise BadArgument(f"Nothing lasts for ever: at most {length_words(LONGEST)}. {EXAMPLES}")
    if found is None:
        _refuse_other_numbers(plain)
        return
    if not found[2] and len(plain) == 1:
        raise BadArgument(f"{told(plain[0])} what? {EXAMPLES}")
    unit = found[2] or plain[1]
    if unit in _TOO_LARGE:
        raise BadArgument(f"Write it in days: at most {length_words(LONGEST)}. {EXAMPLES}")
    if len(unit) > 3 and (meant := near(unit, _LONG_NAMES, 0.75)):
        raise BadArgument(f"{told(unit)!r} is no unit of time. Did you mean {meant[0]}? {EXAMPLES}", near=meant)


def _refuse_other_numbers(plain: Sequence[str]) -> None:
    """`ten minutes`, `half an hour`, `1.5h`: meant as a time, and not read as one."""
    broken = _BROKEN.fullmatch(plain[0]) if plain else None
    behind = [word for word in plain[1:] if word not in ("a", "an")]
    unit = broken[1] if broken else ""
    if not unit and behind and (broken or plain[0] in _NUMBERS):
        unit = behind[0]
    if unit in _SIZES:
        raise BadArgument(f"{told(' '.join(plain[:2]))!r} is no length of time as it is read here. {EXAMPLES}")


def _times(digits: str, size: timedelta) -> timedelta:
    """No number that is typed overflows: whatever is too long is too long alike."""
    seconds = int(digits) * size.total_seconds() if len(digits) <= _MOST_DIGITS else float("inf")
    return timedelta(seconds=seconds) if seconds <= LONGEST.total_seconds() else 2 * LONGEST


def check_length(length: timedelta) -> None:
    """`BadArgument` where it is too short or too long."""
    if length < SHORTEST:
        raise BadArgument(f"That is too short: at least {length_words(SHORTEST)}.")
    if length > LONGEST:
        raise BadArgument(f"That is too long: at most {length_words(LONGEST)}.")


def length_words(length: timedelta) -> str:
    """`1 min 30 s`, `24 h`, `2 d 1 h`: in hours up to two days; the two largest parts."""
    seconds = max(0, round(length.total_seconds()))
    days, seconds = divmod(seconds, 86400) if seconds >= 2 * 86400 else (0, seconds)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join([f"{number} {unit}" for number, unit in parts if number][:2]) or "0 s"
