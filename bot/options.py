"""Option values, as platforms with typed commands send them: read into the same arguments as words are, and written
as those words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.command import Command, Kind, Param
from bot.doubtful import Doubt
from bot.errors import BadArgument
from bot.grammar import LONGEST_NUMBER
from bot.lasting import Calendar, as_words, parse_lasting, split_bare, split_duration
from bot.people import Role
from bot.reading import Other, Reading
from bot.sources import split_sources
from bot.words import QUOTES, Word, in_room, split, told

TRUE = ("true", "yes", "1")
_LAST = (Kind.TEXT, Kind.REASON)  # to the end of the line


def who_option(options: Mapping[str, str]) -> list[Word]:
    """The `who` option as the one word that names the person."""
    who = options.get("who", "")
    return [Word(who, 0, len(who), quoted=True)] if who else []


def read_options(command: Command, options: Mapping[str, str], calendar: Calendar) -> Reading:
    """The reading of the options; `BadArgument` names the one that is wrong or missing.

    A time at the beginning of the reason is read as it is in words, where none is given beside it.
    """
    values: dict[str, Any] = {}
    options = _timed(command, options, calendar)
    others = _otherwise(command, options, calendar)
    for param in command.params:
        if param.kind is Kind.WHO:
            continue
        text = options.get(param.name, "")
        if text:
            values[param.name] = _value(command, param, text, calendar)
        elif param.required:
            raise BadArgument(f"{param.name} is missing: {param.description}. Usage: {command.usage}")
    reason = command.param(Kind.REASON)
    return Reading(
        values,
        room=options.get("in", "") if command.in_room else "",
        force=_flag(command, options, "force"),
        dry_run=_flag(command, options, "dry-run"),
        reason=values.get(reason.name, "") if reason else "",
        doubt=Doubt(tuple(other.meant for other in others), timed=True) if others else None,
        others=others,
    )


def _otherwise(command: Command, options: Mapping[str, str], calendar: Calendar) -> tuple[Other, ...]:
    """The reading in which a time with no word before it, at the beginning of the reason, is the time."""
    time, reason = command.param(Kind.DURATION), command.param(Kind.REASON)
    if time is None or reason is None or options.get(time.name):
        return ()
    given = options.get(reason.name, "").strip()
    lasting, rest = split_bare(given, calendar)
    if lasting is None:
        return ()
    said = f"{lasting.word} {given.removesuffix(rest).rstrip()}"
    return (Other(said, "", read_options(command, {**options, time.name: said, reason.name: rest}, calendar)),)


def _flag(command: Command, options: Mapping[str, str], name: str) -> bool:
    """Whether it is set; `BadArgument` for a command that would take no notice of it."""
    if options.get(name, "").lower() not in TRUE:
        return False
    if not command.takes_flags:
        raise BadArgument(f"There is no {name} here. Usage: {command.usage}")
    return True


def _timed(command: Command, options: Mapping[str, str], calendar: Calendar) -> Mapping[str, str]:
    """The options with the time apart from the reason."""
    time, reason = command.param(Kind.DURATION), command.param(Kind.REASON)
    if time is None or reason is None or options.get(time.name):
        return options
    given = options.get(reason.name, "").rstrip()
    lasting, rest = split_duration(given, calendar)
    if lasting is None and not (bare := split_bare(given, calendar))[1]:
        lasting, rest = bare
    if lasting is None:
        return options
    return {**options, time.name: given.removesuffix(rest), reason.name: rest}


def _value(command: Command, param: Param, text: str, calendar: Calendar) -> Any:
    if param.kind is Kind.SOURCES:
        return _sources(command, param, text)
    if param.kind is Kind.DURATION:
        return parse_lasting(text, calendar).encode()
    if param.kind is Kind.CHOICE:
        return _choice(command, param, text)
    if param.kind is Kind.FLAG:
        return text.lower() in TRUE
    if param.kind in (Kind.NUMBER, Kind.PAGE):
        return _number(command, param, text)
    if param.kind is Kind.ROLE:
        return _role(command, text)
    if param.kind is Kind.PAIRS:
        return [list(word.text.partition("=")[::2]) for word in split(text)]
    if param.kind in (Kind.PEOPLE, Kind.GLOBS):
        return [word for word in (part.strip() for part in text.split(",")) if word]
    return text.lstrip("/") if param.kind is Kind.COMMAND else text


def _sources(command: Command, param: Param, text: str) -> list[str]:
    names = split_sources(text)
    wrong = [name for name in names if name not in param.choices]
    if wrong:
        raise BadArgument(f"{wrong[0]!r} is not a source. Sources: {', '.join(param.choices)}. Usage: {command.usage}")
    return sorted(set(names))


def _choice(command: Command, param: Param, text: str) -> str:
    word = text.strip().lower()
    if word not in param.choices:
        raise BadArgument(f"{told(text)!r} is none of {', '.join(param.choices)}. Usage: {command.usage}")
    return word


def _number(command: Command, param: Param, text: str) -> int:
    digits = text.strip().removeprefix("#")
    if not digits.isdecimal() or len(digits) > LONGEST_NUMBER:
        raise BadArgument(f"{param.name} must be a number. Usage: {command.usage}")
    return int(digits)


def _role(command: Command, text: str) -> str:
    try:
        return Role.parse(text).word
    except ValueError as error:
        raise BadArgument(f"{error}. The roles are {', '.join(role.word for role in Role)}.") from None


def written(command: Command, options: Mapping[str, str]) -> str:
    """The words behind the command's name that say the same: they are kept in the history, and pages go on from them.

    A name that holds quotes stands there as it is, so it may not be read as it was meant.
    """
    given = [(param, options[param.name]) for param in command.params if options.get(param.name)]
    words = [_written(param, text) for param, text in given if param.kind not in _LAST]
    if command.in_room and (room := options.get("in")):
        words.append(in_room(room))
    words += [f"--{flag}" for flag in ("force", "dry-run") if options.get(flag, "").lower() in TRUE]
    words += [text for param, text in given if param.kind in _LAST]
    return " ".join(filter(None, words))


def _written(param: Param, text: str) -> str:
    if param.kind is Kind.FLAG:
        return param.keyword or param.name if text.lower() in TRUE else ""
    if param.kind is Kind.SOURCES:
        return ",".join(split_sources(text))
    if param.kind is Kind.PEOPLE:
        return f"{param.keyword} {text}"
    if param.kind is Kind.PAIRS:
        return text
    if param.kind is Kind.DURATION:
        return as_words(text)
    if param.kind is Kind.GLOBS:
        return in_room(text)
    if param.kind is Kind.FILTER and text.isdecimal():
        return f'"{text}"'  # without quotes it would be the page
    return f"{param.name}:{_word(text)}" if param.kind is Kind.KEYED else _word(text)


def _word(text: str) -> str:
    """One word, in quotes where it would be several."""
    several = len(text.split()) != 1 or text != text.strip()
    return f'"{text}"' if several and not any(quote in text for quote in QUOTES) else text
