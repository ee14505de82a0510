"""What the words of a line say, and what else they may say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.doubtful import Doubt
from bot.words import Word


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words say. `doubt` is what the reason leaves in doubt, `others` how the line is read then.

    `reason_at` is the index of the reason's first word among all words of the line, `placed` the words by parameter
    (for rewriting one of them).
    """

    values: dict[str, Any] = field(default_factory=dict)
    room: str = ""
    force: bool = False
    dry_run: bool = False
    reason: str = ""
    reason_at: int = -1
    doubt: Doubt | None = None
    others: tuple[Other, ...] = ()
    placed: dict[str, Word] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Other:
    """Another reading: what is meant then, and the line as it would have been typed ("" for options)."""

    meant: str
    line: str
    reading: Reading
