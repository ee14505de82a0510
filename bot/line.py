"""One line as it was typed (or its options), and what is made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot import grammar
from bot.command import Again, BoundInvocation, Command, Invocation, Kind, Press, Target
from bot.doubtful import Doubt
from bot.lasting import Calendar
from bot.options import read_options, who_option, written
from bot.places import Rewrite
from bot.reading import Other, Reading
from bot.words import Word, is_blank, split


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Another meaning of a line: its label, what does it, and how it would have been typed ("" for options)."""

    label: str
    press: Press
    line: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """`text` is what stands behind the command's name; of options the person alone, who is looked for in it."""

    command: Command
    text: str
    words: list[Word]
    invocation: Invocation
    calendar: Calendar

    @classmethod
    def of(cls, command: Command, text: str, invocation: Invocation, calendar: Calendar) -> Line:
        if invocation.options is None:
            return cls(command, text, split(text), invocation, calendar)
        words = who_option(invocation.options)
        return cls(command, words[0].text if words else text, words, invocation, calendar)

    def read(self, length: int = 0) -> Reading:
        """The reading when the first `length` words name the target."""
        if self.invocation.options is not None:
            return read_options(self.command, self.invocation.options, self.calendar)
        found = grammar.read(self.command, self.text, self.words, length, self.calendar)
        return found if found.doubt is None else self._doubtful(length, found, found.doubt)

    def _doubtful(self, length: int, found: Reading, doubt: Doubt) -> Reading:
        """With the other readings. A time without `for` that nothing follows is in no doubt: it counts."""
        first, last = self.words[found.reason_at], self.words[found.reason_at + doubt.words - 1]
        others = []
        for meant in doubt.meant:
            text = self.text[: first.start] + meant + self.text[last.end :]
            if doubt.timed:
                other = grammar.read(
                    self.command, self.text, self.words, length, self.calendar, time_at=found.reason_at
                )
            else:
                other = grammar.read(self.command, text, split(text), length, self.calendar)
            others.append(Other(meant.removeprefix(", "), text, other))
        if doubt.timed and not others[0].reading.reason:
            return others[0].reading
        return replace(found, others=tuple(others))

    def bound(self, reading: Reading, room: str, target: Target | None = None) -> BoundInvocation:
        takes_room = self.command.param(Kind.ROOM) is not None
        values = {name: value for name, value in reading.values.items() if not (takes_room and name == "room")}
        reason = "" if is_blank(reading.reason) else reading.reason
        return BoundInvocation(
            self.command.name, room, target, values, self.typed, reason, reading.force, reading.dry_run
        )

    def others(self, reading: Reading, room: str, target: Target | None = None) -> list[Otherwise]:
        """What else the line may mean there."""
        return [self._otherwise(other, room, target) for other in reading.others]

    def _otherwise(self, other: Other, room: str, target: Target | None) -> Otherwise:
        line = f"{self.command.name} {other.line}" if other.line else ""
        if other.reading.room in ("", room):
            return Otherwise(other.meant, self.bound(other.reading, room, target), line)
        return Otherwise(other.meant, Again(line, other.reading.room), line)

    @property
    def typed(self) -> str:
        """What stands behind the command's name, or would if its options were words."""
        options = self.invocation.options
        return self.text if options is None else written(self.command, options)

    def without(self, start: int, end: int) -> str:
        """The whole line again, with a part left out."""
        rest = f"{self.text[:start].rstrip()} {self.text[end:].lstrip()}".strip()
        return f"{self.command.name} {rest}".strip()

    def rewrite(self, word: Word | None) -> Rewrite:
        """The line again in a room that is chosen, without the word, or the option, that named another."""
        if (options := self.invocation.options) is not None:
            named = {"in", *(param.name for param in self.command.params if param.kind is Kind.ROOM)}
            kept = {name: value for name, value in options.items() if name not in named}
            return lambda room: Again(self.command.name, room, kept)
        text = f"{self.command.name} {self.text}".strip() if word is None else self.without(word.start, word.end)
        return lambda room: Again(text, room)
