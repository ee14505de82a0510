"""What is special to a PostgreSQL server: how it is opened, what it says when it fails, what the tables refuse."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import threading
from collections.abc import Awaitable, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import ForeignKeyViolation, RaiseException
from sqlalchemy import create_engine, inspect, make_url, text

from adapters.database.address import read_address, shown_address
from adapters.database.database import Database
from adapters.database.postgres import session
from adapters.database.postgres.keys import APPEND, worker_key
from adapters.database.postgres.locks import AdvisoryWorkers
from adapters.database.reading import read_entries
from adapters.database.rows import storable
from adapters.database.schema import REVISION, metadata
from adapters.database.store import open_store
from adapters.database.verify import Verified, verify
from bot.errors import BotError, HistoryError
from bot.history import CaseQuery
from bot.pending import PendingItem
from tests.clocks import ManualClock, WallClock, eventually, until
from tests.cutting_proxy import Cut, Proxy, cutting
from tests.database_fixtures import SERVER, intent, opened
from tests.postgres_server import PASSWORD, PostgresServer

pytestmark = pytest.mark.postgres

END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()
"""


def fails_to_open(url: str) -> HistoryError:
    with pytest.raises(HistoryError) as caught:
        Database.open(url, server=SERVER, clock=WallClock())
    return caught.value


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else with the same login."""
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def filled(postgres_url: str) -> str:
    """The address of a history with three entries that nobody has open."""
    async with opened(postgres_url) as database:
        await database.history.append([intent(), intent(), intent()])
    return postgres_url


# --- opening ----------------------------------------------------------------------------------------------------------


def test_an_address_is_taken_however_its_server_is_spelled() -> None:
    for spelled in ("postgresql", "postgres", "postgresql+psycopg2", "postgresql+asyncpg"):
        address = read_address(f"{spelled}://u:p@db.example:6432/usher?sslmode=require")
        assert address == make_url("postgresql+psycopg://u:p@db.example:6432/usher?sslmode=require")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:////var/lib/usher/usher.db", "sqlite:////var/lib/usher/usher.db"),
        ("postgresql://usher:pass/w:rd@db.example/usher", "postgresql://db.example/usher"),
        ("postgresql://db.example:6432/usher?password=passw:rd", "postgresql://db.example:6432/usher"),
        ("postgresql://[::1]:6432", "postgresql://[::1]:6432"),
        ("postgresql:///usher?host=/run/postgresql", "postgresql:///usher"),
        ("postgres://usher:passw@rd@db.example", "(not shown)"),
        ("postgres://usher:passw?rd@db.example", "(not shown)"),
        ("postgres://db.example/usher?password=passw@rd", "(not shown)"),
        ("passw@rd", "(not shown)"),
    ],
)
def test_an_address_is_shown_without_login_and_options(url: str, shown: str) -> None:
    assert shown_address(url) == shown


async def test_everybody_may_open_an_empty_database_at_once(postgres_url: str) -> None:
    failed: list[HistoryError] = []

    def open_it(number: int) -> None:
        try:
            open_store(postgres_url, f"worker {number}", readers=1, patience=30).close()
        except HistoryError as error:
            failed.append(error)

    threads = [threading.Thread(target=open_it, args=[number]) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert failed == []
    with connected(postgres_url) as other:
        assert other.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISION,)]
        assert other.execute("SELECT seq, next_case FROM head").fetchall() == [(0, 1)]


async def test_migrations_make_what_the_queries_expect(filled: str) -> None:
    engine = create_engine(read_address(filled))  # type: ignore[arg-type]
    with engine.connect() as connection:
        found = inspect(connection)
        assert {*found.get_table_names()} == {*metadata.tables, "alembic_version"}
        for name, table in metadata.tables.items():
            columns = found.get_columns(name)
            assert [column["name"] for column in columns] == [column.name for column in table.columns]
            assert [bool(column.get("computed")) for column in columns] == [bool(c.computed) for c in table.columns]
            assert [column["nullable"] for column in columns] == [bool(column.nullable) for column in table.columns]
            texts = [column["type"] for column in columns if column["type"].python_type is str]
            assert {getattr(kind, "collation", None) for kind in texts} <= {"C"}
            assert {index["name"] for index in found.get_indexes(name)} == {index.name for index in table.indexes}
            assert found.get_pk_constraint(name)["constrained_columns"] == [c.name for c in table.primary_key]
    engine.dispose()


async def test_a_history_of_the_release_before_is_brought_up_to_date_with_all_that_is_in_it(filled: str) -> None:
    before = list(read_entries(filled))
    with connected(filled) as other:
        other.execute("DROP TABLE registrations; UPDATE alembic_version SET version_num = '0003'")
    async with opened(filled) as database:
        assert [entry async for entry in database.history.entries()] == before
        await database.registrations.keep("100", {"": "digest"})
        assert await database.registrations.known("100") == {"": "digest"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "another-passw0rd"}, "does not take the login of DATABASE_URL"),
        ({"username": "somebody"}, "does not take the login of DATABASE_URL"),
        ({"database": "nowhere"}, "there is no database of the name in DATABASE_URL"),
        ({"port": 1}, "its database server does not answer"),
    ],
    ids=["password", "user", "database", "port"],
)
def test_what_is_wrong_with_an_address_is_said_without_what_is_secret(
    postgres_server: PostgresServer, caplog: pytest.LogCaptureFixture, change: dict[str, Any], sentence: str
) -> None:
    caplog.set_level(logging.DEBUG)
    url = make_url(postgres_server.url).set(**change).render_as_string(hide_password=False)
    error = fails_to_open(url)
    assert sentence in error.user_text
    with pytest.raises(HistoryError, match=sentence):
        verify(url)
    for secret in ("passw0rd", str(postgres_server.port)):
        assert secret not in caplog.text + error.user_text


def test_a_server_that_is_too_old_is_named(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.database.postgres.engine.OLDEST", 999)
    assert "needs PostgreSQL 999 or newer" in fails_to_open(postgres_url).user_text


def test_a_database_of_another_encoding_is_refused(postgres_server: PostgresServer) -> None:
    with postgres_server.admin("postgres") as admin:
        admin.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING LATIN1 LOCALE 'C'")
        try:
            url = make_url(postgres_server.url).set(database="latin").render_as_string(hide_password=False)
            assert "must have the encoding UTF8; this one has LATIN1" in fails_to_open(url).user_text
        finally:
            admin.execute("DROP DATABASE latin")


def test_another_programs_tables_are_refused_untouched(postgres_url: str) -> None:
    with connected(postgres_url) as other:
        other.execute("CREATE TABLE theirs (x int)")
        error = fails_to_open(postgres_url)
        assert error.code == "history_foreign"
        assert "of its own" in error.user_text
        with pytest.raises(HistoryError, match="holds no history"):
            verify(postgres_url)
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        assert other.execute(tables).fetchall() == [("theirs",)]


async def test_a_history_from_the_future_is_refused_untouched(filled: str) -> None:
    with connected(filled) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer Usher" in fails_to_open(filled).user_text


def test_a_login_that_may_not_make_tables_is_told_so(postgres_server: PostgresServer, postgres_url: str) -> None:
    schema = postgres_url.rpartition("%3D")[2]
    with postgres_server.admin() as admin:
        admin.execute(f"ALTER SCHEMA {schema} OWNER TO postgres; GRANT USAGE ON SCHEMA {schema} TO usher")
    error = fails_to_open(postgres_url)
    assert error.user_text == "Usher's login may not do what it needs to in its database."


async def test_a_read_only_database_is_named_and_can_be_verified(filled: str) -> None:
    url = filled.replace("options=", "options=-cdefault_transaction_read_only%3Don%20")
    assert fails_to_open(url).user_text == "Usher's history cannot be written: its database is read-only."
    assert isinstance(verify(url), Verified)


@pytest.mark.parametrize(
    ("name", "given", "used"),
    [
        ("synchronous_commit", "off", "on"),
        ("synchronous_commit", "remote_apply", "remote_apply"),
        ("idle_session_timeout", "60000", "0"),
        ("client_encoding", "latin1", "UTF8"),
        ("default_transaction_isolation", "serializable", "serializable"),
    ],
)
async def test_what_a_server_is_set_to_does_not_weaken_the_history(
    postgres_url: str, name: str, given: str, used: str
) -> None:
    async with opened(postgres_url.replace("options=", f"options=-c{name}%3D{given}%20")) as database:
        show = text(f"SELECT current_setting('{name}'), current_setting('transaction_isolation')")
        found = await database._readers.run(lambda connection: connection.execute(show).all())
        assert [tuple(row) for row in found] == [(used, "repeatable read")]
        appends = [database.history.append([intent()]) for _ in range(3)]
        assert [len(entries) for entries in await asyncio.gather(*appends)] == [1, 1, 1]
        writing = await database._writer.run(lambda transaction: transaction.fetch(show, {}))
        assert [tuple(row) for row in writing] == [(used, "read committed")]


# --- what is kept -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET digest = 'x' WHERE seq = 2",
        "DELETE FROM entries WHERE seq = 3",
        "DELETE FROM entries",
        "TRUNCATE entries CASCADE",
        "INSERT INTO entries (seq, sealed, content_digest, digest) VALUES (2, '{}', '', '') "
        "ON CONFLICT (seq) DO UPDATE SET sealed = '{}'",
        "INSERT INTO entries (seq, sealed, content_digest, digest) VALUES (9, '{}', '', '')",
        "UPDATE contents SET body = '{}' WHERE seq = 2",
        "UPDATE contents SET salt = '' WHERE seq = 2",
        "INSERT INTO contents (seq, salt, body, search) VALUES (2, '', '{}', '') "
        "ON CONFLICT (seq) DO UPDATE SET body = '{}'",
        "INSERT INTO contents (seq, salt, body, search) VALUES (9, '', '{}', '')",
    ],
)
async def test_the_database_itself_refuses_to_change_what_is_sealed(filled: str, statement: str) -> None:
    before = list(read_entries(filled))
    with connected(filled) as other, pytest.raises((RaiseException, ForeignKeyViolation)):
        other.execute(statement)
    assert list(read_entries(filled)) == before


async def test_any_text_is_derived_as_it_is_looked_for(filled: str) -> None:
    parts = [*'a\\u"\n', "\0", "\ud83d", "\ude00", "\U0001f600", "u0000", "ud83d", "é"]
    texts = st.lists(st.sampled_from(parts), max_size=12).map("".join)
    unhurried = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
    with connected(filled) as other:

        @unhurried
        @given(texts, texts)
        def derived(text: str, beside: str) -> None:
            written = json.dumps({"a": beside, "room": text})
            found = other.execute("SELECT usher_json(%s) ->> 'room'", [written]).fetchall()
            assert found == [(storable(json.loads(written)["room"]),)]

        derived()


# --- failing ----------------------------------------------------------------------------------------------------------


async def test_a_locked_history_is_said_to_be_and_written_again_later(postgres_url: str) -> None:
    async with opened(postgres_url, patience=0.2) as database:
        await database.history.append([intent()])
        with connected(postgres_url) as other, other.transaction():
            other.execute("SELECT pg_advisory_xact_lock(%s)", [APPEND])
            appends = [database.history.append([intent()]) for _ in range(3)]
            errors = await asyncio.gather(*appends, return_exceptions=True)
            assert {str(error) for error in errors} == {"Usher's history is locked by another program."}
            assert len((await database.history.cases(CaseQuery())).cases) == 1
        await database.history.append([intent()])
    assert isinstance(found := verify(postgres_url), Verified)
    assert found.entries == 2


async def test_a_database_that_becomes_read_only_is_said_to_be(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        with connected(postgres_url) as other:
            other.execute("ALTER ROLE usher SET default_transaction_read_only = on")
            other.execute(END_OTHERS)  # those who come back are told what holds for new connections
            try:
                with pytest.raises(HistoryError, match="its database is read-only") as caught:
                    await database.history.append([intent()])
            finally:
                other.execute("SET default_transaction_read_only = off; ALTER ROLE usher RESET ALL")
        assert caught.value.code == "history_read_only"


async def test_an_append_that_does_not_fit_fails_alone(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        long = [database.history.append([intent()], event_key="k" * 1_000_000 + str(n)) for n in range(2)]
        short = [database.history.append([intent()]) for _ in range(3)]
        ended = await asyncio.gather(*long, *short, return_exceptions=True)
        assert [isinstance(end, HistoryError) for end in ended] == [True, True, False, False, False]
    assert isinstance(found := verify(postgres_url), Verified)
    assert found.entries == 3


@pytest.fixture
def proxy(postgres_url: str) -> Iterator[Proxy]:
    with cutting(postgres_url) as proxy:
        yield proxy


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER])
async def test_a_connection_that_ends_at_the_commit_leaves_no_doubt(
    postgres_url: str, proxy: Proxy, caplog: pytest.LogCaptureFixture, cut: Cut
) -> None:
    async with opened(proxy.url) as database:
        await database.history.append([intent(identity="before")])
        proxy.next = cut
        ended = await asyncio.gather(database.history.append([intent(identity="then")]), return_exceptions=True)
        assert proxy.next is None
        (after,) = await database.history.append([intent(identity="after")])
    assert [isinstance(end, HistoryError) for end in ended] == [cut is Cut.BEFORE]
    assert ("they are" in caplog.text) == (cut is Cut.AFTER)
    kept = [entry.content.identity for entry in read_entries(postgres_url) if entry.content]
    assert kept == (["before", "after"] if cut is Cut.BEFORE else ["before", "then", "after"])
    assert isinstance(found := verify(postgres_url), Verified)
    assert found.head == after.digest


async def test_where_nobody_can_tell_whether_it_was_written_that_is_said(postgres_url: str, proxy: Proxy) -> None:
    async with opened(proxy.url, patience=0.3) as database:
        await database.history.append([intent()])
        proxy.next = Cut.FOR_GOOD
        with pytest.raises(HistoryError, match="nobody can tell whether this was written") as caught:
            await database.history.append([intent()])
        assert caught.value.code == "history_unreachable"
    assert isinstance(found := verify(postgres_url), Verified)
    assert found.entries == 2


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER])
async def test_a_button_is_not_waited_for_that_was_lost_with_a_connection(proxy: Proxy, cut: Cut) -> None:
    """Only an entry can be looked for afterwards; whoever presses is told that it failed."""
    item = PendingItem("yes", "console:alice", "console", "{}", ManualClock().now(), "question")
    async with opened(proxy.url) as database:
        await database.pending.put([item])
        await database.history.append([intent()])
        proxy.next = cut
        with pytest.raises(HistoryError, match="does not answer"):
            await database.pending.spend("yes")
        assert await database.pending.spend("yes") == (cut is Cut.BEFORE)


async def test_a_server_that_restarts_is_found_again(
    postgres_server: PostgresServer, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(postgres_url) as database, opened(postgres_url) as other:
        (entry,) = await database.history.append([intent()])
        async with database.locks.hold(("stage", "bob")) as ensure_held:
            ensure_held()
            postgres_server.stop()
            try:
                for asked in (database.history.append([intent()]), database.roster.grants(), hold(database, "ann")):
                    with pytest.raises(HistoryError, match="its database server does not answer") as caught:
                        await asked
                    assert caught.value.code == "history_unreachable"
                with pytest.raises(HistoryError, match="was lost meanwhile"):
                    ensure_held()
                await until(lambda: longest_wait(database) == longest_wait(other) == session.LONGEST_WAIT, seconds=60)
            finally:
                postgres_server.start()
            await eventually(lambda: works(hold(database, "ann")), seconds=30)
            await eventually(lambda: works(hold(other, "bob")), seconds=30)
        assert await database.history.append([intent()])
        assert [taken.entry for taken in await other.history.take_open_intents()] == []
        await hold(database, "bob")
        assert (await database.history.cases(CaseQuery())).cases[-1].first == entry
    assert "1 in use are not held any more" in caplog.text
    for said in ("It cannot be opened again yet", "The connection with this process's locks is there again."):
        assert caplog.text.count(said) == 2
    assert PASSWORD not in caplog.text
    assert isinstance(verify(postgres_url), Verified)


def longest_wait(database: Database) -> float:
    """For how long its session waits before it tries again."""
    found: float = database._store._session._wait  # type: ignore[attr-defined]
    return found


async def hold(database: Database, who: str) -> None:
    async with database.locks.hold(("stage", who)) as ensure_held:
        ensure_held()


async def works(asked: Awaitable[Any]) -> bool:
    try:
        await asked
    except HistoryError:
        return False
    return True


# --- locks and workers ------------------------------------------------------------------------------------------------


def end_sessions(url: str, *workers: str) -> None:
    """As an administrator, or a broken network, ends the sessions with these workers' locks."""
    with connected(url) as other:
        for worker in workers:
            assert len(other.execute(session._END_HOLDERS, [worker_key(worker)]).fetchall()) == 1


