"""An undo on its way: what the case changed, what is there now, and what can be put back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.actions.restore import Restore, Undo, irreversible, plan_undo
from bot.acts import Act, changed, decided_since, recorded, shown_name
from bot.case_lines import whom
from bot.coming_back import ComingBack, coming_back, decides, held_now, standing_now
from bot.command import Nothing
from bot.context import Context
from bot.deciding import put_back
from bot.describe import described, field_name, value_word
from bot.errors import RoomError
from bot.history import Case, Content, Entry, EntryKind, Outcome
from bot.known_acts import decision
from bot.model import Participant
from bot.order_words import in_case
from bot.quiet_answer import overall
from bot.record import Record
from bot.reply import Audience, Button, Fields, Mention, Name, Reply, Spans, Style, Time, Tone, listed, say, text
from bot.reply import Part as ReplyPart
from bot.result import Part, Result, strayed_error
from bot.state import ORDERS, Change, Difference, Ground
from bot.subject import PersonSubject, RoomSubject
from bot.tasks import gather_bounded

AT_ONCE = 8


@dataclass(slots=True)
class One:
    """One part of the case as it is now. `since`: who has decided a field again, by its name."""

    entry: Entry
    subject: Any
    changes: Difference
    plan: Undo
    person: Participant | None = None
    strayed: str = ""
    since: Mapping[str, Act] = field(default_factory=dict)
    ground: Ground | None = None
    back: ComingBack = field(default_factory=ComingBack)

    @property
    def restorable(self) -> tuple[Change, ...]:
        return tuple(change for change in self.plan.restorable if shown_name(change) not in self.since)

    @property
    def moved_on(self) -> tuple[Change, ...]:
        """What has another value than we gave it, or has been given this one again since."""
        decided = (change for change in self.plan.restorable if shown_name(change) in self.since)
        return (*self.plan.moved_on, *decided)

    def restore(self, *, over: bool) -> Restore:
        """`over`: also what somebody has changed, or decided again, since."""
        kept = [change for change in self.changes.changes if over or shown_name(change) not in self.since]
        return Restore(Difference(tuple(kept)), over=over, orders=self.back.orders)


@dataclass(slots=True)
class Undoing:
    context: Context
    case: Case
    parts: list[One]

    @classmethod
    async def look(cls, context: Context, act: Act, known: Sequence[Act] = ()) -> Undoing:
        """Look at everybody whom the case is about; `RoomError` when that cannot be done. `known` is what people have
        done to them, as far as the history was asked."""
        case = act.case
        if case is None:
            raise LookupError("that opened no case")

        async def one(item: tuple[Entry, Content, Difference]) -> One:
            entry, content, changes = item
            subject: Any = _subject(content, changes)
            state = await subject.look(context.services.rooms)
            strayed = strayed_error(subject, state).user_text if subject.strayed(state) else ""
            person, back = getattr(state, "participant", None), await coming_back(context, changes)
            if not strayed and decides(changes):
                known_session = await context.services.standing.known(subject, context.budget, looks_only=True)
                state = known_session.ground(state) if known_session is not None else state
            plan = plan_undo(changes, state, back.orders)
            since = {
                shown_name(change): by
                for change in (*plan.restorable, *plan.moved_on)
                if (by := decided_since(act, known, changed(change), content.sid)) is not None
            }
            return One(entry, subject, changes, plan, person, strayed, since, getattr(state, "ground", None), back)

        looked = await gather_bounded(one, recorded(case), AT_ONCE, RoomError) if case.intents else []
        for answer in looked:
            if isinstance(answer, RoomError):
                raise answer
        return cls(context, case, [answer for answer in looked if isinstance(answer, One)])

    @property
    def here(self) -> list[One]:
        """The parts whose session is still there: an undo never reaches another session."""
        return [part for part in self.parts if not part.strayed]

    @property
    def moved_on(self) -> list[tuple[One, Change]]:
        return [(part, change) for part in self.here for change in part.moved_on]

    @property
    def restorable(self) -> list[tuple[One, Change]]:
        return [(part, change) for part in self.here for change in part.restorable]

    def nothing_to_do(self) -> Reply | None:
        """The answer when there is nothing to put back: why not."""
        if self.restorable or self.moved_on:
            return None
        why = self._why()
        if any(part.plan.restored for part in self.here):
            return None if self.context.bound.confirmed else self._restored(self.case)
        title = say(f"Case {self.case.number} (", *self._asked(), ") cannot be undone. Nothing was done.")
        return Reply(Tone.WARN, title, why)

    def _restored(self, case: Case) -> Reply:
        """There is nothing to put back any more; and who has undone the case, as it is now, where somebody has."""
        why = self._why()
        title = say(f"Case {case.number}: {'what can be put back' if why else 'everything'} has its old value already.")
        note = next((entry for entry in reversed(case.entries) if entry.kind is EntryKind.UNDONE), None)
        if note is not None and note.content is not None:
            by, when = Mention(note.content.actor, note.content.actor_name), Time(note.at, self.context.calendar.now)
            title = (*title, *say(" It has been undone already, by ", by, " ", when, "."))
        held = [part for one in self.here for part in held_now(self.context, one.changes, one.back, one.ground)]
        return Reply(Tone.INFO, title, (*held, *why))

    def _asked(self) -> Spans:
        """What the case was: `kick Omar (omar) in standup`."""
        return say(f"{self.case.opening.command} ", *whom(self.case))

    def _why(self) -> tuple[ReplyPart, ...]:
        reasons: list[str] = []
        for part in self.parts:
            never = [change for change in part.changes.changes if irreversible(change)]
            if part.strayed and len(never) < len(part.changes.changes):
                reasons.append(part.strayed)
            else:
                reasons += [_sentence(irreversible(change)) for change in never]
        return tuple(text(reason) for reason in dict.fromkeys(reasons))

    def preview(self) -> tuple[ReplyPart, ...]:
        """What would be put back, and what stays as it is."""
        back = [Change(change.field, change.after, change.before) for _, change in self.restorable]
        orders = [order for part, change in self.restorable if change.field == ORDERS for order in part.back.orders]
        again = (text("In force on them again: ", *listed([*map(in_case, orders)]), "."),) if orders else ()
        return (*((described(Difference(tuple(back))),) if back else ()), *again, *self._why())

    def ask_about_moved_on(self) -> Reply:
        """Somebody has changed fields since: name them, and ask."""
        moved = ((field_name(change), _moved(self.context, part, change)) for part, change in self.moved_on)
        bound = replace(self.context.bound, confirmed=True)
        values = {**bound.values, "n": self.case.number}
        buttons = [
            Button("Put everything back", replace(bound, values={**values, "over": True}), Style.DANGER),
            Button("No, leave it", Nothing()),
        ]
        if self.restorable:
            buttons.insert(1, Button("Only the rest", replace(bound, values={**values, "over": False})))
        title = say(f"Case {self.case.number}: somebody has changed this since. Put the old values back all the same?")
        return Reply(Tone.WARN, title, (Fields(tuple(moved)),), tuple(buttons), question=True)

    async def put_back(self) -> Reply:
        """Restore, as its own case, and say what was and what was not put back."""
        over = bool(self.context.bound.values.get("over"))
        parts = [part for part in self.here if part.restorable or (over and part.moved_on)]
        if not parts and not self.moved_on:  # who is late waits for who was first, and is told so
            parts = [part for part in self.here if part.plan.restored]
        if not parts:
            return Reply(
                Tone.WARN, say(f"Case {self.case.number}: what it changed has been changed since. Nothing was done.")
            )
        if self.context.bound.dry_run:
            return Reply(
                Tone.INFO,
                say(f"Dry run: nothing was done. Undoing case {self.case.number} would change:"),
                self.preview(),
            )
        record = self.context.record(refers=parts[0].entry.seq, undoes=self.case.number)
        record = replace(record, hidden=record.hidden or self.case.hidden, only_changes=True)
        results, decided = await self._performed(parts, record, over=over)
        if all(result.outcome is Outcome.ALREADY for result in results):
            return await self._late()
        return self._said(results, decided)

    async def _performed(
        self, parts: Sequence[One], record: Record, *, over: bool
    ) -> tuple[Sequence[Result[Any]], One | None]:
        """What became of each part; and the part, where it is a decision about one person."""
        if len(parts) == 1 and decides(parts[0].changes):
            restore = parts[0].restore(over=over)
            return [await put_back(self.context, parts[0].subject, restore, record)], parts[0]
        performing = [Part(part.subject, part.restore(over=over)) for part in parts]
        return await self.context.services.performer.all(performing, record, self.context.budget), None

    async def _late(self) -> Reply:
        """Somebody has put it back while this person was asked, or while they waited for the lock."""
        await self.context.handle_once()
        return self._restored(await self.context.services.history.case(self.case.number) or self.case)

    def _said(self, results: Sequence[Result[Any]], decided: One | None = None) -> Reply:
        outcome = overall(results)
        done = outcome in (Outcome.DONE, Outcome.ALREADY)
        case = next((result.case for result in results if result.case is not None), None)
        changed = Difference(tuple(change for result in results for change in result.changes.changes))
        parts: list[ReplyPart] = [described(changed)]
        if decided is not None and done:
            parts += standing_now(self.context, decided.changes, decided.back, results[0])
        parts += self._why()
        parts += [text(result.error.user_text) for result in results if result.error is not None]
        if any(result.owed for result in results):
            parts.append(text("Record pending: the history could not be written yet. It is retried."))
        about = say(" (", *self._asked(), ")")
        title = say(
            f"Undid case {self.case.number}" if done else f"Could not undo case {self.case.number}", *about, ":"
        )
        tone = Tone.OK if done else Tone.ERROR
        return Reply(tone, title, tuple(parts), (), Audience.PUBLIC, case, outcome)


def _subject(content: Content, changes: Difference) -> PersonSubject | RoomSubject:
    """Whom the record is about, where they stand now if the record is of a move."""
    if not content.identity:
        return RoomSubject(content.room, content.sid)
    move = changes.get("room")
    if move is None:
        return PersonSubject(content.room, content.identity, content.sid, content.name)
    return PersonSubject(move.after, content.identity, content.sid, content.name, destination=move.before)


def _moved(context: Context, part: One, change: Change) -> Spans:
    before, wrote = Name(value_word(change, change.before)), Name(value_word(change, change.after))
    by = part.since.get(shown_name(change))
    since = say(", has been changed since") if by is None else say(", decided again since: ", *decision(context, by))
    return say("was ", before, ", Usher wrote ", wrote, *since)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
