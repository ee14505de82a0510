"""What is logged: Usher's own words as much as was asked for, of libraries only what goes wrong, and no secret."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any, TextIO

OURS = ("adapters", "bot")
REMOVED = "(removed)"
ABOUT = ("case", "room", "order")
"""What a record may say of what it is about (`extra`), beside its words."""

# A library that fails may name the address that it called, or repeat what was answered.
_SECRETS = re.compile(
    r"\bxox[a-z](?:\.xox[a-z])?-[\w.-]+|\bxapp-[\w.-]+"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|(?<=Bearer )\S+"
    r"|(?<=[?&]ticket=)[^&\s'\"]+"
    r"|(?<=://hooks\.slack\.com/)\S+|(?<=://hooks\.slack-gov\.com/)\S+"
    r"|(?<=://)[^/\s@'\"]+(?=@)"
    r"|\b[MNO][\w-]{17,}\.[\w-]{6}\.[\w-]{27,}"
    r"|(?<=Bot )[\w-]+\.[\w.-]+"
    r"|(?<=/interactions/)\d+/[^/\s?'\"]+|(?<=/webhooks/)\d+/[^/\s?'\"]+"
)


class Discreet(logging.Formatter):
    """Tokens, logins and addresses that are secrets themselves are left out, of tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRETS.sub(REMOVED, super().format(record))


class Structured(logging.Formatter):
    """One JSON object a line, ASCII alone, as discreet as the other; its fields are a contract (docs/http.md)."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields |= {name: found for name in ABOUT if (found := getattr(record, name, None)) not in (None, "")}
        if record.exc_info:
            fields["error"] = self.formatException(record.exc_info)
        return json.dumps({name: _without_secrets(value) for name, value in fields.items()})


def _without_secrets(value: Any) -> Any:
    return _SECRETS.sub(REMOVED, value) if isinstance(value, str) else value


FORMS: dict[str, logging.Formatter] = {
    "text": Discreet("%(levelname)s %(name)s: %(message)s"),
    "json": Structured(),
}


def set_up(level: str, stream: TextIO, form: str = "text") -> None:
    """Log to this stream, unless whoever runs this process has set logging up already.

    Libraries speak from WARNING up at any level: below that they write payloads, tokens and statements. It is the
    root's level that holds them, since slack_bolt copies that one into loggers of its own.
    """
    root = logging.getLogger()
    if root.handlers:
        return
    handler = logging.StreamHandler(stream)
    handler.setFormatter(FORMS[form])
    root.addHandler(handler)
    wanted = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(max(wanted, logging.WARNING))
    for name in OURS:
        logging.getLogger(name).setLevel(wanted)
