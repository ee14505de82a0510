"""What became of an action, as an answer: one wording of each outcome for every command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.actions.restore import irreversible
from bot.command import BoundInvocation
from bot.context import Context
from bot.describe import described
from bot.history import Outcome
from bot.reply import Audience, Button, Name, Part, Reply, Spans, Tone, say, text
from bot.result import Result


@dataclass(frozen=True, slots=True)
class Words:
    """How a command speaks of its action.

    `done` and `already` are whole titles; `what` completes "Could not ..." (`mute Bob in standup`). `after` is said
    when it is done, `buttons` are offered then. `held` begins, and `stays` ends, a title of what an order holds so now.
    `known` is said of an order that could not be carried out yet: what the room has shown, never what was wanted.
    """

    done: Spans
    already: Spans
    what: Spans
    after: Sequence[Part] = ()
    buttons: Sequence[Button] = field(default_factory=tuple)
    offers: Sequence[Button] = field(default_factory=tuple)
    held: Spans = ()
    stays: str = ""
    known: Sequence[Part] = ()


def answer(context: Context, result: Result[Any], words: Words, others: Words | None = None) -> Reply:
    """The reply for a result; a dry run shows the difference, and says that nothing was done.

    `others` are the words for the other moderators, where not all of them may know what these say.
    """
    if others is not None:
        return replace(answer(context, result, words), told=answer(context, result, others).title)
    if context.bound.dry_run:
        return _preview(result, words)
    reply = _OUTCOMES[result.outcome](result, words) if result.outcome else _void(words)
    parts = list(reply.parts)
    if context.bound.reason:
        parts.append(text("Reason: ", Name(context.bound.reason)))
    if result.owed:
        parts.append(text("Record pending: the history could not be written yet. It is retried."))
    tone = Tone.WARN if result.owed and reply.tone is Tone.OK else reply.tone
    return Reply(
        tone, reply.title, tuple(parts), reply.buttons, Audience.PUBLIC, result.case, result.outcome
    )  # fmt: skip


def _preview(result: Result[Any], words: Words) -> Reply:
    if not result.changes:
        return Reply(Tone.INFO, (*words.already, *say(" Nothing would change.")))
    title = say("Dry run: nothing was done. To ", *words.what, " would change:")
    return Reply(Tone.INFO, title, (described(result.changes),))


def _void(words: Words) -> Reply:
    return Reply(Tone.WARN, words.already, buttons=tuple(words.offers))


def _done(result: Result[Any], words: Words) -> Reply:
    note = (text(result.error.user_text),) if result.error else ()
    return Reply(Tone.OK, words.done, (*words.after, *note), (*words.buttons, *undo_button(result)))


def _already(result: Result[Any], words: Words) -> Reply:
    return Reply(Tone.INFO, words.already, buttons=tuple(words.offers))


def _not_effective(result: Result[Any], words: Words) -> Reply:
    if result.error is not None:
        title = say("Only a part of it was done: could not ", *words.what, f". {result.error.user_text}")
    else:
        title = say("LiveKit accepted it, but the room does not show it. Could not ", *words.what, ".")
    return Reply(Tone.ERROR, title, buttons=tuple(words.offers))


def _failed(result: Result[Any], words: Words) -> Reply:
    why = f" {result.error.user_text}" if result.error else ""
    return Reply(Tone.ERROR, say("Could not ", *words.what, f".{why}"), buttons=tuple(words.offers))


def _unknown(result: Result[Any], words: Words) -> Reply:
    why = f" {result.error.user_text}" if result.error else ""
    seen = " The room does not show it now." if result.after is not None else " The room could not be looked at."
    title = say("It is not known whether it worked to ", *words.what, f".{why}{seen} Look with /participants.")
    return Reply(Tone.ERROR, title)


_OUTCOMES = {
    Outcome.DONE: _done,
    Outcome.ALREADY: _already,
    Outcome.NOT_EFFECTIVE: _not_effective,
    Outcome.FAILED: _failed,
    Outcome.UNKNOWN: _unknown,
}


def undo_button(result: Result[Any]) -> tuple[Button, ...]:
    """Undo, where there is anything that can be put back."""
    if result.case is None or all(irreversible(change) for change in result.changes.changes):
        return ()
    return (undo_of(result.case, result.part.subject.room),)


def undo_of(case: int, room: str) -> Button:
    return Button(f"Undo case {case}", BoundInvocation("undo", room, None, {"n": case}, str(case)))
