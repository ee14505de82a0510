"""What Slack numbers: timestamps of messages, and ids that are never used twice."""

from __future__ import annotations

import itertools
import secrets

from bot.ports import Clock


class Stamps:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count = itertools.count(100)

    def ts(self) -> str:
        """A timestamp as messages and actions have one: never the same twice, later ones are greater."""
        return f"{int(self._clock.now().timestamp())}.{next(self._count):06d}"

    def seconds(self) -> int:
        return int(self._clock.now().timestamp())

    def new(self, prefix: str) -> str:
        return f"{prefix}{next(self._count):X}{secrets.token_hex(2).upper()}"

    def secret(self) -> str:
        return f"{next(self._count)}.{secrets.token_hex(4)}.{secrets.token_hex(8)}"
