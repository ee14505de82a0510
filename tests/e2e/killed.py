"""`usher` that is killed at one step of `perform`: a process of its own, for `test_kill.py`.

`KILLED_AT` is the step. The History and the RoomService are wrapped where they are made; SIGKILL leaves no chance to
tidy up.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from adapters.cli import main
from adapters.database.history import DatabaseHistory
from adapters.livekit.calls import Call
from adapters.livekit.client import LiveKitRoomService
from adapters.livekit.wire import Json
from bot.history import Draft, Entry, EntryKind

STEPS = ("before intent", "after intent", "after the call", "before outcome")
_step = os.environ.get("KILLED_AT", "")
_append = DatabaseHistory.append
_answer = LiveKitRoomService._answer


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL cannot be caught")


async def _append_or_die(
    self: DatabaseHistory, drafts: Sequence[Draft], event_key: str | None = None
) -> tuple[Entry, ...]:
    kinds = {draft.kind for draft in drafts}
    if _step == "before intent" and EntryKind.INTENT in kinds:
        _die()
    if _step == "before outcome" and kinds == {EntryKind.OUTCOME}:
        _die()
    entries = await _append(self, drafts, event_key)
    if _step == "after intent" and EntryKind.INTENT in kinds:
        _die()
    return entries


async def _answer_or_die(self: LiveKitRoomService, call: Call) -> Json:
    answer = await _answer(self, call)
    if _step == "after the call" and not call.reads:
        _die()
    return answer


if __name__ == "__main__":
    DatabaseHistory.append = _append_or_die  # type: ignore[method-assign]
    LiveKitRoomService._answer = _answer_or_die  # type: ignore[method-assign]
    sys.exit(main())
