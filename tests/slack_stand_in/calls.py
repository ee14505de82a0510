"""The calls that were made, in their order, and the trouble that a method is in."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.slack_stand_in.errors import Failures

ANSWERS = "response_url"
"""The name under which posts to response addresses are recorded, and get into trouble."""


@dataclass(slots=True, eq=False)
class Call:
    """`token` says whose it was: bot, app, unknown or none. `error` is Slack's word for what was wrong."""

    method: str
    args: Mapping[str, Any]
    token: str = ""
    error: str = ""
    status: int = 200
    answer: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def ok(self) -> bool:
        return self.status == 200 and not self.error


@dataclass(slots=True)
class Trouble:
    """`times` counts down; `after` lets the call have its effect before its answer is lost, or is another one."""

    seconds: float = 0.0
    status: int = 0
    retry_after: float = 0
    dropped: bool = False
    after: bool = False
    times: int = 1

    @property
    def breaks(self) -> bool:
        """Whether the call is not answered as it would be."""
        return self.dropped or bool(self.status)


class Troubles:
    """Each is for one method ("chat.postMessage"), for `response_url`, or for every call ("*")."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Trouble]] = defaultdict(list)

    def slow(self, method: str, seconds: float, *, times: int = 1_000_000) -> None:
        """Answered that much later."""
        self._waiting[method].append(Trouble(seconds=seconds, times=times))

    def limit(self, method: str, times: int = 1, retry_after: float = 1) -> None:
        """Answered with 429, and not done."""
        self._waiting[method].append(Trouble(status=429, retry_after=retry_after, times=times))

    def fail(self, method: str, status: int = 500, *, times: int = 1, after: bool = False) -> None:
        """Answered with an HTTP error, and not done; with `after` the call was done all the same."""
        self._waiting[method].append(Trouble(status=status, after=after, times=times))

    def drop(self, method: str, *, times: int = 1, after: bool = False) -> None:
        """The connection is reset instead of an answer; with `after` the call was done all the same."""
        self._waiting[method].append(Trouble(dropped=True, after=after, times=times))

    def clear(self) -> None:
        self._waiting.clear()

    async def take(self, method: str) -> Trouble:
        """What happens to this call: waited for if it is slow, then the first other trouble."""
        others = []
        for one in (*self._waiting[method], *self._waiting["*"]):
            if one.times > 0 and one.seconds:
                one.times -= 1
                await asyncio.sleep(one.seconds)
            elif one.times > 0:
                others.append(one)
        if not others:
            return Trouble()
        others[0].times -= 1
        return others[0]


class Secrets:
    """Keeps tokens out of what is recorded, and says when one was sent where people read."""

    def __init__(self, failures: Failures, values: Mapping[str, str]) -> None:
        self._failures, self._values = failures, values

    def owner(self, token: str) -> str:
        return next((name for name, value in self._values.items() if value == token), "unknown") if token else "none"

    def cleaned(self, value: Any, where: str) -> Any:
        """The same without any secret in it."""
        if isinstance(value, str):
            return self._without(value, where)
        if isinstance(value, Mapping):
            return {key: self.cleaned(one, where) for key, one in value.items()}
        if isinstance(value, Iterable) and not isinstance(value, bytes):
            return [self.cleaned(one, where) for one in value]
        return value

    def _without(self, text: str, where: str) -> str:
        for name, value in self._values.items():
            if value in text:
                self._failures.add(f"{where}: the {name} secret stands in what was sent")
                text = text.replace(value, f"<{name}>")
        return text
