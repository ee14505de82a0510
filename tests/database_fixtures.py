"""What the tests of the history share: drafts to write, and databases that are closed again."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from adapters.database.database import Database
from bot.history import Content, Draft, Entry, EntryKind, Outcome
from bot.orders import Amendment, Order, Who
from bot.people import Grant, Role
from bot.ports import Clock
from tests.clocks import WallClock

SERVER = "livekit-test"
Forge = Callable[[str], None]
AN_ORDER = Order(Amendment(absent=True), Who("bob", "Bob"), ("*",), (Grant("console:alice", Role.MODERATOR),))
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def forge_file(path: Path, script: str) -> None:
    """Carry out statements on a file, without the triggers in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.executescript(script)


@asynccontextmanager
async def opened(
    where: Path | str, *, clock: Clock | None = None, patience: float = 5.0, **more: Any
) -> AsyncIterator[Database]:
    """The database in this file, or at this address."""
    url = url_of(where) if isinstance(where, Path) else where
    database = Database.open(url, clock=clock or WallClock(), patience=patience, **{"server": SERVER, **more})
    try:
        yield database
    finally:
        await database.aclose()


def content(**given: str) -> Content:
    return Content(
        **{
            "actor": "console:alice",
            "actor_name": "Alice",
            "command": "mute",
            "arguments": "bob shouting",
            "room": "stage",
            "identity": "bob",
            "name": "Bob Berg",
            "sid": "PA_1",
            "reason": "shouting",
            **given,
        }
    )


def intent(**given: str) -> Draft:
    return Draft(EntryKind.INTENT, content(**given))


def outcome_of(entry: Entry, outcome: Outcome = Outcome.DONE) -> Draft:
    return Draft(EntryKind.OUTCOME, entry.content or Content(), case=entry.case, refers=entry.seq, outcome=outcome)


def refusal(**given: str) -> Draft:
    return Draft(EntryKind.REFUSED, content(**given), outcome=Outcome.REFUSED, code="role_too_low")
