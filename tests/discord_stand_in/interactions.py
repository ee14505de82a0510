"""Interactions from when they are sent until their token is worth nothing: what was answered, and when. Pure."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from bot.ports import Clock
from tests.discord_stand_in.errors import EXPIRED, LATE, TWICE, Refused
from tests.discord_stand_in.messages import Message
from tests.discord_stand_in.shapes import Json

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, OPEN = 4, 5, 6, 7, 8, 9
ANSWER_SECONDS = 15.0  # Discord itself gives up after 3: a busy machine is no failure
TOKEN_SECONDS = 15 * 60.0

TAKEN = {
    COMMAND: (MESSAGE, DEFER, OPEN),
    COMPONENT: (MESSAGE, DEFER, DEFER_UPDATE, UPDATE, OPEN),
    AUTOCOMPLETE: (CHOICES,),
    MODAL: (MESSAGE, DEFER, DEFER_UPDATE, UPDATE),
}
"""The ways to answer each kind; a modal that no component opened has no message to update."""


@dataclass(slots=True, eq=False)
class Interaction:
    """What somebody did. `answered` is in seconds since it was sent; None when it was not in time (yet).

    `kind` is how it was answered first (`callback`'s type), `refused` the codes of all that were turned away. `trouble`
    is what the person was told instead: nobody was there, or nobody answered. `original` is the message of the first
    answer, or the one below which a component stood; `copies` counts the sessions that it was sent to. `opener` is the
    summary of the interaction that opened the modal.
    """

    payload: Json = field(repr=False)
    user: str
    channel: str
    born: float
    source: Message | None = None
    opener: Json | None = None
    kind: int = 0
    answered: float | None = None
    refused: list[int] = field(default_factory=list)
    original: Message | None = None
    sent: list[Message] = field(default_factory=list)
    choices: list[Json] = field(default_factory=list)
    modal: Json | None = None
    trouble: str = ""
    copies: int = 0
    began: float = field(default_factory=time.monotonic)
    done: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def id(self) -> str:
        return str(self.payload["id"])

    @property
    def token(self) -> str:
        return str(self.payload["token"])

    @property
    def type(self) -> int:
        return int(self.payload["type"])

    @property
    def names(self) -> list[str]:
        """What completion offered."""
        return [str(one["name"]) for one in self.choices]

    @property
    def summary(self) -> Json:
        """What a message says about the interaction that it answers."""
        who = self.payload.get("member", self.payload)["user"]
        owners = {"authorizing_integration_owners": self.payload["authorizing_integration_owners"]}
        found = {"id": self.id, "type": self.type, "user": who, **owners}
        if self.type == COMPONENT and self.source is not None:
            found["interacted_message_id"] = self.source.id
        return found | ({"triggering_interaction_metadata": self.opener} if self.opener else {})


class Interactions:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.answer_seconds, self.token_seconds = ANSWER_SECONDS, TOKEN_SECONDS
        self.all: list[Interaction] = []
        self._by_id: dict[str, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}

    def add(
        self, payload: Json, user: str, channel: str, source: Message | None = None, opener: Json | None = None
    ) -> Interaction:
        one = Interaction(payload, user, channel, self._clock.monotonic(), source, opener)
        self.all.append(one)
        self._by_id[one.id] = self._by_token[one.token] = one
        return one

    def to_answer(self, identifier: str, token: str, kind: int) -> Interaction:
        """The one that is answered now, for the first time and in time; Refused."""
        one = self._by_id.get(identifier)
        if one is None or one.token != token:
            raise Refused.unknown(*LATE)
        if one.kind:
            raise self._refused(one, Refused(*TWICE))
        if self._clock.monotonic() - one.born > self.answer_seconds:
            raise self._refused(one, Refused.unknown(*LATE))
        taken = TAKEN[one.type]
        if kind not in taken or (kind in (DEFER_UPDATE, UPDATE) and one.source is None):
            raise self._refused(one, Refused.form([f"type {one.type} is not answered with {kind}"]))
        return one

    def answered(self, one: Interaction, kind: int) -> None:
        one.kind, one.answered = kind, time.monotonic() - one.began
        one.done.set()

    def with_token(self, token: str) -> Interaction:
        """One whose token is still good, and that was answered; Refused."""
        one = self._by_token.get(token)
        if one is None or not one.kind or one.type == AUTOCOMPLETE:
            raise Refused.unknown(*EXPIRED)
        if self._clock.monotonic() - one.born > self.token_seconds:
            raise self._refused(one, Refused.unknown(*EXPIRED))
        return one

    def _refused(self, one: Interaction, refused: Refused) -> Refused:
        one.refused.append(refused.code)
        return refused
