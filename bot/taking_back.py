"""One act on its way back: its orders end, those that it ended are in force again, or fields get their old values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.acts import Act, claimed, decided_since, recorded
from bot.bringing_back import BringingBack, brought_back, with_giver
from bot.case_lines import case_line
from bot.case_orders import orders_of
from bot.context import Context
from bot.ending import allow_ending, already_ended, end, ended_answer
from bot.history import EntryKind
from bot.known_acts import acts_about, decision
from bot.order_answers import put_back_answer
from bot.order_words import in_case
from bot.ordering import Ordering
from bot.reply import Part, Reply, Spans, Text, Tone, listed, say, text
from bot.state import ORDERS
from bot.undoing import Undoing
from bot.would_end import would_end

FASTER = "Somebody was faster: that is in force again, or has been decided anew. Nothing was done."


@dataclass(slots=True)
class TakingBack:
    """`undoing` are the fields of a case, else it is about orders: `back`, and who has decided about these `since`."""

    context: Context
    act: Act
    undoing: Undoing | None = None
    back: BringingBack = field(default_factory=BringingBack)
    since: Act | None = None

    @classmethod
    async def look(cls, context: Context, act: Act) -> TakingBack:
        """What there is to do for it now; a refusal where orders are not this person's to end, or to give again."""
        known = await acts_about(context, act)
        if act.case is not None and act.case.first.kind is EntryKind.INTENT:
            return cls(context, act, await Undoing.look(context, act, known))
        now = context.services.standing.time.now()
        active = [order for order in await context.services.orders.active() if order.in_force(now)]
        back = brought_back(act, active, context.calendar)
        await allow_ending(context, (*back.ending, *back.orders))
        fields = frozenset[str]().union(*(claimed(order.what, order) for order in back.orders))
        return cls(context, act, back=back, since=decided_since(act, known, fields))

    async def impossible(self) -> Reply | None:
        """Why there is nothing to take back; None where there is."""
        if self.undoing is not None:
            reply = self.undoing.nothing_to_do()
            return replace(reply, parts=(*reply.parts, *self._stays_ended())) if reply is not None else None
        if self.back.orders or self.back.ending:
            return None
        if self.act.case is not None:
            return await already_ended(self.context, orders_of(self.act.case)[-1])
        title = say("What you ended cannot be in force again: ", *self._ended(), ". Nothing was done.")
        return Reply(Tone.WARN, title, self.back.why)

    @property
    def has_to_ask(self) -> bool:
        """Whether there is more to it than that somebody takes back what they did."""
        return self.moved_on or self.since is not None or self.back.keeps_out_anew

    @property
    def moved_on(self) -> bool:
        return self.undoing is not None and bool(self.undoing.moved_on)

    async def question(self, before: Sequence[Reply] = ()) -> Reply:
        """What would be done. `before` is why what was done later cannot be undone."""
        case = self.act.case
        line = (Text(case_line(case, self.context.services.clock.now())),) if case is not None else ()
        if self.undoing is not None and self.undoing.moved_on:
            asked = self.undoing.ask_about_moved_on()
            asked = replace(asked, parts=(*line, *asked.parts, *self._stays_ended()))
        else:
            named = {"n": case.number} if case is not None else {"act": self.act.seq}
            asked = self.context.question(
                self._title(instead=bool(before)), (*line, *await self._preview()), confirm="Undo it", values=named
            )
        if not before:
            return asked
        latest, *others = before
        why = dict.fromkeys((*latest.parts, *(part for reply in others for part in (Text(reply.title), *reply.parts))))
        return replace(asked, title=(*latest.title, *say(" "), *asked.title), parts=(*why, *asked.parts))

    def _title(self, *, instead: bool) -> Spans:
        end = " instead" if instead else ""
        if self.act.case is not None:
            return say(f"Undo case {self.act.case.number}{end}?")
        return say(f"Put in force again{end} what you ended: ", *self._ended(), "?")

    def _stays_ended(self) -> tuple[Part, ...]:
        """The orders that the command ended beside what it changed, where the record of its fields says nothing of them
        (as before decisions were recorded with what they stand on)."""
        case = self.act.case
        if not self.act.ends or case is None or any(changes.get(ORDERS) for _, _, changes in recorded(case)):
            return ()
        given = [with_giver(end.given, self.context.calendar) for end in self.act.ends]
        return (text("What it ended, or a part of, does not come back with it: ", *listed(given), "."),)

    def _ended(self) -> Spans:
        return listed([in_case(one.order) for one in self.act.ends])

    async def _preview(self) -> tuple[Part, ...]:
        if self.undoing is not None:
            return (*self.undoing.preview(), *self._stays_ended())
        parts = await would_end(self.context, self.context.room, self.back.ending, self.back)
        if self.since is None:
            return parts
        return (*parts, text("That has been decided again since: ", *decision(self.context, self.since), "."))

    async def do(self) -> Reply:
        """Take it back, and say what was and what was not."""
        if self.undoing is not None:
            reply = await self.undoing.put_back()
            return replace(reply, parts=(*reply.parts, *self._stays_ended()))
        context, back = self.context, self.back
        if not back.orders:
            reply = await end(context, back.ending)
            return replace(reply, parts=(*back.why, *reply.parts))
        if context.bound.dry_run:
            return Reply(Tone.INFO, say("Dry run: nothing was done."), await self._preview())
        ordering = Ordering(context)
        orders = await ordering.put_back(back)
        if not orders:
            return Reply(Tone.INFO, say(FASTER))
        done = await ordering.carry_out_all([*back.ending, *orders])
        if back.ending:
            return ended_answer(context, back.ending[-1], done, orders, back.why)
        return put_back_answer(context, orders, done, back.why)
