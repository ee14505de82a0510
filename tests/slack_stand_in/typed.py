"""What Slack makes of what people type: names become ids, and the three characters of its markup are escaped. Pure."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.slack_stand_in.world import World

_FORM = re.compile(r"<(?:[@#!]|https?:|mailto:|tel:)[^<>]*>")
_USER = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_NAME = re.compile(r"(?<![\w<|])([@#])([a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9])")


def as_sent(text: str, world: World, *, labelled: bool = False) -> str:
    """`@ann & #general` -> `<@U0ANN> &amp; <#C0GENERAL|general>`; what stands in Slack's own form already stays.

    `labelled` is the form of slash commands with `should_escape`: `<@U0ANN|ann>`.
    """
    pieces, at = [], 0
    for found in _FORM.finditer(text):
        pieces += [_plain(text[at : found.start()], world, labelled), found.group()]
        at = found.end()
    return "".join([*pieces, _plain(text[at:], world, labelled)])


def _plain(text: str, world: World, labelled: bool) -> str:
    users = {one.name: one.id for one in world.users.values()}
    channels = {one.name: one.id for one in world.channels.values() if not one.direct}

    def form(found: re.Match[str]) -> str:
        sign, name = found.groups()
        if sign == "@" and name in users:
            return f"<@{users[name]}|{name}>" if labelled else f"<@{users[name]}>"
        if sign == "#" and name in channels:
            return f"<#{channels[name]}|{name}>"
        return found.group()

    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _NAME.sub(form, escaped)


def rich(text: str, block_id: str) -> list[dict[str, Any]]:
    """The rich_text block that a person's message has beside its text."""
    elements = []
    for number, piece in enumerate(_USER.split(text)):
        if number % 2:
            elements.append({"type": "user", "user_id": piece})
        elif piece:
            elements.append({"type": "text", "text": html.unescape(piece)})
    return [
        {"type": "rich_text", "block_id": block_id, "elements": [{"type": "rich_text_section", "elements": elements}]}
    ]
