"""What a participant is told of what is done to them: a data message that their app may show. It changes nothing.

Its topic is `moderation`, and it is JSON in UTF-8: `version` (1), `action` (`muted`, `unmuted`, `permissions`, `moved`,
`removed`), `reason` as it was typed, `case`, and `until` (ISO 8601; null where it has no end of its own). With
`permissions` there are `can_publish`, and `sources`: what may be published now. Who did it is not told.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from bot.errors import RoomError
from bot.ports import Clock, RoomService
from bot.record import Record
from bot.state import MUTED, PERMISSION, TRACK, Difference, PersonState
from bot.subject import PersonSubject
from bot.tasks import within

TOPIC, VERSION = "moderation", 1
BEFORE_SECONDS, AFTER_SECONDS = 0.3, 3.0
log = logging.getLogger(__name__)


class Notices:
    """Sends them, as well as it can be done: an action neither waits long for its notice nor fails with it."""

    def __init__(self, rooms: RoomService, clock: Clock) -> None:
        self._rooms = rooms
        self._clock = clock
        self._sending: set[asyncio.Task[None]] = set()

    async def before(self, subject: object, changes: Difference, case: int | None, record: Record) -> None:
        """Whoever is about to be removed can be told now only."""
        if isinstance(subject, PersonSubject) and changes.get("session"):
            notice = {"action": "removed", **_about(case, record)}
            await self._send(subject.room, subject.identity, notice, BEFORE_SECONDS)

    def after(self, subject: object, changes: Difference, after: object, case: int | None, record: Record) -> None:
        """Of everything else they are told once the room shows it; nobody waits for that."""
        if not isinstance(subject, PersonSubject) or not isinstance(after, PersonState):
            return
        what = _what(changes, after)
        if what is not None:
            notice = {**what, **_about(case, record)}
            task = asyncio.create_task(self._send(after.room, subject.identity, notice, AFTER_SECONDS))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def aclose(self) -> None:
        """Wait for those under way."""
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _send(self, room: str, identity: str, notice: dict[str, Any], seconds: float) -> None:
        data = json.dumps({"version": VERSION, **notice}, ensure_ascii=False).encode("utf-8", "replace")
        sending = self._rooms.send_data(room, data, topic=TOPIC, destination_identities=[identity])
        try:
            await within(self._clock, seconds, sending)
        except (RoomError, TimeoutError) as error:
            log.warning("case %s: the participant could not be told of it (%s)", notice["case"], type(error).__name__)


def _what(changes: Difference, after: PersonState) -> dict[str, Any] | None:
    """The action, of what concerns them; a name or metadata that was set, their app knows by itself."""
    person = after.participant
    if person is None:
        return None
    if changes.starting(PERMISSION):
        sources = sorted(source.value for source in person.permission.effective_sources)
        return {"action": "permissions", "can_publish": person.permission.can_publish, "sources": sources}
    if changes.get("room"):
        return {"action": "moved"}
    muted = [change for change in changes.starting(TRACK) if change.field.endswith(MUTED) and change.after is not None]
    return {"action": "muted" if muted[0].after else "unmuted"} if muted else None


def _about(case: int | None, record: Record) -> dict[str, Any]:
    until = record.until.isoformat() if record.until is not None else None
    return {"reason": record.reason, "case": case, "until": until}
