"""Files for a history to begin in: of the present schema, which is made once and copied.

Each step of the schema has tests of its own; a thousand others need not repeat them all.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from adapters.database.sqlite.store import open_file


def fresh(where: Path, name: str = "usher.db") -> str:
    """The address of a history in this folder; one that is there already is kept."""
    path = where / name
    if not path.exists():
        path.touch(0o600)
        path.write_bytes(_made())
    return f"sqlite:///{path}"


@cache
def _made() -> bytes:
    with tempfile.TemporaryDirectory(prefix="fresh-") as folder:
        path = Path(folder) / "usher.db"
        open_file(path, "nobody", readers=1, patience=60).close()
        return path.read_bytes()
