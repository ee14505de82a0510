"""What a command gets to work with: narrowed powers, and the words of its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot import sight
from bot.authorise import sees_hidden
from bot.called import Names, called
from bot.callers import find_masked
from bot.command import BoundInvocation, Command, Invocation, Nothing
from bot.lasting import Calendar
from bot.model import Participant, Room
from bot.people import Moderator, Role
from bot.perform import Performer
from bot.policy import Policy
from bot.ports import Clock, History, Orders, Pending, RoomService, Roster
from bot.pulse import Pulse
from bot.recent import Recent
from bot.record import Record
from bot.registry import Registry
from bot.reply import Audience, Button, Reply, Spans, Style, Tone
from bot.reply import Part as ReplyPart
from bot.result import Part, Result
from bot.standing import Standing, revoked_until
from bot.subject import PersonSubject, S
from bot.targets import Matches, find
from bot.tasks import Budget
from bot.words import Word


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that outlives a command."""

    rooms: RoomService
    history: History
    roster: Roster
    pending: Pending
    orders: Orders
    standing: Standing
    clock: Clock
    policy: Policy
    performer: Performer
    registry: Registry
    recent: Recent = field(default_factory=Recent)
    pulse: Pulse = field(default_factory=Pulse)


@dataclass(slots=True)
class Context:
    """One command on its way: who asks, what is asked, and how much time is left.

    `fellow` is the role of whomever it is about, where the settings tell which account they have (`bot.fellow`).
    """

    services: Services
    moderator: Moderator
    invocation: Invocation
    command: Command
    bound: BoundInvocation
    budget: Budget
    fellow: Role = Role.NONE
    _people: dict[str, tuple[Participant, ...]] = field(default_factory=dict)
    _names: dict[str, Names] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        return self.services.policy

    @property
    def room(self) -> str:
        return self.bound.room

    @property
    def calendar(self) -> Calendar:
        """The moment by which orders go, and the time zone of the settings."""
        return Calendar(self.services.standing.time.now(), self.policy.zone)

    @property
    def needed(self) -> Role:
        """The role that the command needs."""
        return self.policy.role_for(self.command.name, self.command.role)

    async def live_rooms(self) -> tuple[Room, ...]:
        """The live rooms that the person may see."""
        return tuple(room for room in await self.services.rooms.list_rooms() if self.moderator.may_see(room.name))

    async def people(self, room: str) -> tuple[Participant, ...]:
        """Everybody in the room whom the person may see; one call for each command."""
        if room not in self._people:
            found = await self.services.rooms.list_participants(room)
            self.services.recent.remember(room, found)
            self._people[room] = found
        return sight.visible(self.moderator, room, self._people[room])

    async def everybody(self, room: str) -> tuple[Participant, ...]:
        """Everybody in the room, hidden or not: for what is done to all of them, never to be shown."""
        await self.people(room)
        return self._people[room]

    async def shown(self, room: str) -> tuple[Participant, ...]:
        """The same people as they are shown and searched: callers under a masked number, except to admins."""
        return sight.shown(self.moderator, room, await self.people(room))

    async def find(self, room: str, line: str, words: Sequence[Word]) -> Matches:
        """Whom the words at the beginning of the line may name; a number names nobody, except to admins."""
        named = find if sees_hidden(self.moderator, room) else find_masked
        return named(line, words, await self.people(room))

    def names(self, room: str) -> Names:
        """Who is called what in the room, of those whom the person may see: as looked at, else as seen lately."""
        if room not in self._people:
            return Names(self.services.recent.called(room, hidden=sees_hidden(self.moderator, room)))
        if room not in self._names:
            there = sight.visible(self.moderator, room, self._people[room])
            self._names[room] = Names((person.identity, person.name) for person in there)
        return self._names[room]

    def told_apart(self, bound: BoundInvocation) -> BoundInvocation:
        """The same, knowing whether the target's name could be somebody else's."""
        target = bound.target
        if target is None or target.shared or not self.names(target.room).shared(target.identity, target.name):
            return bound
        return replace(bound, target=replace(target, shared=True))

    @property
    def called(self) -> Spans:
        """How the target is called in an answer."""
        if self.bound.target is None:
            raise LookupError("this command has no target")
        return called(self.bound.target)

    async def people_now(self, room: str) -> tuple[Participant, ...]:
        """Everybody whom the person may see, looked up again."""
        self._people.pop(room, None)
        self._names.pop(room, None)
        return await self.people(room)

    async def is_there(self, room: str, identity: str) -> bool:
        """Whether that identity is in the room, for whomever to see."""
        await self.people(room)
        return any(person.identity == identity for person in self._people[room])

    def record(self, *, refers: int | None = None, undoes: int | None = None) -> Record:
        return Record(
            self.invocation.user, self.command.name, self.bound.typed, self.bound.reason, self.invocation.event_key,
            refers, undoes, self.is_about_hidden,
        )  # fmt: skip

    def claim(self) -> str | None:
        """The key of the event, for the first entry that this command writes; what it writes later carries none."""
        key = self.invocation.event_key or None
        self.invocation = replace(self.invocation, event_key="")
        return key

    async def handle_once(self) -> None:
        """Claim the event although nothing is written for it; `AlreadyHandled` where it has been claimed."""
        if (key := self.claim()) is not None:
            await self.services.history.append((), key)

    @property
    def is_about_hidden(self) -> bool:
        """Whether the target is hidden, or was when last seen."""
        target, recent = self.bound.target, self.services.recent
        return target is not None and recent.is_hidden(target.room, target.identity, target.participant)

    async def perform(self, part: Part[S]) -> Result[S]:
        """Do it, or with --dry-run say what would be done (the result has no case then)."""
        if self.bound.dry_run:
            return await self.services.performer.preview(part, self.budget)
        return await self.services.performer.one(part, self.record(), self.budget)

    def person(self, *, destination: str = "", gone_is_fine: bool = False) -> PersonSubject:
        """The bound target as the subject of an action."""
        target = self.bound.target
        if target is None:
            raise LookupError("this command has no target")
        revoked = revoked_until(self.services.rooms, self.services.clock) if gone_is_fine else None
        return PersonSubject(
            target.room, target.identity, target.sid, target.name, destination, gone_is_fine, revoke_token_ts=revoked
        )

    def question(
        self, title: Spans, parts: Sequence[ReplyPart] = (), *, confirm: str, values: Mapping[str, Any] | None = None
    ) -> Reply:
        """Ask first: the yes holds the bound invocation (with these values added), the no does nothing."""
        yes = replace(self.bound, confirmed=True, values={**self.bound.values, **(values or {})})
        buttons = (Button(confirm, yes, Style.DANGER), Button("No, leave it", Nothing()))
        return Reply(Tone.WARN, title, tuple(parts), buttons, Audience.PRIVATE, question=True)
