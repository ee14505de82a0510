"""What every way in from Slack shares: who asks, the core's answer to it, and how that is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.answering import Answering, Progress, Tell
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
from bot.command import Command
from bot.dispatch import Dispatcher
from bot.people import ChatUser
from bot.reply import Reply
from bot.suggest import Suggestions


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
        return self.dispatcher.services.registry.by_name

    async def user(self, sender: Sender) -> ChatUser:
        """The account as it counts: what Slack says it is, and the groups that it is in."""
        known, groups = await asyncio.gather(self.members.known(sender), self.groups.of(sender))
        return chat_user(known, groups)

    def reader(self, home: str) -> Reader:
        policy = self.dispatcher.services.policy
        return Reader(home, self.commands, lambda account: policy.identity_of("slack", account), self.names.meant)

    @property
    def answering(self) -> Answering:
        return Answering(self.dispatcher, self.under_way)

    async def asked(self, sender: Sender, progress: Progress, thread: str = "") -> Reply:
        """The core's answer; a write is told to the others."""
        return await self.answering.asked(progress, self._telling(sender, progress, thread))

    async def pressed(self, sender: Sender, progress: Progress, token: str, thread: str = "") -> Reply:
        """The answer to the button behind that token."""
        return await self.answering.pressed(progress, token, self._telling(sender, progress, thread))

    def rendered(self, sender: Sender, reply: Reply, most: int = limits.MESSAGE_BLOCKS) -> Message:
        return render(reply, Workspace(sender.home, self.names), most)

    async def tell(self, home: str, room: str, line: Reply) -> bool:
        """Post a line that nobody asked for where that room concerns people; whether any channel took it."""
        return await self.announcer.tell_all(home, room, render(line, Workspace(home, self.names)))

    def _telling(self, sender: Sender, progress: Progress, thread: str) -> Tell:
        async def tell(line: Reply, room: str) -> None:
            channel, message = progress.invocation.channel, self.rendered(sender, line)
            await self.announcer.tell(sender.home, channel, thread, room, message)

        return tell
