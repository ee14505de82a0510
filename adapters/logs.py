"""What is logged: Usher's own words as much as was asked for, of libraries only what goes wrong, and no secret."""

from __future__ import annotations

import logging
import re
from typing import TextIO

OURS = ("adapters", "bot")
REMOVED = "(removed)"

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


def set_up(level: str, stream: TextIO) -> None:
    """Log to this stream, unless whoever runs this process has set logging up already.

    Libraries speak from WARNING up at any level: below that they write payloads, tokens and statements. It is the
    root's level that holds them, since slack_bolt copies that one into loggers of its own.
    """
    root = logging.getLogger()
    if root.handlers:
        return
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Discreet("%(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    wanted = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(max(wanted, logging.WARNING))
    for name in OURS:
        logging.getLogger(name).setLevel(wanted)
