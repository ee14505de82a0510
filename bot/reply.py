"""What is answered: plain text in a small closed set of parts, free of any platform.

Escaping, cutting and limits belong to the renderers; so no part holds markup, and names that people chose for
themselves travel as `Name`, so that a renderer can isolate them from the text around.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from bot.command import Press
from bot.history import Outcome


class Tone(StrEnum):
    OK = "ok"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"


class Audience(StrEnum):
    """`PRIVATE` answers are for the person who asked; `PUBLIC` ones say to all moderators what was done."""

    PRIVATE = "private"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Plain:
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """Text that a participant or an application chose: a name, an identity, metadata."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to be typed or copied as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A chat account or group, by its subject."""

    subject: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Time:
    """A moment; `now` is the moment of the answer, for renderers that can only say "3 min ago"."""

    at: datetime
    now: datetime


Span: TypeAlias = Plain | Name | Code | Mention | Time
Spans: TypeAlias = tuple[Span, ...]


class Style(StrEnum):
    PLAIN = "plain"
    DANGER = "danger"  # the confirming button alone


@dataclass(frozen=True, slots=True)
class Button:
    """What pressing it carries out; `token` is given by the dispatcher, which stores `press` under it."""

    label: str
    press: Press
    style: Style = Style.PLAIN
    token: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Fields:
    items: tuple[tuple[str, Spans], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`priority` 0 is never dropped; a narrow screen drops the highest numbers first."""

    title: str
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """`menus` holds the buttons behind each row, where the surface can show them (else it is empty).

    The last button of a row leads to the others, where a surface has no room for all of them. `each` is what a row is,
    with its article, alone, and as several. `called` is what each row's person is called where the name stands alone,
    `audible` how many of the first rows are people who can be heard.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Spans, ...], ...]
    menus: tuple[tuple[Button, ...], ...] = ()
    each: tuple[str, str, str] = ("a person", "person", "people")
    called: tuple[str, ...] = ()
    audible: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    spans: Spans
    button: Button


@dataclass(frozen=True, slots=True)
class Choices:
    """One of these, by its number (from 1) or its button."""

    options: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """A list to pick from with one tap (`label` says what); nothing in it needs to be read to understand the answer."""

    label: str
    entries: tuple[Button, ...]


Part: TypeAlias = Text | Fields | Table | Choices | Menu


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `question` is true while it waits for yes or no (the first button is the yes).

    `room` is the room that it is about. `public` is the line that tells the other moderators of a write; `told` is
    its title, where the answer's own says what not all of them may know. `late` is true where the button had been used
    before: what came of that stands elsewhere.
    """

    tone: Tone
    title: Spans
    parts: tuple[Part, ...] = ()
    buttons: tuple[Button, ...] = ()
    audience: Audience = Audience.PRIVATE
    case: int | None = None
    outcome: Outcome | None = None
    command: str = ""
    question: bool = False
    room: str = ""
    public: Reply | None = None
    told: Spans = ()
    late: bool = False


def with_buttons(
    part: Part, choice: Callable[[Button], Button], entry: Callable[[Button], Button] | None = None
) -> Part:
    """The part with every button in it changed; `entry` changes those of menus, where they are not changed alike."""
    entry = entry or choice
    if isinstance(part, Choices):
        return Choices(tuple(replace(option, button=choice(option.button)) for option in part.options))
    if isinstance(part, Menu):
        return replace(part, entries=tuple(map(entry, part.entries)))
    if isinstance(part, Table) and part.menus:
        return replace(part, menus=tuple(tuple(map(entry, menu)) for menu in part.menus))
    return part


def each_button(reply: Reply, change: Callable[[Button], Button]) -> Reply:
    """The answer with every button in it, and below it, changed."""
    parts = tuple(with_buttons(part, change) for part in reply.parts)
    return replace(reply, parts=parts, buttons=tuple(map(change, reply.buttons)))


def say(*pieces: str | Span) -> Spans:
    """Spans from strings (plain text) and spans."""
    return tuple(Plain(piece) if isinstance(piece, str) else piece for piece in pieces)


def text(*pieces: str | Span) -> Text:
    return Text(say(*pieces))


def listed(items: list[Spans], last: str = "and") -> Spans:
    """`a, b and c`."""
    spans: list[Span] = []
    for index, item in enumerate(items):
        if index:
            spans.append(Plain(f" {last} " if index == len(items) - 1 else ", "))
        spans.extend(item)
    return tuple(spans)
