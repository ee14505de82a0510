"""`usher history`: the chain walked and said in a sentence, and every entry taken elsewhere whole."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters.ledger import FIELDS, export, print_verified
from bot.history import Content, Entry, canonical
from tests.database_fixtures import intent, opened, outcome_of, refusal, url_of

DOCS = Path(__file__).parent.parent.parent / "docs"
TEXTS = ("actor", "command", "arguments", "room", "identity", "sid", "reason")
BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\x00"]


def exported(path: Path, form: str) -> str:
    out = io.StringIO()
    assert export(url_of(path), form, out) == 0
    return out.getvalue()


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exported(path, "jsonl").splitlines()]


def cells(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported(path, "csv"), newline="")))


async def written(path: Path, *contents: dict[str, str]) -> list[Entry]:
    async with opened(path) as database:
        return [entry for given in contents for entry in await database.history.append([intent(**given)])]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usher.db"


async def test_each_entry_has_exactly_the_documented_fields_in_their_order(path: Path) -> None:
    difference = canonical([["track.TR_1.muted", False, True]])
    async with opened(path) as database:
        (first,) = await database.history.append([intent(difference=difference)])
        (second,) = await database.history.append([outcome_of(first)])
    table = (DOCS / "console.md").read_text(encoding="utf-8").partition("The fields:")[2].partition("In CSV")[0]
    cells_of_names = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert tuple(re.findall(r"`(\w+)`", "".join(cells_of_names))) == FIELDS
    one, other = rows(path)
    assert tuple(one) == FIELDS
    assert one == {
        "seq": 1, "case": first.case, "kind": "intent", "at": first.at.isoformat(), "actor": "console:alice",
        "command": "mute", "arguments": "bob shouting", "room": "stage", "identity": "bob", "sid": "PA_1",
        "difference": [["track.TR_1.muted", False, True]], "outcome": None, "reason": "shouting",
        "digest": first.digest,
    }  # fmt: skip
    assert (other["seq"], other["kind"], other["outcome"], other["digest"]) == (2, "outcome", "done", second.digest)
    assert exported(path, "csv").splitlines()[0] == ",".join(FIELDS)
    assert cells(path)[0]["difference"] == '[["track.TR_1.muted", false, true]]'
    assert (cells(path)[0]["outcome"], cells(path)[1]["outcome"]) == ("", "done")


async def test_a_refusal_has_its_outcome(path: Path) -> None:
    async with opened(path) as database:
        await database.history.append([refusal()])
    assert [(row["kind"], row["outcome"], row["difference"]) for row in rows(path)] == [("refused", "refused", [])]


@pytest.mark.parametrize("mark", BREAKS)
async def test_no_text_breaks_a_line(path: Path, mark: str) -> None:
    hostile = f"a{mark}b"
    difference = canonical([["metadata", hostile, None]])
    await written(path, {**dict.fromkeys(TEXTS, hostile), "difference": difference}, {})
    for form, lines in (("jsonl", 2), ("csv", 3)):
        assert len(exported(path, form).splitlines()) == lines
        assert "\x00" not in exported(path, form)
    kept = rows(path)[0]
    assert {kept[name] for name in TEXTS} == {kept["reason"]}
    assert kept["reason"] == hostile.replace("\x00", kept["reason"][1])
    assert kept["difference"] == [["metadata", kept["reason"], None]]


async def test_in_csv_line_breaks_are_written_so_that_they_can_be_told_from_text(path: Path) -> None:
    await written(path, {"reason": "a\nb\r\u2028c"}, {"reason": "a\\nb"})
    assert [row["reason"] for row in cells(path)] == ["a\\nb\\r\\u2028c", "a\\\\nb"]


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "\r=1", "＝1", "＋1", "－1", "＠x"]
)
async def test_no_cell_is_a_formula(path: Path, formula: str) -> None:
    await written(path, dict.fromkeys(TEXTS, formula))
    (row,) = cells(path)
    assert not [name for name in TEXTS if row[name].startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert all(row[name].lstrip("'\\r") for name in TEXTS)
    assert rows(path)[0]["reason"] == formula


async def test_quotes_commas_and_every_script_come_back_as_they_were(path: Path) -> None:
    text = "a, \"b\" 'c'; נועה 🎧 \u202eרה"
    await written(path, dict.fromkeys(TEXTS, text))
    assert {cells(path)[0][name] for name in TEXTS} == {text}
    assert {rows(path)[0][name] for name in TEXTS} == {text}
    assert "נועה 🎧" in exported(path, "jsonl")


async def test_erased_content_is_empty_and_the_entry_stays(path: Path) -> None:
    async with opened(path) as database:
        (first,) = await database.history.append([intent()])
        await database.history.erase([first.seq], Content(actor="console:alice", reason="asked for it"))
    one, other = rows(path)
    assert [one[name] for name in TEXTS] == [""] * len(TEXTS)
    assert (one["difference"], one["digest"]) == ([], first.digest)
    assert (other["kind"], other["reason"]) == ("erased", "asked for it")
    assert cells(path)[0]["difference"] == "[]"


async def test_an_empty_history_exports_nothing(path: Path) -> None:
    async with opened(path):
        pass
    assert exported(path, "jsonl") == ""
    assert exported(path, "csv") == ",".join(FIELDS) + "\n"


@pytest.mark.parametrize(("entries", "words"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries")])
async def test_a_whole_history_is_said_to_be_whole_with_its_newest_digest(path: Path, entries: int, words: str) -> None:
    found = await written(path, *[{}] * entries)
    async with opened(path):
        pass
    out = io.StringIO()
    assert print_verified(url_of(path), out) == 0
    assert out.getvalue().startswith(f"The history is whole: {words}, head ")
    assert not found or f"head {found[-1].digest}." in out.getvalue()


async def test_a_broken_history_names_its_first_broken_entry(path: Path) -> None:
    await written(path, {}, {}, {})
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(
            "".join(
                f"DROP TRIGGER {name};"
                for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
            )
        )
        raw.executescript("UPDATE contents SET body = replace(body, 'bob', 'eve') WHERE seq >= 2")
    out = io.StringIO()
    assert print_verified(url_of(path), out) == 1
    assert out.getvalue() == "Broken at entry 2: The content of this entry was changed.\n"
