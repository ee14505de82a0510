"""A reply without the telephone numbers of SIP callers, for everybody but admins."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.callers import hide_numbers, without_numbers
from bot.reply import (
    Button,
    Choices,
    Code,
    Fields,
    Mention,
    Name,
    Part,
    Plain,
    Reply,
    Span,
    Spans,
    Table,
    Text,
    with_buttons,
)


def redacted(reply: Reply, known: Collection[str] = ()) -> Reply:
    """The reply without numbers; `known` are the digits of those of callers whom Usher has seen."""
    redact = _Redact(known)
    return replace(
        reply,
        title=redact.spans(reply.title),
        parts=tuple(redact.part(part) for part in reply.parts),
        buttons=tuple(redact.button(button) for button in reply.buttons),
    )


def unnumbered(spans: Spans, room: str) -> Spans:
    """The line about a caller without any run of digits in a name; the room's own name is no caller's."""
    return tuple(
        replace(span, text=hide_numbers(span.text)) if isinstance(span, Name) and span.text != room else span
        for span in spans
    )


@dataclass(frozen=True, slots=True)
class _Redact:
    known: Collection[str]

    def part(self, part: Part) -> Part:
        part = with_buttons(part, self.button)
        if isinstance(part, Text):
            return Text(self.spans(part.spans))
        if isinstance(part, Fields):
            return Fields(tuple((label, self.spans(spans)) for label, spans in part.items))
        if isinstance(part, Table):
            rows = tuple(tuple(self.spans(cell) for cell in row) for row in part.rows)
            return replace(part, rows=rows, called=tuple(without_numbers(one, self.known) for one in part.called))
        if isinstance(part, Choices):
            return Choices(tuple(replace(option, spans=self.spans(option.spans)) for option in part.options))
        return part

    def button(self, button: Button) -> Button:
        return replace(button, label=without_numbers(button.label, self.known))

    def spans(self, spans: Spans) -> Spans:
        return tuple(self._span(span) for span in spans)

    def _span(self, span: Span) -> Span:
        if isinstance(span, Plain | Name | Code):
            return replace(span, text=without_numbers(span.text, self.known))
        return replace(span, name=without_numbers(span.name, self.known)) if isinstance(span, Mention) else span
