"""The addresses to answer at (`response_url`): five uses within half an hour, and what was sent there. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.ports import Clock
from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.errors import Refused
from tests.slack_stand_in.messages import Message
from tests.slack_stand_in.stamps import Stamps

USES = 5
SECONDS = 30 * 60


@dataclass(slots=True, eq=False)
class Answer:
    """One such address. `source` is the message that a press came from; `bodies` all that was posted to it."""

    path: str
    user: str
    channel: str
    expires: float
    source: Message | None = None
    uses: int = 0
    bodies: list[Json] = field(default_factory=list)


class Answers:
    def __init__(self, clock: Clock, stamps: Stamps) -> None:
        self._clock, self._stamps = clock, stamps
        self.all: dict[str, Answer] = {}

    def issue(self, kind: str, team: str, user: str, channel: str, source: Message | None = None) -> Answer:
        """`kind` is the first part of its path: commands, actions or app."""
        path = f"/{kind}/{team}/{self._stamps.new('')}/{self._stamps.secret()}"
        answer = Answer(path, user, channel, self._clock.monotonic() + SECONDS, source)
        self.all[path] = answer
        return answer

    def use(self, path: str) -> Answer:
        """One use of it; Refused when there is none left."""
        answer = self.all.get(path)
        if answer is None:
            raise Refused("no_service")
        if self._clock.monotonic() > answer.expires:
            raise Refused("expired_url")
        if answer.uses >= USES:
            raise Refused("used_url")
        answer.uses += 1
        return answer
