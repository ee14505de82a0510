"""Several tasks and several processes on one database; processes that are killed."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.database.database import Database
from adapters.database.verify import Verified, verify
from bot.errors import HistoryError
from bot.history import CaseQuery, Content, Draft, EntryKind
from tests.clocks import WallClock
from tests.database_fixtures import SERVER, intent, opened, url_of


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as database:
        yield database


async def another_process(url: str, what: str, number: int = 0) -> Process:
    words = ("-m", "tests.database_process", url, what, str(number))
    return await asyncio.create_subprocess_exec(sys.executable, *words, stdout=PIPE)


async def test_200_concurrent_appends_lose_nothing(database: Database, database_url: str) -> None:
    appends = (database.history.append([intent(identity=f"user-{n}")], event_key=f"event-{n}") for n in range(200))
    written = [entry for (entry,) in await asyncio.gather(*appends)]
    read = [entry async for entry in database.history.entries()]
    assert sorted(written, key=lambda entry: entry.seq) == read
    assert [entry.case for entry in read] == list(range(1, 201))
    assert verify(database_url) == Verified(200, read[-1].digest)


async def test_an_append_that_cannot_be_written_fails_alone(database: Database) -> None:
    broken = Draft(EntryKind.INTENT, Content(room=b"not a text"))  # type: ignore[arg-type]
    appends = [database.history.append([intent(), broken] if n == 7 else [intent()]) for n in range(20)]
    ended = await asyncio.gather(*appends, return_exceptions=True)
    assert [n for n, end in enumerate(ended) if isinstance(end, HistoryError)] == [7]
    assert len([entry async for entry in database.history.entries()]) == 19


async def test_a_cancelled_caller_does_not_take_the_append_back(database: Database) -> None:
    task = asyncio.create_task(database.history.append([intent()]))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await database.history.append([intent()])
    assert len([entry async for entry in database.history.entries()]) == 2


async def test_closing_finishes_what_is_queued_and_refuses_what_comes_later(database_url: str) -> None:
    database = Database.open(database_url, server=SERVER, clock=WallClock())
    appends = [asyncio.create_task(database.history.append([intent()])) for _ in range(50)]
    await asyncio.sleep(0)
    await database.aclose()
    await asyncio.gather(*appends)
    with pytest.raises(HistoryError, match="stopping"):
        await database.history.append([intent()])
    with pytest.raises(HistoryError, match="stopping"):
        await database.history.cases(CaseQuery())
    assert isinstance(found := verify(database_url), Verified)
    assert found.entries == 50


async def test_three_processes_leave_one_unbroken_chain(database_url: str) -> None:
    processes = [await another_process(database_url, "append", 60) for _ in range(3)]
    assert [await process.wait() for process in processes] == [0, 0, 0]
    found = verify(database_url)
    assert isinstance(found, Verified)
    assert found.entries == 360
    async with opened(database_url) as database:
        entries = [entry async for entry in database.history.entries()]
        assert len({entry.worker for entry in entries}) == 3
        assert {entry.case for entry in entries} == set(range(1, 181))
        assert await database.history.take_open_intents() == ()


async def test_what_a_killed_process_left_open_goes_to_exactly_one_other(database_url: str) -> None:
    async with asyncio.timeout(60), opened(database_url) as first, opened(database_url) as second:
        process = await another_process(database_url, "hang")
        assert process.stdout is not None
        left = int(await process.stdout.readline())
        assert await first.history.take_open_intents() == ()
        process.send_signal(signal.SIGKILL)
        await process.wait()
        assert isinstance(verify(database_url), Verified)

        taken = await asyncio.gather(first.history.take_open_intents(), second.history.take_open_intents())
        while not any(taken):  # a server finds out a moment later
            taken = await asyncio.gather(first.history.take_open_intents(), second.history.take_open_intents())
        sequences = [intent.entry.seq for each in taken for intent in each]
        assert left in sequences
        assert len(sequences) == len(set(sequences))
        assert () in taken
        await first.history.append([intent()])
    assert isinstance(verify(database_url), Verified)


async def test_what_an_heir_leaves_open_is_inherited_again(database_url: str) -> None:
    async with opened(database_url) as dead:
        await dead.history.append([intent()])
    async with opened(database_url) as heir:
        assert len(await heir.history.take_open_intents()) == 1
    async with opened(database_url) as heir:
        assert len(await heir.history.take_open_intents()) == 1


async def test_a_worker_name_serves_one_living_process(database_url: str) -> None:
    async with opened(database_url, worker="one"):
        with pytest.raises(HistoryError, match="under this worker's name"):
            Database.open(database_url, server=SERVER, clock=WallClock(), worker="one")
    async with opened(database_url, worker="one"):
        pass


async def test_a_second_runner_on_the_same_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "usher.db"
    async with opened(path) as first, opened(path) as second:
        first.claim_run()
        with pytest.raises(HistoryError, match="running on this history already"):
            second.claim_run()
    async with opened(path) as third:
        third.claim_run()


@pytest.mark.postgres
async def test_any_number_of_runners_share_a_server(postgres_url: str) -> None:
    async with opened(postgres_url) as first, opened(postgres_url) as second:
        first.claim_run()
        second.claim_run()


async def test_nothing_of_workers_that_ended_stays_behind(tmp_path: Path) -> None:
    path = tmp_path / "usher.db"
    process = await another_process(url_of(path), "hang")
    assert process.stdout is not None
    await process.stdout.readline()
    process.kill()
    await process.wait()
    assert list(path.parent.glob("usher.db.locks/worker-*"))
    async with opened(path) as database:
        (own,) = path.parent.glob("usher.db.locks/worker-*")
        assert own.name == f"worker-{database.worker}"
    assert not list(path.parent.glob("usher.db.locks/worker-*"))
