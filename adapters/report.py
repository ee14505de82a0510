"""What `usher doctor` writes: a line for each thing that is there, worth knowing, or missing."""

from __future__ import annotations

from typing import TextIO

from bot.words import counted


class Report:
    """Counts what is missing; `finish` is the exit status."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._bad = 0

    def good(self, sentence: str) -> None:
        self._line("ok      ", sentence)

    def note(self, sentence: str) -> None:
        self._line("note    ", sentence)

    def bad(self, sentence: str) -> None:
        self._bad += 1
        self._line("missing ", sentence)

    def finish(self) -> int:
        """0 when nothing is missing, 1 otherwise."""
        things = counted(self._bad, "thing is", "things are")
        self._line("", f"{things} missing." if self._bad else "Everything that is needed is there.")
        return 1 if self._bad else 0

    def _line(self, mark: str, sentence: str) -> None:
        print(mark + sentence, file=self._out, flush=True)
