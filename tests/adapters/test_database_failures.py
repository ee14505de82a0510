"""Full, locked, read-only: nothing is half-written, and what is said is safe and clear."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.database.database import Database
from adapters.database.verify import Verified, verify
from bot.errors import HistoryError
from bot.history import CaseQuery
from bot.pending import PendingItem
from tests.clocks import ManualClock
from tests.database_fixtures import intent, opened, url_of


def in_a_process(script: str, *words: object) -> str:
    """What the script prints."""
    command = [sys.executable, "-B", "-c", script, *map(str, words)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usher.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    async with opened(path, patience=0.1) as database:
        yield database


async def test_a_locked_database_is_said_and_written_again_later(database: Database, path: Path) -> None:
    await database.history.append([intent()])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        appends = [database.history.append([intent()]) for _ in range(3)]
        errors = await asyncio.gather(*appends, return_exceptions=True)
        assert {str(error) for error in errors} == {"Usher's history is locked by another program."}
        assert len((await database.history.cases(CaseQuery())).cases) == 1
        other.execute("ROLLBACK")
    await database.history.append([intent()])
    assert isinstance(found := verify(url_of(path)), Verified)
    assert found.entries == 2


FULL = """
import asyncio, resource, signal, sys
from pathlib import Path
from bot.errors import HistoryError
from tests.database_fixtures import intent, opened

async def main():
    async with opened(Path(sys.argv[1])) as database:
        await database.history.append([intent()])
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, unlimited[1]))
        big = [database.history.append([intent(), intent(arguments="x" * 2_000_000)]) for _ in range(2)]
        small = [database.history.append([intent()]) for _ in range(3)]
        for ended in await asyncio.gather(*big, *small, return_exceptions=True):
            print(ended if isinstance(ended, HistoryError) else len(ended))
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        print(len(await database.history.append([intent()])))

asyncio.run(main())
"""


def test_a_full_disk_fails_what_does_not_fit_and_nothing_else(path: Path) -> None:
    said = in_a_process(FULL, path).splitlines()
    assert said[:2] == ["The disk that holds Usher's history is full or failing."] * 2
    assert said[2:] == ["1"] * 4
    assert isinstance(found := verify(url_of(path)), Verified)
    assert found.entries == 5


async def test_a_full_database_is_said_and_leaves_the_chain_whole(database: Database, path: Path) -> None:
    await database.history.append([intent()])
    connection = database._store.engine.raw_connection()
    limits = connection.cursor()
    (pages,) = limits.execute("PRAGMA page_count").fetchone()
    limits.execute(f"PRAGMA max_page_count = {pages}")
    limits.close()
    connection.close()
    with pytest.raises(HistoryError, match="is full") as caught:
        await database.history.append([intent(arguments="x" * 5000) for _ in range(100)])
    assert caught.value.code == "history_full"
    assert isinstance(verify(url_of(path)), Verified)
    assert await database.history.seen("stage", "bob") == "PA_1"


async def test_a_button_that_could_not_be_kept_is_unknown(database: Database, path: Path) -> None:
    item = PendingItem("yes", "console:alice", "console", "{}", ManualClock().now(), "question")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await database.pending.put([item])
        assert await database.pending.get("yes") == item
        with pytest.raises(HistoryError, match="locked"):
            await database.pending.spend("yes")
    assert await database.pending.get("yes") is None
    assert not await database.pending.spend("yes")


@pytest.fixture
def shared() -> Iterator[Path]:
    """A directory that an unprivileged process may enter, which pytest's own may not be."""
    where = Path(tempfile.mkdtemp())
    where.chmod(0o755)
    yield where
    shutil.rmtree(where)


# Root may write everywhere, so the script becomes nobody once it has loaded what nobody may not be able to read.
OPEN = """
import os, sys
from adapters.database.database import Database
from adapters.database.verify import verify
from bot.errors import HistoryError
from tests.clocks import WallClock
if os.geteuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
url = "sqlite:///" + sys.argv[1]
try:
    Database.open(url, server="", clock=WallClock())
except HistoryError as error:
    print(error)
print(verify(url))
"""


@pytest.mark.parametrize("directory", [0o755, 0o555])
async def test_a_read_only_history_is_named_and_can_be_verified(shared: Path, directory: int) -> None:
    path = shared / "usher.db"
    async with opened(path) as database:
        (entry,) = await database.history.append([intent()])
    path.chmod(0o444)
    shared.chmod(directory)
    said, verified = in_a_process(OPEN, path).splitlines()
    assert said == f"Usher's history cannot be written to {path}: permission denied."
    assert verified == f"Verified(entries=1, head='{entry.digest}')"


async def test_a_directory_that_cannot_be_written_to_is_named(shared: Path) -> None:
    path = shared / "usher.db"
    async with opened(path):
        pass
    path.chmod(0o666)
    shared.chmod(0o555)
    said = in_a_process(OPEN, path).splitlines()[0]
    assert said == f"Usher must be able to write to the directory {shared}."


async def test_a_damaged_file_is_said_to_be_damaged(path: Path) -> None:
    async with opened(path) as database:
        await database.history.append([intent() for _ in range(200)])
    stored = bytearray(path.read_bytes())
    stored[4096:] = b"\xff" * (len(stored) - 4096)
    path.write_bytes(stored)
    with pytest.raises(HistoryError, match="damaged"):
        verify(url_of(path))
