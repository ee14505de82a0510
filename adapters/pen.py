"""A reply as lines, the same for every chat platform; how a span looks on one is for its own pen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Protocol

from adapters.shown import fitted, size
from bot.plain import row_cells, spans_text
from bot.reply import Choices, Fields, Mention, Menu, Name, Part, Plain, Reply, Span, Spans, Table, Text, Time


@dataclass(frozen=True, slots=True)
class Around:
    """What stands right before and right behind a span; nothing at all is ""."""

    before: str
    after: str

    @classmethod
    def of(cls, spans: Spans, index: int) -> Around:
        before = "".join(_raw(span) for span in spans[max(0, index - 2) : index])
        after = "".join(_raw(span) for span in spans[index + 1 : index + 3])
        return cls(before[-1:], after[:1])


class Escape(Protocol):
    """How a platform shows text of any origin as nothing but text (the modules `escape`)."""

    def lines(self, text: str) -> str:
        """Our own sentences, which may hold words of anybody."""

    def name(self, text: str) -> str:
        """What somebody chose."""

    def joined(self, pieces: Iterable[str]) -> str:
        """The pieces of a line, one behind the other: what is no markup alone may be some beside its neighbour."""


class Pen(ABC):
    """Writes lines of markup; `longest` is what a line may take, what is said about a cut aside."""

    longest: ClassVar[int]
    escape: ClassVar[Escape]

    @abstractmethod
    def span(self, span: Span, around: Around, *, strong: bool) -> str:
        """The span in markup; a `strong` name stands out."""

    def bare(self, span: Span, text: str) -> str:
        """This text of the span, as nothing but text."""
        return self.escape.lines(text) if isinstance(span, Plain) else self.escape.name(text)

    def reply(self, reply: Reply) -> list[str]:
        """The whole answer, line by line."""
        parts = [line for part in reply.parts for line in self.part(part)]
        case = [case_line(reply.case)] if reply.case is not None else []
        return _written([self.title(reply), *parts, *case])

    def title(self, reply: Reply) -> str:
        return self.line(reply.title, strong=len(reply.title))

    def part(self, part: Part) -> list[str]:
        """The lines of a part; none of what there is to pick, which is said elsewhere or can be typed."""
        if isinstance(part, Text):
            return _written([self.line(part.spans)])
        if isinstance(part, Fields):
            return [self.line((Name(label), Plain(": "), *spans), strong=1) for label, spans in part.items]
        if isinstance(part, Table):
            return _written([self.row(row) for row in part.rows])
        if isinstance(part, Choices):
            return [self.choice(number, option.spans) for number, option in enumerate(part.options, 1)]
        if isinstance(part, Menu):
            return []
        raise TypeError(f"{part!r} is no part of a reply")

    def row(self, row: Sequence[Spans]) -> str:
        """One line; a cell that repeats the one before, or says nothing, is left out."""
        cells = row_cells(row)
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
        left, lost = self.longest, 0
        for index, span in enumerate(spans):
            small = len(_raw(span)) <= 2 * self.longest
            piece = self.span(span, Around.of(spans, index), strong=index < strong) if small and not lost else ""
            if small and not lost and size(piece) <= left:
                written.append(piece)
                left -= size(piece)
                continue
            whole = lost or isinstance(span, Mention | Time)
            kept = "" if whole else fitted(_raw(span), left, partial(self.bare, span))
            written.append(self.bare(span, kept))
            lost += len(_raw(span)) - len(kept)
        return self.escape.joined(written).strip() + (f"… ({lost} more characters)" if lost else "")


def case_line(case: int) -> str:
    return f"Case {case}."


def _raw(span: Span) -> str:
    return spans_text((span,)) if isinstance(span, Mention | Time) else span.text


def _written(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if line]
