"""Intent, write, look, outcome: the only place that changes a room.

If the intent cannot be written the room is not touched. Nothing is `done` because a call returned: it is done when
the room says so. An outcome that cannot be written is owed, and written as soon as the history takes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, cast

from bot.errors import BotError, HistoryError, RoomError, SessionChanged, Unavailable
from bot.history import HIDDEN, Draft, EntryKind, Outcome
from bot.judge import Verdict, judge, late, may_show_later
from bot.model import Participant
from bot.notices import Notices
from bot.owed import Owed
from bot.ports import Clock, History, Locks, RoomService
from bot.record import Record, log_done
from bot.result import Part, Result, strayed_error
from bot.retried import Retried
from bot.state import difference
from bot.subject import S, Subject
from bot.tasks import Budget, gather_bounded, within

SHOWN_LATER = (0.03, 0.15)  # seconds: the RoomService shows some changes a moment after they happened
Held = Callable[[], None]
"""What a lock gives: it raises `HistoryError` where the lock is not held any more."""


class Performer:
    """`notices` tell participants what is done to them, where the settings want that."""

    def __init__(
        self,
        service: RoomService,
        history: History,
        locks: Locks,
        clock: Clock,
        at_once: int = 16,
        notices: Notices | None = None,
    ) -> None:
        self._service = service
        self._history = history
        self._locks = locks
        self._clock = clock
        self._at_once = at_once
        self._notices = notices
        self._retried = Retried(clock)
        self.owed = Owed(history, clock)

    def holding(self, subject: Subject[S]) -> AbstractAsyncContextManager[Held]:
        """The lock of one subject, for whoever reads what the part is made of before it is performed."""
        return self._locks.hold(subject.key)

    async def one(self, part: Part[S], record: Record, budget: Budget, held: Held | None = None) -> Result[S]:
        """Perform one part; `SessionChanged` when it is about a session that is not there any more."""
        (result,) = await self.all([part], record, budget, held)
        if isinstance(result.error, SessionChanged) and result.outcome is None:
            raise result.error
        return result

    async def all(
        self, parts: Sequence[Part[S]], record: Record, budget: Budget, held: Held | None = None
    ) -> tuple[Result[S], ...]:
        """Perform the parts (all in one room) as one case with its parts; `held`: their lock, where it is held already.

        Raises `HistoryError` before anything is done, `RoomError` when the room cannot be looked at beforehand.
        """
        if held is not None:
            return await self._all(parts, record, budget, held)
        async with self._locks.hold(*sorted({part.subject.key for part in parts})) as held:
            return await self._all(parts, record, budget, held)

    async def _all(self, parts: Sequence[Part[S]], record: Record, budget: Budget, held: Held) -> tuple[Result[S], ...]:
        read = await self._timed(budget.left(budget.read), self._look([part.subject for part in parts]))
        results = [self._plan(part, state) for part, state in zip(parts, read, strict=True)]
        held()
        results = await self._intend(results, record)
        written = await gather_bounded(lambda r: self._write(r, record, budget), results, self._at_once, BotError)
        results = [await self._settled(result) for result in await self._judge(results, written, budget)]
        self._notify(results, record)
        done = await self._conclude(results, record, budget)
        log_done(done, record)
        return done

    async def _settled(self, result: Result[S]) -> Result[S]:
        """What follows from it is written down before it counts as done: or somebody would bring back what was."""
        settle = result.part.settle
        if settle is None or result.outcome is not Outcome.DONE:
            return result
        try:
            await settle(result)
        except HistoryError as error:
            told = HistoryError(f"{error.user_text} What says otherwise stays in force.", error.code)
            return replace(result, outcome=Outcome.NOT_EFFECTIVE, code=error.code, error=told)
        return result

    async def preview(self, part: Part[S], budget: Budget) -> Result[S]:
        """What it would do now; nothing is locked, written or recorded."""
        (state,) = await self._timed(budget.left(budget.read), self._look([part.subject]))
        return self._plan(part, state)

    async def _timed(self, seconds: float, work: Any) -> Any:
        try:
            return await within(self._clock, seconds, work)
        except TimeoutError:
            raise Unavailable("LiveKit did not answer in time. Nothing was changed.", "timeout", sent=False) from None

    async def _look(self, subjects: Sequence[Subject[S]]) -> list[S]:
        if len(subjects) == 1:
            return [await subjects[0].look(self._service)]
        people: Sequence[Participant] = await self._service.list_participants(subjects[0].room)
        return [cast("S", cast("Any", subject).find(people)) for subject in subjects]

    def _plan(self, part: Part[S], before: S) -> Result[S]:
        if part.subject.strayed(before) or part.subject.replaced(before):
            return Result(part, before, before, error=strayed_error(part.subject, before))
        if not part.action.bears_on(before):
            return Result(part, before, before)
        wanted = part.action.amend(before)
        if changes := difference(before, wanted):
            return Result(part, before, wanted, changes=changes)
        return Result(part, before, wanted, after=before, outcome=Outcome.ALREADY)

    async def _intend(self, results: list[Result[S]], record: Record) -> list[Result[S]]:
        """Write the intents, and what holds already, in one append."""
        results = [self._retried.under(r, record) for r in results]
        new = [r.intent is None and (r.changes or (r.outcome and not record.only_changes)) for r in results]
        at = [i for i, one in enumerate(new) if one]
        if not at:
            return results
        drafts = []
        for result in (results[i] for i in at):
            content = record.content(result.part.subject, difference=result.changes.encode())
            kind = EntryKind.OUTCOME if result.outcome else EntryKind.INTENT
            code = HIDDEN if record.hidden or _is_hidden(result.before) else ""
            drafts.append(
                Draft(kind, content, case=record.case, refers=record.refers, outcome=result.outcome, code=code)
            )
        entries = await self._history.append(drafts, record.event_key or None)
        planned = list(results)
        for i, entry in zip(at, entries, strict=True):
            planned[i] = replace(results[i], case=entry.case, intent=entry.seq)
        return planned

    async def _write(self, result: Result[S], record: Record, budget: Budget) -> S | None:
        if result.intent is None or result.outcome is not None:
            return None
        if self._notices is not None:
            await self._notices.before(result.part.subject, result.changes, result.case, record)
        left = budget.left(budget.written)
        if left <= budget.least:
            raise late(sent=False)
        subject = result.part.subject
        try:
            return await within(
                self._clock, left, subject.write(self._service, result.before, result.wanted, result.changes)
            )
        except TimeoutError:
            raise late(sent=True) from None

    async def _judge(
        self, results: list[Result[S]], written: Sequence[S | BotError | None], budget: Budget
    ) -> list[Result[S]]:
        """Look again where the write's answer was not a look, and say what became of each part."""
        open_ = [i for i, r in enumerate(results) if r.intent is not None and r.outcome is None]
        seen: dict[int, S | None] = {i: w for i in open_ if (w := written[i]) is not None and not _failed(w)}  # type: ignore[misc]
        unseen = [i for i in open_ if i not in seen]
        for pause in (0, *SHOWN_LATER):
            if unseen:
                await asyncio.sleep(pause)
                seen |= dict(zip(unseen, await self._look_again([results[i] for i in unseen], budget), strict=True))
            unseen = [i for i in unseen if may_show_later(results[i].part.action, seen[i], written[i])]
        judged = list(results)
        for i in open_:
            error = written[i]
            judged[i] = _judged(results[i], seen[i], error if isinstance(error, BotError) else None)
        return judged

    def _notify(self, results: Sequence[Result[S]], record: Record) -> None:
        for result in results if self._notices is not None else ():
            if result.outcome is Outcome.DONE and self._notices is not None:
                self._notices.after(result.part.subject, result.changes, result.after, result.case, record)

    async def _look_again(self, results: Sequence[Result[S]], budget: Budget) -> list[S | None]:
        looking = self._look([result.part.subject for result in results])
        try:
            return list(await self._timed(budget.left(budget.looked), looking))
        except RoomError:
            return [None] * len(results)

    async def _conclude(self, results: list[Result[S]], record: Record, budget: Budget) -> tuple[Result[S], ...]:
        tried = [r for r in results if r.intent is not None and r.outcome is not Outcome.ALREADY]
        tried = [r for r in tried if self._retried.is_news(r, record)]
        drafts = [_outcome_draft(r, record) for r in tried]
        drafts += [d for r in results if (d := _undone_draft(r, record)) is not None][:1]
        if not drafts:
            return tuple(results)
        recording = asyncio.ensure_future(self._history.append(drafts))
        if not await self.owed.settled(recording, drafts, budget.left(budget.recorded)):
            return tuple(replace(r, owed=r.intent is not None) for r in results)
        for result in tried:
            self._retried.keep(result, record)
        return tuple(results)


