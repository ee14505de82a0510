"""At start: every intent that a dead worker left open is looked up in the room and closed with what is observed."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.actions.restore import observed
from bot.errors import RoomError
from bot.history import Content, Draft, Entry, EntryKind, Outcome, decode_difference
from bot.ports import Clock, History, RoomService
from bot.state import Difference
from bot.subject import PersonSubject, RoomSubject

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
log = logging.getLogger(__name__)


async def reconcile(service: RoomService, history: History, clock: Clock) -> int:
    """Close the open intents of dead workers; the number of those closed.

    The outcome is `unknown` whatever is found, because somebody else may have brought it about; what was found is
    said beside it. While LiveKit cannot be asked, it is tried again with back-off.
    """
    closed = 0
    for intent in await history.take_open_intents():
        wait = FIRST_WAIT
        while True:
            try:
                await _close(service, history, intent.entry)
            except RoomError as error:
                log.warning("An open intent cannot be looked up yet: %s", error.code)
                await clock.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            else:
                closed += 1
                break
    return closed


async def _close(service: RoomService, history: History, entry: Entry) -> None:
    found = await _observed(service, entry)
    content = replace(entry.content or Content(), detail=f"observed: {found}")
    draft = Draft(
        EntryKind.RECONCILED, content, case=entry.case, refers=entry.seq, outcome=Outcome.UNKNOWN, code="reconciled"
    )
    await history.append([draft])


async def _observed(service: RoomService, entry: Entry) -> str:
    if entry.content is None:
        return "erased"
    changes = Difference.decode(decode_difference(entry.content.difference))
    content, move = entry.content, changes.get("room")
    if content.identity:
        destination = move.after if move is not None else ""
        person = PersonSubject(content.room, content.identity, content.sid, destination=destination)
        state = await person.look(service)
        if state.participant is None and not changes.get("session"):
            return "the person has left"
        if state.sid != content.sid and not changes.get("session") and move is None:
            return "the person is in another session"
        return "holds" if observed(changes, state) else "does not hold"
    room = await RoomSubject(content.room, content.sid).look(service)
    return "holds" if observed(changes, room) else "does not hold"
