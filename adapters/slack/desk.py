"""What every way in from Slack shares: who asks, the core's answer to it, and how that is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.suggest import Suggestions

from adapters.boundary import guarded
from adapters.slack import limits
from adapters.slack.announcing import Announcer
from adapters.slack.delivery import Delivery
from adapters.slack.groups import Groups
from adapters.slack.lines import Workspace
from adapters.slack.membership import Members, chat_user
from adapters.slack.names import SlashNames
from adapters.slack.people import Sender
from adapters.slack.render import Message, render
from adapters.slack.typed import Reader
from adapters.slack.web import Web
from adapters.under_way import UnderWay
from bot.command import BoundInvocation, Command, Invocation
from bot.dispatch import Dispatcher
from bot.people import ChatUser
from bot.reply import Reply
from bot.working import working

ANSWER_SECONDS = 1.5  # an answer that is ready by then is carried in the acknowledgement


@dataclass(slots=True)
class Progress:
    """What is being done, as far as it is known by now."""

    invocation: Invocation
    bound: BoundInvocation | None = None

    def see(self, bound: BoundInvocation) -> None:
        self.bound = bound

    @property
    def said(self) -> Reply:
        return working(self.invocation, self.bound)


@dataclass(frozen=True, slots=True)
class Desk:
    dispatcher: Dispatcher
    suggestions: Suggestions
    web: Web
    members: Members
    groups: Groups
    delivery: Delivery
    announcer: Announcer
    names: SlashNames
    under_way: UnderWay = field(default_factory=UnderWay)

    @property
    def commands(self) -> Mapping[str, Command]:
        return {one.name: one for one in self.dispatcher.services.registry}

    async def user(self, sender: Sender) -> ChatUser:
        """The account as it counts: what Slack says it is, and the groups that it is in."""
        known, groups = await asyncio.gather(self.members.known(sender), self.groups.of(sender))
        return chat_user(known, groups)

    def reader(self, home: str) -> Reader:
        policy = self.dispatcher.services.policy
        return Reader(home, self.commands, lambda account: policy.identity_of("slack", account))

    async def asked(self, sender: Sender, progress: Progress, thread: str = "") -> Reply:
        """The core's answer; a write is told to the others."""
        invocation = progress.invocation
        reply = await guarded(self.dispatcher.handle(invocation, progress.see), invocation.text.split(" ", 1)[0])
        self._tell(sender, invocation.channel, thread, reply)
        return reply

    async def pressed(self, sender: Sender, progress: Progress, token: str, thread: str = "") -> Reply:
        """The answer to the button behind that token."""
        on = progress.invocation
        work = self.dispatcher.press(on.user, on.channel, token, on.event_key, menus=True, watch=progress.see)
        reply = await guarded(work)
        self._tell(sender, on.channel, thread, reply)
        return reply

    def rendered(self, sender: Sender, reply: Reply, most: int = limits.MESSAGE_BLOCKS) -> Message:
        return render(reply, Workspace(sender.home, self.names), most)

    async def within(self, seconds: float, work: Coroutine[Any, Any, Any]) -> tuple[asyncio.Task[Any], bool]:
        """The work, begun; and whether it was done after so many seconds."""
        task = self.under_way.begin(work)
        done, _ = await asyncio.wait({task}, timeout=seconds)
        return task, bool(done)

    def _tell(self, sender: Sender, channel: str, thread: str, reply: Reply) -> None:
        if reply.public is not None:
            line = self.rendered(sender, reply.public)
            self.under_way.begin(self.announcer.tell(sender.home, channel, thread, reply.room, line))
