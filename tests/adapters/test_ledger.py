"""`usher history`: the chain walked and said in a sentence, and every entry taken elsewhere whole."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from adapters.ledger import FIELDS, export, print_verified
from bot.history import Content, Entry, canonical
from tests.database_fixtures import Forge, intent, opened, outcome_of, refusal, url_of

DOCS = Path(__file__).parent.parent.parent / "docs"
TEXTS = ("actor", "command", "arguments", "room", "identity", "sid", "reason")
BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\x00"]


def exported(database_url: str, form: str) -> str:
    out = io.StringIO()
    assert export(database_url, form, out) == 0
    return out.getvalue()


def rows(database_url: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exported(database_url, "jsonl").splitlines()]


def cells(database_url: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported(database_url, "csv"), newline="")))


async def written(database_url: str, *contents: dict[str, str]) -> list[Entry]:
    async with opened(database_url) as database:
        return [entry for given in contents for entry in await database.history.append([intent(**given)])]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """For what is the same wherever the entries come from."""
    return url_of(tmp_path / "usher.db")


async def test_each_entry_has_exactly_the_documented_fields_in_their_order(database_url: str) -> None:
    difference = canonical([["track.TR_1.muted", False, True]])
    async with opened(database_url) as database:
        (first,) = await database.history.append([intent(difference=difference)])
        (second,) = await database.history.append([outcome_of(first)])
    table = (DOCS / "console.md").read_text(encoding="utf-8").partition("The fields:")[2].partition("In CSV")[0]
    cells_of_names = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert tuple(re.findall(r"`(\w+)`", "".join(cells_of_names))) == FIELDS
    one, other = rows(database_url)
    assert tuple(one) == FIELDS
    assert one == {
        "seq": 1, "case": first.case, "kind": "intent", "at": first.at.isoformat(), "actor": "console:alice",
        "command": "mute", "arguments": "bob shouting", "room": "stage", "identity": "bob", "sid": "PA_1",
        "difference": [["track.TR_1.muted", False, True]], "outcome": None, "reason": "shouting",
        "digest": first.digest,
    }  # fmt: skip
    assert (other["seq"], other["kind"], other["outcome"], other["digest"]) == (2, "outcome", "done", second.digest)
    assert exported(database_url, "csv").splitlines()[0] == ",".join(FIELDS)
    assert cells(database_url)[0]["difference"] == '[["track.TR_1.muted", false, true]]'
    assert (cells(database_url)[0]["outcome"], cells(database_url)[1]["outcome"]) == ("", "done")


async def test_a_refusal_has_its_outcome(url: str) -> None:
    async with opened(url) as database:
        await database.history.append([refusal()])
    assert [(row["kind"], row["outcome"], row["difference"]) for row in rows(url)] == [("refused", "refused", [])]


@pytest.mark.parametrize("mark", BREAKS)
async def test_no_text_breaks_a_line(url: str, mark: str) -> None:
    hostile = f"a{mark}b"
    difference = canonical([["metadata", hostile, None]])
    await written(url, {**dict.fromkeys(TEXTS, hostile), "difference": difference}, {})
    for form, lines in (("jsonl", 2), ("csv", 3)):
        assert len(exported(url, form).splitlines()) == lines
        assert "\x00" not in exported(url, form)
    kept = rows(url)[0]
    assert {kept[name] for name in TEXTS} == {kept["reason"]}
    assert kept["reason"] == hostile.replace("\x00", kept["reason"][1])
    assert kept["difference"] == [["metadata", kept["reason"], None]]


async def test_in_csv_line_breaks_are_written_so_that_they_can_be_told_from_text(url: str) -> None:
    await written(url, {"reason": "a\nb\r\u2028c"}, {"reason": "a\\nb"})
    assert [row["reason"] for row in cells(url)] == ["a\\nb\\r\\u2028c", "a\\\\nb"]


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "\r=1", "＝1", "＋1", "－1", "＠x"]
)
async def test_no_cell_is_a_formula(url: str, formula: str) -> None:
    await written(url, dict.fromkeys(TEXTS, formula))
    (row,) = cells(url)
    assert not [name for name in TEXTS if row[name].startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert all(row[name].lstrip("'\\r") for name in TEXTS)
    assert rows(url)[0]["reason"] == formula


async def test_quotes_commas_and_every_script_come_back_as_they_were(url: str) -> None:
    text = "a, \"b\" 'c'; נועה 🎧 \u202eרה"
    await written(url, dict.fromkeys(TEXTS, text))
    assert {cells(url)[0][name] for name in TEXTS} == {text}
    assert {rows(url)[0][name] for name in TEXTS} == {text}
    assert "נועה 🎧" in exported(url, "jsonl")


async def test_erased_content_is_empty_and_the_entry_stays(database_url: str) -> None:
    async with opened(database_url) as database:
        (first,) = await database.history.append([intent()])
        await database.history.erase([first.seq], Content(actor="console:alice", reason="asked for it"))
    one, other = rows(database_url)
    assert [one[name] for name in TEXTS] == [""] * len(TEXTS)
    assert (one["difference"], one["digest"]) == ([], first.digest)
    assert (other["kind"], other["reason"]) == ("erased", "asked for it")
    assert cells(database_url)[0]["difference"] == "[]"


async def test_an_empty_history_exports_nothing(database_url: str) -> None:
    async with opened(database_url):
        pass
    assert exported(database_url, "jsonl") == ""
    assert exported(database_url, "csv") == ",".join(FIELDS) + "\n"


@pytest.mark.parametrize(("entries", "words"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries")])
async def test_a_whole_history_is_said_to_be_whole_with_its_newest_digest(
    database_url: str, entries: int, words: str
) -> None:
    found = await written(database_url, *[{}] * entries)
    async with opened(database_url):
        pass
    out = io.StringIO()
    assert print_verified(database_url, out) == 0
    assert out.getvalue().startswith(f"The history is whole: {words}, head ")
    assert not found or f"head {found[-1].digest}." in out.getvalue()


async def test_a_broken_history_names_its_first_broken_entry(database_url: str, forge: Forge) -> None:
    await written(database_url, {}, {}, {})
    forge("UPDATE contents SET body = replace(body, 'bob', 'eve') WHERE seq >= 2")
    out = io.StringIO()
    assert print_verified(database_url, out) == 1
    assert out.getvalue() == "Broken at entry 2: The content of this entry was changed.\n"
