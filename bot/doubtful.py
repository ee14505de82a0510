"""The first words of a reason that may have been meant as something else: a time, sources, a flag. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.command import Kind, Param
from bot.errors import BadArgument
from bot.lasting import Calendar, read_bare
from bot.sources import LIKE, SOURCE_WORDS, bare, meant_sources, read_sources
from bot.words import Word, near

_LEADING = re.compile(r"[^\w]*([^\W_]+)")


@dataclass(frozen=True, slots=True)
class Doubt:
    """`meant` is what could stand in the place of the first `words` words; `timed` that it is one time."""

    meant: tuple[str, ...]
    words: int = 1
    timed: bool = False


def doubt(words: Sequence[Word], params: Sequence[Param], more: Collection[str], calendar: Calendar) -> Doubt | None:
    """What the reason that begins with these words leaves in doubt, with the arguments that are not given yet.

    `more` are the sources that could still be added to those right before it. `BadArgument` as for a time.
    """
    open_ = {param.kind: param for param in params}
    if Kind.DURATION in open_ and (timed := _time(words, calendar)) is not None:
        return timed
    word = words[0]
    if read_sources(words, more)[1]:
        return Doubt((f", {word.text}",))
    meant: tuple[str, ...] = ()
    if (sources := open_.get(Kind.SOURCES)) is not None:
        meant = _begun(word, {name: s for name, s in SOURCE_WORDS.items() if s in sources.choices})
        meant = meant or meant_sources(word, sources.choices)
    if not meant and (flag := open_.get(Kind.FLAG)) is not None:
        meant = _begun(word, {flag.keyword: flag.keyword}) or _misspelt(word, flag.keyword)
    return Doubt(meant) if meant else None


def _time(words: Sequence[Word], calendar: Calendar) -> Doubt | None:
    try:
        lasting, taken = read_bare(words, calendar)
    except BadArgument as error:
        raise BadArgument(f"{error.user_text} In quotes it is the reason.", near=error.near) from None
    if lasting is None:
        return None
    said = " ".join(word.text for word in words[:taken])
    return Doubt((f"{lasting.word} {said}",), taken, timed=True)


def _begun(word: Word, known: dict[str, str]) -> tuple[str, ...]:
    """The keyword with which the word begins, and the rest of it (`camera,please`, `lock-him`)."""
    found = _LEADING.match(word.plain)
    if found is None or found[1] not in known:
        return ()
    rest = word.plain[found.end() :].lstrip("'’-_,+/&.:;!?")
    return (f"{known[found[1]]} {rest}".strip(),)


def _misspelt(word: Word, keyword: str) -> tuple[str, ...]:
    """The flag, for a word of nearly as many letters that is nearly it."""
    typed = bare(word)
    close = len(typed) > 2 and abs(len(typed) - len(keyword)) <= 2
    return near(typed, [keyword], LIKE) if close else ()
