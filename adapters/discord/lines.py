"""Spans of a reply as Discord's markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from adapters import pen
from adapters.discord import escape
from adapters.discord.names import CommandNames
from adapters.pen import Around
from bot.plain import spans_text
from bot.reply import Code, Mention, Name, Span, Time

LINE = 1800  # what a line may take of a message: with what is said about the cut it stays below the limit


@dataclass(frozen=True, slots=True)
class Pen(pen.Pen):
    """Names commands as they are called on this server."""

    longest: ClassVar[int] = LINE
    escape: ClassVar[pen.Escape] = escape

    names: CommandNames

    def span(self, span: Span, around: Around, *, strong: bool) -> str:
        if isinstance(span, Mention):
            return self._mention(span)
        if isinstance(span, Time):
            return f"<t:{int(span.at.timestamp())}:R>"
        if isinstance(span, Name):
            return (escape.bold(span.text) if strong else "") or escape.name(span.text)
        text = self.names.spoken(span.text)
        return escape.code(text) if isinstance(span, Code) else escape.lines(text)

    def _mention(self, mention: Mention) -> str:
        """A person by their account. A role is never mentioned: that would look like a call to all who have it."""
        account = mention.subject.removeprefix("discord:")
        if mention.subject.startswith("discord:") and account.isascii() and account.isdecimal():
            return f"<@{account}>"
        return escape.lines(spans_text((mention,)))
