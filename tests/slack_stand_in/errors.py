"""How the stand-in says no: Slack's word to the client, and a failure to the test where a client did wrong."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """Answered as `{"ok": false, "error": word, ...}`."""

    def __init__(self, word: str, **more: Any) -> None:
        super().__init__(word)
        self.word = word
        self.more = more

    @classmethod
    def missing(cls, argument: str) -> Refused:
        return cls.arguments(f"[ERROR] missing required field: {argument}")

    @classmethod
    def arguments(cls, *messages: str) -> Refused:
        return cls("invalid_arguments", response_metadata={"messages": list(messages)})


class Failures:
    """What a client did that is wrong, or that Slack would drop without a word. The fixture raises what is left."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, text: str) -> None:
        self.found.append(text)

    def take(self, part: str) -> str:
        """The first failure with that in it, which is then forgiven; AssertionError when there is none."""
        for text in self.found:
            if part in text:
                self.found.remove(text)
                return text
        raise AssertionError(f"no failure has {part!r} in it: {self.found}")

    def check(self) -> None:
        """AssertionError with all that is left."""
        if self.found:
            raise AssertionError("Slack would not have taken this:\n" + "\n".join(self.found))
