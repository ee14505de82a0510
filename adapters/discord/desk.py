"""What every way in from Discord shares: the core's answer to whoever asks, and how that is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

import discord

from adapters.answering import Answering, Progress, Tell, patience
from adapters.discord.announcing import Announcer
from adapters.discord.arrivals import Place
from adapters.discord.delivery import Direct
from adapters.discord.names import CommandNames
from adapters.discord.render import Message, render
from adapters.discord.typed import Reader
from adapters.under_way import UnderWay
from bot.command import Command
from bot.dispatch import Dispatcher
from bot.people import ChatUser
from bot.refusals import handled_elsewhere
from bot.reply import Reply
from bot.suggest import Suggestions
from bot.working import unpressable, unshown


class Back(Protocol):
    """The way back to whoever is answered, as `delivery` has it for interactions and `replying` for messages."""

    @property
    def client(self) -> discord.Client: ...

    @property
    def user(self) -> ChatUser: ...

    async def defer(self) -> None: ...

    async def answer(
        self,
        message: Message,
        aloud: Message,
        direct: Direct | None = None,
        *,
        instead: bool = False,
        keep: bool = False,
    ) -> bool: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """`guilds` are the servers that are served (none: all)."""

    dispatcher: Dispatcher
    suggestions: Suggestions
    announcer: Announcer
    names: CommandNames
    guilds: Collection[str] = ()
    under_way: UnderWay = field(default_factory=UnderWay)

    @property
    def commands(self) -> Mapping[str, Command]:
        return self.dispatcher.services.registry.by_name

    @property
    def reader(self) -> Reader:
        policy = self.dispatcher.services.policy
        return Reader(self.commands, lambda account: policy.identity_of("discord", account), self.names.meant)

    @property
    def answering(self) -> Answering:
        return Answering(self.dispatcher, self.under_way)

    def serves(self, place: Place) -> bool:
        """In a direct message there are no roles, so whoever asks there needs a grant of their own."""
        return place.direct or not self.guilds or place.guild in self.guilds

    async def asked(self, place: Place, progress: Progress, back: Back) -> Reply:
        """The core's answer; a write is told to the others."""
        return await self.answering.asked(progress, self._telling(place, progress, back))

    async def pressed(self, place: Place, progress: Progress, token: str, back: Back) -> Reply:
        """The answer to the button behind that token."""
        return await self.answering.pressed(progress, token, self._telling(place, progress, back))

    async def answered(self, back: Back, task: asyncio.Task[Reply]) -> None:
        """Respond with what the task comes to if that is ready in time; else say that it is worked on, and show it
        later."""
        if not await self.ready(task):
            await back.defer()
        await self.answer(back, await task)

    async def ready(self, task: asyncio.Task[Reply]) -> bool:
        """Whether the task is done before an acknowledgement has to leave."""
        done, _ = await asyncio.wait({task}, timeout=patience(self.under_way))
        return bool(done)

    async def answer(self, back: Back, reply: Reply, *, instead: bool = False) -> None:
        """Show it to the person. What has a case is in the history, so its answer must not be lost."""
        if not handled_elsewhere(reply):
            message, aloud = (render(one, self.names) for one in (reply, unshown(back.user, reply.case)))
            direct = partial(self._directly, back.user, reply)
            await back.answer(message, aloud, direct, instead=instead, keep=reply.case is not None)

    async def _directly(self, user: ChatUser, reply: Reply) -> Message:
        """The answer as a direct message. The roles of a server count for nothing there: what they give is left out."""
        without = unpressable(reply)
        if without is reply or await self._holds_alone(user, reply.room):
            return render(reply, self.names)
        return render(without, self.names)

    async def _holds_alone(self, user: ChatUser, room: str) -> bool:
        """Whether the person may there, or anywhere, as much as with the roles that they have."""
        whole = await self.dispatcher.moderator(user)
        alone = replace(whole, grants=tuple(grant for grant in whole.grants if grant.subject == user.subject))
        return alone.role_in(room) >= whole.role_in(room) if room else alone.role >= whole.role

    async def tell(self, client: discord.Client, room: str, line: Reply) -> bool:
        """Post a line that nobody asked for where that room concerns people; whether any channel took it."""
        return await self.announcer.tell_all(client, room, render(line, self.names))

    def _telling(self, place: Place, progress: Progress, back: Back) -> Tell:
        async def tell(line: Reply, room: str) -> None:
            message, asked_in = render(line, self.names), progress.invocation.channel
            await self.announcer.tell(back.client, place.guild, asked_in, room, message)

        return tell
