"""Who asked for what: what every entry of one command says of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.history import Content
from bot.people import ChatUser
from bot.result import Result
from bot.subject import Subject

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Record:
    """What the history shall say of who asked for what. `refers` and `undoes`: the entry and case put back.

    `hidden`: the target is, so that the case is for admins. `case`: the one that it belongs to, where it begins none of
    its own. `only_changes`: what holds already is no news. `retried`: it is tried again by itself until it works, and
    to fail in the same way again is no news either. `until`: when what is done ends by itself.
    """

    user: ChatUser
    command: str
    typed: str = ""
    reason: str = ""
    event_key: str = ""
    refers: int | None = None
    undoes: int | None = None
    hidden: bool = False
    case: int | None = None
    only_changes: bool = False
    retried: bool = False
    until: datetime | None = None

    @property
    def actor_name(self) -> str:
        return f"{self.user.name} (OS user {self.user.origin})" if self.user.origin else self.user.name

    def entry_content(self, **more: str) -> Content:
        """The content of an entry that is about no participant."""
        return Content(
            actor=self.user.subject, actor_name=self.actor_name, command=self.command, arguments=self.typed,
            **{"reason": self.reason, **more},
        )  # fmt: skip

    def content(self, subject: Subject[Any], **more: str) -> Content:
        return Content(
            actor=self.user.subject, actor_name=self.actor_name, command=self.command, arguments=self.typed,
            room=subject.room, identity=subject.identity, name=subject.name,
            **{"sid": subject.sid, "reason": self.reason, **more},
        )  # fmt: skip


def log_done(results: Iterable[Result[Any]], record: Record) -> None:
    """What became of each part that was tried: for operators, so without the names of people."""
    for result in results:
        if result.intent is None or result.outcome is None:
            continue
        about = {"case": result.case, "room": result.part.subject.room}
        if record.case is not None:
            about["order"] = record.refers
        code = f" ({result.code})" if result.code else ""
        log.info("case %s: %s: %s%s", result.case, record.command, result.outcome.value, code, extra=about)
