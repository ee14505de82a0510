"""People who were removed and have come back: told to the moderators, with one tap to keep them out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from bot.bounded import keep
from bot.command import BoundInvocation, Target
from bot.crowd import who
from bot.errors import AlreadyHandled
from bot.history import Case, CaseQuery, EntryKind, Outcome
from bot.model import Participant
from bot.orders import Order
from bot.ports import Clock, History
from bot.reply import Audience, Button, Name, Reply, Time, Tone, say
from bot.standing import Standing
from bot.telling import Telling, numberless

WITHIN = timedelta(hours=1)
LATEST = 100
EVERY_SECONDS = 2.0  # how often the history is asked for removals, while somebody wants to know
MOST = 5000
REMOVING = "kick"


class Returning:
    """Watches for other sessions of people who were removed from a room lately, by whichever process."""

    def __init__(self, history: History, standing: Standing, telling: Telling, clock: Clock) -> None:
        self._history = history
        self._standing = standing
        self._telling = telling
        self._clock = clock
        self._removals: dict[str, dict[str, Case]] = {}
        self._read = float("-inf")
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()

    @property
    def watched(self) -> Collection[str]:
        """The rooms of the removals that are known by now."""
        return self._removals.keys()

    async def rooms(self) -> Collection[str]:
        """The rooms of the latest removals. `HistoryError` where they cannot be read."""
        if self._clock.monotonic() - self._read >= EVERY_SECONDS:
            page = await self._history.cases(CaseQuery(command=REMOVING, everywhere=True, limit=LATEST))
            since = self._clock.now() - WITHIN
            self._removals = _by_room(case for case in page.cases if case.first.at > since)
            self._read = self._clock.monotonic()
        return self.watched

    async def look(self, room: str, people: Sequence[Participant], orders: Sequence[Order]) -> None:
        """Tell of those of these people who were removed from the room and are in another session now, once each."""
        await self.rooms()
        removals = self._removals.get(room, {})
        for person in people:
            case = removals.get(person.identity)
            if case is None or not _is_another(case, person) or (person.identity, person.sid) in self._told:
                continue
            banned = any(order.what.absent for order in self._standing.bearing(orders, room, person))
            if not banned and await self._is_first(person):
                self._telling.returned(room, person, self._line(room, person, case))

    async def _is_first(self, person: Participant) -> bool:
        """Whether no process on this history has told of this session yet."""
        try:
            await self._history.append((), f"returned:{person.sid}")
            first = True
        except AlreadyHandled:
            first = False
        keep(self._told, (person.identity, person.sid), None, MOST)
        return first

    def _line(self, room: str, person: Participant, case: Case) -> Reply:
        ban = BoundInvocation("ban", room, Target(room, person.identity, person.sid, person.name), {}, person.identity)
        title = say(
            *who(person),
            " is back in ",
            Name(room),
            f", out of which case {case.number} removed them ",
            Time(case.first.at, self._clock.now()),
            ".",
        )
        keep_out = Button("Keep out", ban)
        reply = Reply(Tone.WARN, title, (), (keep_out,), Audience.PUBLIC, case.number, room=room)
        return numberless(person, reply)


def _by_room(cases: Iterable[Case]) -> dict[str, dict[str, Case]]:
    """The newest removal of each person that took effect; cases come newest first."""
    found: dict[str, dict[str, Case]] = {}
    for case in cases:
        for intent in case.intents:
            about = case.about(intent)
            if about is not None and about.outcome is Outcome.DONE and intent.content is not None:
                found.setdefault(intent.content.room, {}).setdefault(intent.content.identity, case)
    return found


def _is_another(case: Case, person: Participant) -> bool:
    """Whether this is another session than those that the case removed, begun after it."""
    removed = {entry.content.sid for entry in case.entries if entry.kind is EntryKind.INTENT and entry.content}
    return person.sid not in removed and _entered(person, case.first.at)


def _entered(person: Participant, after: datetime) -> bool:
    """LiveKit says the second of joining on older servers."""
    return person.joined_at is None or person.joined_at >= after.replace(microsecond=0)
