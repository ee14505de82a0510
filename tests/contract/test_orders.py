"""What every database behind `Orders` and `Sessions` promises."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.database.database import Database
from adapters.database.verify import Verified, verify
from bot.errors import AlreadyHandled, HistoryError
from bot.fold import Session
from bot.history import CaseQuery, Content, Draft, EntryKind, Outcome, canonical
from bot.model import Permissions, Source
from bot.orders import Amendment, Door, Order, Who, ended_draft, order_draft
from bot.people import Grant, Role
from tests.clocks import ManualClock
from tests.database_fixtures import content, intent, opened

START = ManualClock().now()
MIA = (Grant("console:mia", Role.MODERATOR, ("stage*", "side,track")), Grant("console:mia", Role.ADMIN, ("hall",)))
SAID = Content(actor="console:mia", actor_name="Mia", command="mute", arguments="bob lock", room="stage", sid="PA_1")
LOCK = Order(
    Amendment({"can_publish_data": False}, take=frozenset({Source.MICROPHONE})),
    Who("bob", "Bob Berg", "account", "7"),
    ("stage", "hall"),
    MIA,
    START + timedelta(minutes=10),
    "shouting",
)
SHUT = Order(Door.SHUT.amendment, None, ("stage-*",), MIA)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def database(database_url: str, clock: ManualClock) -> AsyncIterator[Database]:
    async with opened(database_url, clock=clock, patience=30.0) as database:
        yield database


async def entries(database: Database) -> list[tuple[EntryKind, int, int | None, str]]:
    return [(one.kind, one.case, one.refers, one.code) async for one in database.history.entries()]


# --- orders -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 10**99])
async def test_of_a_case_that_no_database_could_number_there_is_nothing(database: Database, number: int) -> None:
    await database.orders.append(LOCK, SAID)
    assert await database.orders.get(number) == ()
    assert await database.history.case(number) is None


async def test_an_order_is_an_entry_and_is_read_from_it_whole(database: Database, database_url: str) -> None:
    given = await database.orders.append(LOCK, SAID)
    said = {"issuer": "console:mia", "issuer_name": "Mia", "command": "mute"}
    assert given == replace(LOCK, **said, id=1, case=1, at=START)  # type: ignore[arg-type]
    case = await database.history.case(1)
    assert case is not None
    assert (case.first.kind, case.first.outcome) == (EntryKind.ORDER, Outcome.DONE)
    assert (case.opening.identity, case.opening.name, case.reasons) == ("bob", "Bob Berg", ("shouting",))
    assert (case.opening.room, case.opening.sid, case.opening.arguments) == ("stage", "PA_1", "bob lock")
    async with opened(database_url) as other:
        assert await other.orders.active() == (given,)
        assert await other.orders.get(1) == (given,)


async def test_orders_are_told_by_room_and_listed_oldest_first(database: Database) -> None:
    lock, shut = await database.orders.append(LOCK, SAID), await database.orders.append(SHUT, SAID)
    assert await database.orders.active() == (lock, shut)
    assert await database.orders.active("stage") == await database.orders.active("hall") == (lock,)
    assert await database.orders.active("stage-2") == (shut,)
    assert await database.orders.active("elsewhere") == ()
    assert await database.orders.get(2) == (shut,)
    assert await database.orders.get(3) == ()


async def test_orders_are_found_by_their_ids_ended_or_not(database: Database) -> None:
    first, second, third = [await database.orders.append(order, SAID) for order in (LOCK, SHUT, LOCK)]
    await database.orders.end([second.id], SAID)
    found = await database.orders.given([third.id, second.id, second.id, 999])
    assert [order.id for order in found] == [second.id, third.id]
    assert [order.ended is not None for order in found] == [True, False]
    assert await database.orders.given([]) == ()
    assert first.id not in {order.id for order in found}


async def test_an_order_whose_time_is_over_stays_active_until_its_end_is_written(
    database: Database, clock: ManualClock
) -> None:
    lock = await database.orders.append(LOCK, SAID)
    clock.advance(11 * 60)
    assert await database.orders.active() == (lock,)
    assert not lock.in_force(clock.now())
    await database.orders.end([lock.id], Content(), how="expired")
    assert await database.orders.active() == ()


async def test_ending_an_order_is_an_entry_of_its_case_about_the_same_person(
    database: Database, clock: ManualClock
) -> None:
    lock = await database.orders.append(LOCK, SAID)
    clock.advance(60)
    said = Content(actor="console:ann", command="unmute", reason="calm again")
    ended = replace(lock, ended=clock.now(), how="undone")
    assert await database.orders.end([lock.id], said, how="undone") == (ended,)
    assert await database.orders.get(lock.case) == (ended,)
    assert await entries(database) == [(EntryKind.ORDER, 1, None, ""), (EntryKind.ENDED, 1, 1, "undone")]
    found = await database.history.cases(CaseQuery(everywhere=True, identity="bob"))
    assert [case.number for case in found.cases] == [1]
    assert found.cases[0].entries[1].content == replace(said, identity="bob", name="Bob Berg")


async def test_whoever_comes_second_ends_nothing_and_writes_nothing(database: Database, database_url: str) -> None:
    lock, shut = await database.orders.append(LOCK, SAID), await database.orders.append(SHUT, SAID)
    async with opened(database_url) as other:
        ends = [port.end([lock.id, lock.id, 99], SAID) for port in (database.orders, other.orders) for _ in range(3)]
        ended = await asyncio.gather(*ends)
    assert sorted(len(each) for each in ended) == [0, 0, 0, 0, 0, 1]
    assert [order.id for order in await database.orders.end([shut.id, lock.id], SAID)] == [shut.id]
    assert [kind for kind, *_ in await entries(database)].count(EntryKind.ENDED) == 2


async def test_an_order_can_take_the_place_of_others_all_at_once(database: Database) -> None:
    old, other = await database.orders.append(SHUT, SAID), await database.orders.append(LOCK, SAID)
    await database.orders.end([other.id], SAID)
    new = await database.orders.append(replace(SHUT, reason="longer"), SAID, instead=[other.id, old.id])
    assert await database.orders.active() == (new,)
    assert [order.how for order in await database.orders.get(old.case)] == ["replaced"]
    assert (await entries(database))[-2:] == [(EntryKind.ORDER, 3, None, ""), (EntryKind.ENDED, 1, 1, "replaced")]


async def test_orders_that_had_ended_are_put_back_in_the_place_of_others_as_their_givers(database: Database) -> None:
    lock, shut = await database.orders.append(LOCK, SAID), await database.orders.append(SHUT, SAID)
    new = await database.orders.append(replace(SHUT, reason="longer"), SAID, instead=[lock.id, shut.id])
    by_max = replace(SAID, actor="console:max", actor_name="Max", command="undo")
    put = [replace(old, id=0, again=old.id) for old in (lock, shut)]
    back = await database.orders.put_back(put, by_max, instead={new.id: ""})
    assert await database.orders.active() == back
    assert [(one.case, one.again, one.issuer, one.command) for one in back] == [
        (old.case, old.id, "console:mia", "mute") for old in (lock, shut)
    ]
    case = await database.history.case(lock.case)
    assert case is not None
    assert case.entries[-1].content is not None
    assert case.entries[-1].content.actor == "console:max", "the entry says who wrote it"
    assert [entry[:3] for entry in (await entries(database))[-3:]] == [
        (EntryKind.ORDER, lock.case, None), (EntryKind.ORDER, shut.case, None), (EntryKind.ENDED, new.case, new.id)
    ]  # fmt: skip


async def test_a_history_in_which_orders_were_put_back_is_whole(database: Database, database_url: str) -> None:
    lock = await database.orders.append(LOCK, SAID)
    shut = await database.orders.append(SHUT, SAID, instead=[lock.id])
    await database.orders.put_back([replace(lock, id=0, again=lock.id)], SAID, instead={shut.id: ""})
    assert isinstance(found := verify(database_url), Verified)
    assert found.entries == 5


async def test_of_two_who_put_an_order_back_one_does(database: Database, database_url: str) -> None:
    lock = await database.orders.append(LOCK, SAID)
    await database.orders.end([lock.id], SAID)
    put = [replace(lock, id=0, again=lock.id)]
    async with opened(database_url) as other:
        both = [port.put_back(put, SAID, instead={}) for port in (database.orders, other.orders)]
        assert sorted(len(one) for one in await asyncio.gather(*both)) == [0, 1]
    (back,) = await database.orders.active()
    await database.orders.end([back.id], SAID)
    assert await database.orders.put_back(put, SAID, instead={}) == (), "what was back once has had its undo"


async def test_no_order_is_put_back_in_the_place_of_one_that_has_ended_meanwhile(database: Database) -> None:
    lock = await database.orders.append(LOCK, SAID)
    new = await database.orders.append(SHUT, SAID, instead=[lock.id])
    await database.orders.end([new.id], SAID)
    before = await entries(database)
    put = [replace(lock, id=0, again=lock.id)]
    assert await database.orders.put_back(put, SAID, instead={new.id: ""}) == ()
    assert await entries(database) == before


async def test_what_is_left_of_an_order_is_its_givers_and_its_end_is_who_narrowed_its(
    database: Database, database_url: str
) -> None:
    lock = await database.orders.append(LOCK, SAID)
    by = Content(actor="console:max", actor_name="Max", command="unmute", arguments="bob microphone")
    rest = replace(lock, what=Amendment({"can_publish_data": False}), former=lock.ids)
    left = await database.orders.narrow(rest, SAID, [lock.id], by)
    assert left is not None
    assert (left.case, left.issuer, left.what, left.age) == (1, "console:mia", rest.what, lock.age)
    [given, narrower, ended] = [one async for one in database.history.entries()]
    assert [one.kind for one in (given, narrower, ended)] == [EntryKind.ORDER, EntryKind.ORDER, EntryKind.ENDED]
    assert narrower.content is not None
    assert ended.content is not None
    assert (narrower.content.arguments, ended.content.arguments) == ("bob lock", "bob microphone")
    assert (ended.refers, ended.code, ended.case) == (lock.id, "replaced", 1)
    async with opened(database_url) as other:
        assert await other.orders.active() == (left,)


async def test_nothing_is_left_of_an_order_that_somebody_has_ended_meanwhile(database: Database) -> None:
    lock = await database.orders.append(LOCK, SAID)
    await database.orders.end([lock.id], SAID)
    rest = replace(lock, what=Amendment({"can_publish_data": False}), former=lock.ids)
    assert await database.orders.narrow(rest, SAID, [lock.id], SAID, event_key="e1") is None
    assert await database.orders.active() == ()
    assert len(await entries(database)) == 2
    await database.history.append((), "e1")


async def test_an_order_may_belong_to_a_case_that_there_is(database: Database) -> None:
    await database.history.append([intent()])
    lock = await database.orders.append(LOCK, SAID, case=1)
    assert (lock.id, lock.case) == (2, 1)
    with pytest.raises(HistoryError, match="no case 9"):
        await database.orders.append(LOCK, SAID, case=9)
    assert await database.orders.active() == (lock,)


async def test_an_order_and_what_is_done_at_once_can_be_written_together(database: Database) -> None:
    written = await database.history.append([order_draft(LOCK, SAID), intent()])
    assert [(entry.case, entry.kind) for entry in written] == [(1, EntryKind.ORDER), (1, EntryKind.INTENT)]
    (lock,) = await database.orders.active()
    await database.history.append([ended_draft(lock, SAID), intent()])
    assert await database.orders.active() == ()


async def test_one_event_gives_or_ends_an_order_once(database: Database) -> None:
    lock = await database.orders.append(LOCK, SAID, event_key="event 1")
    with pytest.raises(AlreadyHandled):
        await database.orders.append(LOCK, SAID, event_key="event 1")
    assert len(await database.orders.end([lock.id], SAID, event_key="event 2")) == 1
    with pytest.raises(AlreadyHandled):
        await database.orders.end([lock.id], SAID, event_key="event 2")
    assert await database.orders.end([lock.id], SAID, event_key="event 3") == ()
    with pytest.raises(AlreadyHandled):
        await database.orders.end([lock.id], SAID, event_key="event 3")


async def test_what_makes_no_order_or_ends_none_is_refused_with_all_that_was_to_be_written_with_it(
    database: Database,
) -> None:
    lock = await database.orders.append(LOCK, SAID)
    await database.history.append([intent()])
    said = Draft(EntryKind.ORDER, content(difference=canonical([["order.rooms", None, ["*"]]])))
    with pytest.raises(HistoryError, match="no order that could be carried out"):
        await database.history.append([intent(), said])
    for refers in (None, 2, 99):
        with pytest.raises(HistoryError):
            await database.history.append([intent(), Draft(EntryKind.ENDED, SAID, refers=refers)])
    with pytest.raises(HistoryError, match="has ended"):
        await database.history.append([ended_draft(lock, SAID), ended_draft(lock, SAID)])
    await database.history.append([ended_draft(lock, SAID)])
    with pytest.raises(HistoryError, match="has ended"):
        await database.history.append([ended_draft(lock, SAID)])
    assert [kind for kind, *_ in await entries(database)] == [EntryKind.ORDER, EntryKind.INTENT, EntryKind.ENDED]


async def test_what_others_gave_and_ended_is_found_by_its_mark(database: Database, database_url: str) -> None:
    assert await database.orders.changed() == (0, ())
    async with opened(database_url, clock=ManualClock()) as other:
        lock, shut = await other.orders.append(LOCK, SAID), await other.orders.append(SHUT, SAID)
        mark, found = await database.orders.changed()
        assert found == (lock, shut)
        await other.history.append([intent()])
        assert await database.orders.changed(mark) == (mark, ())
        (ended,) = await other.orders.end([lock.id], SAID)
        newer, found = await database.orders.changed(mark)
        assert newer > mark
        assert found == (ended,)
        assert await database.orders.changed(newer) == (newer, ())
    assert await database.orders.active() == (shut,)


async def test_with_its_content_erased_an_order_is_gone_and_the_mark_moves(database: Database) -> None:
    lock, shut = await database.orders.append(LOCK, SAID), await database.orders.append(SHUT, SAID)
    mark, _ = await database.orders.changed()
    await database.history.erase([lock.id], Content(reason="asked for it"))
    assert await database.orders.active() == (shut,)
    assert await database.orders.get(lock.case) == ()
    newer, found = await database.orders.changed(mark)
    assert (newer > mark, found) == (True, ())
    assert await database.orders.end([lock.id], SAID) == ()


async def test_orders_are_of_one_livekit_server(database: Database, database_url: str) -> None:
    lock = await database.orders.append(LOCK, SAID)
    async with opened(database_url, server="another") as other:
        assert await other.orders.active() == await other.orders.get(1) == ()
        assert await other.orders.changed() == (0, ())
        assert await other.orders.end([lock.id], SAID) == ()
        with pytest.raises(HistoryError, match="no such order"):
            await other.history.append([ended_draft(lock, SAID)])
    assert await database.orders.active() == (lock,)


async def test_names_of_any_spelling_come_back_as_they_were_given(database: Database) -> None:
    odd = replace(LOCK, who=Who("b\0\ud800b", "\u202eBob", "k\0", "v'\""), rooms=('ro"om\\', "\ud800"), reason="\0")
    given = await database.orders.append(odd, SAID)
    assert await database.orders.active() == (given,)
    assert (given.who, given.rooms, given.reason) == (odd.who, odd.rooms, odd.reason)
    assert await database.orders.active('ro"om\\') == ()


async def test_an_order_that_cannot_be_read_keeps_no_other_from_being_carried_out(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A later Usher may have written it, about a source that this one has never heard of."""
    later = replace(LOCK, what=Amendment(take=frozenset({Source.CAMERA})))
    with monkeypatch.context() as patched:
        patched.setattr("adapters.database.ledger.read_order", lambda content: None)
        draft = order_draft(later, SAID)
        difference = draft.content.difference.replace("camera", "hologram")
        await database.history.append([replace(draft, content=replace(draft.content, difference=difference))])
    lock = await database.orders.append(LOCK, SAID)
    with caplog.at_level(logging.ERROR):
        assert await database.orders.active() == (lock,)
    assert "the order of entry 1 cannot be read" in caplog.text


