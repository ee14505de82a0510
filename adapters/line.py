"""A line of words as it was typed in a chat, and what a mention in it asks for, by where it stands.

Where a participant is named, a mention is the identity that its account has in rooms, if settings say; else it stays a
mention, which the core refuses: a chat name is never taken for a participant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.command import Command, Kind
from bot.dispatch import split_command
from bot.words import Word, fold, split

LONGEST_KEY = 21  # with its colon
_KEY = re.compile(r"([\w-]{1,20}):$")


@dataclass(frozen=True, slots=True)
class Mentions:
    """How a chat writes mentions, and whatever else is not there as it was seen: `form` finds all of that.

    `kept` is the mention, of an account, a group, a channel or all people, as the core knows one; "" for another form.
    `identity` is that of an account in rooms.
    """

    form: re.Pattern[str]
    kept: Callable[[re.Match[str]], str]
    identity: Callable[[re.Match[str]], str | None]

    def named(self, text: str) -> str | None:
        """The participant whom a text names that is given as a name; None where nobody is mentioned in it.

        Blanks and marks that show nothing do not count around a mention. One with more beside it stays one.
        """
        alone = self.form.fullmatch(_bare(text))
        if alone is not None and self.kept(alone):
            return self.identity(alone) or self.kept(alone)
        if not any(map(self.kept, self.form.finditer(text))):
            return None
        return self.form.sub(lambda form: self.kept(form) or form[0], text)

    def apart(self, text: str) -> str:
        """A text of the same length where no form has a blank, a comma or a quote in it."""
        return self.form.sub(lambda form: "x" * len(form[0]), text)


@dataclass(frozen=True, slots=True)
class TypedLine:
    """`argument` is where the first argument begins, -1 where there is none; `listed` where names of people do."""

    text: str
    command: Command | None
    argument: int
    listed: int

    @classmethod
    def read(cls, text: str, commands: Mapping[str, Command], meant: Callable[[str], str] = str) -> TypedLine:
        """`meant` makes the core's words of those that begin as a command is called in that chat."""
        text = meant(text)
        command = commands.get(split_command(text)[0])
        parts = text.split(maxsplit=1)
        argument = len(text) - len(parts[1].lstrip()) if len(parts) > 1 else -1
        if argument >= 0 and command and command.param(Kind.COMMAND):
            text = text[:argument] + meant(text[argument:])
        return cls(text, command, argument, _listed(text, command, argument))

    def read_as(self, mentions: Mentions, words: Callable[[str, int], str]) -> str:
        """The line for the core: `words` reads what names no participant; it gets where that begins, too."""
        pieces, at = [], 0
        apart = mentions.apart(self.text)
        for word in self._names(apart):
            pieces.append(words(self.text[at : word.start], at))
            at = word.start
            for part in [word.text] if word.quoted else apart[word.start : word.end].split(","):
                end = word.end if word.quoted else at + len(part)
                given = self.text[at:end]
                named = mentions.named(given[1:-1] if word.quoted else given)
                pieces += [words(given, at) if named is None else quoted(named), self.text[end : end + 1]]
                at = end + 1
            pieces.pop()
            at = word.end
        return "".join([*pieces, words(self.text[at:], at)])

    def asks(self, at: int) -> Kind | None:
        """What is asked for where a mention begins: an account (SUBJECT, KEYED), or None for mere words."""
        if self.command is None:
            return None
        if self.command.param(Kind.SUBJECT) and at == self.argument:
            return Kind.SUBJECT
        return Kind.KEYED if self._keyed(self.command, at) else None

    def _names(self, apart: str) -> list[Word]:
        """The words that name participants: the first argument, and all behind that from which the line names them."""
        first = self.argument if self.command and self.command.param(Kind.WHO) else -1
        found = [(first, word) for word in split(apart[first:])[:1]] if first >= 0 else []
        found += [(self.listed, word) for word in split(apart[self.listed :])] if self.listed >= 0 else []
        return [replace(word, start=at + word.start, end=at + word.end) for at, word in found]

    def _keyed(self, command: Command, at: int) -> bool:
        """Whether it stands behind a key of the command (`by:`)."""
        key = _KEY.search(self.text[max(0, at - LONGEST_KEY) : at])
        return any(
            key and param.kind is Kind.KEYED and key[1].casefold() in (param.name, param.keyword)
            for param in command.params
        )


def _listed(text: str, command: Command | None, argument: int) -> int:
    """Behind the word from which on the line names people (`except`); -1 without it."""
    people = command.param(Kind.PEOPLE) if command and argument >= 0 else None
    words = re.finditer(r"\S+", text[argument:]) if people else ()
    return next((argument + word.end() for word in words if people and fold(word[0]) == people.keyword), -1)


def quoted(name: str) -> str:
    """A name as a line takes it for one word."""
    return f'"{name}"' if " " in name else name


def _bare(text: str) -> str:
    """Without the blanks and the marks that show nothing at its ends."""
    return text.strip("".join(char for char in set(text) if char.isspace() or unicodedata.category(char) == "Cf"))
