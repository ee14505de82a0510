"""How the stand-in says no: Discord's code to the client, and a failure to the test where a client did wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.slack_stand_in import errors


class Refused(Exception):
    """Answered with this status, as `{"code": code, "message": words}`."""

    def __init__(self, status: int, code: int, words: str, **more: Any) -> None:
        super().__init__(words)
        self.status, self.code = status, code
        self.body = {"code": code, "message": words, **more}

    @classmethod
    def unknown(cls, code: int, what: str) -> Refused:
        return cls(404, code, f"Unknown {what}")

    @classmethod
    def form(cls, wrong: Iterable[str]) -> Refused:
        """50035 with what is wrong."""
        found = [{"code": "STAND_IN", "message": one} for one in wrong]
        return cls(400, 50035, "Invalid Form Body", errors={"_errors": found})


UNAUTHORIZED = (401, 0, "401: Unauthorized")
NO_ROUTE = (404, 0, "404: Not Found")
LATE = (10062, "interaction")
TWICE = (400, 40060, "Interaction has already been acknowledged.")
EXPIRED = (10015, "Webhook")
NO_ACCESS = (403, 50001, "Missing Access")
NO_PERMISSION = (403, 50013, "Missing Permissions")
NO_DIRECT = (403, 50007, "Cannot send messages to this user")


class Failures(errors.Failures):
    """What a client did that is wrong, or that Discord would drop without a word. The fixture raises what is left."""

    def check(self) -> None:
        """AssertionError with all that is left."""
        if self.found:
            raise AssertionError("Discord would not have taken this:\n" + "\n".join(self.found))
