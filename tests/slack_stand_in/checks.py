"""Whether Slack takes a body: sizes, structure, and the published Block Kit schemas where those are at hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.slack import limits
from adapters.slack.escape import size
from tests.conformance import slack_data
from tests.conformance.slack_schemas import wrong_message, wrong_payload, wrong_view
from tests.slack_stand_in.controls import Json, options
from tests.slack_stand_in.errors import Failures, Refused

MOST_BLOCKS = 13_172  # characters of JSON; msg_blocks_too_long is observed from there on (slackapi/bolt-js #2509)
MOST_OPTIONS = 100


class Checks:
    """Refuses what Slack refuses, and keeps each refusal as a failure: Usher's bodies are always valid.

    `schemas` can be turned off where their time would count (1 to 30 ms a body).
    """

    def __init__(self, failures: Failures) -> None:
        self._failures = failures
        self.schemas = slack_data.FOLDER.is_dir()

    def message(self, body: Mapping[str, Any], where: str) -> tuple[str, list[Json]]:
        """Its text and blocks; Refused when Slack would not take it."""
        text, blocks = body.get("text") or "", self._parsed(body.get("blocks"), "invalid_blocks_format", where)
        if not isinstance(text, str):
            raise self._refused("no_text", where, f"text is {type(text).__name__}")
        if not text and not blocks:
            raise self._refused("no_text", where, "neither text nor blocks")
        if size(text) > limits.MESSAGE_TEXT:
            raise self._refused("msg_too_long", where, f"text of {size(text)}")
        if not _is_list(blocks):
            raise self._refused("invalid_blocks_format", where, "blocks are no list of blocks")
        taken = len(json.dumps(blocks, ensure_ascii=False))
        if taken > MOST_BLOCKS:
            raise self._refused("msg_blocks_too_long", where, f"blocks of {taken} characters")
        if blocks and (wrong := self._schemas(wrong_message, blocks)):
            raise self._refused("invalid_blocks", where, *wrong)
        return text, list(blocks)

    def view(self, body: Any, where: str, kinds: Sequence[str]) -> Json:
        """The view; Refused when Slack would not take it."""
        view = self._parsed(body, "invalid_arguments", where)
        if not isinstance(view, dict):
            raise self._refused("invalid_arguments", where, "missing required field: view")
        if view.get("type") not in kinds or not _is_list(view.get("blocks")):
            raise self._refused("invalid_arguments", where, f"a view of type {view.get('type')!r}, or its blocks")
        if wrong := self._schemas(wrong_view, {key: value for key, value in view.items() if key != "external_id"}):
            raise self._refused("invalid_arguments", where, *wrong)
        return view

    def choices(self, body: Any, where: str) -> list[Json]:
        """The options that answer a search; Refused when Slack would show none of them."""
        if not isinstance(body, dict) or not {"options", "option_groups"} & set(body):
            raise self._refused("invalid_options", where, "neither options nor option_groups")
        try:
            found = options(body)
        except (KeyError, TypeError):
            raise self._refused("invalid_options", where, "not of the form of options") from None
        if len(found) > MOST_OPTIONS:
            raise self._refused("invalid_options", where, f"{len(found)} options")
        menu = {"type": "static_select", "action_id": "a", **body}
        if found and (wrong := self._schemas(wrong_message, [{"type": "actions", "elements": [menu]}])):
            raise self._refused("invalid_options", where, *wrong)
        return found

    def outgoing(self, root: str, payload: Json) -> None:
        """AssertionError when the stand-in itself made a payload that Slack would not send."""
        if not self.schemas:
            return
        # recorded payloads have `"enterprise": null`, which the types leave out
        if wrong := wrong_payload(root, {k: v for k, v in payload.items() if (k, v) != ("enterprise", None)}):
            raise AssertionError(f"the stand-in made a wrong {root}: {wrong}")

    def _parsed(self, value: Any, word: str, where: str) -> Any:
        """Blocks and views come as JSON in a text, or as what they are; nothing counts as no blocks."""
        if not isinstance(value, str):
            return [] if value is None else value
        try:
            return json.loads(value)
        except ValueError:
            raise self._refused(word, where, "no JSON") from None

    def _schemas(self, check: Any, body: Any) -> list[str]:
        return list(check(body)) if self.schemas else []

    def _refused(self, word: str, where: str, *wrong: str) -> Refused:
        self._failures.add(f"{where}: {word}: {'; '.join(wrong)}")
        messages = [f"[ERROR] {one}" for one in wrong]
        return Refused(word, errors=list(wrong), response_metadata={"messages": messages})


def _is_list(blocks: Any) -> bool:
    return isinstance(blocks, list) and all(
        isinstance(one, dict) and isinstance(one.get("type"), str) for one in blocks
    )
