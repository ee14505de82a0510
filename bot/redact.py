"""Telephone numbers of SIP callers are for admins: everybody else's answers show their last two digits."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.reply import Button, Choice, Choices, Code, Fields, Mention, Name, Part, Plain, Reply, Span, Spans, Table, Text

# LiveKit names a caller `sip_+15105550100`, with the number in the name too; a bare run of digits is no number here,
# since chat platforms' ids are such runs.
_NUMBER = re.compile(r"(?P<mark>sip[_:]\+?|tel:\+?|\+)(?P<digits>\d[\d ().\-]{3,}\d{2})", re.IGNORECASE)


def redacted(reply: Reply) -> Reply:
    """The reply without telephone numbers."""
    return replace(
        reply,
        title=_spans(reply.title),
        parts=tuple(_part(part) for part in reply.parts),
        buttons=tuple(_button(button) for button in reply.buttons),
    )


def without_numbers(text: str) -> str:
    return _NUMBER.sub(lambda found: f"{found['mark']}…{found['digits'][-2:]}", text)


def _part(part: Part) -> Part:
    if isinstance(part, Text):
        return Text(_spans(part.spans))
    if isinstance(part, Fields):
        return Fields(tuple((label, _spans(spans)) for label, spans in part.items))
    if isinstance(part, Table):
        return Table(part.columns, tuple(tuple(_spans(cell) for cell in row) for row in part.rows))
    return Choices(tuple(Choice(_spans(option.spans), _button(option.button)) for option in part.options))


def _button(button: Button) -> Button:
    return replace(button, label=without_numbers(button.label))


def _spans(spans: Spans) -> Spans:
    return tuple(_span(span) for span in spans)


def _span(span: Span) -> Span:
    if isinstance(span, Plain | Name | Code):
        return replace(span, text=without_numbers(span.text))
    return replace(span, name=without_numbers(span.name)) if isinstance(span, Mention) else span
