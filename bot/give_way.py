"""The answer to a decision that holds once, such as /promote: what it ends, and what an order holds at present."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answers import Words, answer
from bot.authority import check_may_end
from bot.context import Context
from bot.contradicting import Contradicted, Decision, contradicted
from bot.crowd import sources_text
from bot.deciding import Decided
from bot.history import Outcome
from bot.order_words import by_order, in_case, kind
from bot.orders import Order
from bot.reply import Part as ReplyPart
from bot.reply import Reply, listed, say, text
from bot.state import PERMISSION

HOLDS = (Outcome.DONE, Outcome.ALREADY)


async def contrary(context: Context, decision: Decision, orders: Sequence[Order]) -> list[Contradicted]:
    """What of these orders has to end for it; a refusal where that is not this person's to end."""
    found = list(contradicted(orders, decision))
    for one in found:
        check_may_end(context, one.order)
    return found


def answered(context: Context, decided: Decided, words: Words) -> Reply:
    """The answer, which says what it ends, and where the room stays as an order has it for the time being."""
    note = _ending(context, decided)
    reply = answer(context, decided.result, _held(context, decided, words))
    return replace(reply, parts=(*note, *reply.parts))


def _ending(context: Context, decided: Decided) -> tuple[ReplyPart, ...]:
    if not decided.ending:
        return ()
    if context.bound.dry_run:
        return (ended_note(decided.ending, "It would end"),)
    if decided.result.outcome in HOLDS:
        return (ended_note(decided.ending, "This ends"),)
    return (text("Still in force: ", *listed([in_case(one.order) for one in decided.ending]), "."),)


def _held(context: Context, decided: Decided, words: Words) -> Words:
    """The same where an order speaks for what was decided: the decision counts from its end on."""
    holder, result = decided.holder, decided.result
    if holder is None:
        return words
    by = by_order(holder, context.calendar)
    if not decided.shows:
        title = say("It is decided to ", *words.what, ", but held otherwise by ", *by, "; ", words.stays, ".")
        return replace(words, done=title, already=title, after=words.after[-1:])
    already = (*words.held, *say(", by ", *by, "; ", words.stays, "."))
    if result.changes.starting(PERMISSION):
        return replace(words, already=already)
    return replace(words, done=already, already=already, after=words.after[-1:])


def ended_note(ending: Sequence[Contradicted], begins: str) -> ReplyPart:
    """`This ends the lock of Bob (microphone), case 12.`"""
    pieces = []
    for number, one in enumerate(ending):
        part = say(f"{sources_text(one.freed)} of ") if one.left is not None and one.freed else say("")
        pieces.append((*say(", " if number else ""), *part, *in_case(one.order)))
    return text(f"{begins} ", *(span for piece in pieces for span in piece), ".")


def locks(orders: Sequence[Order]) -> tuple[Order, ...]:
    return tuple(order for order in orders if kind(order) == "lock")
