"""`usher history verify` and `export`, with nothing configured but the database."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.conftest import Consoles
from tests.e2e.console import environment, usher
from tests.e2e.hostility import ROOM, hostile_rooms

FIELDS = [
    "seq", "case", "kind", "at", "actor", "command", "arguments", "room", "identity", "sid", "difference", "outcome",
    "reason", "digest",
]  # fmt: skip
LINES = (
    "/mute bob =1+1 is a formula", "/mute bob microphone lock, really", '/metadata bob {"a": "נועה 🎧, \\n"}',
    "/attribute bob a=1 vip=", "/moderator console:bea viewer", "/reason 1 he said: \"no\"\tand \u2028 left",
    f"/use {ROOM}", "/undo", "/moderator console:alice none",
)  # fmt: skip


@pytest.fixture
async def path(consoles: Consoles, tmp_path: Path) -> Path:
    """A history with a bit of everything."""
    async with hostile_rooms() as rooms:
        alice = consoles(rooms.url, "--room", ROOM)
        for line in LINES:
            assert (await alice.say(line)).outcome in {"done", "already", "refused"}, line
        await alice.close()
    return tmp_path / "usher.db"


async def test_export_writes_one_entry_a_line_with_exactly_these_fields(path: Path) -> None:
    ended = usher("history", "export", "--format", "jsonl", env=environment(path))
    assert (ended.returncode, ended.stderr) == (0, b"")
    entries = [json.loads(line) for line in ended.stdout.decode().removesuffix("\n").split("\n")]
    assert all(list(entry) == FIELDS for entry in entries)
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    kinds = [entry["kind"] for entry in entries]
    assert {"intent", "outcome", "order", "grant", "reason", "default", "undone", "refused"} == set(kinds)
    muted = entries[0]
    assert (muted["command"], muted["arguments"], muted["room"]) == ("mute", "bob =1+1 is a formula", ROOM)
    assert (muted["identity"], muted["actor"], muted["reason"]) == ("bob", "console:alice", "=1+1 is a formula")
    assert muted["sid"].startswith("PA_")
    assert [change[1:] for change in muted["difference"]] == [[False, True]]
    assert (muted["outcome"], entries[1]["outcome"]) == (None, "done")
    assert len({entry["digest"] for entry in entries}) == len(entries)


async def test_export_as_csv_holds_the_same_and_no_formula(path: Path) -> None:
    ended = usher("history", "export", "--format", "csv", env=environment(path))
    assert (ended.returncode, ended.stderr) == (0, b"")
    lines = ended.stdout.decode().removesuffix("\n").split("\n")
    header, *rows = list(csv.reader(io.StringIO(ended.stdout.decode())))
    assert header == FIELDS
    assert len(lines) == len(rows) + 1
    as_json = usher("history", "export", env=environment(path)).stdout.decode().splitlines()
    assert [row[0] for row in rows] == [str(json.loads(line)["seq"]) for line in as_json]
    assert all(len(row) == len(FIELDS) for row in rows)
    assert rows[0][FIELDS.index("reason")] == "'=1+1 is a formula"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


async def test_verify_is_content_with_what_was_written_and_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    ended = usher("history", "verify", env=environment(path))
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.startswith(b"The history is whole: ")
    assert path.read_bytes() == before


TAMPERING = {
    "UPDATE contents SET body = replace(body, 'bob', 'eve') WHERE seq = 3": 3,
    "UPDATE entries SET digest = 'x' || substr(digest, 2) WHERE seq = 4": 4,
    "DELETE FROM entries WHERE seq = 5": 5,
    "DELETE FROM contents WHERE seq = 2": 2,
}


@pytest.mark.parametrize("statement", TAMPERING)
async def test_verify_names_the_first_broken_entry(path: Path, tmp_path: Path, statement: str) -> None:
    forged = tmp_path / "forged.db"
    shutil.copy(path, forged)
    with closing(sqlite3.connect(forged, isolation_level=None)) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        assert raw.execute(statement).rowcount == 1
    ended = usher("history", "verify", env=environment(forged))
    assert ended.returncode == 1
    assert ended.stdout.decode().startswith(f"Broken at entry {TAMPERING[statement]}: ")
    assert ended.stderr == b""


async def test_the_database_itself_refuses_to_forget(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for statement in ("DELETE FROM entries", "UPDATE entries SET digest = ''"):
            with pytest.raises(sqlite3.IntegrityError):
                raw.execute(statement)


def test_without_a_history_it_says_so(tmp_path: Path) -> None:
    for words, status in ((("history", "verify"), 1), (("history", "export"), 2)):
        ended = usher(*words, env=environment(tmp_path / "none.db"))
        assert ended.returncode == status
        assert ended.stdout == b""
        assert b"There is no history" in ended.stderr
        assert not (tmp_path / "none.db").exists()
