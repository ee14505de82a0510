"""What locks still hold of one session, as the history knows it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.crowd import sources_text
from bot.history import CaseQuery, Content, Outcome, decode_difference
from bot.model import Participant, Source
from bot.ports import History
from bot.state import PERMISSION, SOURCES
from bot.subject import PersonSubject

CAN_PUBLISH, CAN_DATA = PERMISSION + "can_publish", PERMISSION + "can_publish_data"
MOST_CASES = 50
EFFECTIVE = (Outcome.DONE, Outcome.UNKNOWN, None)  # None: the record of what became of it is still pending


@dataclass(frozen=True, slots=True)
class Held:
    sources: frozenset[Source] = frozenset()
    chat: bool = False

    def __bool__(self) -> bool:
        return bool(self.sources) or self.chat

    def only(self, sources: frozenset[Source], *, chat: bool) -> Held:
        return Held(self.sources & sources, self.chat and chat)

    @property
    def text(self) -> str:
        return ", ".join(
            filter(None, [sources_text(self.sources) if self.sources else "", "chat" if self.chat else ""])
        )


async def held_by_locks(history: History, subject: PersonSubject, person: Participant | None) -> Held:
    """The sources, and chat, that locks of this session took away and that are not allowed now."""
    if person is None:
        return Held()
    query = CaseQuery(rooms=("*",), room=subject.room, identity=subject.identity, command="mute", limit=MOST_CASES)
    page = await history.cases(query)
    taken: set[Source] = set()
    chat = False
    for case in page.cases:
        for intent in case.intents:
            about = case.about(intent) or intent
            if about.content and about.content.sid == subject.sid and about.outcome in EFFECTIVE:
                sources, data = _taken(about.content, person)
                taken |= sources
                chat = chat or data
    return Held(frozenset(taken) - person.permission.effective_sources, chat and not person.permission.can_publish_data)


def _taken(content: Content, person: Participant) -> tuple[frozenset[Source], bool]:
    """What one recorded difference took away: sources, and whether chat."""
    changes = decode_difference(content.difference)
    data = changes.get(CAN_DATA) == (True, False)
    if changes.get(CAN_PUBLISH) == (True, False):
        unchanged = [source.value for source in person.permission.can_publish_sources]
        before, _ = changes.get(SOURCES, (unchanged, unchanged))
        return frozenset(Source(word) for word in before), data
    if SOURCES in changes:
        before, after = changes[SOURCES]
        return frozenset(Source(word) for word in set(before) - set(after)), data
    return frozenset(), data
