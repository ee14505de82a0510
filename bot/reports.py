"""What people report by a button of their application: a line for the moderators, with what to do at once."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from bot.callers import hide_numbers, is_marked
from bot.command import Again, BoundInvocation, Target
from bot.context import Services
from bot.errors import HistoryError, NotFound, RoomError
from bot.model import Kind, Participant
from bot.ports import Channels
from bot.reply import Audience, Button, Name, Reply, Spans, Tone, say, text
from bot.words import counted

AGAIN_SECONDS = 60.0
LOOK_SECONDS = 5.0
LONGEST_TEXT = 300
MOST = 1000  # people whose reports of the last minute are counted
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """`reporter` and `text` may be "": whoever reports need not say who they are, or why."""

    room: str
    identity: str
    reporter: str = ""
    text: str = ""


@dataclass(slots=True)
class _Minute:
    """Since when reports of somebody are counted, how many came after the first, and what the newest of them says.

    `told`: whether moderators were told of the first; None where that is long known.
    """

    since: float
    told: asyncio.Future[bool] | None = None
    more: int = 0
    newest: Report | None = None


class Reports:
    """The first report of somebody is told at once; those of the minute after it are counted, and told together.

    Nothing is told of hidden people: whoever reads the channel may not know of them.
    """

    def __init__(self, services: Services, channels: Channels) -> None:
        self._services = services
        self._channels = channels
        self._minutes: dict[tuple[str, str], _Minute] = {}

    async def take(self, report: Report) -> tuple[bool, int]:
        """Whether moderators are told of it, and how many reports of this person there were within the minute.

        OverflowError where more people are reported than can be told apart.
        """
        key = (report.room, report.identity)
        if (minute := self._minutes.get(key)) is not None:
            minute.more += 1
            minute.newest = report
            count = minute.more + 1
            return minute.told is None or await asyncio.shield(minute.told), count
        if len(self._minutes) >= MOST:
            raise OverflowError
        first = asyncio.get_running_loop().create_future()
        self._minutes[key] = _Minute(self._services.clock.monotonic(), first)
        told = False
        try:
            told = await self._tell(report)
        finally:
            first.set_result(told)
            if not told:
                self._minutes.pop(key, None)
        return told, 1

    async def serve(self) -> None:
        """Tell of those that were counted, when their minute is over; until cancelled."""
        while True:
            await self._services.clock.sleep(LOOK_SECONDS)
            now = self._services.clock.monotonic()
            for key, minute in list(self._minutes.items()):
                if now - minute.since >= AGAIN_SECONDS:
                    del self._minutes[key]
                    if minute.newest is not None:
                        await self._tell_counted(key, minute, minute.newest)

    async def _tell_counted(self, key: tuple[str, str], minute: _Minute, newest: Report) -> None:
        """Those that were counted were taken: where the history does not answer they are told later."""
        following = self._minutes[key] = _Minute(self._services.clock.monotonic())
        try:
            await self._tell(newest, minute.more)
        except HistoryError as error:
            log.error("Reports could not be told yet: %s", error.user_text)
            minute.more, minute.newest = minute.more + following.more, following.newest or newest
            self._minutes[key] = minute

    async def _tell(self, report: Report, more: int = 0) -> bool:
        room, recent = report.room, self._services.recent
        person, reporter = await asyncio.gather(self._look(room, report.identity), self._look(room, report.reporter))
        if recent.is_hidden(room, report.identity, _there(person)):
            return False
        if not report.reporter or recent.is_hidden(room, report.reporter, _there(reporter)):
            by: Spans = ()
        else:
            by = (_name(_there(reporter), report.reporter),)
        return await self._channels.tell(room, _line(report, person, by, more))

    async def _look(self, room: str, identity: str) -> Participant | RoomError | None:
        """The person; None where nobody of that identity is there, an error where that is not known."""
        try:
            person = await self._services.rooms.get_participant(room, identity) if identity else None
        except NotFound:
            return None
        except RoomError as error:
            return error
        self._services.recent.remember(room, [person] if person is not None else [])
        return person


def _there(found: Participant | RoomError | None) -> Participant | None:
    return found if isinstance(found, Participant) else None


def _line(report: Report, found: Participant | RoomError | None, by: Spans, more: int) -> Reply:
    """What they are told; numbers that are marked as such are taken out of it on its way."""
    person = _there(found)
    name = _name(person, report.identity)
    who: Spans = (name,) if person is None or name.text == person.identity else say(name, " (", _code(person), ")")
    was = f" was reported {counted(more, 'more time', 'more times')} within a minute, last" if more else " was reported"
    title = (*who, *say(" in ", Name(report.room), was), *(say(" by ", *by) if by else ()), *say("."))
    parts = [text("Their words: ", Name(_cut(report.text)))] if report.text.strip() else []
    if isinstance(found, RoomError):
        parts.append(text("It is not known whether they are there: LiveKit could not be asked."))
    elif found is None:
        parts.append(text("Nobody of that identity is in the room now."))
    buttons = _buttons(report.room, person)
    return Reply(Tone.WARN, title, tuple(parts), buttons, Audience.PUBLIC, room=report.room)


def _name(person: Participant | None, identity: str) -> Name:
    """How they are shown: a caller without the number."""
    if person is None:
        return Name(hide_numbers(identity) if is_marked(identity) else identity)
    return Name(hide_numbers(person.display) if person.kind is Kind.SIP else person.display)


def _code(person: Participant) -> Name:
    return Name(hide_numbers(person.identity) if person.kind is Kind.SIP else person.identity)


def _cut(words: str) -> str:
    """What others wrote, on one line; what is cut is said."""
    line = " ".join(words.split())
    rest = len(line) - LONGEST_TEXT
    return line if rest <= 0 else f"{line[:LONGEST_TEXT]}… ({rest} more characters)"


def _buttons(room: str, person: Participant | None) -> tuple[Button, ...]:
    """What is done to a session is offered for the one that is there now, and for no other."""
    if person is None:
        return (Button("Who is there?", Again("participants", room)),)
    target = Target(room, person.identity, person.sid, person.name)
    offered = (("Mute", "mute"), ("Remove", "kick"), ("Who?", "participant"))
    return tuple(
        Button(label, BoundInvocation(command, room, target, {}, person.identity)) for label, command in offered
    )
