"""Errors of the tree as answers, and the rows that some of them leave in the history."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

from bot.command import Again, BoundInvocation, Command, Invocation
from bot.context import Services
from bot.errors import AlreadyHandled, BotError, HistoryError, NotAModerator, Refused, RoomError, UnknownCommand
from bot.history import HIDDEN, CaseQuery, Content, Draft, EntryKind, Outcome
from bot.record import Record
from bot.reply import Button, Choice, Choices, Reply, Tone, say, text
from bot.words import on_its_line, shortened

STRANGER_SECONDS = 60.0
LOOK = " Look at the room before trying again."  # said of a call that may have acted: here none was made that could
SENTENCE, END = 800, 200  # characters: what was typed stands in some sentences, and may be very long
MOST_STRANGERS = 10_000
LONGEST_TYPED = 2_000  # what somebody who may not has typed is kept, but nobody can fill the disk with it
log = logging.getLogger(__name__)

HANDLED = Reply(Tone.INFO, say("This has been handled already."))


def handled_elsewhere(reply: Reply) -> bool:
    """Whether somebody else acts on this event, and answers it: another process, or an earlier delivery."""
    return reply.title == HANDLED.title


class Refusals:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._strangers: dict[str, float] = {}

    async def answer(
        self,
        error: BotError,
        invocation: Invocation,
        name: str,
        typed: str,
        command: Command | None,
        bound: BoundInvocation | None = None,
    ) -> Reply:
        """What the person is told; refusals, and writes that the room service failed, get a case."""
        if isinstance(error, AlreadyHandled):
            return replace(HANDLED, command=name)
        sentence = _sentence(error, command)
        reply = Reply(Tone.ERROR, say(_bounded(on_its_line(sentence))), _meant(error, typed, command), command=name)
        draft = self._draft(error, invocation, name, typed, command, bound)
        if isinstance(error, NotAModerator) and not await self._first_this_minute(invocation.user.subject):
            draft = None
        if draft is None:
            failed = isinstance(error, HistoryError) and command is not None and command.writes
            return replace(reply, outcome=Outcome.FAILED if failed else None) if failed else self._outcome(reply, error)
        reply = replace(reply, outcome=draft.outcome)
        try:
            (entry,) = await self._services.history.append([draft], invocation.event_key or None)
        except AlreadyHandled:
            return replace(HANDLED, command=name)
        except HistoryError:
            owed = asyncio.get_running_loop().create_future()
            owed.set_exception(HistoryError("not yet"))
            await self._services.performer.owed.settled(owed, [draft], 0)
            return replace(reply, parts=(*reply.parts, text("Record pending: it is written as soon as it can be.")))
        about = {"case": entry.case, "room": entry.content.room if entry.content else ""}
        said = (command.name if command else "command", draft.outcome, f" ({error.code})" if error.code else "")
        log.info("case %d: %s: %s%s", entry.case, *said, extra=about)
        return replace(reply, case=entry.case)

    def _outcome(self, reply: Reply, error: BotError) -> Reply:
        return replace(reply, outcome=Outcome.REFUSED) if isinstance(error, Refused) else reply

    def _draft(
        self,
        error: BotError,
        invocation: Invocation,
        name: str,
        typed: str,
        command: Command | None,
        bound: BoundInvocation | None,
    ) -> Draft | None:
        content = self._content(error, invocation, name, typed, bound)
        code = HIDDEN if self._about_hidden(bound) else error.code
        if isinstance(error, Refused):
            return Draft(EntryKind.REFUSED, content, outcome=Outcome.REFUSED, code=code)
        if isinstance(error, RoomError) and command is not None and command.writes:
            return Draft(EntryKind.OUTCOME, content, outcome=Outcome.FAILED, code=code)
        return None

    def _content(
        self, error: BotError, invocation: Invocation, name: str, typed: str, bound: BoundInvocation | None
    ) -> Content:
        target = bound.target if bound else None
        return Content(
            actor=invocation.user.subject,
            actor_name=Record(invocation.user, name).actor_name,
            command=name,
            arguments=shortened(typed, LONGEST_TYPED) if isinstance(error, Refused) else typed,
            room=bound.room if bound else "",
            identity=target.identity if target else "",
            name=target.name if target else "",
            sid=target.sid if target else "",
            reason=bound.reason if bound else "",
            detail=error.user_text,
        )

    def _about_hidden(self, bound: BoundInvocation | None) -> bool:
        target, recent = bound.target if bound else None, self._services.recent
        return target is not None and recent.is_hidden(target.room, target.identity, target.participant)

    async def _first_this_minute(self, subject: str) -> bool:
        """Someone unknown is recorded at most once a minute, so that nobody can fill the history.

        The history is asked too: another process, or the one before this, may have recorded them.
        """
        now = self._services.clock.monotonic()
        last = self._strangers.get(subject)
        if last is not None and now - last < STRANGER_SECONDS:
            return False
        if len(self._strangers) >= MOST_STRANGERS:
            self._strangers.clear()
        self._strangers[subject] = now
        query = CaseQuery(everywhere=True, actor=subject, kind=EntryKind.REFUSED, limit=1)
        try:
            newest = (await self._services.history.cases(query)).cases
        except HistoryError:
            return True
        since = self._services.clock.now() - timedelta(seconds=STRANGER_SECONDS)
        return not newest or newest[0].first.at < since


def _bounded(sentence: str) -> str:
    return sentence if len(sentence) <= SENTENCE + END else f"{sentence[:SENTENCE]} … {sentence[-END:]}"


def _sentence(error: BotError, command: Command | None) -> str:
    """What it says; of a write that failed before its intent was written, also that nothing was changed."""
    said = error.user_text
    if command is None or not command.writes or not isinstance(error, RoomError | HistoryError) or "othing was" in said:
        return said
    return f"{said.removesuffix(LOOK)} Nothing was changed."


def _meant(error: BotError, typed: str, command: Command | None) -> tuple[Choices, ...]:
    """For a misspelt command: the right ones, to choose from; for one that help is asked about, the help on those."""
    if not isinstance(error, UnknownCommand) or not error.near:
        return ()
    meant = [(f"{command.name} {name}",) * 2 if command else (name, f"{name} {typed}".strip()) for name in error.near]
    return (Choices(tuple(Choice(say(f"/{line}"), Button(f"/{label}", Again(line))) for label, line in meant)),)
