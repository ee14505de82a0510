"""At start: every intent that a dead worker left open is looked up in the room and closed with what is observed."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.actions.restore import in_the_room, observed
from bot.errors import HistoryError, RoomError
from bot.history import Content, Draft, Entry, EntryKind, Outcome, decode_difference
from bot.ports import Clock, History, RoomService
from bot.state import Difference
from bot.subject import PersonSubject, RoomSubject

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
log = logging.getLogger(__name__)


async def reconcile(service: RoomService, history: History, clock: Clock) -> int:
    """Close the open intents of dead workers; the number of those closed.

    The outcome is `unknown` whatever is found, because somebody else may have brought it about; what was found is
    said beside it. While LiveKit cannot be asked, or the history cannot be written, it is tried again with back-off:
    what this worker has taken over, nobody else will look up before it ends.
    """
    waiting = [intent.entry for intent in await history.take_open_intents()]
    number, wait = len(waiting), FIRST_WAIT
    while waiting:
        waiting = [entry for entry in waiting if not await _closed(service, history, entry)]
        if waiting:
            await clock.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)
    return number


async def _closed(service: RoomService, history: History, entry: Entry) -> bool:
    try:
        await _close(service, history, entry)
    except (RoomError, HistoryError) as error:
        log.warning("The open intent %d cannot be closed yet: %s", entry.seq, error.code)
        return False
    return True


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
        if not any(map(in_the_room, changes.changes)):
            return "nothing that the room would show"
        return "holds" if observed(changes, state) else "does not hold"
    subject = RoomSubject(content.room, content.sid)
    room = await subject.look(service)
    if subject.strayed(room):
        ended = "the room has ended" if room.room is None else "the room has ended, and one of its name was opened"
        return "holds" if changes.get("open") else ended
    return "holds" if observed(changes, room) else "does not hold"
