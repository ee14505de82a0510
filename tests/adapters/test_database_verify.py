"""Whatever is changed behind Usher's back is found, and the first entry that it touches is named."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.database.projections import Astray
from adapters.database.reading import read_entries
from adapters.database.verify import Broken, Verified, verify
from bot.chain import content_digest, entry_digest
from bot.errors import HistoryError
from bot.history import Content, Draft, EntryKind, Outcome
from bot.people import Grant, Role
from tests.database_fixtures import Forge, intent, opened, outcome_of, refusal, url_of

ENTRIES = 9
SEQUENCES = st.integers(1, ENTRIES)


@pytest.fixture
async def original(tmp_path: Path) -> Path:
    """Nine entries, no two of them alike; the content of the third has been erased."""
    path = tmp_path / "original.db"
    async with opened(path) as database:
        for name in "abc":
            (entry,) = await database.history.append([intent(identity=name)])
            await database.history.append([outcome_of(entry)])
        await database.history.append([refusal(identity="d"), refusal(identity="e")])
        await database.history.erase([3], Content(actor="console:alice", reason="asked for it"))
    return path


@contextmanager
def tampered(original: Path) -> Iterator[tuple[sqlite3.Connection, str]]:
    """A copy without the triggers, as somebody with the file and enough patience would make it."""
    copy = original.with_name("copy.db")
    shutil.copy(original, copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        yield raw, url_of(copy)


def test_an_untouched_history_is_verified(original: Path) -> None:
    *_, last = read_entries(url_of(original))
    assert verify(url_of(original)) == Verified(ENTRIES, last.digest)


def test_the_digests_are_those_that_the_documentation_describes(original: Path) -> None:
    with tampered(original) as (raw, _):
        statement = """SELECT before.digest, entries.content_digest, entries.sealed, entries.digest, salt, body
                       FROM entries JOIN contents USING (seq) JOIN entries AS before ON before.seq = entries.seq - 1
                       WHERE entries.seq = 2"""
        previous, content, sealed, digest, salt, body = raw.execute(statement).fetchone()
    assert sha256((salt + body).encode()).hexdigest() == content == content_digest(salt, body)
    assert sha256((previous + content + sealed).encode()).hexdigest() == digest
    assert entry_digest(previous, content, sealed) == digest


unhurried = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


@unhurried
@given(SEQUENCES, st.sampled_from(["sealed", "content_digest", "digest"]), st.data())
def test_any_changed_entry_is_found(original: Path, seq: int, column: str, data: st.DataObject) -> None:
    with tampered(original) as (raw, url):
        (stored,) = raw.execute(f"SELECT {column} FROM entries WHERE seq = ?", (seq,)).fetchone()
        changed = data.draw(changes(stored))
        raw.execute("PRAGMA ignore_check_constraints = ON")
        try:
            raw.execute(f"UPDATE entries SET {column} = ? WHERE seq = ?", (changed, seq))
        except sqlite3.OperationalError:
            return  # the database takes no sealed text that is not JSON
        assert isinstance(found := verify(url), Broken)
        assert found.seq == seq


@unhurried
@given(SEQUENCES.filter(lambda seq: seq != 3), st.sampled_from(["salt", "body"]), st.data())
def test_any_changed_content_is_found(original: Path, seq: int, column: str, data: st.DataObject) -> None:
    with tampered(original) as (raw, url):
        (stored,) = raw.execute(f"SELECT {column} FROM contents WHERE seq = ?", (seq,)).fetchone()
        try:
            raw.execute(f"UPDATE contents SET {column} = ? WHERE seq = ?", (data.draw(changes(stored)), seq))
        except sqlite3.OperationalError:
            return
        assert verify(url) == Broken(seq, "The content of this entry was changed.")


def changes(stored: str) -> st.SearchStrategy[str]:
    """The text with one character replaced, removed or added, or another text altogether."""
    mark = st.characters(codec="utf-8")
    at = st.integers(0, len(stored) - 1)
    one = st.builds(lambda i, m, cut: stored[:i] + m + stored[i + cut :], at, mark, st.integers(0, 1))
    less = at.map(lambda i: stored[:i] + stored[i + 1 :])
    return st.one_of(one, less, st.text(mark)).filter(lambda text: text != stored)


def test_content_that_is_no_text_any_more_is_found(original: Path) -> None:
    with tampered(original) as (raw, url):
        raw.execute("UPDATE contents SET salt = CAST(x'ff00' AS TEXT) WHERE seq = 4")
        assert verify(url) == Broken(4, "The content of this entry was changed.")


@unhurried
@given(SEQUENCES)
def test_any_removed_entry_is_found(original: Path, seq: int) -> None:
    with tampered(original) as (raw, url):
        raw.execute("DELETE FROM contents WHERE seq = ?", (seq,))
        raw.execute("DELETE FROM entries WHERE seq = ?", (seq,))
        assert isinstance(found := verify(url), Broken)
        assert found.seq == (3 if seq == ENTRIES else seq)  # without the entry that erased it, the third is amiss


@unhurried
@given(SEQUENCES.filter(lambda seq: seq != 3))
def test_any_removed_content_is_found(original: Path, seq: int) -> None:
    with tampered(original) as (raw, url):
        raw.execute("DELETE FROM contents WHERE seq = ?", (seq,))
        assert isinstance(found := verify(url), Broken)
        assert (found.seq, "missing" in found.why) == (seq, True)


@unhurried
@given(SEQUENCES, SEQUENCES)
def test_any_two_swapped_entries_are_found(original: Path, one: int, other: int) -> None:
    with tampered(original) as (raw, url):
        for table in ("entries", "contents"):
            raw.execute(f"UPDATE {table} SET seq = -seq WHERE seq IN (?, ?)", (one, other))
            raw.execute(f"UPDATE {table} SET seq = -seq - ? + ? WHERE seq = -?", (one, other, one))
            raw.execute(f"UPDATE {table} SET seq = ? WHERE seq < 0", (one,))
        found = verify(url)
        assert isinstance(found, Verified) if one == other else isinstance(found, Broken)
        if isinstance(found, Broken):
            assert found.seq == min(one, other)


@unhurried
@given(SEQUENCES.filter(lambda seq: seq != 3), SEQUENCES.filter(lambda seq: seq != 3))
def test_any_two_swapped_contents_are_found(original: Path, one: int, other: int) -> None:
    with tampered(original) as (raw, url):
        raw.execute("UPDATE contents SET seq = -seq WHERE seq IN (?, ?)", (one, other))
        raw.execute("UPDATE contents SET seq = ? WHERE seq = -?", (other, one))
        raw.execute("UPDATE contents SET seq = ? WHERE seq < 0", (one,))
        found = verify(url)
        assert found == Broken(min(one, other), "The content of this entry was changed.") or one == other


@unhurried
@given(SEQUENCES)
def test_any_inserted_entry_is_found(original: Path, seq: int) -> None:
    with tampered(original) as (raw, url):
        for table in ("contents", "entries"):
            raw.execute(f"UPDATE {table} SET seq = -seq - 1 WHERE seq >= ?", (seq,))
            raw.execute(f"UPDATE {table} SET seq = -seq WHERE seq < 0")
        columns = "sealed, content_digest, digest"
        source = seq + 1
        raw.execute(
            f"INSERT INTO entries (seq, {columns}) SELECT ?, {columns} FROM entries WHERE seq = ?", (seq, source)
        )
        found = verify(url)
        assert isinstance(found, Broken)
        assert found.seq <= seq + 1


def recomputed(raw: sqlite3.Connection, seq: int) -> None:
    """Give the entry the digest that its changed text would have had."""
    statement = "SELECT before.digest, e.content_digest, e.sealed FROM entries e, entries before"
    facts = raw.execute(f"{statement} WHERE e.seq = ? AND before.seq = e.seq - 1", (seq,)).fetchone()
    raw.execute("UPDATE entries SET digest = ? WHERE seq = ?", (entry_digest(*facts), seq))


@pytest.mark.parametrize(("seq", "named"), [(5, 6), (ENTRIES, ENTRIES)])
def test_an_entry_whose_digest_was_forged_too_does_not_fit_the_next(original: Path, seq: int, named: int) -> None:
    with tampered(original) as (raw, url):
        raw.execute("UPDATE entries SET sealed = replace(sealed, 'livekit', 'another') WHERE seq = ?", (seq,))
        recomputed(raw, seq)
        assert isinstance(found := verify(url), Broken)
        assert found.seq == named


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_history_that_was_cut_off_is_found(original: Path, kept: int) -> None:
    with tampered(original) as (raw, url):
        raw.execute("DELETE FROM contents WHERE seq > ?", (kept,))
        raw.execute("DELETE FROM entries WHERE seq > ?", (kept,))
        assert verify(url) == Broken(kept + 1, f"The history ends before this entry; it went on to {ENTRIES}.")


def by_script(script: str) -> Callable[[sqlite3.Connection], object]:
    return lambda raw: raw.executescript(script)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (by_script("DELETE FROM head"), Broken(10, "The record of where the history ends is missing.")),
        (by_script("UPDATE head SET digest = 'x'"), Broken(9, "The end of the history is not the one on record.")),
        (by_script("UPDATE head SET seq = 5"), Broken(6, "The history was to end before this entry.")),
        (
            by_script("INSERT INTO contents (seq, salt, body, search) VALUES (77, '', '{}', '')"),
            Broken(77, "There is content for an entry that does not exist."),
        ),
    ],
)
def test_what_stands_beside_the_chain_is_held_against_it(
    original: Path, change: Callable[[sqlite3.Connection], object], expected: Broken
) -> None:
    with tampered(original) as (raw, url):
        change(raw)
        assert verify(url) == expected


def test_what_is_no_history_is_said_not_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="There is no history"):
        verify(url_of(tmp_path / "missing.db"))
    sqlite3.connect(tmp_path / "empty.db").close()
    (tmp_path / "empty.db").touch()
    with pytest.raises(HistoryError, match="holds no history"):
        verify(url_of(tmp_path / "empty.db"))
    (tmp_path / "text.db").write_text("no database at all\n" * 99)
    with pytest.raises(HistoryError, match="not a database"):
        verify(url_of(tmp_path / "text.db"))


async def test_a_history_in_use_is_verified_as_it_is_at_that_moment(tmp_path: Path) -> None:
    async with opened(tmp_path / "usher.db") as database:
        (entry,) = await database.history.append([intent()])
        assert verify(url_of(tmp_path / "usher.db")) == Verified(1, entry.digest)


@pytest.mark.parametrize(
    ("change", "table"),
    [
        ("DELETE FROM open_intents", "open_intents"),
        ("INSERT INTO open_intents (seq, worker) VALUES (1, 'w')", "open_intents"),
        ("UPDATE grants SET role = 3", "grants"),
        ("DELETE FROM grants", "grants"),
        ("INSERT INTO grants SELECT server, 'console:eve', 3, rooms, granted_by, at FROM grants", "grants"),
    ],
)
async def test_a_table_beside_the_chain_that_says_something_else_is_named(
    database_url: str, forge: Forge, change: str, table: str
) -> None:
    async with opened(database_url) as database:
        (entry,) = await database.history.append([intent()])
        await database.history.append([outcome_of(entry)])
        await database.history.append([intent()])
        said = Content(difference='[["grant.console:bob",null,["moderator","hall"]]]')
        given = Grant("console:bob", Role.MODERATOR, ("hall",))
        await database.history.append([Draft(EntryKind.GRANT, said, outcome=Outcome.DONE, projection=given)])
    assert isinstance(verify(database_url), Verified)
    forge(change)
    found = verify(database_url)
    assert isinstance(found, Astray)
    assert found.table == table


@pytest.mark.parametrize(
    ("change", "seq"),
    [
        ("UPDATE entries SET sealed = replace(sealed, 'livekit', 'another') WHERE seq = 2", 2),
        ("UPDATE entries SET sealed = '{\"seq\":2}' WHERE seq = 2", 2),
        ("UPDATE entries SET digest = 'x' WHERE seq = 3", 3),
        ("UPDATE entries SET content_digest = '' WHERE seq = 1", 1),
        ("UPDATE contents SET salt = 'ff' WHERE seq = 3", 3),
        ("UPDATE contents SET body = replace(body, 'bob', 'eve') WHERE seq = 1", 1),
        ("DELETE FROM contents WHERE seq = 1", 1),
        ("DELETE FROM contents WHERE seq = 3; DELETE FROM entries WHERE seq = 3", 3),
        ("DELETE FROM contents WHERE seq = 4; DELETE FROM entries WHERE seq = 4", 2),  # and the second is not erased
        ("DELETE FROM contents; DELETE FROM entries; DELETE FROM open_intents", 1),
        ("UPDATE entries SET seq = 9 WHERE seq = 4", 4),
        ("INSERT INTO contents (seq, salt, body, search) VALUES (77, '', '{}', '')", 77),
        ("DELETE FROM head", 5),
        ("UPDATE head SET digest = 'x'", 4),
        ("UPDATE head SET seq = 9", 5),
    ],
)
async def test_whatever_was_changed_is_found_in_every_kind_of_database(
    database_url: str, forge: Forge, change: str, seq: int
) -> None:
    async with opened(database_url) as database:
        for name in "abc":
            await database.history.append([refusal(identity=f"bob {name}")])
        await database.history.erase([2], Content(reason="asked for it"))
    assert isinstance(verify(database_url), Verified)
    forge(change)
    assert isinstance(found := verify(database_url), Broken)
    assert found.seq == seq
