"""How an answer to a message reaches whoever wrote it: as a message below it."""

from __future__ import annotations

import asyncio
import logging

import discord

from adapters.discord import objects
from adapters.discord.delivery import SEND_SECONDS, UNSENT, Direct, why
from adapters.discord.people import subject
from adapters.discord.render import Message
from adapters.discord.sending import send_once
from bot.people import ChatUser

log = logging.getLogger(__name__)


class Replying:
    """The answer to one message; in a channel of a server others read it.

    A message reaches every process that has a connection, and none of them hears of the others: the nonce of what they
    send is the message's own id, so that one answer shows.
    """

    def __init__(self, client: discord.Client, message: discord.Message) -> None:
        self._client = client
        self._message = message

    @property
    def client(self) -> discord.Client:
        return self._client

    @property
    def user(self) -> ChatUser:
        """Whoever is answered."""
        person = self._message.author
        return ChatUser(subject(str(person.id)), person.display_name)

    async def defer(self) -> None:
        """Show that it is being worked on."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._message.channel.typing()
        except UNSENT as error:
            log.debug("That message %s is worked on was not shown (%s).", self._message.id, why(error))

    async def answer(
        self,
        message: Message,
        aloud: Message,
        direct: Direct | None = None,
        *,
        instead: bool = False,
        keep: bool = False,
    ) -> bool:
        """Say it where the message stands; whether it reached Discord. When not, that is logged."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await send_once(self._message.channel, objects.parts(message), self._message.id)
        except UNSENT as error:
            level = logging.ERROR if self._message.guild is None else logging.INFO  # anybody can have it said there
            log.log(level, "The answer to message %s reached nobody (%s).", self._message.id, why(error))
            return False
        return True
