"""Replies for a terminal's scripts: one JSON object, or one plain line, for each. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.plain import plain, spans_text
from bot.reply import Button, Choices, Fields, Menu, Part, Reply, Spans, Table, Text
from bot.words import isolated

_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")  # those that move a cursor or break a line


def shown(spans: Spans) -> str:
    """The spans as text that a terminal may be given; `\n` is the only line break in it."""
    return _CONTROLS.sub(" ", spans_text(spans))


def whole_text(reply: Reply) -> str:
    """The whole answer, with how to answer a question here."""
    hint = how_to_answer(reply) or _offers(reply)
    return _CONTROLS.sub(" ", plain(reply)) + (f"\n{hint}" if hint else "")


def how_to_answer(reply: Reply) -> str:
    """What can be typed where the reply asks; "" where it does not."""
    if reply.question and reply.buttons:
        more = [f"{number} {isolated(button.label)}" for number, button in enumerate(reply.buttons, 1)][1:-1]
        return f"Answer yes or no{', or ' + ', '.join(more) if more else ''}."
    if any(isinstance(part, Choices) for part in reply.parts):
        return "Answer with a number, or no."
    return ""


def _offers(reply: Reply) -> str:
    """What a number takes, where nothing is asked."""
    labels = ", ".join(f"{number} {isolated(button.label)}" for number, button in enumerate(reply.buttons, 1))
    return f"Offers: {labels}." if labels else ""


def as_line(reply: Reply) -> str:
    """The answer on one line."""
    return " · ".join(line for line in whole_text(reply).split("\n") if line)


def as_json(reply: Reply) -> str:
    """The answer as one JSON object; its fields are a contract (docs/console.md)."""
    line = json.dumps(
        {
            "command": reply.command,
            "tone": reply.tone.value,
            "outcome": reply.outcome.value if reply.outcome else None,
            "case": reply.case,
            "title": shown(reply.title),
            "text": whole_text(reply),
            "parts": [_part(part) for part in reply.parts],
            "buttons": [_button(button) for button in _buttons(reply)],
        },
        ensure_ascii=False,
    )
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _buttons(reply: Reply) -> list[Button]:
    """Those of the choices too, in the order of their numbers."""
    chosen = [option.button for part in reply.parts if isinstance(part, Choices) for option in part.options]
    return [*chosen, *reply.buttons]


def _button(button: Button) -> dict[str, str]:
    return {"label": isolated(button.label), "token": button.token}


def _part(part: Part) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": shown(part.spans)}
    if isinstance(part, Fields):
        items = [{"label": label, "value": shown(spans)} for label, spans in part.items]
        return {"type": "fields", "fields": items}
    if isinstance(part, Table):
        rows = [[shown(cell) for cell in row] for row in part.rows]
        return {"type": "table", "columns": [column.title for column in part.columns], "rows": rows}
    if isinstance(part, Menu):
        return {"type": "menu", "label": part.label, "entries": [_button(entry) for entry in part.entries]}
    options = [{"text": shown(option.spans), **_button(option.button)} for option in part.options]
    return {"type": "choices", "choices": options}