# --- sessions ---------------------------------------------------------------------------------------------------------

FULL, LOCKED = Permissions(), Permissions(can_publish_sources=frozenset({Source.CAMERA}), hidden=True)
SESSION = Session("stage", "bob", "PA_1", FULL, (FULL, LOCKED), frozenset({3, 7}), frozenset({3}))


async def test_a_session_is_known_as_it_was_kept_by_everybody(database: Database, database_url: str) -> None:
    assert await database.sessions.known(["bob", "ann"]) == ()
    begun = await database.sessions.begin(SESSION)
    assert begun == replace(SESSION, version=1)
    kept = await database.sessions.keep(replace(begun, ours=(LOCKED,), past=frozenset()))
    assert kept == replace(SESSION, ours=(LOCKED,), past=frozenset(), version=2)
    async with opened(database_url) as other:
        assert await other.sessions.known(["bob", "ann"]) == (kept,)
        assert await other.sessions.known(["ann"]) == await other.sessions.known([]) == ()


async def test_the_first_who_sees_a_session_says_what_its_base_is(database: Database, database_url: str) -> None:
    async with opened(database_url) as other:
        looks = [port.begin(replace(SESSION, base=base)) for port in (database.sessions, other.sessions)
                 for base in (FULL, LOCKED)]  # fmt: skip
        begun = await asyncio.gather(*looks)
        assert len({session.base for session in begun}) == 1
        assert {session.version for session in begun} == {1}
        assert await other.sessions.known(["bob"]) == (begun[0],)


