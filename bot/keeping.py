"""What is known of sessions, kept while other processes keep it too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.errors import HistoryError
from bot.fold import Fold, Session
from bot.ports import Sessions

ROUNDS = 4


def busy() -> HistoryError:
    return HistoryError("Others write down at the same time what is known of this session.", "busy")


class Keeping:
    """Any method: `HistoryError`."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def known(self, identities: Sequence[str]) -> tuple[Session, ...]:
        """The sessions of these people, newest first."""
        return await self._sessions.known(identities)

    async def folded(self, session: Session, folded: Fold, known: Sequence[Session]) -> Session | None:
        """The session as it is kept now; None where somebody else has kept it since, so that it is to be read again.

        What has ended stays among what was carried out until it is given back. Of somebody who is to go nothing needs
        to be known.
        """
        if folded.wanted.participant is None:
            return session
        stored = own(known, session.sid)
        if stored is None:
            begun = await self._sessions.begin(session)
            if begun != replace(session, version=begun.version):
                return None
            stored = begun
        carried = folded.session.carried | (session.carried if len(folded.session.ours) > 1 else frozenset())
        kept = replace(folded.session, carried=carried, version=stored.version)
        return kept if kept == stored else await self._sessions.keep(kept)

    async def settled(self, folded: Fold) -> None:
        """The room shows what was to be written; where somebody else has kept the session since, they know better."""
        await self._sessions.keep(replace(folded.session.settled, carried=folded.carried))

    async def decided(self, session: Session) -> None:
        """The session as somebody's decision has made it, whatever others have kept of it meanwhile: whoever calls
        holds the lock of the person, and has just seen the room."""
        for _ in range(ROUNDS):
            begun = await self._sessions.begin(session)
            if await self._sessions.keep(replace(session, version=begun.version)) is not None:
                return
        raise busy()


def own(known: Sequence[Session], sid: str) -> Session | None:
    return next((session for session in known if session.sid == sid), None)
