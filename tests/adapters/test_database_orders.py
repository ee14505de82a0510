"""Orders in the database: killed at any moment none is lost, and the table is held against the entries."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite

from adapters.database.orders import ACTIVE, CHANGED, MARK
from adapters.database.projections import Astray
from adapters.database.reading import read_entries
from adapters.database.verify import Verified, verify
from bot.history import Content, EntryKind
from tests.database_fixtures import AN_ORDER, Forge, content, intent, opened, url_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usher.db"


async def giving(url: str) -> Process:
    words = ("-m", "tests.database_process", url, "orders", "0")
    return await asyncio.create_subprocess_exec(sys.executable, *words, stdout=PIPE)


async def said_until_killed(process: Process, least: int) -> set[int]:
    """What a process said that it had written, all of it, with SIGKILL in the middle."""
    assert process.stdout is not None
    said = [await process.stdout.readline() for _ in range(least)]
    process.kill()
    said += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()
    return {int(line) for line in said if line.endswith(b"\n")}


async def test_killed_at_any_moment_no_order_is_lost_and_none_ends_twice(database_url: str) -> None:
    said: set[int] = set()
    for least in (1, 25, 60):
        said |= await said_until_killed(await giving(database_url), least)
        assert isinstance(verify(database_url), Verified)
    async with opened(database_url) as database:
        await database.history.append([intent()])  # behind what a server was just committing for who was killed
        active = {order.id for order in await database.orders.active()}
    given, ended = written(database_url, EntryKind.ORDER), written(database_url, EntryKind.ENDED)
    assert {number for number in said if number > 0} <= set(given)
    assert {-number for number in said if number < 0} <= set(ended)
    assert len(ended) == len(set(ended))
    assert active == set(given) - set(ended)


def written(url: str, kind: EntryKind) -> list[int]:
    """The orders of which the entries themselves say that they were given, or have ended."""
    return [entry.refers or entry.seq for entry in read_entries(url) if entry.kind is kind]


async def test_orders_of_two_processes_are_seen_by_a_third_while_they_are_given(database_url: str) -> None:
    async with opened(database_url) as database:
        first, second = await giving(database_url), await giving(database_url)
        found, mark = set[int](), 0
        async with asyncio.timeout(30):
            while len(found) < 100:
                mark, changed = await database.orders.changed(mark)
                found |= {order.id for order in changed}
                await asyncio.sleep(0.01)
        said = await said_until_killed(first, 1) | await said_until_killed(second, 1)
        await database.history.append([intent()])
        _, changed = await database.orders.changed(mark)
        assert set(written(database_url, EntryKind.ORDER)) == found | {order.id for order in changed}
        _, everything = await database.orders.changed()
        assert {number for number in said if number > 0} <= {order.id for order in everything}
        assert found <= {order.id for order in everything}
    assert isinstance(verify(database_url), Verified)


@pytest.mark.parametrize(
    ("change", "order"),
    [
        ("DELETE FROM orders WHERE seq = 2", 2),
        ("UPDATE orders SET ended = 4 WHERE seq = 2", 2),
        ("UPDATE orders SET ended = NULL WHERE seq = 1", 1),
        ("UPDATE orders SET ended = 2 WHERE seq = 1", 1),
        ("UPDATE orders SET server = 'another' WHERE seq = 3", 3),
        ("INSERT INTO orders (seq, server, changed) VALUES (4, 'livekit-test', 4)", 4),
    ],
)
async def test_an_order_that_the_table_has_otherwise_than_the_entries_is_named(
    database_url: str, forge: Forge, change: str, order: int
) -> None:
    async with opened(database_url) as database:
        for _ in range(3):
            await database.orders.append(AN_ORDER, content())
        await database.orders.end([1], content())
        await database.history.erase([3], Content(reason="asked for it"))
    assert isinstance(verify(database_url), Verified)
    forge(change)
    assert verify(database_url) == Astray("orders", f"the order of entry {order} is not as it was given and ended.")


async def test_a_history_of_before_there_were_orders_is_verified_too(path: Path) -> None:
    async with opened(path) as database:
        await database.history.append([intent()])
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DROP TABLE orders")
    assert isinstance(verify(url_of(path)), Verified)


@pytest.mark.parametrize(
    ("statement", "step"),
    [
        (ACTIVE, "orders USING INDEX orders_active (server=?)"),
        (CHANGED, "orders USING INDEX orders_changed (server=? AND changed>?)"),
        (MARK, "orders USING COVERING INDEX orders_changed (server=?)"),
    ],
)
async def test_what_is_asked_every_second_costs_what_is_found_and_not_what_there_ever_was(
    path: Path, statement: Select[tuple[object, ...]], step: str
) -> None:
    async with opened(path):
        pass
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="named"))
    asked = {**compiled.params, "of_server": "s", "after": 0}
    with closing(sqlite3.connect(path)) as raw:
        steps = [row[-1] for row in raw.execute(f"EXPLAIN QUERY PLAN {compiled}", asked)]
    assert step in steps[0]
    assert not any(each.startswith("SCAN") for each in steps)
