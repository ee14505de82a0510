"""Putting back what a recorded case changed: the one undo there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.actions.permissions import with_permission
from bot.fold import under
from bot.orders import Order
from bot.state import (
    ATTRIBUTE,
    BASE,
    MUTED,
    ORDERS,
    PERMISSION,
    SOURCE_LISTS,
    TRACK,
    Change,
    Difference,
    Ground,
    PersonState,
    RoomState,
    State,
    with_field,
)


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
    if name.startswith(ATTRIBUTE) and before == "":
        return "LiveKit cannot give an attribute an empty value, and it had one before"
    return ""


@dataclass(frozen=True, slots=True)
class Undo:
    """What can be put back now, what cannot, and what somebody has changed since."""

    restorable: tuple[Change, ...] = ()
    irreversible: tuple[Change, ...] = ()
    moved_on: tuple[Change, ...] = ()
    restored: tuple[Change, ...] = ()


def plan_undo(recorded: Difference, state: PersonState | RoomState, orders: Sequence[Order] = ()) -> Undo:
    """Sort the recorded changes by what can be done about each in the state that is; `orders`: those to come back."""
    now = state.fields()
    found: dict[str, list[Change]] = {"restorable": [], "irreversible": [], "moved_on": [], "restored": []}
    for change in on_ground(recorded, state).changes:
        if change.field == ORDERS:
            back = _turned(change, _orders_of(state), orders) != _orders_of(state)
            found["restorable" if back else "restored"].append(change)
        elif irreversible(change):
            found["irreversible"].append(change)
        else:
            found[_standing(change, now.get(change.field))].append(change)
    return Undo(**{name: tuple(changes) for name, changes in found.items()})


def _standing(change: Change, now: Any) -> str:
    """Whether the field has its old value, ours, or somebody else's. Of a source list, only the sources that we gave
    or took count: what others did to other sources is theirs."""
    if change.field in SOURCE_LISTS and isinstance(now, list):
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
    if change.field not in SOURCE_LISTS or not isinstance(now, list):
        return change.before
    gave, took = _gave_and_took(change)
    return sorted((set(now) | took) - gave) or now


@dataclass(frozen=True, slots=True)
class Restore:
    """Each of these fields has the value that it had before, where it still has the one that we wrote.

    `over` puts a field back although somebody has changed it since. Of a session that orders are on, what it would have
    without them is put back; `orders` are those that the recorded change ended, which come back.
    """

    recorded: Difference
    over: bool = False
    orders: Sequence[Order] = ()

    def amend(self, state: State) -> State:
        now, wanted = state.fields(), state
        for change in on_ground(self.recorded, state).changes:
            value = now.get(change.field)
            if change.field == ORDERS:
                wanted = _with_orders(wanted, _turned(change, _orders_of(state), self.orders))
            elif not irreversible(change) and (self.over or _standing(change, value) == "restorable"):
                wanted = with_field(wanted, change.field, _old_value(change, value))
        return _settled(state, wanted)

    def bears_on(self, state: State) -> bool:
        return "session" not in state.fields() or state.fields()["session"] is not None

    def holds(self, state: State) -> bool:
        return self.bears_on(state) and self.amend(state) == state


def on_ground(recorded: Difference, state: PersonState | RoomState) -> Difference:
    """The recorded changes, of a session that stands on a ground those of the ground: what the room showed came of
    them, or where no ground was known then, was all that there was."""
    if not isinstance(state, PersonState) or state.ground is None:
        return Difference(tuple(change for change in recorded.changes if in_the_room(change)))
    known = not all(map(in_the_room, recorded.changes))
    found = []
    for change in recorded.changes:
        if not change.field.startswith(PERMISSION):
            found.append(change)
        elif not known:
            found.append(replace(change, field=change.field.replace(PERMISSION, BASE, 1)))
    return Difference(tuple(found))


def _orders_of(state: PersonState | RoomState) -> tuple[Order, ...]:
    return state.ground.orders if isinstance(state, PersonState) and state.ground is not None else ()


def _with_orders(state: State, orders: tuple[Order, ...]) -> State:
    if isinstance(state, PersonState) and state.ground is not None:
        return replace(state, ground=Ground(state.ground.base, orders))
    return state


def _turned(change: Change, now: Sequence[Order], back: Sequence[Order]) -> tuple[Order, ...]:
    """These orders without what the change brought, and with those that it ended."""
    brought = set(map(int, change.after or ())) - set(map(int, change.before or ()))
    found = [order for order in now if not order.ids & brought]
    for order in back:
        if not any(one.ids & order.ids and one.what == order.what for one in found):
            found = [one for one in found if one.is_door or not one.ids & order.ids]
            found.append(order)
    return tuple(sorted(found, key=lambda order: order.age))


def _settled(now: State, wanted: State) -> State:
    """The permission is what the orders make of the ground; the tracks follow it, as the server sees to."""
    if isinstance(now, PersonState) and isinstance(wanted, PersonState) and now.participant and wanted.participant:
        permission, ground = wanted.participant.permission, wanted.ground
        if ground is not None and ground != now.ground:
            permission = under(ground.base, ground.orders)
        as_now = replace(wanted.participant, permission=now.participant.permission)
        return replace(wanted, participant=with_permission(as_now, permission))
    return wanted


def observed(recorded: Difference, state: PersonState | RoomState) -> bool:
    """Whether the state shows every value that the recorded change was to bring about in the room."""
    now = state.fields()
    return all(_shows(change, now) for change in recorded.changes if in_the_room(change))


def in_the_room(change: Change) -> bool:
    """Whether LiveKit shows that field; what a permission stands on is known to Usher alone."""
    return change.field != ORDERS and not change.field.startswith(BASE)


def _shows(change: Change, now: Mapping[str, Any]) -> bool:
    if change.field in ("session", "open") and not change.after:
        return bool(now.get(change.field) != change.before)
    return bool(now.get(change.field) == change.after)
