"""How an answer reaches the person behind an interaction: as the response to it, else behind it, else by themselves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from enum import Enum, auto
from functools import partial
from typing import Any

import aiohttp
import discord

from adapters.discord import limits, objects
from adapters.discord.attempts import BROKEN, again, watched
from adapters.discord.components import Component
from adapters.discord.people import sender
from adapters.discord.received import payload_of
from adapters.discord.render import Message
from bot.people import ChatUser

SEND_SECONDS = 20.0
EXPIRED, TAKEN = 10062, 40060  # Discord's codes: an unknown interaction, one that was acknowledged before
UNSENT = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, RuntimeError)
"""RuntimeError is what aiohttp says of a session that is closed."""

log = logging.getLogger(__name__)
Way = Callable[[], Awaitable[object]]
Direct = Callable[[], Awaitable[Message]]
"""The answer as a direct message, where that is the way which is left."""


class State(Enum):
    NEW = auto()
    THINKING = auto()  # Discord shows a message that waits for its words
    UNSEEN = auto()  # acknowledged, and nothing shows
    ANSWERED = auto()
    TAKEN = auto()  # another process of ours has acknowledged it
    EXPIRED = auto()
    FAILED = auto()  # nobody knows


class Delivery:
    """The answers to one interaction, for the person alone.

    An interaction reaches every process that has a connection, and one of them acknowledges it first. The others say
    nothing, unless they carried something out: that has to be told, so it follows behind the other's acknowledgement.
    Where an attempt of our own ended without an answer before, it is taken for the one that came first.
    """

    def __init__(self, interaction: discord.Interaction[discord.Client]) -> None:
        self._interaction = interaction
        self._state = State.NEW
        self._unheard = State.NEW  # what it is if Discord has taken what we do not know of

    @property
    def client(self) -> discord.Client:
        return self._interaction.client

    @property
    def user(self) -> ChatUser:
        """Whoever is answered, with the roles that count where they asked."""
        return sender(payload_of(self._interaction)).user

    async def defer(self, *, instead: bool = False) -> None:
        """Acknowledge, since the answer is not ready: it takes the place of the message pressed in, or it follows."""
        response = self._interaction.response
        waiting = State.UNSEEN if instead else State.THINKING
        try:
            await self._acknowledge(lambda: response.defer(ephemeral=True, thinking=not instead), waiting, waiting)
        except UNSENT as error:
            log.debug("Interaction %s was not deferred (%s).", self._interaction.id, why(error))

    async def meanwhile(self, message: Message) -> bool:
        """Show what is being done in the place of the message in which was pressed, until the answer is there."""
        return self._state is State.UNSEEN and await self._edited(objects.parts(message))

    async def put_back(self) -> bool:
        """Show the message in which was pressed as it was at that moment; whether that could be done."""
        pressed = self._interaction.message
        return pressed is not None and bool(pressed.components) and await self._edited(objects.parts_of(pressed))

    async def _edited(self, said: dict[str, Any]) -> bool:
        edited = partial(self._interaction.edit_original_response, **said)
        return await self._tried(edited, "A message that was pressed in was not changed")

    async def _tried(self, way: Way, otherwise: str) -> bool:
        """Whether Discord took what need not succeed; where not, that is logged in these words."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await way()
        except UNSENT as error:
            log.debug("%s (%s).", otherwise, why(error))
            return False
        return True

    async def answer(
        self,
        message: Message,
        aloud: Message,
        direct: Direct | None = None,
        *,
        instead: bool = False,
        keep: bool = False,
    ) -> bool:
        """Show it, `instead` of the message in which was pressed if that is wanted; `keep` what must not be lost.

        Where it reaches the person alone in no way, `aloud` is said in the channel, which others read. Whether anything
        reached Discord; when not, that is logged.
        """
        refused: list[str] = []
        for way in self._ways(message, aloud, direct, instead=instead):
            if self._state in (State.TAKEN, State.EXPIRED) and not keep:
                log.debug("The answer to interaction %s is left to whoever was first.", self._interaction.id)
                return False
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await way()
            except UNSENT as error:
                refused.append(why(error))
            else:
                return True
        log.error("The answer to interaction %s reached nobody (%s).", self._interaction.id, ", ".join(refused))
        return False

    def _ways(self, message: Message, aloud: Message, direct: Direct | None, *, instead: bool) -> Iterator[Way]:
        """Best first; what one of them learns of the interaction decides which come next.

        After the token has ended, and where nothing else is possible, it is a direct message: in the channel others
        would read what is for one person. Who takes none is told there that there was an answer.
        """
        said, response = objects.parts(message), self._interaction.response
        if self._state is State.NEW:
            replaced, sent = partial(response.edit_message, **said), partial(response.send_message, ephemeral=True)
            shown, ours = (replaced, State.UNSEEN) if instead else (partial(sent, **said), State.THINKING)
            yield lambda: self._acknowledge(shown, State.ANSWERED, ours)
        state = self._unheard if self._state is State.FAILED else self._state
        if state is State.THINKING or (state is State.UNSEEN and instead):
            yield lambda: self._interaction.edit_original_response(**said)
        if self._state not in (State.NEW, State.EXPIRED):
            yield lambda: self._interaction.followup.send(**said, ephemeral=True, wait=True)
        yield lambda: self._direct(message, direct)
        if self._interaction.guild_id is not None and self._interaction.channel_id is not None:
            channel = self.client.get_partial_messageable(self._interaction.channel_id)
            yield lambda: channel.send(**objects.parts(aloud))

    async def withdraw(self) -> None:
        """Take away the message in which was pressed: it has served. Another process may have been first."""
        message = self._interaction.message
        if message is not None:
            await self._tried(message.delete, "A message that has served was not taken away")

    async def ask(self, form: Component) -> None:
        """Open that modal."""
        response, answered = self._interaction.response, State.ANSWERED
        await self._acknowledge(lambda: response.send_modal(objects.modal(form)), answered, answered)

    async def offer(self, choices: list[Component]) -> None:
        """Show these while somebody types."""
        response, answered = self._interaction.response, State.ANSWERED
        await self._acknowledge(lambda: response.autocomplete(objects.choices(choices)), answered, answered)

    async def _acknowledge(self, work: Way, then: State, unheard: State) -> None:
        """Within the seconds that Discord gives; what is raised is noted first. `unheard` is the state where an attempt
        of which nobody heard turns out to have been taken: what it showed is in our hands."""
        self._unheard = unheard
        with watched() as attempts:
            try:
                async with asyncio.timeout(limits.ACKNOWLEDGE_SECONDS):
                    await again(work, attempts)
            except discord.HTTPException as error:
                taken = unheard if attempts.unheard else State.TAKEN
                self._state = {EXPIRED: State.EXPIRED, TAKEN: taken}.get(error.code, State.FAILED)
                if error.status < BROKEN:
                    self._unheard = self._state
                raise
            except UNSENT:
                self._state = State.FAILED
                raise
        self._state = then

    async def _direct(self, message: Message, direct: Direct | None) -> None:
        channel = await self.client.create_dm(discord.Object(self._interaction.user.id))
        await channel.send(**objects.parts(message if direct is None else await direct()))


def why(error: BaseException) -> str:
    """Discord's code; not its words, which may repeat what was sent."""
    return str(error.code or error.status) if isinstance(error, discord.HTTPException) else type(error).__name__