def _is_hidden(state: object) -> bool:
    person = getattr(state, "participant", None)
    return isinstance(person, Participant) and person.permission.hidden


def _failed(written: object) -> bool:
    return isinstance(written, BotError)


def _judged(result: Result[S], after: S | None, error: BotError | None) -> Result[S]:
    verdict: Verdict = judge(result.part.subject, result.part.action, after, error)
    if verdict.outcome is Outcome.FAILED and not result.part.subject.strayed(after or result.before):
        verdict = replace(verdict, outcome=Outcome.NOT_EFFECTIVE) if _partly(result, after) else verdict
    return replace(result, after=after, outcome=verdict.outcome, code=verdict.code, error=verdict.error)


def _partly(result: Result[S], after: S | None) -> bool:
    """Whether some of it happened, although one of several calls was refused: then it has not simply failed."""
    now = after.fields() if after is not None else {}
    return any(change.field in now and now[change.field] == change.after for change in result.changes.changes)


def _outcome_draft(result: Result[S], record: Record) -> Draft:
    detail = result.error.user_text if result.error is not None else ""
    after_sid = getattr(result.after, "sid", None) if result.changes.get("room") else None
    more = {"difference": result.changes.encode(), "detail": detail} | ({"sid": after_sid} if after_sid else {})
    content = record.content(result.part.subject, **more)
    return Draft(
        EntryKind.OUTCOME, content, case=result.case, refers=result.intent, outcome=result.outcome, code=result.code
    )


def _undone_draft(result: Result[S], record: Record) -> Draft | None:
    """The note in the case that was undone."""
    if record.refers is None or result.outcome is not Outcome.DONE or record.undoes is None:
        return None
    content = record.content(result.part.subject, detail=f"by case {result.case}")
    return Draft(EntryKind.UNDONE, content, case=record.undoes, refers=record.refers)
