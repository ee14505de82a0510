"""Everything that arrives from Discord: understood, served where it may be, and begun."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import Any

import discord

from adapters.boundary import logged
from adapters.discord.arrivals import Asked, Completed, Ignored, Opened, Pressed, Submitted
from adapters.discord.called import Calls
from adapters.discord.completions import Completions
from adapters.discord.delivery import UNSENT, Delivery, why
from adapters.discord.desk import Desk
from adapters.discord.hearing import Hearing
from adapters.discord.inbound import parse
from adapters.discord.presses import Presses
from adapters.discord.received import payload_of
from adapters.discord.words import Words
from adapters.once import Seen, Twice
from adapters.payloads import BadPayload
from bot.people import ChatUser
from bot.reply import Reply, Tone, say
from bot.working import stopping

log = logging.getLogger(__name__)


class Front:
    """Reads what arrives, drops what has arrived before, and begins what it asks for."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        clock = desk.dispatcher.services.clock
        self._seen, self._twice = Seen(clock), Twice[Reply](clock)
        self._calls, self._presses, self._completions = Calls(desk, self._twice), Presses(desk), Completions(desk)
        self.said = Hearing(desk, self._seen, Words(desk, self._twice)).said

    async def arrived(self, interaction: discord.Interaction[discord.Client]) -> None:
        try:
            found = parse(payload_of(interaction))
        except BadPayload as error:
            log.warning("An interaction of Discord's was not understood: %s.", error)
            return
        if isinstance(found, Ignored):
            log.debug("Left alone: %s.", found.why)
        elif self._seen.first(found.key):
            if isinstance(found, Pressed | Submitted):
                self._twice.went_on(found.sender.user.subject)
            self._desk.under_way.begin(_heard(self._work(found, Delivery(interaction))))

    async def _work(self, found: Asked | Opened | Completed | Pressed | Submitted, back: Delivery) -> None:
        served = self._desk.serves(found.place) and not self._desk.under_way.closing
        if isinstance(found, Completed):
            await back.offer(await self._offered(found) if served else [])
        elif self._desk.under_way.closing:
            await self._desk.answer(back, stopping())
        elif not served:
            await self._desk.answer(back, unserved(found.sender.user))
        elif isinstance(found, Asked):
            await self._calls.called(found, back)
        elif isinstance(found, Opened):
            await self._calls.opened(found, back)
        elif isinstance(found, Pressed):
            await self._presses.pressed(found, back)
        else:
            await self._presses.submitted(found, back)

    async def _offered(self, found: Completed) -> list[dict[str, Any]]:
        try:
            return await self._completions.choices(found)
        except Exception as error:  # noqa: BLE001 - the boundary: whoever types gets nothing to choose from
            logged(error)
            return []


async def _heard(work: Awaitable[object]) -> None:
    """A refusal of Discord's is no bug: whoever typed has typed on, or another process was first."""
    try:
        await work
    except UNSENT as error:
        log.debug("Discord did not take something (%s).", why(error))


def unserved(user: ChatUser) -> Reply:
    """The answer on a server that is not among those of the settings."""
    return Reply(
        Tone.ERROR,
        say(
            "Usher does not serve this server. Nothing was done. "
            f"Whoever runs Usher can add it to DISCORD_GUILDS. Your id is {user.subject}."
        ),
    )
