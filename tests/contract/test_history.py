"""What every database behind `History` promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.database.database import Database
from bot.chain import GENESIS
from bot.errors import AlreadyHandled, HistoryError
from bot.history import CaseQuery, Content, Draft, Entry, EntryKind, Outcome
from bot.people import Grant, Role
from tests.clocks import ManualClock
from tests.database_fixtures import SERVER, content, intent, opened, outcome_of, refusal

EVERYTHING = CaseQuery(everywhere=True)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def database(database_url: str, clock: ManualClock) -> AsyncIterator[Database]:
    async with opened(database_url, clock=clock, patience=30.0) as database:
        yield database


async def numbers(database: Database, query: CaseQuery) -> list[int]:
    return [case.number for case in (await database.history.cases(query)).cases]


async def all_entries(database: Database, after: int = 0) -> list[Entry]:
    return [entry async for entry in database.history.entries(after)]


async def test_an_append_gives_the_entries_back_as_they_are_read_later(database: Database, clock: ManualClock) -> None:
    (first,) = await database.history.append([intent()])
    (second,) = await database.history.append([outcome_of(first, Outcome.NOT_EFFECTIVE)])
    assert (first.seq, first.case, first.at, first.server, first.previous) == (1, 1, clock.now(), SERVER, GENESIS)
    assert first.worker == database.worker
    assert (second.seq, second.case, second.refers, second.previous) == (2, 1, 1, first.digest)
    assert await all_entries(database) == [first, second]
    case = await database.history.case(1)
    assert case is not None
    assert case.entries == (first, second)
    assert case.about(first) == second


async def test_drafts_without_a_case_share_a_new_one_and_numbers_follow_each_other(database: Database) -> None:
    pair = await database.history.append([intent(identity="a"), intent(identity="b")])
    (other,) = await database.history.append([intent()])
    assert [entry.case for entry in (*pair, other)] == [1, 1, 2]


async def test_an_append_to_a_case_that_does_not_exist_writes_nothing(database: Database) -> None:
    with pytest.raises(HistoryError, match="no case 7"):
        await database.history.append([intent(), replace(intent(), case=7)], event_key="event")
    assert await all_entries(database) == []
    await database.history.append([intent()], event_key="event")


async def test_an_event_is_acted_on_once(database: Database) -> None:
    await database.history.append([intent()], event_key="slack:1")
    with pytest.raises(AlreadyHandled):
        await database.history.append([intent()], event_key="slack:1")
    assert len(await all_entries(database)) == 1


async def test_of_simultaneous_claims_of_one_event_one_wins_and_fails_nobody_else(database: Database) -> None:
    same = [database.history.append([intent()], event_key="same") for _ in range(10)]
    others = [database.history.append([intent()], event_key=f"other {n}") for n in range(10)]
    ended = await asyncio.gather(*same, *others, return_exceptions=True)
    assert sum(isinstance(end, AlreadyHandled) for end in ended) == 9
    assert len(await all_entries(database)) == 11


async def test_of_processes_that_get_the_same_event_one_acts_on_it(database: Database, database_url: str) -> None:
    async with opened(database_url) as other:
        appends = [
            port.append([intent()], event_key=f"event {n}")
            for n in range(5)
            for port in (database.history, other.history)
        ]
        ended = await asyncio.gather(*appends, return_exceptions=True)
    late = [isinstance(end, AlreadyHandled) for end in ended]
    assert [one + two for one, two in zip(late[::2], late[1::2], strict=True)] == [1] * 5
    assert len(await all_entries(database)) == 5


async def test_an_unknown_case_is_none(database: Database) -> None:
    assert await database.history.case(1) is None


async def test_text_of_every_kind_is_kept_as_it_is(database: Database) -> None:
    odd = content(identity="nul\0 🦆 عمر", name="Half \ud83d", reason="Ünï", arguments='{"a": "\\"}\n', room="[a]%_\\")
    await database.history.append([Draft(EntryKind.INTENT, odd)])
    (entry,) = await all_entries(database)
    assert entry.content == odd
    for query in (CaseQuery(rooms=("[a]%_\\",)), CaseQuery(identity=odd.identity), CaseQuery(text="NUL\0 🦆")):
        assert await numbers(database, query) == [1]
    for query in (CaseQuery(identity="nul"), CaseQuery(text="nul "), CaseQuery(identity="\ud83d")):
        assert await numbers(database, query) == []


async def test_names_of_any_length_are_kept(database: Database) -> None:
    long = "".join(chr(0x1F600 + n * 37 % 80) for n in range(5000))
    said = content(identity=long, name=long, room=long, actor=long, arguments=long * 10)
    await database.history.append([Draft(EntryKind.REFUSED, said)])
    (entry,) = await all_entries(database)
    assert entry.content == said
    assert await numbers(database, CaseQuery(text=long, everywhere=True)) == [1]


async def test_entries_can_be_read_from_any_point(database: Database) -> None:
    await database.history.append([intent() for _ in range(1200)])
    assert [entry.seq for entry in await all_entries(database, after=1100)] == list(range(1101, 1201))
    everything = await all_entries(database)
    assert [entry.previous for entry in everything[1:]] == [entry.digest for entry in everything[:-1]]


async def test_cases_come_newest_first_page_by_page(database: Database) -> None:
    for _ in range(5):
        await database.history.append([intent()])
    await database.history.append([Draft(EntryKind.REASON, content(reason="later"), case=1)])
    page = await database.history.cases(replace(EVERYTHING, limit=2))
    assert ([case.number for case in page.cases], page.more) == ([5, 4], True)
    page = await database.history.cases(replace(EVERYTHING, limit=2, offset=3))
    assert ([case.number for case in page.cases], page.more) == ([2, 1], False)
    assert len(page.cases[1].entries) == 2
    page = await database.history.cases(replace(EVERYTHING, limit=9, before=3))
    assert ([case.number for case in page.cases], page.more) == ([2, 1], False)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (CaseQuery(), [4, 3, 2, 1]),
        (CaseQuery(everywhere=True), [5, 4, 3, 2, 1]),
        (CaseQuery(rooms=()), []),
        (CaseQuery(rooms=(), everywhere=True), [5]),
        (CaseQuery(rooms=("stage*",)), [2, 1]),
        (CaseQuery(rooms=("stage-?",)), [2]),
        (CaseQuery(rooms=("Stage*",)), [3]),
        (CaseQuery(rooms=("stage", "100%_*")), [4, 1]),
        (CaseQuery(rooms=("100%__*",)), []),
        (CaseQuery(rooms=("stage",), everywhere=True), [5, 1]),
        (CaseQuery(room="stage"), [1]),
        (CaseQuery(room="stage", rooms=("other",)), []),
        (CaseQuery(identity="bob"), [4, 1]),
        (CaseQuery(identity="bob", room="stage"), [1]),
        (CaseQuery(text="BOB"), [4, 1]),
        (CaseQuery(text="æsa ÜN"), [2]),
        (CaseQuery(text="%"), []),
        (CaseQuery(actor="console:zoe"), [3]),
        (CaseQuery(command="kick"), [3]),
        (CaseQuery(kind=EntryKind.REFUSED), [4]),
        (CaseQuery(kind=EntryKind.REFUSED, everywhere=True), [5, 4]),
        (CaseQuery(kind=EntryKind.OUTCOME, outcome=Outcome.FAILED), [2]),
        (CaseQuery(kind=EntryKind.INTENT, outcome=Outcome.FAILED, text="æsa"), [2]),
        (CaseQuery(outcome=Outcome.DONE), [1]),
        (CaseQuery(outcome=Outcome.DONE, identity="nobody"), []),
    ],
)
async def test_cases_are_narrowed_by_what_is_asked(database: Database, query: CaseQuery, expected: list[int]) -> None:
    (first,) = await database.history.append([intent()])
    await database.history.append([outcome_of(first)])
    (second,) = await database.history.append([intent(room="stage-2", identity="x", name="Æsa Ünal")])
    await database.history.append([outcome_of(second, Outcome.FAILED)])
    await database.history.append([intent(room="Stage", identity="y", name="", actor="console:zoe", command="kick")])
    await database.history.append([refusal(room="100%_sure")])
    await database.history.append([Draft(EntryKind.REFUSED, Content(actor="console:mallory"))])
    assert await numbers(database, query) == expected


async def test_a_case_with_many_parts_is_listed_once_and_whole(database: Database) -> None:
    await database.history.append([intent(identity=f"user-{n}") for n in range(30)])
    (case,) = (await database.history.cases(CaseQuery(room="stage"))).cases
    assert len(case.entries) == 30


async def test_the_session_seen_last_is_that_of_the_newest_case(database: Database) -> None:
    assert await database.history.seen("stage", "bob") is None
    await database.history.append([intent(sid="PA_old")])
    await database.history.append([intent(sid="PA_new")])
    await database.history.append([intent(sid="PA_elsewhere", room="other"), intent(sid="PA_ann", identity="ann")])
    await database.history.append([Draft(EntryKind.REASON, content(sid="PA_old"), case=1)])
    await database.history.append([intent(sid="")])
    assert await database.history.seen("stage", "bob") == "PA_new"


async def test_the_intents_of_the_living_are_left_to_them(database: Database, database_url: str) -> None:
    await database.history.append([intent()])
    async with opened(database_url) as other:
        assert await other.history.take_open_intents() == ()
    assert await database.history.take_open_intents() == ()


async def test_the_open_intents_of_the_dead_are_handed_out_once(database: Database, database_url: str) -> None:
    async with opened(database_url) as dead:
        closed, left = await dead.history.append([intent(identity="a"), intent(identity="b")])
        await dead.history.append([outcome_of(closed)])
    async with opened(database_url) as other:
        taken = await asyncio.gather(database.history.take_open_intents(), other.history.take_open_intents())
        assert [open_.entry for each in taken for open_ in each] == [left]
        assert await database.history.take_open_intents() == await other.history.take_open_intents() == ()


async def test_an_intent_that_was_reconciled_is_not_open_any_more(database: Database, database_url: str) -> None:
    async with opened(database_url) as dead:
        (left,) = await dead.history.append([intent()])
    async with opened(database_url) as heir:
        (taken,) = await heir.history.take_open_intents()
        found = Draft(EntryKind.RECONCILED, content(), case=left.case, refers=taken.entry.seq, outcome=Outcome.UNKNOWN)
        await heir.history.append([found])
    assert await database.history.take_open_intents() == ()


async def test_erased_content_is_gone_and_the_erasure_is_an_entry(database: Database) -> None:
    await database.history.append([intent(), intent(identity="other")])
    (erasure,) = await database.history.erase([1, 99], Content(actor="console:alice", reason="asked for it"))
    assert (erasure.kind, erasure.refers, erasure.case) == (EntryKind.ERASED, 1, 1)
    first, second, last = await all_entries(database)
    assert (first.content, second.content, last) == (None, content(identity="other"), erasure)
    assert await numbers(database, CaseQuery(identity="bob")) == []
    assert await database.history.erase([1], Content()) == ()


async def test_another_livekit_server_s_cases_sessions_and_intents_are_not_this_one_s(
    database_url: str,
) -> None:
    async with opened(database_url, server="first") as first:
        (open_one,) = await first.history.append([intent()])
    async with opened(database_url, server="second") as second:
        assert await second.history.take_open_intents() == ()
        assert (await second.history.cases(CaseQuery(everywhere=True))).cases == ()
        assert await second.history.case(open_one.case) is None
        assert await second.history.seen("stage", "bob") is None
        (own,) = await second.history.append([intent()])
        assert await numbers(second, CaseQuery()) == [own.case]
    async with opened(database_url, server="first") as again:
        assert [taken.entry.seq for taken in await again.history.take_open_intents()] == [open_one.seq]
        assert await again.history.seen("stage", "bob") == "PA_1"


async def test_the_writer_itself_keeps_the_last_admin(database: Database) -> None:
    def given(role: Role, subject: str) -> Draft:
        return Draft(EntryKind.GRANT, content(), projection=Grant(subject, role), keeps_admin=True)

    await database.history.append([given(Role.ADMIN, "console:a")])
    await database.history.append([given(Role.ADMIN, "console:b")])
    appends = [database.history.append([given(Role.NONE, subject)]) for subject in ("console:a", "console:b")]
    done = await asyncio.gather(*appends, return_exceptions=True)
    assert [getattr(one, "code", "written") for one in done] == ["written", "last_admin"]
    assert [grant.subject for grant in await database.roster.grants()] == ["console:b"]
