"""What became of an order, as an answer: one wording of each outcome for every command that gives one."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answers import Words, undo_of
from bot.bringing_back import again_words, with_giver
from bot.context import Context
from bot.describe import described
from bot.history import Outcome
from bot.model import Participant
from bot.order_words import in_case, kind, lasting, title, until_word, where
from bot.ordering import Done, Given
from bot.orders import Order
from bot.reply import Audience, Mention, Name, Part, Reply, Spans, Tone, listed, say, text
from bot.state import Difference

PENDING = "Record pending: the history could not be written yet. It is retried."
AGAIN = "It is decided, and tried again."
NOT_HERE = "It holds while `usher run` is at work on this history: this process does not enforce."


def given_answer(context: Context, given: Given, words: Words, *, told: Spans = ()) -> Reply:
    """The reply for an order; `told` is for the others, where not all of them may know what the title says."""
    done, order = given.done, given.order
    parts: list[Part] = [*(words.after if done.holds else words.known)]
    parts += [*replacing(context, order, given.replaced), *enforcing(context)]
    if context.bound.reason:
        parts.append(text("Reason: ", Name(context.bound.reason)))
    parts += notes(done)
    if done.holds:
        held = given.already and not any(one.result is not None and one.result.changes for one in done.carried)
        heading, tone = (words.already, Tone.INFO) if held else (words.done, Tone.OK)
        outcome = Outcome.ALREADY if held else Outcome.DONE
    else:
        heading, tone, outcome = unfinished(words.what, done), Tone.ERROR, outcome_of(done)
    buttons = (*words.buttons, undo_of(order.case, context.room))
    return Reply(tone, heading, tuple(parts), buttons, Audience.PUBLIC, order.case, outcome, told=told)


def put_back_answer(context: Context, orders: Sequence[Order], done: Done, why: Sequence[Part] = ()) -> Reply:
    """The answer to who puts in force again what they had ended; `why` is said of what does not come back."""
    again, parts = again_words(orders, context.calendar), (*why, *notes(done))
    case = orders[-1].case
    if not done.holds:
        heading = unfinished(say("carry out ", *listed([in_case(order) for order in orders])), done)
        parts = (*again, *parts, *enforcing(context))
        return Reply(Tone.ERROR, heading, parts, (), Audience.PUBLIC, case, outcome_of(done))
    heading = say("In force again: ", *listed([with_giver(order, context.calendar) for order in orders]), ".")
    changed = [one.result.changes for one in done.carried if one.result is not None and one.result.changes]
    parts = (*map(described, changed[:1]), *parts, *enforcing(context))
    return Reply(Tone.OK, heading, parts, (), Audience.PUBLIC, case, Outcome.DONE)


def unfinished(what: Spans, done: Done) -> Spans:
    if outcome_of(done) is Outcome.UNKNOWN:
        seen = any(one.result is not None and one.result.after is not None for one in done.carried if not one.holds)
        shows = "The room does not show it now." if seen else "The room could not be looked at."
        return say("It is not known whether it worked to ", *what, f". {done.why} {shows} {AGAIN}")
    return say("Could not ", *what, f" yet. {done.why} {AGAIN}")


def notes(done: Done) -> tuple[Part, ...]:
    """What LiveKit, or the history, said although it holds."""
    results = [one.result for one in done.carried if one.holds and one.result is not None]
    said = dict.fromkeys(result.error.user_text for result in results if result.error is not None)
    owed = any(one.result is not None and one.result.owed for one in done.carried)
    return (*map(text, said), *((text(PENDING),) if owed else ()))


def outcome_of(done: Done) -> Outcome:
    """Of what does not hold yet: what became of the try, and failed where none could be made."""
    found = [one.result.outcome for one in done.carried if not one.holds and one.result is not None]
    return next((outcome for outcome in found if outcome is not None), Outcome.FAILED)


def seen_after(done: Done) -> Participant | None:
    """The one person of an order as the room has shown them after the try; None where it has not."""
    result = done.carried[0].result if done.carried else None
    return result.after.participant if result is not None and result.after is not None else None


def replacing(
    context: Context, order: Order, replaced: Sequence[Order], begins: str = "It takes the place of"
) -> tuple[Part, ...]:
    """Which orders it replaces; of those that are somebody else's, or longer, also whose and until when."""
    if not replaced:
        return ()
    more = [part for one in replaced if (part := _worth_telling(context, order, one)) is not None]
    return (text(f"{begins} ", *listed([in_case(one) for one in replaced]), "."), *more)


def _worth_telling(context: Context, order: Order, old: Order) -> Part | None:
    others = old.issuer not in ("", context.moderator.user.subject)
    longer = kind(old) == kind(order) and order.ends is not None and (old.ends is None or old.ends > order.ends)
    if not (others or longer):
        return None
    by = say("was given by ", Mention(old.issuer, old.issuer_name), ", ") if others else say("was to last ")
    return text(
        f"Case {old.case} ", *by, until_word(old, context.calendar), ", which is longer." if longer else ".",
        " The undo of this one brings it back.",
    )  # fmt: skip


def enforcing(context: Context) -> tuple[Part, ...]:
    """What has to be said where this process only gives orders."""
    return (text(NOT_HERE),) if context.services.pulse.begun is None else ()


def order_preview(context: Context, order: Order, changes: Difference, replaced: Sequence[Order]) -> Reply:
    """A dry run: which order would be made, and what it would change at once."""
    heading = say(
        "Dry run: nothing was done. This order would be made: ", *title(order), " in ", *where(order), " ",
        lasting(order, context.calendar), ".",
    )  # fmt: skip
    parts: list[Part] = []
    parts += replacing(context, order, replaced, "It would take the place of")
    parts.append(described(changes) if changes else text("Nothing would change now."))
    return Reply(Tone.INFO, heading, tuple(parts))
