"""Whatever the bot sent to Discord in a test, held against Discord's OpenAPI file and what that does not say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from tests.conformance.discord_data import FOLDER
from tests.conformance.discord_schemas import (
    ANSWER,
    MODAL,
    UPDATE,
    wrong_callback,
    wrong_commands,
    wrong_message,
    wrong_modal,
)

FLAGS = ("flags", "tts")
"""What a message has beside what every message of ours has."""


def _callback(body: dict[str, Any]) -> list[str]:
    if body["type"] in (ANSWER, UPDATE):
        return wrong_callback(body) + wrong_message({key: one for key, one in body["data"].items() if key not in FLAGS})
    return wrong_modal(body["data"]) if body["type"] == MODAL else wrong_callback(body)


def _message(body: dict[str, Any]) -> list[str]:
    return wrong_message({key: one for key, one in body.items() if key not in FLAGS})


def _commands(body: list[dict[str, Any]]) -> list[str]:
    return _registered(json.dumps(body), guild=False)


def _guild_commands(body: list[dict[str, Any]]) -> list[str]:
    return _registered(json.dumps(body), guild=True)


@cache
def _registered(body: str, *, guild: bool) -> list[str]:
    """Looked at once: it takes long, and is the same nearly every time."""
    return wrong_commands(json.loads(body), guild=guild)


def _direct(body: dict[str, Any]) -> list[str]:
    return [] if set(body) == {"recipient_id"} else [f"a channel to {body}"]


def _bare(body: Any) -> list[str]:
    return [] if body is None else [f"a body where there is none: {body}"]


_KNOWN: tuple[tuple[str, Callable[[Any], list[str]]], ...] = (
    (r"POST /interactions/\d+/[^/]+/callback", _callback),
    (r"POST /webhooks/\d+/[^/]+", _message),
    (r"PATCH /webhooks/\d+/[^/]+/messages/@original", _message),
    (r"POST /channels/\d+/messages", _message),
    (r"PUT /applications/\d+/commands", _commands),
    (r"PUT /applications/\d+/guilds/\d+/commands", _guild_commands),
    (r"POST /users/@me/channels", _direct),
    (r"POST /channels/\d+/typing", _bare),
    (r"DELETE /channels/\d+/messages/\d+", _bare),
    (r"GET .*", lambda _: []),
)


def wrong(requests: Iterable[Any]) -> list[str]:
    """What is wrong with the requests: `method`, `path` and `json` of each are looked at. A kind that the bot is not
    known to send is wrong, too. Nothing is known where Discord's file is not there."""
    if not FOLDER.is_dir():
        return []
    found = []
    for one in requests:
        asked = f"{one.method} {one.path}"
        check = next((check for form, check in _KNOWN if re.fullmatch(form, asked)), None)
        found += [f"{asked}: {why}" for why in (check(one.json) if check else ["not known"])]
    return found