async def test_of_two_who_read_a_session_one_keeps_it(database: Database, database_url: str) -> None:
    begun = await database.sessions.begin(SESSION)
    async with opened(database_url) as other:
        keeps = [port.keep(replace(begun, ours=(FULL,))) for port in (database.sessions, other.sessions)]
        kept = await asyncio.gather(*keeps)
    assert sorted(each is None for each in kept) == [False, True]
    assert await database.sessions.keep(replace(SESSION, sid="PA_2", version=1)) is None
    assert [session.version for session in await database.sessions.known(["bob"])] == [2]


async def test_a_session_that_was_moved_is_kept_where_it_is_now(database: Database) -> None:
    await database.sessions.begin(SESSION)
    moved = await database.sessions.begin(replace(SESSION, room="hall", base=LOCKED))
    assert (moved.room, moved.base) == ("hall", FULL)
    await database.sessions.keep(moved)
    assert await database.sessions.rooms() == ("hall",)


async def test_sessions_of_a_person_come_newest_first(database: Database, clock: ManualClock) -> None:
    for sid in ("PA_1", "PA_2", "PA_3"):
        await database.sessions.begin(replace(SESSION, sid=sid))
        clock.advance(1)
    (session,) = [each for each in await database.sessions.known(["bob"]) if each.sid == "PA_2"]
    await database.sessions.keep(session)
    assert [each.sid for each in await database.sessions.known(["bob"])] == ["PA_2", "PA_3", "PA_1"]


