"""What the core needs from the outside, as protocols; the adapters implement them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from bot.fold import Session
from bot.history import Case, CasePage, CaseQuery, Content, Draft, Entry, OpenIntent
from bot.model import Participant, Permissions, Room, Track
from bot.orders import Order
from bot.pending import PendingItem
from bot.people import Grant
from bot.reply import Reply


class RoomService(Protocol):
    """LiveKit's RoomService. Every method may raise a `RoomError`; missing things are `NotFound`."""

    @property
    def server(self) -> str:
        """The id of this LiveKit project in the history and in grants."""

    @property
    def cloud(self) -> bool:
        """Whether this is LiveKit Cloud (tokens of removed people are revoked, Move exists)."""

    async def list_rooms(self, names: Sequence[str] = ()) -> tuple[Room, ...]:
        """Live rooms sorted by name; all of them when `names` is empty."""

    async def list_participants(self, room: str) -> tuple[Participant, ...]:
        """Everybody in the room sorted by identity; empty also for a room that does not exist."""

    async def get_participant(self, room: str, identity: str) -> Participant:
        """One person; `NotFound` when not in the room."""

    async def update_participant(
        self,
        room: str,
        identity: str,
        *,
        permission: Permissions | None = None,
        metadata: str | None = None,
        name: str | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> Participant:
        """Write what is given and return the person as they are afterwards.

        LiveKit reads "" for metadata and name as "unchanged", and "" for an attribute as "delete".
        """

    async def mute_published_track(self, room: str, identity: str, track_sid: str, muted: bool) -> Track | None:
        """The track afterwards, or None where LiveKit knows no such track (it answers 200 all the same)."""

    async def remove_participant(self, room: str, identity: str, revoke_token_ts: int | None = None) -> None:
        """Disconnect the person; `revoke_token_ts` (unix seconds) is honoured by LiveKit Cloud alone."""

    async def move_participant(self, room: str, identity: str, destination_room: str) -> None:
        """Move the person; `Unsupported` on open-source servers."""

    async def update_room_metadata(self, room: str, metadata: str) -> Room:
        """Replace the room's metadata; here "" does clear."""

    async def send_data(
        self, room: str, data: bytes, *, topic: str = "", destination_identities: Sequence[str] = ()
    ) -> None:
        """Send a reliable data message to everybody, or to the named people."""

    async def delete_room(self, room: str) -> None:
        """End the room and disconnect everybody; `NotFound` when there is no such room."""


class History(Protocol):
    """The ledger. Every method may raise `HistoryError`."""

    async def append(self, drafts: Sequence[Draft], event_key: str | None = None) -> tuple[Entry, ...]:
        """Seal the drafts in order, durably and all together.

        Drafts without a case number share one new case. `event_key` is claimed in the same transaction;
        `AlreadyHandled` when it has been claimed before (nothing is written then).
        """

    async def cases(self, query: CaseQuery) -> CasePage:
        """Cases, newest first."""

    async def case(self, number: int) -> Case | None:
        """One case with every entry."""

    async def seen(self, room: str, identity: str) -> str | None:
        """The newest session sid that an entry holds for this person in this room."""

    async def take_open_intents(self) -> tuple[OpenIntent, ...]:
        """Intents without an outcome whose worker is dead; each is handed out to one living worker only."""

    def entries(self, after: int = 0) -> AsyncIterator[Entry]:
        """All entries in sequence."""


class Roster(Protocol):
    """Who may do what, and the default room of each chat channel: projections of the history."""

    async def grants(self, subjects: Sequence[str] | None = None) -> tuple[Grant, ...]:
        """Grants of these subjects (of everybody when None), sorted by subject."""

    async def default_room(self, channel: str) -> str | None:
        """The room name or glob that `/use` set for this channel key."""

    async def channels(self, prefix: str) -> Mapping[str, str]:
        """The channel keys that begin so (`slack:T1/`) and have a default, each with its room name or glob."""


class Orders(Protocol):
    """Standing orders: projections of the history, and what writes it about them. Any method: `HistoryError`."""

    async def append(
        self,
        order: Order,
        content: Content,
        *,
        case: int | None = None,
        instead: Sequence[int] = (),
        event_key: str | None = None,
    ) -> Order:
        """Write the order down, durably; the order as it is then, with its id, case and time.

        Without `case` it gets one of its own. `instead` are ids of orders that end with it, in the same transaction.
        `event_key` is claimed as in `History.append`.
        """

    async def put_back(
        self,
        orders: Sequence[Order],
        content: Content,
        *,
        instead: Mapping[int, str],
        event_key: str | None = None,
    ) -> tuple[Order, ...]:
        """Write orders that had ended down again (`Order.again`), each in its case; they as they are then.

        `instead` end with it (id -> how), all in one transaction. Nothing is written, and none returned, where one of
        those has ended, or one of the orders is back, already.
        """

    async def narrow(
        self, order: Order, content: Content, old: Sequence[int], by: Content, *, event_key: str | None = None
    ) -> Order | None:
        """Write down what is left of orders, the old ones, in its case; `by` says who ended them.

        None, and nothing is written, where somebody else has ended all of them before.
        """

    async def end(
        self, orders: Sequence[int], content: Content, *, how: str = "", event_key: str | None = None
    ) -> tuple[Order, ...]:
        """End the orders of these ids; those that this call ended, as they are now.

        Whoever comes second, a timer or another moderator, ends nothing and writes nothing.
        """

    async def active(self, room: str | None = None) -> tuple[Order, ...]:
        """The orders that nobody has ended, oldest first; also those whose time is over (see `Order.in_force`).

        With a room, those that act there.
        """

    async def get(self, case: int) -> tuple[Order, ...]:
        """The orders of that case, ended or not, oldest first."""

    async def given(self, orders: Sequence[int]) -> tuple[Order, ...]:
        """The orders of these ids, ended or not, oldest first; none whose content was erased."""

    async def changed(self, after: int = 0) -> tuple[int, tuple[Order, ...]]:
        """The mark of the newest change, and the orders given or ended since the mark `after`, by whichever process.

        What changes while they are read may be told twice, and is never missed. An order whose content was erased is
        not among them, although the mark moves on.
        """


class Sessions(Protocol):
    """What is known of sessions that orders bear on. Any method may raise `HistoryError`."""

    async def known(self, identities: Sequence[str]) -> tuple[Session, ...]:
        """The sessions of these people, newest first."""

    async def begin(self, session: Session) -> Session:
        """Keep a session before anything is written to it; where it is known already, as it is known.

        So the first to see a session says what its base is, whoever else looks at it meanwhile. Of very many sessions
        of the person in that room the oldest are forgotten.
        """

    async def keep(self, session: Session) -> Session | None:
        """Keep what has become of a session; None, and nothing is kept, where somebody else has since it was read."""

    async def rooms(self) -> tuple[str, ...]:
        """The rooms of the sessions that are known, sorted."""

    async def forget(self, room: str, present: Sequence[str], before: datetime) -> int:
        """Forget the sessions of a room that are not among these sids and were kept last before that time; how many."""


class Pending(Protocol):
    """Buttons and questions that wait for a press."""

    async def put(self, items: Sequence[PendingItem]) -> None: ...

    async def get(self, token: str) -> PendingItem | None:
        """The item, spent or not, also when expired; None when unknown."""

    async def spend(self, token: str, event_key: str = "") -> bool:
        """Mark the item and all of its group as used, by that event; False when that had been done before."""

    async def spent_by(self, token: str, event_key: str) -> bool:
        """Whether it was this very event that used the item."""

    async def waiting(self, owner: str, channel: str) -> tuple[PendingItem, ...]:
        """The items with a group that this person got in this channel, neither spent nor expired; by group."""

    async def prolong(self, group: str, expires: datetime) -> bool:
        """Durably give all of the group another end; False when it is spent, or not known any more."""


class Locks(Protocol):
    def hold(self, *keys: tuple[str, str]) -> AbstractAsyncContextManager[Callable[[], None]]:
        """Exclusive over (room, identity) keys, in this process and in the others on the same database.

        What it gives is called before anything is changed: `HistoryError` where they are not held any more.
        """


class Channels(Protocol):
    """The moderators' channels, on every chat of this process."""

    async def tell(self, room: str, reply: Reply) -> bool:
        """Tell the moderators of that room, in the channels that follow it or else the moderation channel of each
        chat; whether anybody was told.

        It is told to people of whom no more is known than that they read a channel, so nothing in it may be for
        admins alone. It raises nothing.
        """


class Clock(Protocol):
    def now(self) -> datetime:
        """The current time, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def sleep(self, seconds: float) -> None: ...
