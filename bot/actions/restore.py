"""Putting back what a recorded case changed: the one undo there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.actions.permissions import with_permission
from bot.state import MUTED, SOURCES, TRACK, Change, Difference, PersonState, RoomState, State, with_field


def irreversible(change: Change) -> str:
    """Why LiveKit cannot put this field back; "" when it can. The one table of what has no undo."""
    name, before = change.field, change.before
    if name.startswith(TRACK) and name.endswith(MUTED) and change.after is not None:
        return "" if before else "a mute has no undo: LiveKit lets nobody open somebody else's track by default"
    if name.startswith(TRACK):
        return "an unpublished track comes back only when its publisher publishes again"
    if name == "session":
        return "a removal has no undo: the person has to join again"
    if name == "open":
        return "a closed room has no undo: people have to join again"
    if name in ("metadata", "name") and not before:
        return f"LiveKit cannot clear a {name}, and it was empty before"
    return ""


@dataclass(frozen=True, slots=True)
class Undo:
    """What can be put back now, what cannot, and what somebody has changed since."""

    restorable: tuple[Change, ...] = ()
    irreversible: tuple[Change, ...] = ()
    moved_on: tuple[Change, ...] = ()
    restored: tuple[Change, ...] = ()


def plan_undo(recorded: Difference, state: PersonState | RoomState) -> Undo:
    """Sort the recorded changes by what can be done about each in the state that is."""
    now = state.fields()
    found: dict[str, list[Change]] = {"restorable": [], "irreversible": [], "moved_on": [], "restored": []}
    for change in recorded.changes:
        if irreversible(change):
            found["irreversible"].append(change)
        else:
            found[_standing(change, now.get(change.field))].append(change)
    return Undo(**{name: tuple(changes) for name, changes in found.items()})


def _standing(change: Change, now: Any) -> str:
    """Whether the field has its old value, ours, or somebody else's. Of a source list, only the sources that we gave
    or took count: what others did to other sources is theirs."""
    if change.field == SOURCES and isinstance(now, list):
        gave, took = _gave_and_took(change)
        if took <= set(now) and not gave & set(now):
            return "restored"
        return "restorable" if not took & set(now) and gave <= set(now) else "moved_on"
    if now == change.before:
        return "restored"
    return "restorable" if now == change.after else "moved_on"


def _gave_and_took(change: Change) -> tuple[set[str], set[str]]:
    before, after = set(change.before or ()), set(change.after or ())
    return after - before, before - after


def _old_value(change: Change, now: Any) -> Any:
    """What the field shall be: the old value; of a source list, today's without what we gave and with what we took."""
    if change.field != SOURCES or not isinstance(now, list):
        return change.before
    gave, took = _gave_and_took(change)
    return sorted((set(now) | took) - gave) or now


@dataclass(frozen=True, slots=True)
class Restore:
    """Each of these fields has the value that it had before, where it still has the one that we wrote.

    `over` puts a field back although somebody has changed it since.
    """

    recorded: Difference
    over: bool = False

    def amend(self, state: State) -> State:
        now, wanted = state.fields(), state
        for change in self.recorded.changes:
            value = now.get(change.field)
            if not irreversible(change) and (self.over or _standing(change, value) == "restorable"):
                wanted = with_field(wanted, change.field, _old_value(change, value))
        return _settled(state, wanted)

    def bears_on(self, state: State) -> bool:
        return "session" not in state.fields() or state.fields()["session"] is not None

    def holds(self, state: State) -> bool:
        return self.bears_on(state) and self.amend(state) == state


def _settled(now: State, wanted: State) -> State:
    """The tracks follow the permission, as the server sees to."""
    if isinstance(now, PersonState) and isinstance(wanted, PersonState) and now.participant and wanted.participant:
        as_now = replace(wanted.participant, permission=now.participant.permission)
        return replace(wanted, participant=with_permission(as_now, wanted.participant.permission))
    return wanted


def observed(recorded: Difference, state: PersonState | RoomState) -> bool:
    """Whether the state shows every value that the recorded change was to bring about."""
    now = state.fields()
    return all(_shows(change, now) for change in recorded.changes)


def _shows(change: Change, now: Mapping[str, Any]) -> bool:
    if change.field in ("session", "open") and not change.after:
        return bool(now.get(change.field) != change.before)
    return bool(now.get(change.field) == change.after)
