"""Slack's schemas as validators: what is wrong with a body, by each of them."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator  # type: ignore[import-untyped]
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from adapters.slack import limits
from adapters.slack.escape import size
from tests.conformance.slack_data import data


@cache
def _limits(root: str) -> Any:
    schema = data("block-kit.limits.schema.json")
    return Draft202012Validator({"$ref": f"#/$defs/{root}", "$defs": schema["$defs"]})


@cache
def _types(root: str) -> Any:
    schema = data("block-kit.types.schema.json")
    return Draft7Validator({**schema["definitions"]["OutboundRoots"]["properties"][root], **_definitions(schema)})


def _definitions(schema: Any) -> dict[str, Any]:
    return {"definitions": schema["definitions"]}


@cache
def _manifest() -> Any:
    return Draft7Validator(data("manifest/manifest.schema.2.0.0.json"))


@cache
def _inbound(root: str) -> Any:
    schema = data("inbound-payloads.types.schema.json")
    roots = next(value for key, value in schema["definitions"].items() if key.endswith("Roots"))
    return Draft7Validator({**roots["properties"][root], **_definitions(schema)})


def wrong_message(blocks: list[dict[str, Any]]) -> list[str]:
    """What is wrong with a message's blocks."""
    return [*_wrong(_limits("message_blocks"), blocks), *_wrong(_types("blocks"), blocks), *_sdk(blocks), *_ids(blocks)]


def wrong_view(view: dict[str, Any]) -> list[str]:
    """What is wrong with a modal or an App Home."""
    kind = view["type"]
    found = [*_wrong(_limits(f"{kind}_view"), view), *_wrong(_types(kind), view), *_ids(view["blocks"])]
    try:
        View(**view).validate_json()
    except SlackObjectFormationError as error:
        found.append(f"slack_sdk: {error}")
    return found


def wrong_manifest(manifest: dict[str, Any]) -> list[str]:
    return _wrong(_manifest(), manifest)


def wrong_payload(root: str, payload: dict[str, Any]) -> list[str]:
    return _wrong(_inbound(root), payload)


def wrong_text(text: str) -> list[str]:
    """What is wrong with a message's text."""
    return [] if 0 < size(text) <= limits.MESSAGE_TEXT else [f"text of {size(text)}"]


def _wrong(validator: Any, body: Any) -> list[str]:
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(body)
    ]


def _sdk(blocks: list[dict[str, Any]]) -> list[str]:
    try:
        for block in Block.parse_all(blocks):
            block.validate_json()
    except SlackObjectFormationError as error:
        return [f"slack_sdk: {error}"]
    return []


def _ids(blocks: list[dict[str, Any]]) -> list[str]:
    """Action ids and block ids that are there twice: no schema knows of those."""
    elements = [
        one
        for block in blocks
        for one in (*block.get("elements", ()), block.get("accessory"), block.get("element"))
        if one
    ]
    found = [
        [one["action_id"] for one in elements if "action_id" in one],
        [b["block_id"] for b in blocks if "block_id" in b],
    ]
    return [f"twice: {ids}" for ids in found if len(set(ids)) < len(ids)]
