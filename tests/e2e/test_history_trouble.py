"""Full, locked and read-only histories: the room is not touched, or the answer says that the record is pending."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.clocks import eventually
from tests.e2e.conftest import Consoles
from tests.e2e.console import Answer, Console, environment, usher
from tests.e2e.hostility import ROOM, Handler, Hostility, hostile_rooms

Trouble = Callable[[], None]
"""Makes trouble for the history, or ends it."""


@pytest.fixture
async def rooms() -> AsyncIterator[Hostility]:
    async with hostile_rooms() as rooms:
        yield rooms


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usher.db"


@contextmanager
def troubled(kind: str, console: Console, path: Path) -> Iterator[tuple[Trouble, Trouble]]:
    """What brings this trouble to the console's history, and what takes it away."""
    pid = console.process.pid
    if kind == "read-only":
        yield lambda: os.kill(pid, signal.SIGUSR1), lambda: os.kill(pid, signal.SIGUSR2)
    elif kind == "full":
        free = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        log = path.with_name(path.name + "-wal")
        yield (
            lambda: _limit(pid, (log.stat().st_size, resource.RLIM_INFINITY)),
            lambda: _limit(pid, free),
        )
    else:
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            yield lambda: _run(other, "BEGIN IMMEDIATE"), lambda: _run(other, "ROLLBACK")
        finally:
            other.close()


def _limit(pid: int, limits: tuple[int, int]) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def _run(connection: sqlite3.Connection, statement: str) -> None:
    connection.execute(statement)


def started(consoles: Consoles, rooms: Hostility) -> Console:
    return consoles(rooms.url, "--room", ROOM, module="tests.e2e.readonly")


def is_muted(rooms: Hostility) -> bool:
    bob = rooms.person()
    assert bob is not None
    return all(track.muted for track in bob.tracks.values())


async def written(console: Console, case: int | None) -> Answer:
    """The case, once it is closed."""
    found: list[Answer] = []

    async def closed() -> bool:
        found.append(await console.say(f"/case {case}"))
        return ": open" not in found[-1].title

    await eventually(closed)
    return found[-1]


KINDS = ("full", "locked", "read-only")
WRITES = ("/mute bob", "/mute bob lock", "/attribute bob a=1", "/moderator console:bea viewer", f"/use {ROOM}")


@pytest.mark.parametrize("kind", KINDS)
async def test_what_cannot_be_recorded_is_not_done(consoles: Consoles, rooms: Hostility, path: Path, kind: str) -> None:
    alice = started(consoles, rooms)
    await alice.say("/attribute anna a=1")
    with troubled(kind, alice, path) as (begin, end):
        begin()
        before = len(rooms.asked)
        for line in WRITES[:2] if kind == "locked" else WRITES:
            answer = await alice.say(line)
            assert (answer.tone, answer.outcome, answer.case) == ("error", "failed", None), answer
            assert "Usher's history" in answer.text
        shown = await alice.say("/participants")
        assert [row[1] for row in shown.rows()] == ["anna", "bob"]
        assert (await alice.say("/history")).tone == "info"
        assert all(method.startswith(("List", "Get")) for method in rooms.asked[before:])
        assert not is_muted(rooms)
        end()
    assert (await alice.say("/mute bob")).outcome == "done"
    assert [row[1] for row in (await alice.say("/history")).rows()] == ["mute", "attribute"]
    assert await alice.close() == 1
    assert usher("history", "verify", env=environment(path)).returncode == 0


@pytest.mark.parametrize("kind", KINDS)
async def test_an_outcome_that_cannot_be_recorded_is_said_to_be_pending_and_written_later(
    consoles: Consoles, rooms: Hostility, path: Path, kind: str
) -> None:
    alice = started(consoles, rooms)
    await alice.say("/attribute anna a=1")
    with troubled(kind, alice, path) as (begin, end):

        async def amid(request: web.Request, handler: Handler) -> web.StreamResponse:
            begin()
            rooms.writes = None
            return await handler(request)

        rooms.writes = amid
        answer = await alice.say("/mute bob")
        assert (answer.tone, answer.outcome) == ("warn", "done"), answer
        assert "Record pending" in answer.text
        assert is_muted(rooms)
        assert ": open" in (await alice.say(f"/case {answer.case}")).title
        end()
    case = await written(alice, answer.case)
    assert ": done" in case.title
    assert case.text.count("outcome done") == 1
    assert await alice.close() == 0
    assert usher("history", "verify", env=environment(path)).returncode == 0


async def test_an_outcome_that_was_still_pending_at_the_end_is_looked_up_at_the_next_start(
    consoles: Consoles, rooms: Hostility, path: Path
) -> None:
    alice = started(consoles, rooms)
    await alice.say("/attribute anna a=1")
    with troubled("full", alice, path) as (begin, _):

        async def amid(request: web.Request, handler: Handler) -> web.StreamResponse:
            begin()
            rooms.writes = None
            return await handler(request)

        rooms.writes = amid
        answer = await alice.say("/mute bob")
        assert "Record pending" in answer.text
        assert await alice.close() == 0
    again = started(consoles, rooms)
    case = await written(again, answer.case)
    assert "unknown (observed: holds)" in case.title
    assert await again.close() == 0


async def test_a_history_that_cannot_be_opened_is_named(rooms: Hostility, tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("no database, and long enough to be looked at" * 100)
    (tmp_path / "folder.db").mkdir()
    for where in (tmp_path / "missing" / "usher.db", text, tmp_path / "folder.db", Path("/sys/usher.db")):
        ended = await asyncio.to_thread(
            usher, "console", "--json", env=environment(where, rooms.url), given=b"/rooms\n"
        )
        assert (ended.returncode, ended.stdout) == (2, b""), where
        assert b"istory" in ended.stderr
        assert b"Traceback" not in ended.stderr, ended.stderr.decode()
    assert rooms.asked == []
