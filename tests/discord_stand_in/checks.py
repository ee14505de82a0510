"""Whether Discord takes a body: its published OpenAPI file where that is at hand, and the checks that it lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.discord import limits
from tests.conformance import discord_data
from tests.conformance.discord_schemas import (
    MESSAGES,
    MODAL,
    wrong_beyond_schema,
    wrong_callback,
    wrong_commands,
    wrong_modal,
    wrong_payload,
    wrong_request,
)
from tests.discord_stand_in.errors import Refused
from tests.discord_stand_in.interactions import MESSAGE, UPDATE
from tests.discord_stand_in.shapes import Json

CHANNEL, CHANNEL_EDIT, FOLLOWUP, FOLLOWUP_EDIT = MESSAGES.values()


class Checks:
    """Refuses what Discord refuses.

    `schemas` can be turned off where their time would count (1 to 30 ms a body).
    """

    def __init__(self) -> None:
        self.schemas = discord_data.FOLDER.is_dir()

    def message(self, body: Mapping[str, Any], place: tuple[str, str], before: Json | None = None) -> None:
        """Refused when Discord would not take it, as a change of what was there `before`."""
        _refuse(wrong_request(*place, body) if self.schemas else [])
        self._whole({**(before or {}), **body})

    def callback(self, body: Mapping[str, Any], before: Json | None = None) -> None:
        """The first answer to an interaction; Refused."""
        data = body.get("data") or {}
        if self.schemas:
            wrong = wrong_modal(data) if body.get("type") == MODAL else wrong_callback(dict(body))
            _refuse(wrong)
        if body.get("type") in (MESSAGE, UPDATE):
            self._whole({**(before or {}), **data})

    def commands(self, bodies: Any, *, guild: bool) -> Sequence[Json]:
        """Everything that is registered in one go; Refused."""
        if not isinstance(bodies, list) or not all(isinstance(one, dict) and one.get("name") for one in bodies):
            _refuse(["no list of commands with names"])
        _refuse(wrong_commands(bodies, guild=guild) if self.schemas else [])
        return list(bodies)

    def outgoing(self, root: str, payload: Json) -> None:
        """AssertionError when the stand-in itself made an interaction that Discord would not send."""
        if root and self.schemas and (wrong := wrong_payload(root, payload)):
            raise AssertionError(f"the stand-in made a wrong {root}: {wrong}")

    def _whole(self, message: Json) -> None:
        size = len(message.get("content") or "")
        _refuse([f"content of {size}"] if size > limits.CONTENT else wrong_beyond_schema(message))


def _refuse(wrong: Sequence[str]) -> None:
    if wrong:
        raise Refused.form(wrong)
