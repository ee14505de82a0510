"""The commands, registered once for each declaration: for each place a digest is kept of what was.

Where the digest is that of what is declared, the bot serves without a question. That is no proof: the bot may have been
thrown out and invited again meanwhile, and another installation or `usher discord sync` have registered other commands.
So those places are compared once the client is connected, one after the other, while it serves.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Protocol

from adapters.discord.client import UsherClient
from adapters.discord.commands import Body
from adapters.discord.delivery import UNSENT, why
from adapters.discord.sync import EVERYWHERE, Lists, named, sync
from adapters.under_way import UnderWay
from bot.errors import BotError, HistoryError
from bot.history import canonical

_DONE = (logging.INFO, "Commands: %s.")
_MENDED = (logging.WARNING, "The commands were not what Usher had registered; now they are: %s.")
log = logging.getLogger(__name__)


class Kept(Protocol):
    """Where the digests are kept, by place, for each application. Both raise `HistoryError`."""

    async def known(self, application: str) -> Mapping[str, str]: ...

    async def keep(self, application: str, digests: Mapping[str, str | None]) -> None:
        """None forgets one."""


def digest(wanted: Sequence[Body]) -> str:
    """Of what is declared for one place: the same in every process, whatever its Python."""
    return sha256(canonical(list(wanted)).encode()).hexdigest()


class Registrar:
    """Hears of one client after the other: each is to `begin`, and to be followed by `aclose` before it is closed.

    What Discord refuses, or leaves without an answer, is logged and ends nothing. A database that is ill delays
    nothing: without a digest a place is compared, and digests are written aside.
    """

    def __init__(self, wanted: Lists, kept: Kept) -> None:
        self._wanted = wanted
        self._digests = {place: digest(found) for place, found in wanted.items()}
        self._kept = kept
        self._compared: set[str] = set()
        self._unsure: Sequence[str] = ()
        self._aside = UnderWay()

    async def begin(self, client: UsherClient) -> None:
        """The commands as they are declared, before the client connects; where that cannot be, those that Discord knows
        are served. `BotError` where Discord lets us have them nowhere.
        """
        known = await self._known(client)
        same = {place for place, found in self._digests.items() if known.get(place) == found}
        self._unsure = [place for place in self._wanted if place in same - self._compared]
        refused = await self._register(client, [place for place in self._wanted if place not in same])
        if refused and len(refused) == len(self._wanted):
            raise BotError("No server of DISCORD_GUILDS lets Usher have commands. Invite the bot there.")

    async def ready(self, client: UsherClient) -> None:
        """Compare, aside, what `begin` has not; nothing of that is left when the client connects anew."""
        unsure, self._unsure = self._unsure, ()
        if unsure:
            self._aside.begin(self._mend(client, unsure))

    async def joined(self, client: UsherClient, guild: str) -> None:
        """A server that the bot has been added to has none of the commands, whatever the digest says."""
        await self._register(client, [place for place in self._wanted if place in (guild, EVERYWHERE)])

    async def left(self, client: UsherClient, guild: str) -> None:
        """A server forgets the commands of a bot that it removes."""
        self._keep(client, {guild: None})

    async def aclose(self) -> None:
        """Give up what is done aside; what has not been compared then is left to the next client."""
        self._unsure = ()
        await self._aside.aclose()

    async def _register(self, client: UsherClient, places: Iterable[str]) -> list[str]:
        """One after the other, until Discord does not take something; those that let us have no commands."""
        found: dict[str, str | None] = {}
        try:
            for place in places:
                found[place] = await self._brought_up(client, place, _DONE)
        except UNSENT as error:
            log.error("The commands could not be registered (%s).", why(error))
        self._keep(client, found)
        return [place for place, kept in found.items() if kept is None]

    async def _mend(self, client: UsherClient, places: Iterable[str]) -> None:
        """Nobody waits for it, so it goes on with the others where Discord does not take something."""
        found: dict[str, str | None] = {}
        for place in places:
            try:
                found[place] = await self._brought_up(client, place, _MENDED)
            except UNSENT as error:
                log.error("The commands could not be compared (%s): %s.", named(place), why(error))
        self._keep(client, found)

    async def _brought_up(self, client: UsherClient, place: str, said: tuple[int, str]) -> str | None:
        """The digest of what that place has now; None where we may have no commands."""
        report = await sync(client.http, client.application_id, {place: self._wanted[place]})
        for change in filter(None, report.changes):
            log.log(*said, change)
        for guild, code in report.refused.items():
            log.error("The server %s does not let Usher have commands (%d): invite the bot there.", guild, code)
        self._compared.add(place)
        return None if report.refused else self._digests[place]

    async def _known(self, client: UsherClient) -> Mapping[str, str]:
        try:
            return await self._kept.known(str(client.application_id))
        except HistoryError as error:
            log.warning("What was registered is not known: %s The commands are compared.", error.user_text)
            return {}

    def _keep(self, client: UsherClient, digests: Mapping[str, str | None]) -> None:
        if digests:
            self._aside.begin(self._kept_or_said(str(client.application_id), digests))

    async def _kept_or_said(self, application: str, digests: Mapping[str, str | None]) -> None:
        try:
            await self._kept.keep(application, digests)
        except HistoryError as error:
            log.warning("What was registered was not kept: %s The next start compares it.", error.user_text)