async def test_of_somebody_who_keeps_coming_back_the_newest_sessions_are_known(
    database: Database, clock: ManualClock
) -> None:
    await database.sessions.begin(replace(SESSION, room="hall", sid="PA_hall"))
    for number in range(25):
        clock.advance(1)
        await database.sessions.begin(replace(SESSION, sid=f"PA_{number}"))
    known = [each.sid for each in await database.sessions.known(["bob"])]
    assert known == [*(f"PA_{number}" for number in range(24, 4, -1)), "PA_hall"]


async def test_sessions_that_have_ended_are_forgotten_room_by_room(database: Database, clock: ManualClock) -> None:
    for room, sid in (("stage", "PA_1"), ("stage", "PA_2"), ("hall", "PA_3")):
        await database.sessions.begin(replace(SESSION, room=room, sid=sid))
    clock.advance(60)
    await database.sessions.begin(replace(SESSION, sid="PA_4"))
    assert await database.sessions.rooms() == ("hall", "stage")
    assert await database.sessions.forget("stage", ["PA_2"], clock.now()) == 1
    assert sorted(each.sid for each in await database.sessions.known(["bob"])) == ["PA_2", "PA_3", "PA_4"]
    assert await database.sessions.forget("hall", [], clock.now()) == 1
    assert await database.sessions.rooms() == ("stage",)
    assert await database.sessions.forget("nowhere", [], clock.now()) == 0


async def test_sessions_are_of_one_livekit_server(database: Database, database_url: str, clock: ManualClock) -> None:
    begun = await database.sessions.begin(SESSION)
    async with opened(database_url, server="another", clock=clock) as other:
        assert await other.sessions.known(["bob"]) == ()
        assert await other.sessions.rooms() == ()
        assert await other.sessions.keep(begun) is None
        assert (await other.sessions.begin(replace(SESSION, base=LOCKED))).base == LOCKED
        clock.advance(1)
        assert await other.sessions.forget("stage", [], clock.now()) == 1
    assert await database.sessions.known(["bob"]) == (begun,)


async def test_people_of_any_spelling_are_known_under_their_own_names(database: Database) -> None:
    odd = replace(SESSION, identity="b\0\ud800b")
    begun = await database.sessions.begin(odd)
    assert begun.identity == odd.identity
    assert await database.sessions.known([odd.identity]) == (begun,)
    assert (await database.sessions.begin(odd)).identity == odd.identity
