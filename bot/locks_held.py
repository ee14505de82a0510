"""What locks still hold of one session, as the history knows it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.crowd import sources_text
from bot.history import CaseQuery, Content, Outcome, decode_difference
from bot.model import Participant, Permissions, Source
from bot.ports import History
from bot.state import PERMISSION, SOURCES
from bot.subject import PersonSubject

CAN_PUBLISH, CAN_DATA = PERMISSION + "can_publish", PERMISSION + "can_publish_data"
MOST_CASES = 100
EFFECTIVE = (Outcome.DONE, Outcome.UNKNOWN, None)  # None: the record of what became of it is still pending


@dataclass(frozen=True, slots=True)
class Held:
    """`on_stage`: giving the sources back lets them be used at once; otherwise they count once somebody promotes."""

    sources: frozenset[Source] = frozenset()
    chat: bool = False
    on_stage: bool = True

    def __bool__(self) -> bool:
        return bool(self.sources) or self.chat

    def only(self, sources: frozenset[Source], *, chat: bool) -> Held:
        return Held(self.sources & sources, self.chat and chat, self.on_stage)

    @property
    def text(self) -> str:
        return ", ".join(
            filter(None, [sources_text(self.sources) if self.sources else "", "chat" if self.chat else ""])
        )


async def held_by_locks(history: History, subject: PersonSubject, person: Participant | None) -> Held:
    """The sources, and chat, that a lock of this session took away and nothing has decided upon since.

    What a later decision took (a demotion, /permissions) is that decision's: giving back a lock does not reverse it.
    """
    if person is None:
        return Held()
    query = CaseQuery(rooms=("*",), room=subject.room, identity=subject.identity, limit=MOST_CASES)
    found = _Withheld()
    for case in reversed((await history.cases(query)).cases):
        for intent in case.intents:
            about = case.about(intent) or intent
            if about.content and about.content.sid == subject.sid and about.outcome in EFFECTIVE:
                found.apply(about.content, person.permission)
    return found.now(person.permission)


@dataclass(slots=True)
class _Withheld:
    """What locks withhold while the recorded changes of a session go by, oldest first."""

    sources: set[Source] = field(default_factory=set)
    chat: bool = False
    silenced_by_lock: bool = False

    def apply(self, content: Content, permission: Permissions) -> None:
        changes = decode_difference(content.difference)
        locks = content.command == "mute"
        if CAN_DATA in changes:
            self.chat = locks and changes[CAN_DATA] == (True, False)
        listed = [source.value for source in permission.can_publish_sources]
        before, after = changes.get(SOURCES, (listed, listed))
        if changes.get(CAN_PUBLISH) == (True, False):
            self.silenced_by_lock = locks
            self.sources = self.sources | {Source(word) for word in before} if locks else set()
        elif changes.get(CAN_PUBLISH) == (False, True):
            self.silenced_by_lock = False
            self.sources -= {Source(word) for word in after}
        elif SOURCES in changes:
            self.sources -= {Source(word) for word in after}
            if locks:
                self.sources |= {Source(word) for word in set(before) - set(after)}

    def now(self, permission: Permissions) -> Held:
        """What is still withheld. A list is a lock's in the audience too; a silence is so only where a lock made it."""
        if permission.can_publish or self.silenced_by_lock:
            held = frozenset(self.sources) - permission.effective_sources
        else:
            held = frozenset(self.sources) - permission.can_publish_sources
        return Held(
            held, self.chat and not permission.can_publish_data, self.silenced_by_lock or permission.can_publish
        )
