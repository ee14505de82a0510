"""The schema as the migrations leave it, and files that Usher must not touch."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.dialects import sqlite

from adapters.database.database import Database
from adapters.database.migrate import revisions
from adapters.database.pending import WAITING
from adapters.database.reading import read_entries
from adapters.database.schema import REVISION, metadata
from bot.errors import HistoryError
from tests.clocks import WallClock
from tests.database_fixtures import SERVER, intent, opened, url_of


def fails_to_open(url: str) -> HistoryError:
    with pytest.raises(HistoryError) as caught:
        Database.open(url, server=SERVER, clock=WallClock())
    return caught.value


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A history with three entries that nobody has open."""
    path = tmp_path / "usher.db"
    async with opened(path) as database:
        await database.history.append([intent(), intent(), intent()])
    return path


async def test_migrations_make_from_nothing_what_the_queries_expect(path: Path) -> None:
    engine = create_engine(url_of(path))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


async def test_a_database_that_is_up_to_date_is_left_as_it_is(path: Path) -> None:
    before = list(read_entries(url_of(path)))
    async with opened(path) as database:
        assert [entry async for entry in database.history.entries()] == before


BACK = {
    "0003": ("DROP TABLE registrations",),
    "0002": ("DROP TABLE registrations", "DROP TABLE orders", "DROP TABLE sessions"),
    "0001": ("DROP TABLE registrations", "DROP TABLE orders", "DROP TABLE sessions", "DROP INDEX pending_waiting"),
}
"""How a database is made one of an earlier release."""


@pytest.mark.parametrize("release", BACK)
async def test_a_history_of_an_earlier_release_is_brought_up_to_date_with_all_that_is_in_it(
    path: Path, release: str
) -> None:
    before = list(read_entries(url_of(path)))
    with closing(sqlite3.connect(path)) as raw, raw:
        for statement in BACK[release]:
            raw.execute(statement)
        raw.execute("UPDATE alembic_version SET version_num = ?", (release,))
    async with opened(path) as database:
        assert [entry async for entry in database.history.entries()] == before
        assert await database.orders.active() == ()
        assert await database.registrations.known("100") == {}
    engine = create_engine(url_of(path))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == REVISION
    engine.dispose()


async def test_what_waits_for_a_person_is_found_through_its_index(path: Path) -> None:
    statement = WAITING.compile(dialect=sqlite.dialect(paramstyle="named"))
    asked = {**statement.params, "of_owner": "console:alice", "of_channel": "c", "now": ""}
    with closing(sqlite3.connect(path)) as raw:
        steps = raw.execute(f"EXPLAIN QUERY PLAN {statement}", asked).fetchall()
    assert "pending_waiting (owner=? AND channel=?)" in steps[0][-1]


def test_the_newest_migration_is_the_one_that_is_looked_for_at_start() -> None:
    assert revisions()[0] == REVISION


async def test_opening_an_up_to_date_history_does_not_load_alembic(path: Path) -> None:
    script = "import asyncio, sys; from pathlib import Path; from tests.database_fixtures import opened\n"
    script += "async def main():\n    async with opened(Path(sys.argv[1])): print('alembic' in sys.modules)\n"
    command = [sys.executable, "-c", script + "asyncio.run(main())", str(path)]
    assert subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout == "False\n"


async def test_the_history_can_be_read_by_its_owner_only(path: Path) -> None:
    files = [path, *path.parent.glob("usher.db.locks/*")]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


async def test_a_history_from_the_future_is_refused_untouched(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer Usher" in fails_to_open(url_of(path)).user_text


def test_another_programs_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE theirs (x)")
    assert "another program" in fails_to_open(url_of(path)).user_text
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes\n" * 1000)
    assert fails_to_open(url_of(path)).user_text == "The file of Usher's history is not a database."
    assert path.read_text() == "my notes\n" * 1000


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("usher.db", "not an address"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://host/usher", "in SQLite or in PostgreSQL"),
        ("postgresql://127.0.0.1:1/usher", "its database server does not answer"),
        ("postgres://127.0.0.1:1/usher", "its database server does not answer"),
        ("sqlite:////nowhere/at/all/usher.db", "no directory /nowhere/at/all"),
        (f"sqlite:///{Path(sys.executable).parent}", "Usher's history cannot be written to"),
    ],
)
def test_an_address_that_cannot_be_used_is_explained(url: str, says: str) -> None:
    assert says in fails_to_open(url).user_text


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET digest = 'x' WHERE seq = 2",
        "DELETE FROM entries WHERE seq = 3",
        "DELETE FROM entries",
        "INSERT OR REPLACE INTO entries (seq, sealed, content_digest, digest) VALUES (2, '{}', '', '')",
        "INSERT INTO entries (seq, sealed, content_digest, digest) VALUES (9, '{}', '', '')",
        "UPDATE contents SET body = '{}' WHERE seq = 2",
        "UPDATE contents SET salt = '' WHERE seq = 2",
        "INSERT OR REPLACE INTO contents (seq, salt, body, search) VALUES (2, '', '{}', '')",
    ],
)
async def test_the_database_itself_refuses_to_change_what_is_sealed(path: Path, statement: str) -> None:
    before = list(read_entries(url_of(path)))
    with closing(sqlite3.connect(path)) as raw, raw, pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)
    assert list(read_entries(url_of(path))) == before
