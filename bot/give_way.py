"""A decision that holds once, such as /promote: the orders that say otherwise end first, or their part that does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answers import Words, answer
from bot.authority import check_may_end
from bot.context import Context
from bot.contradicting import Contradicted, Decision, contradicted
from bot.crowd import sources_text
from bot.order_words import in_case, kind
from bot.ordering import Ordering
from bot.orders import Order
from bot.reply import Part as ReplyPart
from bot.reply import Reply, say, text
from bot.result import Part, Result
from bot.state import PersonState
from bot.subject import Action


async def contrary(context: Context, decision: Decision, orders: Sequence[Order] | None = None) -> list[Contradicted]:
    """What of the orders on the person has to end for it; a refusal where that is not this person's to end."""
    found = list(contradicted(await Ordering(context).bearing() if orders is None else orders, decision))
    for one in found:
        check_may_end(context, one.order)
    return found


async def performed(
    context: Context, action: Action[PersonState], ending: Sequence[Contradicted]
) -> Result[PersonState]:
    """End what says otherwise, and do it."""
    if ending and not context.bound.dry_run:
        await Ordering(context).give_way(ending)
    return await context.perform(Part(context.person(), action))


def answered(context: Context, result: Result[PersonState], words: Words, ending: Sequence[Contradicted]) -> Reply:
    """The answer, which says what it ends."""
    if not ending:
        return answer(context, result, words)
    note = ended_note(ending, "It would end" if context.bound.dry_run else "This ends")
    reply = answer(context, result, replace(words, after=(note, *words.after)))
    return reply if note in reply.parts else replace(reply, parts=(note, *reply.parts))


def ended_note(ending: Sequence[Contradicted], begins: str) -> ReplyPart:
    """`This ends the lock of Bob (microphone), case 12.`"""
    pieces = []
    for number, one in enumerate(ending):
        part = say(f"{sources_text(one.freed)} of ") if one.left is not None and one.freed else say("")
        pieces.append((*say(", " if number else ""), *part, *in_case(one.order)))
    return text(f"{begins} ", *(span for piece in pieces for span in piece), ".")


def locks(orders: Sequence[Order]) -> tuple[Order, ...]:
    return tuple(order for order in orders if kind(order) == "lock")
