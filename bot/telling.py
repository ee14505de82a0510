"""What the moderators of a room are told although nobody asked: what orders did, what they could not, what is over."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace

from bot.bounded import keep
from bot.called import Names
from bot.callers import masked
from bot.carried import Carried
from bot.crowd import who
from bot.errors import BotError, HistoryError
from bot.history import Outcome
from bot.model import Kind, Participant
from bot.order_words import end_of, kind, title, where
from bot.orders import Order
from bot.people import is_glob
from bot.ports import Clock
from bot.recent import Recent
from bot.redact import redacted, unnumbered
from bot.reply import Audience, Code, Name, Part, Reply, Spans, Tone, say, text
from bot.words import counted, fold

AGAIN_SECONDS = 600.0  # the same is told again after this time: somebody who keeps coming back is no news each time
LATER_SECONDS = 5.0
PATIENCE = 3  # tries before an order that cannot be carried out is reported
MOST_UNSEEN = 5  # rooms of which it is said one by one that they cannot be looked at: mostly LiveKit is away, not they
MOST_REMEMBERED, MOST_WAITING = 5000, 1000
Tell = Callable[[str, Reply], Awaitable[object]]
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Trouble:
    count: int = 0
    told: bool = False


class Telling:
    """Words the lines and hands them to `tell` one after the other, so that a slow chat holds up no enforcement.

    Nothing is told of hidden people, and no number of a caller: whoever reads the channel may know neither.
    """

    def __init__(self, tell: Tell, recent: Recent, clock: Clock) -> None:
        self._tell = tell
        self._recent = recent
        self._clock = clock
        self._told: OrderedDict[tuple[str, ...], float] = OrderedDict()
        self._lines: asyncio.Queue[tuple[str, Reply]] = asyncio.Queue(MOST_WAITING)
        self._trouble: dict[tuple[int, str, str], _Trouble] = {}
        self._unseen: dict[str, frozenset[int]] = {}

    @property
    def stuck(self) -> frozenset[int]:
        """The orders that could not be carried out on somebody, or in a room, several times in a row."""
        told = frozenset(order for (order, _, _), trouble in self._trouble.items() if trouble.told)
        return told.union(*self._unseen.values())

    async def serve(self) -> None:
        """Tell what there is to tell, until cancelled."""
        while True:
            room, reply = await self._lines.get()
            while not await self._told_now(room, reply):
                await self._clock.sleep(LATER_SECONDS)

    async def _told_now(self, room: str, reply: Reply) -> bool:
        """False where the history, which keeps the line's buttons, does not answer."""
        try:
            await self._tell(room, reply)
        except HistoryError as error:
            log.warning("A line for the moderators of a room waits: %s", error.user_text)
            return False
        return True

    def over(self, order: Order) -> None:
        """An order whose time is over."""
        room = next((room for room in order.rooms if not is_glob(room)), order.rooms[0])
        if order.hidden or (order.who is not None and self._recent.is_hidden(room, order.who.identity, None)):
            return
        gives_back = kind(order) in ("lock", "audience")
        after = (text("What it took is given back; nothing is opened by that."),) if gives_back else ()
        line = say("The time is over of ", *self._title(order, room), " in ", *where(order), ".")
        self._say(room, Tone.INFO, line, after, order)

    def _title(self, order: Order, room: str) -> Spans:
        """Whoever has not been seen since Usher started may be a caller, which the order does not say."""
        seen = self._recent.find(room, [order.who.identity]) if order.who is not None else None
        return title(order) if seen is not None and not seen.caller else unnumbered(title(order), room)

    def carried(self, room: str, carried: Sequence[Carried]) -> None:
        """What became of these people. They have been seen: what is told of their order later hides what it must."""
        self._recent.remember(room, [one.person for one in carried])
        for one in carried:
            about = one.about
            for order in one.overruled:
                self._overruled(room, one, order)
            if about is None:
                continue
            if one.holds:
                self._recovered(room, one.person, about)
                self._enforced(room, one, about)
            else:
                self._failed(room, one, about)

    def unseen(self, room: str, orders: Sequence[Order], why: str, count: int) -> None:
        """A room that has orders could not be looked at, that many times in a row."""
        if not orders:
            self._unseen.pop(room, None)
        if count < PATIENCE or not orders:
            return
        self._unseen[room] = frozenset(order.id for order in orders)
        told = sum(self._is_old("unseen", other) for other in self._unseen if other != room)
        if told >= MOST_UNSEEN or not self._is_news("unseen", room):
            return
        many = f"{counted(len(orders), 'order is', 'orders are')} not carried out there"
        title = say(Name(room), f" cannot be looked at: {why} {many} until it can. It is tried again all the time.")
        others = text("Of further rooms it is not said one by one: ", Code("/orders"), " shows them.")
        self._say(room, Tone.ERROR, title, (others,) if told == MOST_UNSEEN - 1 else ())

    def _enforced(self, room: str, one: Carried, about: Order) -> None:
        result, person = one.result, one.person
        if result is None or result.outcome is not Outcome.DONE:
            return
        name = self._name(room, person, about)
        if one.folded.wanted.participant is None and self._is_news("removed", room, person.identity, str(about.id)):
            removed = say(*name, " came to ", Name(room), " and was removed: ", *title(about), " stands.")
            self._say(room, Tone.INFO, removed, (), about, person)
        elif one.folded.theirs and self._is_news("again", room, person.identity, str(about.id)):
            again = say("Somebody gave ", *name, " in ", Name(room), " what ", *title(about), " takes. ")
            self._say(room, Tone.WARN, (*again, *say("It was taken again.")), (), about, person)

    def _overruled(self, room: str, one: Carried, order: Order) -> None:
        name = self._name(room, one.person, order)
        what = say("Somebody else took from ", *name, " in ", Name(room), " what ", *title(order))
        self._say(room, Tone.INFO, (*what, *say(" gave. That counts: the order has ended.")), (), order, one.person)

    def _failed(self, room: str, one: Carried, about: Order) -> None:
        trouble = self._trouble.setdefault((about.id, room, one.person.identity), _Trouble())
        trouble.count += 1
        why = one.error or (one.result.error if one.result is not None else None)
        words = why.user_text if why is not None else "LiveKit accepted it, but the room does not show it."
        where = {"case": about.case, "room": room, "order": about.id}
        log.warning("case %d: not carried out, try %d: %s", about.case, trouble.count, words, extra=where)
        if trouble.count >= PATIENCE and not trouble.told:
            trouble.told = True
            what = say(f"Case {about.case} is stuck: ", *title(about), " could not be carried out in ", Name(room))
            self._say(
                room, Tone.ERROR, (*what, *say(f". {words} It is tried again all the time.")), (), about, one.person
            )

    def _recovered(self, room: str, person: Participant, about: Order) -> None:
        trouble = self._trouble.pop((about.id, room, person.identity), None)
        if trouble is not None and trouble.told:
            what = say(
                f"Case {about.case} is not stuck any more: ", *title(about), " is carried out in ", Name(room), "."
            )
            self._say(room, Tone.OK, what, (), about, person)

    def settle(self, room: str, failed: Collection[str]) -> None:
        """The room has been looked at, or need not be: nobody else is any trouble there, gone or free of the order."""
        self._unseen.pop(room, None)
        for key in [key for key in self._trouble if key[1] == room and key[2] not in failed]:
            del self._trouble[key]

    def returned(self, room: str, person: Participant, reply: Reply) -> None:
        """Somebody who had been removed is back."""
        if not person.permission.hidden:
            self._put(room, reply)

    def _say(
        self,
        room: str,
        tone: Tone,
        title: Spans,
        parts: tuple[Part, ...] = (),
        about: Order | None = None,
        person: Participant | None = None,
    ) -> None:
        if person is not None and person.permission.hidden:
            return
        buttons = (end_of(about, room),) if about is not None and tone is not Tone.INFO else ()
        case = about.case if about is not None else None
        self._put(room, Reply(tone, title, parts, buttons, Audience.PUBLIC, case, room=room))

    def _put(self, room: str, reply: Reply) -> None:
        try:
            self._lines.put_nowait((room, redacted(reply, self._recent.numbers)))
        except asyncio.QueueFull:
            log.error("A line for the moderators of a room is lost: %d others wait.", MOST_WAITING)

    def _is_old(self, *what: str) -> bool:
        """Whether it has been told lately."""
        return self._clock.monotonic() - self._told.get(what, float("-inf")) < AGAIN_SECONDS

    def _is_news(self, *what: str) -> bool:
        if self._is_old(*what):
            return False
        keep(self._told, what, self._clock.monotonic(), MOST_REMEMBERED)
        return True

    def _name(self, room: str, person: Participant, order: Order) -> Spans:
        """With the identity where others are called so too, or where the order knows them under another name."""
        shown, known = masked(person), order.who.name if order.who is not None else person.name
        names = Names(self._recent.called(room, hidden=False))
        another = fold(known) != fold(person.name)
        return who(shown) if another or names.shared(person.identity, person.name) else (Name(shown.display),)


def numberless(person: Participant, reply: Reply) -> Reply:
    """The line about this person, without a caller's number."""
    if person.kind is not Kind.SIP:
        return reply
    return replace(reply, title=unnumbered(reply.title, reply.room))


def words_of(error: BotError | TimeoutError) -> str:
    """What may be told of a failed look."""
    return error.user_text if isinstance(error, BotError) else "LiveKit did not answer in time."
