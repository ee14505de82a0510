"""Slack's Web API as a script: what it answers to each question, what it was asked, and answers held back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from adapters.slack.wire import SlackError

Said = Mapping[str, Any] | SlackError


class ScriptedSlack:
    """Answers by the `usergroup` or `user` asked about, as it stands when the question arrives."""

    def __init__(self, answers: Mapping[str, Said]) -> None:
        self.answers: dict[str, Said] = dict(answers)
        self.calls: list[dict[str, object]] = []
        self.at_once = self.most_at_once = 0
        self._open = asyncio.Event()
        self._open.set()

    def hold(self) -> None:
        """Answer nothing until `release`."""
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    async def call(self, method: str, /, **arguments: object) -> Mapping[str, Any]:
        self.calls.append({"method": method, **arguments})
        said = self.answers[str(arguments.get("usergroup") or arguments["user"])]
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self._open.wait()
        self.at_once -= 1
        if isinstance(said, SlackError):
            raise said
        return said


def silent(why: str = "nothing listens there") -> SlackError:
    return SlackError("some.method", "unreachable", why=why)


async def settled() -> None:
    """Let everything go on that can without the clock."""
    for _ in range(20):
        await asyncio.sleep(0)
