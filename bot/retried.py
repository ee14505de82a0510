"""Tries that fail in the same way again and again: recorded once, and again when what becomes of them changes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

from bot.bounded import keep
from bot.history import Outcome
from bot.ports import Clock
from bot.record import Record
from bot.result import Result

AGAIN_SECONDS = 3600.0  # what still fails is recorded again after this time
MOST = 5000
Key = tuple[Any, str, int | None]


@dataclass(frozen=True, slots=True)
class _Failure:
    changes: str
    became: tuple[Outcome | None, str, str]
    intent: int
    at: float


class Retried:
    """The latest recorded failure of each thing that is tried again by itself; bounded, in memory.

    A try that is to change the same goes under the intent of that failure: it has been recorded that this would be
    done, and what became of it, so that only another outcome is news.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[Key, _Failure] = OrderedDict()

    def under(self, result: Result[Any], record: Record) -> Result[Any]:
        """With the intent of the same try before, where there was one lately."""
        failure = self._failures.get(_key(result, record)) if record.retried and result.changes else None
        if failure is None or failure.changes != result.changes.encode():
            return result
        if self._clock.monotonic() - failure.at >= AGAIN_SECONDS:
            return result
        return replace(result, intent=failure.intent, case=record.case)

    def is_news(self, result: Result[Any], record: Record) -> bool:
        """Whether something else became of it than what is recorded for its intent."""
        failure = self._failures.get(_key(result, record))
        return failure is None or failure.intent != result.intent or failure.became != _became(result)

    def keep(self, result: Result[Any], record: Record) -> None:
        """The outcome of this one has been recorded."""
        if not record.retried or result.intent is None or record.case is None:
            return
        key = _key(result, record)
        if result.outcome in (Outcome.DONE, Outcome.ALREADY):
            self._failures.pop(key, None)
            return
        failure = _Failure(result.changes.encode(), _became(result), result.intent, self._clock.monotonic())
        keep(self._failures, key, failure, MOST)


def _key(result: Result[Any], record: Record) -> Key:
    return (result.part.subject.key, result.part.subject.sid, record.case)


def _became(result: Result[Any]) -> tuple[Outcome | None, str, str]:
    return (result.outcome, result.code, result.error.user_text if result.error is not None else "")
