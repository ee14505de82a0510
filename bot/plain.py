"""A reply as plain text: the whole answer, for terminals, notifications and screen readers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.crowd import ago
from bot.reply import Choices, Code, Fields, Mention, Menu, Name, Part, Plain, Reply, Span, Spans, Table, Text, Time
from bot.words import isolated, on_its_line


def plain(reply: Reply) -> str:
    """Title, parts, and the case number, line by line."""
    lines = [spans_text(reply.title)]
    for part in reply.parts:
        lines += part_lines(part)
    if reply.case is not None:
        lines.append(f"Case {reply.case}.")
    return "\n".join(line for line in lines if line)


def part_lines(part: Part) -> list[str]:
    if isinstance(part, Text):
        return [spans_text(part.spans)]
    if isinstance(part, Fields):
        return [f"{label}: {spans_text(spans)}" for label, spans in part.items]
    if isinstance(part, Table):
        return [row_line(row) for row in part.rows]
    if isinstance(part, Choices):
        return [f"{number}. {spans_text(option.spans)}" for number, option in enumerate(part.options, 1)]
    if isinstance(part, Menu):
        return []  # what there is to pick is said elsewhere, or can be typed
    raise TypeError(f"{part!r} is no part of a reply")


def row_line(row: tuple[Spans, ...]) -> str:
    """One line for a row."""
    return ", ".join(map(spans_text, row_cells(row)))


def row_cells(row: Sequence[Spans]) -> list[Spans]:
    """The cells that are shown: one that repeats the one before, or says nothing, is left out."""
    cells: list[Spans] = []
    for cell in row:
        if spans_text(cell).strip() and (not cells or spans_text(cell) != spans_text(cells[-1])):
            cells.append(cell)
    return cells


def spans_text(spans: Spans) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    if isinstance(span, Name):
        return isolated(span.text)
    if isinstance(span, Plain | Code):
        return on_its_line(span.text)
    if isinstance(span, Mention):
        return f"{isolated(span.name)} ({on_its_line(span.subject)})" if span.name else on_its_line(span.subject)
    if isinstance(span, Time):
        since = ago(span.at, span.now)
        return since if since == "just now" else f"{since} ago"
    raise TypeError(f"{span!r} is no span")
