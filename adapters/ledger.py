"""`usher history`: checking the chain, and taking the entries elsewhere."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from typing import Any, TextIO

from adapters.database.projections import Astray
from adapters.database.reading import read_entries
from adapters.database.verify import Broken, verify
from bot.history import Content, Entry
from bot.words import counted

FIELDS = (
    "seq", "case", "kind", "at", "actor", "command", "arguments", "room", "identity", "sid", "difference", "outcome",
    "reason", "digest",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")
_BREAKS = re.compile("[\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def print_verified(url: str, out: TextIO) -> int:
    """0 when every entry is as it was written; 1, and the first broken one named, otherwise."""
    result = verify(url)
    if isinstance(result, Broken):
        print(f"Broken at entry {result.seq}: {result.why}", file=out)
        return 1
    if isinstance(result, Astray):
        print(f"The entries are whole, but the table {result.table} does not agree with them: {result.why}", file=out)
        return 1
    print(f"The history is whole: {counted(result.entries, 'entry', 'entries')}, head {result.head}.", file=out)
    return 0


def export(url: str, form: str, out: TextIO) -> int:
    """Every entry in sequence, one a line; memory stays flat."""
    entries = (_fields(entry) for entry in read_entries(url))
    if form == "csv":
        _csv(entries, out)
    else:
        for fields in entries:
            out.write(_escaped(json.dumps(fields, ensure_ascii=False)) + "\n")
    out.flush()
    return 0


def _csv(entries: Iterable[dict[str, Any]], out: TextIO) -> None:
    """A header, then one line for each entry: line breaks inside a field are written as \\n."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    for fields in entries:
        texts = (json.dumps(v, ensure_ascii=False) if isinstance(v, list) else v for v in fields.values())
        writer.writerow([_one_line(text) for text in texts])


def _one_line(value: Any) -> Any:
    """Text without line breaks, and without what a spreadsheet would run as a formula."""
    if not isinstance(value, str):
        return value
    line = _escaped(value.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n"))
    return "'" + line if line.startswith(_FORMULA) else line


def _escaped(line: str) -> str:
    """Without what else some reader takes for the end of a line, and without NUL."""
    return _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _fields(entry: Entry) -> dict[str, Any]:
    content = entry.content or Content()
    return {
        "seq": entry.seq,
        "case": entry.case,
        "kind": entry.kind.value,
        "at": entry.at.isoformat(),
        "actor": content.actor,
        "command": content.command,
        "arguments": content.arguments,
        "room": content.room,
        "identity": content.identity,
        "sid": content.sid,
        "difference": json.loads(content.difference) if content.difference else [],
        "outcome": entry.outcome.value if entry.outcome else None,
        "reason": content.reason,
        "digest": entry.digest,
    }
