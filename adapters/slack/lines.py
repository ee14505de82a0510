"""Spans of a reply as mrkdwn; or, for the fallback text, as the same words without any markup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from adapters import pen
from adapters.pen import Around
from adapters.slack import escape
from adapters.slack.names import SlashNames
from bot.plain import spans_text
from bot.reply import Code, Mention, Name, Span, Time

LINE = 2800  # what a line may take of a section: with what is said about the cut it stays below the limit
_OPENS, _CLOSES = " \n(\"'", " \n,.;:!?)\"'"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where a reply is shown: `home` is the enterprise or team whose people can be mentioned there."""

    home: str
    names: SlashNames


@dataclass(frozen=True, slots=True)
class Pen(pen.Pen):
    """Writes lines for a workspace; without `markup` in plain words alone."""

    longest: ClassVar[int] = LINE
    escape: ClassVar[pen.Escape] = escape

    workspace: Workspace
    markup: bool

    def span(self, span: Span, around: Around, *, strong: bool) -> str:
        if isinstance(span, Mention):
            return self._mention(span)
        if isinstance(span, Time):
            return self._time(span)
        if isinstance(span, Name):
            stands_out = strong and self.markup and _free(around)
            return (escape.bold(span.text) if stands_out else "") or escape.name(span.text)
        text = self.workspace.names.spoken(span.text)
        if isinstance(span, Code) and self.markup and _free(around):
            return escape.code(text)
        return escape.lines(text)

    def _mention(self, mention: Mention) -> str:
        """Somebody of this workspace by their account, or as `@ann`. A group is never mentioned: that would call it."""
        home, _, account = mention.subject.removeprefix("slack:").partition("/")
        ours = mention.subject.startswith("slack:") and home == self.workspace.home
        if self.markup and ours and account.isalnum() and account.isascii():
            return f"<@{account}>"
        if ours and mention.name and not account.startswith("@"):
            return escape.name(f"@{mention.name}")
        return escape.lines(spans_text((mention,)))

    def _time(self, time: Time) -> str:
        """In the reader's own time zone, where Slack can; `3 min ago` where it cannot."""
        since = escape.lines(spans_text((time,)))
        return f"<!date^{int(time.at.timestamp())}^{{date_short_pretty}} {{time}}|{since}>" if self.markup else since


def _free(around: Around) -> bool:
    """Slack formats only where a space or a mark of punctuation is next to it; nothing at all is in both."""
    return around.before in _OPENS and around.after in _CLOSES
