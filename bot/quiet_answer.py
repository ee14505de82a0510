"""What became of each person of a wide action, in one answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot import crowd
from bot.actions.mute import matching
from bot.called import Names
from bot.command import BoundInvocation
from bot.context import Context
from bot.history import Outcome
from bot.model import Participant
from bot.reply import Audience, Button, Column, Name, Part, Reply, Spans, Table, Tone, listed, say, text
from bot.result import Result
from bot.state import PersonState

SHOWN = 40
COLUMNS = (Column("Name", 0), Column("Result", 0), Column("Tracks", 1))
MUTED = (Outcome.DONE, Outcome.ALREADY)
_WORST = (Outcome.UNKNOWN, Outcome.NOT_EFFECTIVE, Outcome.FAILED, Outcome.DONE, Outcome.ALREADY)


def quiet_answer(context: Context, results: Sequence[Result[PersonState]], later: Sequence[Participant]) -> Reply:
    """One line for each person, those first for whom it did not work; who can be heard since is named."""
    done = sum(result.outcome in MUTED for result in results)
    fine = all(_ok(result) for result in results) and not later
    outcome = overall(results)
    number = f"{done} of {len(results)} people" if len(results) > 1 else "1 person" if done else "nobody"
    title = say(f"Quiet: {number} muted in ", Name(context.room), ".")
    names = Names((result.part.subject.identity, result.part.subject.name) for result in results)
    rows = [_row(result, names) for result in sorted(results, key=_ok)]
    parts: list[Part] = [Table(COLUMNS, tuple(rows[:SHOWN]))]
    if len(rows) > SHOWN:
        parts.append(
            text(
                f"{len(rows) - SHOWN} more, all muted."
                if all(_ok(result) for result in results)
                else f"{len(rows) - SHOWN} more: see the case."
            )
        )
    parts.append(text("They can unmute themselves. /mute who lock takes the source away."))
    buttons: tuple[Button, ...] = ()
    if later:
        heard = listed([context.names(context.room).told(person.identity, person.name) for person in later])
        parts.append(text("Heard since, and not muted: ", *heard, "."))
        buttons = (Button("Quiet the room again", BoundInvocation("quiet", context.room)),)
    if context.bound.reason:
        parts.append(text("Reason: ", Name(context.bound.reason)))
    if any(result.owed for result in results):
        parts.append(text("Record pending: the history could not be written yet. It is retried."))
    case = next((result.case for result in results if result.case is not None), None)
    tone = Tone.OK if fine else Tone.WARN if all(_ok(result) for result in results) else Tone.ERROR
    return Reply(tone, title, tuple(parts), buttons, Audience.PUBLIC, case, outcome)


def overall(results: Sequence[Result[PersonState]]) -> Outcome | None:
    """The worst of the outcomes; someone who has left meanwhile is heard no more and does not count."""
    counted = Counter(result.outcome for result in results if result.outcome is not None)
    return next((outcome for outcome in _WORST if counted[outcome]), None)


def _ok(result: Result[PersonState]) -> bool:
    """Muted, or not to be heard any more; somebody back in another session is neither."""
    if result.outcome is None:
        return result.error is None or result.error.code == "gone"
    return result.outcome in MUTED


def _row(result: Result[PersonState], names: Names) -> tuple[Spans, ...]:
    subject, person = result.part.subject, result.before.participant
    tracks = crowd.tracks_text(matching(person, None)) if person else ""
    return (names.told(subject.identity, subject.name), say(_word(result)), say(tracks))


def _word(result: Result[PersonState]) -> str:
    if result.outcome is None:
        return result.error.user_text if result.error else "publishes nothing audible any more"
    words = {
        Outcome.DONE: "muted", Outcome.ALREADY: "was muted already", Outcome.UNKNOWN: "not known whether muted",
        Outcome.NOT_EFFECTIVE: "still open: LiveKit accepted it, but the room does not show it",
        Outcome.FAILED: "not muted",
    }  # fmt: skip
    why = f": {result.error.user_text}" if result.error and result.outcome is not Outcome.DONE else ""
    return words[result.outcome] + why
