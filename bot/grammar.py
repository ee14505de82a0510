"""The words behind the target, read into a command's arguments. Pure: no room is looked at here.

`in:room`, `--dry-run`, `--force`, sources and flags count only up to the first word of the reason. A text argument
is taken verbatim to the end of the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.command import Command, Kind, Param
from bot.doubtful import Doubt, doubt
from bot.errors import BadArgument
from bot.lasting import Calendar, read_bare, read_lasting
from bot.people import Role
from bot.reading import Reading
from bot.sources import bare, read_sources
from bot.words import Word, fold, near

FLAGS = ("--dry-run", "--force")
_ROOMS = (Kind.ROOM, Kind.DESTINATION, Kind.ROOM_OR_GLOB)
LONGEST_NUMBER, LONGEST_PAGE = 100, 11  # digits: of a case that is none as well; what is longer is no page
_SINGLE = (*_ROOMS, Kind.NUMBER, Kind.PAGE, Kind.ROLE, Kind.SUBJECT, Kind.COMMAND)


def read(
    command: Command, line: str, words: Sequence[Word], start: int, calendar: Calendar, *, time_at: int = -1
) -> Reading:
    """Read the words from index `start`; `BadArgument` says what does not fit, and the usage.

    At the index `time_at` stands a time with no `for` or `until` before it.
    """
    return _Reader(command, line, words, start, calendar, time_at).read()


class _Reader:
    def __init__(
        self, command: Command, line: str, words: Sequence[Word], start: int, calendar: Calendar, time_at: int
    ) -> None:
        self.command, self.line, self.words, self.at, self.calendar = command, line, words, start, calendar
        self.time_at, self.sources_end = time_at, -1
        self.open = [p for p in command.params if p.kind is not Kind.WHO]
        self.found = Reading()

    def read(self) -> Reading:
        while self.at < len(self.words):
            word = self.words[self.at]
            if not (self._modifier(word) or self._choice(word) or self._sources(word) or self._positional(word)):
                raise self._bad(f"I do not know what {word.text!r} should be here.")
        for param in self.open:
            if param.required:
                raise self._bad(f"{param.name} is missing: {param.description}.")
        return self.found

    def _set(self, param: Param, value: Any, word: Word | None = None) -> None:
        self.open.remove(param)
        placed = {**self.found.placed, param.name: word} if word else self.found.placed
        self.found = replace(self.found, values={**self.found.values, param.name: value}, placed=placed)

    def _one(self, kind: Kind) -> Param | None:
        return next((param for param in self.open if param.kind is kind), None)

    def _modifier(self, word: Word) -> bool:
        if word.flag and not self._begins_text(word):
            if word.flag not in FLAGS or not self.command.writes or not self._takes_flags():
                raise self._bad(f"There is no {word.flag} here.", near(word.flag, FLAGS, 0.6))
            self._flag(word.flag)
        elif (keyed := self._keyed(word)) is not None:
            self._set(keyed, word.text.partition(":")[2])
        elif word.plain.startswith("in:") and len(word.text) > 3:
            return self._in(word)
        elif (flag := self._one(Kind.FLAG)) is not None and bare(word) == flag.keyword:
            self._set(flag, True)
        else:
            return self._lasting()
        self.at += 1
        return True

    def _begins_text(self, word: Word) -> bool:
        """A verbatim text may begin with a dash, as long as it is no flag and looks like none."""
        return self._one(Kind.TEXT) is not None and not near(word.flag, FLAGS, 0.6)

    def _flag(self, flag: str) -> None:
        if flag == "--force":
            self.found = replace(self.found, force=True)
        else:
            self.found = replace(self.found, dry_run=True)

    def _keyed(self, word: Word) -> Param | None:
        key, colon, value = word.text.partition(":")
        if not (colon and value):
            return None
        return next((p for p in self.open if p.kind is Kind.KEYED and key.casefold() in (p.name, p.keyword)), None)

    def _takes_flags(self) -> bool:
        return self.command.in_room or (self.command.param(Kind.NUMBER) is not None and not self._one(Kind.TEXT))

    def _in(self, word: Word) -> bool:
        value = word.text[3:]
        if (globs := self._one(Kind.GLOBS)) is not None:
            rooms = [glob for glob in value.split(",") if glob]
            if not rooms:
                raise self._bad("in: names no room.")
            self._set(globs, rooms)
        elif self.command.in_room and not self.found.room:
            self.found = replace(self.found, room=value, placed={**self.found.placed, "in": word})
            self.open = [param for param in self.open if param.kind is not Kind.ROOM]
        else:
            return False
        self.at += 1
        return True

    def _lasting(self) -> bool:
        param = self._one(Kind.DURATION)
        if param is None:
            return False
        read_time = read_bare if self.at == self.time_at else read_lasting
        lasting, taken = read_time(self.words[self.at :], self.calendar)
        if lasting is None:
            return False
        self._set(param, lasting.encode())
        self.at += taken
        return True

    def _choice(self, word: Word) -> bool:
        param = self._one(Kind.CHOICE)
        if param is None or word.plain not in param.choices:
            return False
        self._set(param, word.plain)
        self.open = [one for one in self.open if one.kind is not Kind.ROOM]  # which stands before it or not at all
        self.at += 1
        return True

    def _sources(self, word: Word) -> bool:
        param = self._one(Kind.SOURCES)
        if param is None or word.quoted:
            return False
        names, taken = read_sources(self.words[self.at :], param.choices)
        if not names:
            return False
        self._set(param, sorted(set(names)))
        self.at = self.sources_end = self.at + taken
        return True

    def _positional(self, word: Word) -> bool:
        page = self._one(Kind.PAGE)
        if page is not None and self.at == len(self.words) - 1 and (number := self._value(page, word)) is not None:
            self._set(page, number)
            self.at += 1
            return True
        for param in list(self.open):
            if param.kind in (Kind.REASON, Kind.TEXT):
                return self._rest(param, word)
            if param.kind is Kind.FILTER:
                return self._filter(param, word)
            if param.kind is Kind.PAIRS and self._pairs(param):
                return True
            if param.kind is Kind.PEOPLE and word.plain == param.keyword:
                self._set(param, self._people(), word)
                return True
            if param.kind in _SINGLE and not self._is_keyword(word) and (value := self._value(param, word)) is not None:
                self._set(param, value, word)
                self.at += 1
                return True
        return False

    def _filter(self, param: Param, word: Word) -> bool:
        """Words up to the end, a page number and keyed words aside."""
        taken: list[str] = []
        for index in range(self.at, len(self.words)):
            here = self.words[index]
            last = index == len(self.words) - 1
            page = self._one(Kind.PAGE)
            if (last and taken and page is not None and here.plain.isdecimal()) or self._keyed(here):
                break
            taken.append(here.text)
            self.at = index + 1
        self._set(param, " ".join(taken), word)
        return True

    def _is_keyword(self, word: Word) -> bool:
        return any(p.keyword == word.plain for p in self.open if p.keyword and p.kind is Kind.PEOPLE)

    def _rest(self, param: Param, word: Word) -> bool:
        rest = self.line[word.start :]
        late = next((p.keyword for p in self.open if p.kind is Kind.PEOPLE), None)
        if late and any(later.plain == late for later in self.words[self.at :]):
            raise self._bad(f"{late!r} stands behind {word.text!r}, where it would be part of the reason.")
        if param.kind is Kind.TEXT:
            self._set(param, rest)
        else:
            found = self._doubt()
            self._set(param, rest.strip())
            self.found = replace(self.found, reason=rest.strip(), reason_at=self.at, doubt=found)
        self.at = len(self.words)
        return True

    def _doubt(self) -> Doubt | None:
        sources = self.command.param(Kind.SOURCES)
        more = sources.choices if sources is not None and self.sources_end == self.at else ()
        return doubt(self.words[self.at :], self.open, more, self.calendar)

    def _pairs(self, param: Param) -> bool:
        pairs: list[list[str]] = []
        while self.at < len(self.words) and "=" in self.words[self.at].text.lstrip("="):
            key, _, value = self.words[self.at].text.partition("=")
            pairs.append([key, value])
            self.at += 1
        if pairs:
            self._set(param, pairs)
        return bool(pairs)

    def _people(self) -> list[str]:
        """What follows the keyword: names, apart by commas where there are any, otherwise by words."""
        rest, names = self.words[self.at + 1 :], []
        for word in rest:
            if word.flag in FLAGS:
                self._flag(word.flag)
            elif not (word.plain.startswith("in:") and self._in(word)):
                names.append(word.text)
        self.at = len(self.words)
        if not any(fold(name.strip(",")) not in ("", "and") for name in names):
            raise self._bad("Say whom to leave as they are.")
        return names

    def _value(self, param: Param, word: Word) -> Any:
        if param.kind in (Kind.NUMBER, Kind.PAGE):
            digits = word.plain.removeprefix("#")
            most = LONGEST_NUMBER if param.kind is Kind.NUMBER else LONGEST_PAGE
            return int(digits) if digits.isdecimal() and len(digits) <= most else None
        if param.kind is Kind.ROLE:
            try:
                return Role.parse(word.plain).word
            except ValueError:
                roles = ", ".join(role.word for role in Role)
                raise self._bad(f"{word.text!r} is not a role. The roles are {roles}.") from None
        if param.kind is Kind.COMMAND:
            return word.plain.lstrip("/")
        if param.kind is Kind.ROOM_OR_GLOB:
            return word.text.removeprefix("in:")
        return word.text

    def _bad(self, sentence: str, meant: tuple[str, ...] = ()) -> BadArgument:
        guess = f" Did you mean {meant[0]}?" if meant else ""
        return BadArgument(f"{sentence}{guess} Usage: {self.command.usage}", near=meant)