async def test_a_session_that_was_ended_is_opened_again_at_once_and_its_worker_lives_on(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(postgres_url) as database, opened(postgres_url) as other:
        await database.history.append([intent()])
        end_sessions(postgres_url, database.worker)
        await until(lambda: "is there again" in caplog.text, seconds=30)
        assert await other.history.take_open_intents() == ()
        with pytest.raises(HistoryError, match="under this worker's name"):
            Database.open(postgres_url, server=SERVER, clock=WallClock(), worker=database.worker)
        await hold(database, "bob")


async def test_of_a_lost_session_nothing_is_released_that_somebody_else_holds(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(postgres_url, patience=30) as database, opened(postgres_url, patience=30) as other:
        async with AsyncExitStack() as elsewhere:
            async with database.locks.hold(("stage", "bob")):
                end_sessions(postgres_url, database.worker)
                await elsewhere.enter_async_context(other.locks.hold(("stage", "bob")))
            await eventually(lambda: works(hold(database, "ann")), seconds=30)
            with monkeypatch.context() as hurried:
                hurried.setattr(database.locks, "_patience", 0.05)
                with pytest.raises(BotError, match="Somebody else is changing this person"):
                    await hold(database, "bob")
        await eventually(lambda: works(hold(database, "bob")), seconds=30)


async def test_a_session_that_the_server_still_takes_for_living_is_replaced(postgres_url: str) -> None:
    """The network may have lost it for this side alone."""
    async with opened(postgres_url) as database:
        with connected(postgres_url) as other:
            lost = worker_key("another")
            other.execute("SELECT pg_advisory_lock(%s)", [lost])
            again = session.Session(lambda: psycopg.connect(postgres_url, autocommit=True), "yet another")
            try:
                again._key = lost
                again._run(lambda connection: connection.close())
                await eventually(lambda: works(asyncio.wrap_future(again.holds("another"))))
                with pytest.raises(psycopg.OperationalError):
                    other.execute("SELECT 1")
            finally:
                again.close()
        await hold(database, "bob")


async def test_whoever_waits_and_is_cancelled_leaves_nothing_locked(postgres_url: str) -> None:
    async with opened(postgres_url, patience=30) as database, opened(postgres_url, patience=30) as other:
        for _ in range(20):
            async with database.locks.hold(("stage", "bob")):
                waiting = asyncio.create_task(hold(other, "bob"))
                await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            await hold(database, "bob")


async def test_many_who_want_several_people_never_wait_for_each_other(postgres_url: str) -> None:
    people = [str(number) for number in range(40)]
    chance = random.Random(7)

    async def change(who: Database) -> None:
        for _ in range(5):
            chosen = chance.sample(people, 15)
            async with who.locks.hold(*(("stage", person) for person in chosen)):
                await asyncio.sleep(0)

    async with opened(postgres_url, patience=60) as first, opened(postgres_url, patience=60) as second:
        await asyncio.gather(*(change(who) for who in (first, second) * 4))


async def test_after_the_end_nothing_is_locked_and_nothing_is_left_locked(postgres_url: str) -> None:
    database = Database.open(postgres_url, server=SERVER, clock=WallClock())
    async with database.locks.hold(("stage", "bob"), ("stage", "ann")):
        await database.aclose()
        async with opened(postgres_url) as other:
            await hold(other, "bob")
    for asked in (hold(database, "bob"), database.history.take_open_intents()):
        with pytest.raises(HistoryError, match="Usher is stopping"):
            await asked
    await database.aclose()


async def test_nobody_waits_for_no_one(postgres_url: str) -> None:
    async with opened(postgres_url) as database, database.locks.hold() as ensure_held:
        ensure_held()


async def test_after_a_start_of_the_server_the_living_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("adapters.database.postgres.locks.asyncio.sleep", sleep)
    for age in (1.5, 100.0):
        await AdvisoryWorkers(OfAge(age), "worker", grace=5.0).settled()  # type: ignore[arg-type]
    assert slept == [3.5, 0.0]


class OfAge:
    """A session on a server that has been running for so long."""

    def __init__(self, age: float) -> None:
        self._age = age

    def server_age(self) -> Future[float]:
        future: Future[float] = Future()
        future.set_result(self._age)
        return future
