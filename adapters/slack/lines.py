"""Spans of a reply as lines of mrkdwn; or, for the fallback text, as the same words without any markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.slack import escape
from adapters.slack.escape import size
from adapters.slack.names import SlashNames
from bot.plain import spans_text
from bot.reply import Choice, Choices, Code, Fields, Mention, Name, Part, Plain, Reply, Span, Spans, Table, Text, Time

LINE = 2800  # what a line may take of a section: with what is said about the cut it stays below the limit
_OPENS, _CLOSES = " \n(\"'", " \n,.;:!?)\"'"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where a reply is shown: `home` is the enterprise or team whose people can be mentioned there."""

    home: str
    names: SlashNames


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes lines for a workspace; without `markup` in plain words alone."""

    workspace: Workspace
    markup: bool

    def reply(self, reply: Reply) -> list[str]:
        """The whole answer, line by line."""
        parts = [line for part in reply.parts for line in self.part(part)]
        case = [case_line(reply.case)] if reply.case is not None else []
        return _written([self.title(reply), *parts, *case])

    def title(self, reply: Reply) -> str:
        return self.line(reply.title, strong=len(reply.title))

    def part(self, part: Part) -> list[str]:
        if isinstance(part, Text):
            return _written([self.line(part.spans)])
        if isinstance(part, Fields):
            return [self.line((Name(label), Plain(": "), *spans), strong=1) for label, spans in part.items]
        if isinstance(part, Table):
            return _written([self.row(row) for row in part.rows])
        return [self.choice(number, option.spans) for number, option in enumerate(_options(part), 1)]

    def row(self, row: Sequence[Spans]) -> str:
        """One line; a cell that repeats the one before, or says nothing, is left out."""
        cells: list[Spans] = []
        for cell in row:
            if spans_text(cell).strip() and (not cells or spans_text(cell) != spans_text(cells[-1])):
                cells.append(cell)
        if not cells:
            return ""
        first = tuple(Name(span.text) if isinstance(span, Plain) else span for span in cells[0])
        rest = [span for cell in cells[1:] for span in (Plain(", "), *cell)]
        return self.line((*first, *rest), strong=len(first))

    def choice(self, number: int, spans: Spans) -> str:
        return self.line((Plain(f"{number}. "), *spans), strong=2)

    def line(self, spans: Spans, *, strong: int = 0) -> str:
        """The spans one behind the other; the names among the first `strong` ones stand out. What is cut is said."""
        written: list[str] = []
        left, lost = LINE, 0
        for index, span in enumerate(spans):
            small = len(_raw(span)) <= 2 * LINE
            piece = self._span(span, _Around.of(spans, index), strong=index < strong) if small and not lost else ""
            if small and not lost and size(piece) <= left:
                written.append(piece)
                left -= size(piece)
                continue
            form = escape.lines if isinstance(span, Plain) else escape.name
            kept = "" if lost or isinstance(span, Mention | Time) else escape.fitted(span.text, left, form)
            written.append(form(kept))
            lost += len(_raw(span)) - len(kept)
        return escape.joined(written).strip() + (f"… ({lost} more characters)" if lost else "")

    def _span(self, span: Span, around: _Around, *, strong: bool) -> str:
        if isinstance(span, Mention):
            return self._mention(span)
        if isinstance(span, Time):
            return self._time(span)
        if isinstance(span, Name):
            stands_out = strong and self.markup and around.free
            return (escape.bold(span.text) if stands_out else "") or escape.name(span.text)
        text = self.workspace.names.spoken(span.text)
        if isinstance(span, Code) and self.markup and around.free:
            return escape.code(text)
        return escape.lines(text)

    def _mention(self, mention: Mention) -> str:
        """Somebody of this workspace by their account. A group is never mentioned: that would call all of it."""
        home, _, account = mention.subject.removeprefix("slack:").partition("/")
        ours = mention.subject.startswith("slack:") and home == self.workspace.home
        if self.markup and ours and account.isalnum() and account.isascii():
            return f"<@{account}>"
        return escape.lines(spans_text((mention,)))

    def _time(self, time: Time) -> str:
        """In the reader's own time zone, where Slack can; `3 min ago` where it cannot."""
        since = escape.lines(spans_text((time,)))
        return f"<!date^{int(time.at.timestamp())}^{{date_short_pretty}} {{time}}|{since}>" if self.markup else since


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands next to a span: Slack formats only where a space or a mark of punctuation is."""

    before: str
    after: str

    @classmethod
    def of(cls, spans: Spans, index: int) -> _Around:
        before = "".join(_raw(span) for span in spans[max(0, index - 2) : index])
        after = "".join(_raw(span) for span in spans[index + 1 : index + 3])
        return cls(before[-1:], after[:1])

    @property
    def free(self) -> bool:
        return self.before in _OPENS and self.after in _CLOSES  # nothing at all is in both


def case_line(case: int) -> str:
    return f"Case {case}."


def _options(part: Part) -> Sequence[Choice]:
    if not isinstance(part, Choices):
        raise TypeError(f"{part!r} is no part of a reply")
    return part.options


def _raw(span: Span) -> str:
    return spans_text((span,)) if isinstance(span, Mention | Time) else span.text


def _written(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if line]
