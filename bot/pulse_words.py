"""How enforcement is doing, in a sentence or two: what comes, how often is looked, how long it has taken."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

from bot.durations import length_words
from bot.pulse import Pulse

ALONE = (
    "This process carries an order out once, when it is given: they hold while `usher run` is at work on this history."
)


def pulse_words(pulse: Pulse, now: float) -> str:
    """`now` is in monotonic seconds."""
    if pulse.begun is None:
        return ALONE
    failing = f"Rooms cannot be looked at now: {pulse.failing}" if pulse.failing else ""
    said = (_webhooks(pulse, now), _sweeps(pulse, now), _delays(pulse), failing)
    return " ".join(filter(None, said))


def _webhooks(pulse: Pulse, now: float) -> str:
    if pulse.webhook is None:
        return "No webhook has come."
    return f"The latest webhook came {_ago(pulse.webhook, now)}."


def _sweeps(pulse: Pulse, now: float) -> str:
    last = f", the last time {_ago(pulse.swept, now)}" if pulse.swept is not None else ""
    return f"The rooms are looked at every {_length(pulse.interval)} besides{last}."


def _delays(pulse: Pulse) -> str:
    delays = list(pulse.delays)
    if not delays:
        return "Nothing had to be enforced yet."
    if len(delays) == 1:
        return f"The latest change took {took(delays[0])}."
    return f"The latest {len(delays)} changes took {took(median(delays))} in the median, {took(max(delays))} at worst."


def took(seconds: float) -> str:
    """`40 ms`, `1.5 s`, `2 min`."""
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    return f"{seconds:.1f} s" if seconds < 60 else _length(seconds)


def _ago(moment: float, now: float) -> str:
    return f"{_length(now - moment)} ago" if now - moment >= 1 else "just now"


def _length(seconds: float) -> str:
    return length_words(timedelta(seconds=seconds))
