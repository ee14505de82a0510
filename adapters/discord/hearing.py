"""Messages that are written to the bot, as far as they are heard: once each, where it serves, and not in a flood."""

from __future__ import annotations

import logging

import discord

from adapters.discord.arrivals import Ignored, Said
from adapters.discord.desk import Desk
from adapters.discord.messages import parse_message
from adapters.discord.received import message_payload_of, seen_in
from adapters.discord.replying import Replying
from adapters.discord.words import Words
from adapters.once import Seen
from adapters.pace import Pace
from adapters.payloads import BadPayload
from adapters.rarely import Rarely
from bot.working import stopping

PACE_SECONDS = 30.0
DIRECT, WRITTEN, IN_A_CHANNEL = 30, 10, 20
"""Within so many seconds: messages of one person directly, and elsewhere; and of all people in one channel, where
Discord lets the bot write about one a second, its public lines among them."""

log = logging.getLogger(__name__)


class Hearing:
    def __init__(self, desk: Desk, seen: Seen, words: Words) -> None:
        self._desk, self._seen, self._words = desk, seen, words
        clock = desk.dispatcher.services.clock
        self._direct, self._written = Pace(clock, DIRECT, PACE_SECONDS), Pace(clock, WRITTEN, PACE_SECONDS)
        self._channels = Pace(clock, IN_A_CHANNEL, PACE_SECONDS)
        self._unheard = Rarely(log, clock, "Messages to the bot came too fast to be answered: %s.")

    async def said(self, client: discord.Client, message: discord.Message) -> None:
        """Begin what a message asks for; most are nothing to us. On a server that is not served nothing is said."""
        payload, own = message_payload_of(message), client.user
        if payload is None or own is None:
            return
        try:
            found = parse_message(payload, str(own.id), seen_in(message))
        except BadPayload as error:
            log.warning("A message of Discord's was not understood: %s.", error)
            return
        if isinstance(found, Ignored):
            log.debug("Left alone: %s.", found.why)
        elif self._desk.serves(found.place) and self._seen.first(found.key) and self._allowed(found):
            self._desk.under_way.begin(self._work(found, Replying(client, message)))

    def _allowed(self, found: Said) -> bool:
        who, where = found.sender.user.subject, found.place.thread or found.place.channel
        if found.place.direct:
            allowed = self._direct.allows(who)
        else:
            allowed = self._written.allows(who) and self._channels.allows(where)
        if not allowed:
            self._unheard.happened("direct" if found.place.direct else "in channels")
        return allowed

    async def _work(self, found: Said, back: Replying) -> None:
        if self._desk.under_way.closing:
            await self._desk.answer(back, stopping())
        else:
            await self._words.said(found, back)
