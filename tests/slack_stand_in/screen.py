"""What people have before them: messages, modals, the App Home; and that nobody presses what they do not see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.slack_stand_in import typed
from tests.slack_stand_in.answers import Answer
from tests.slack_stand_in.controls import Json
from tests.slack_stand_in.deliveries import INTERACTIVE, Delivery
from tests.slack_stand_in.desk import Desk
from tests.slack_stand_in.messages import Message, Shown, shown
from tests.slack_stand_in.sending import Sending
from tests.slack_stand_in.views import View
from tests.slack_stand_in.world import Channel, Kind, User, Where, Who


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody has before them: messages oldest first, the modals that lie on each other, the App Home."""

    messages: list[Shown]
    views: list[View]
    home: View | None

    @property
    def last(self) -> Shown:
        """The newest message."""
        return self.messages[-1]

    @property
    def view(self) -> View:
        """The modal on top."""
        return self.views[-1]

    def saying(self, text: str) -> list[Shown]:
        """The messages with this in their text."""
        return [one for one in self.messages if text in one.text]


class Screen:
    def __init__(self, desk: Desk, sending: Sending) -> None:
        self._desk, self._sending = desk, sending
        self._world = desk.world

    def seen_by(self, who: Who) -> Seen:
        user = self._world.user(who).id
        found = [shown(one) for one in self._desk.messages.visible(user, self._world)]
        views = self._desk.views
        return Seen(found, list(views.stacks.get(user, [])), views.homes.get(user))

    def say(self, who: Who, where: Where, text: str, *, thread_ts: str = "", blocks: Iterable[Json] = ()) -> Shown:
        """A message that the app is told nothing of."""
        user, channel = self._inside(who, where)
        sent = typed.as_sent(text, self._world)
        own = [*blocks] or typed.rich(sent, self._desk.stamps.new("b"))
        ts = self._desk.stamps.ts()
        return shown(self._desk.messages.add(Message(channel.id, ts, user.id, sent, own, thread_ts)))

    def _inside(self, who: Who, where: Where) -> tuple[User, Channel]:
        user, channel = self._world.user(who), self._world.channel(where)
        if user.id not in channel.members:
            raise AssertionError(f"{user.name} is not in {channel.name}")
        if user.kind is Kind.DEACTIVATED:
            raise AssertionError(f"{user.name} is deactivated, and can do nothing")
        return user, channel

    def _place(self, user: User, where: Shown | View, *, unseen: bool = False) -> Message | View:
        """The message or the view itself, if it is on this person's screen; AssertionError."""
        views = self._desk.views
        if isinstance(where, View):
            top = views.stacks.get(user.id, [])[-1:]
            if unseen or where in (*top, views.homes.get(user.id)):
                return where
            raise AssertionError(f"{user.name} does not see that view (any more)")
        found = self._message(where)
        if unseen or found in self._desk.messages.visible(user.id, self._world):
            return found
        raise AssertionError(f"{user.name} does not see that message (any more): {where.text!r}")

    def _message(self, one: Shown) -> Message:
        for message in self._desk.messages.all:
            if (message.channel, message.ts) == (one.channel, one.ts):
                return message
        raise AssertionError("there never was such a message")

    def _answer(self, kind: str, user: User, channel: str, source: Message | None = None) -> Answer:
        return self._desk.answers.issue(kind, self._world.team, user.id, channel, source)

    async def _interaction(
        self, payload: Json, user: User, *, answer: Answer | None = None, view: View | None = None
    ) -> Delivery:
        kind = payload["type"]
        if kind in ("block_actions", "view_submission", "view_closed"):
            self._desk.checks.outgoing(kind, {"response_url": "", **payload})
        return await self._sending.deliver(INTERACTIVE, kind, payload, user=user.id, answer=answer, view=view)
