"""Replies for a terminal's scripts: one JSON object, or one plain line, for each. Pure."""

from __future__ import annotations

import json
from typing import Any

from bot.plain import plain, spans_text
from bot.reply import Button, Choices, Fields, Part, Reply, Table, Text
from bot.words import isolated


def whole_text(reply: Reply) -> str:
    """The whole answer, with how to answer a question here."""
    lines = [plain(reply)]
    if reply.question:
        more = [f"{number} {button.label}" for number, button in enumerate(reply.buttons, 1)][1:-1]
        lines.append(f"Answer yes or no{', or ' + ', '.join(more) if more else ''}.")
    elif any(isinstance(part, Choices) for part in reply.parts):
        lines.append("Answer with a number, or no.")
    return "\n".join(lines)


def as_line(reply: Reply) -> str:
    """The answer on one line."""
    return " · ".join(line for line in whole_text(reply).splitlines() if line)


def as_json(reply: Reply) -> str:
    """The answer as one JSON object; its fields are a contract (docs/console.md)."""
    return json.dumps(
        {
            "command": reply.command,
            "tone": reply.tone.value,
            "outcome": reply.outcome.value if reply.outcome else None,
            "case": reply.case,
            "title": spans_text(reply.title),
            "text": whole_text(reply),
            "parts": [_part(part) for part in reply.parts],
            "buttons": [_button(button) for button in _buttons(reply)],
        },
        ensure_ascii=False,
    )


def _buttons(reply: Reply) -> list[Button]:
    """Those of the choices too, in the order of their numbers."""
    chosen = [option.button for part in reply.parts if isinstance(part, Choices) for option in part.options]
    return [*chosen, *reply.buttons]


def _button(button: Button) -> dict[str, str]:
    return {"label": isolated(button.label), "token": button.token}


def _part(part: Part) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": spans_text(part.spans)}
    if isinstance(part, Fields):
        items = [{"label": label, "value": spans_text(spans)} for label, spans in part.items]
        return {"type": "fields", "fields": items}
    if isinstance(part, Table):
        rows = [[spans_text(cell) for cell in row] for row in part.rows]
        return {"type": "table", "columns": [column.title for column in part.columns], "rows": rows}
    options = [{"text": spans_text(option.spans), **_button(option.button)} for option in part.options]
    return {"type": "choices", "choices": options}
