"""What every database behind `Roster`, `Pending` and `Locks` promises, and what it keeps for an adapter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from adapters.database.database import Database
from adapters.database.schema import registrations
from bot.errors import AlreadyHandled, BotError
from bot.history import ChannelDefault, Content, Draft, EntryKind
from bot.pending import PendingItem
from bot.people import Grant, Role
from tests.clocks import ManualClock
from tests.database_fixtures import SERVER, intent, opened

START = ManualClock().now()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def database(database_url: str, clock: ManualClock) -> AsyncIterator[Database]:
    async with opened(database_url, clock=clock, patience=30.0) as database:
        yield database


async def test_a_grant_replaces_the_one_before_and_none_takes_it_away(database: Database) -> None:
    async def give(role: Role, *rooms: str, subject: str = "console:bob", server: str = "") -> None:
        grant = Grant(subject, role, rooms or ("*",), server, "console:alice")
        await database.history.append([Draft(EntryKind.GRANT, Content(), projection=grant)])

    await give(Role.VIEWER)
    await give(Role.MODERATOR, "stage*", "side,track")
    await give(Role.ADMIN, subject="console:ann")
    await give(Role.ADMIN, subject="console:ann", server="another livekit")
    bob = Grant("console:bob", Role.MODERATOR, ("stage*", "side,track"), SERVER, "console:alice", START)
    assert await database.roster.grants(["console:bob", "console:nobody"]) == (bob,)
    assert [grant.subject for grant in await database.roster.grants()] == ["console:ann", "console:bob"]
    assert await database.roster.grants([]) == ()
    await give(Role.NONE)
    assert await database.roster.grants(["console:bob"]) == ()


async def test_what_is_sorted_is_sorted_by_its_bytes_whatever_the_language(database: Database) -> None:
    subjects = ["console:B", "console:Zoe", "console:_", "console:a", "console:a-b", "console:aa", "console:É"]
    for subject in reversed(subjects):
        grant = Grant(subject, Role.VIEWER, ("*",), "", "console:alice")
        await database.history.append([Draft(EntryKind.GRANT, Content(), projection=grant)])
    assert [grant.subject for grant in await database.roster.grants()] == subjects


async def test_what_cannot_be_kept_stands_in_no_log(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    await database.pending.put([item("a-token-for-nobody", "group-1")])
    await database.pending.put([item("a-token-for-nobody", "group-2")])
    await database.history.append([intent()])
    assert await database.pending.get("a-token-for-nobody") == item("a-token-for-nobody", "group-1")
    assert "the history could not be written" in caplog.text
    assert "a-token-for-nobody" not in caplog.text


async def test_a_channel_has_the_default_room_that_was_set_last(database: Database) -> None:
    assert await database.roster.default_room("slack:T1/C1") is None
    for room, expected in (("stage", "stage"), ("stage-*", "stage-*"), ("", None)):
        default = ChannelDefault("slack:T1/C1", room)
        await database.history.append([Draft(EntryKind.DEFAULT, Content(), projection=default)])
        assert await database.roster.default_room("slack:T1/C1") == expected


async def test_the_channels_below_a_prefix_are_those_that_have_a_default(database: Database) -> None:
    wanted = {"slack:T1/C1": "stage", "slack:T1/C2": "stage-*"}
    others = {
        "slack:t1/C3": "stage",
        "slack:T10/C4": "stage",
        "discord:1": "stage",
        "slack:T_/C5": "a",
        "slack:T%/C": "a",
    }
    for channel, room in (wanted | others).items():
        await use(database, channel, "before")
        await use(database, channel, room)
    await use(database, "slack:T1/C9", "stage")
    await use(database, "slack:T1/C9", "")
    assert await database.roster.channels("slack:T1/") == wanted
    assert await database.roster.channels("slack:T_/") == {"slack:T_/C5": "a"}
    assert await database.roster.channels("") == wanted | others
    assert await database.roster.channels("slack:T2/") == {}


async def use(database: Database, channel: str, room: str) -> None:
    draft = Draft(EntryKind.DEFAULT, Content(), projection=ChannelDefault(channel, room))
    await database.history.append([draft])


def item(token: str, group: str = "question") -> PendingItem:
    return PendingItem(token, "console:alice", "console", '{"command": "kick"}', START, group)


async def test_a_button_is_found_at_once_and_by_others_once_it_is_written(
    database: Database, database_url: str
) -> None:
    await database.pending.put([item("yes"), item("no")])
    assert await database.pending.get("yes") == item("yes")
    assert await database.pending.get("unknown") is None
    await database.history.append([intent()])
    async with opened(database_url) as other:
        assert await other.pending.get("no") == item("no")


async def test_a_question_is_answered_once_whoever_presses(database: Database, database_url: str) -> None:
    await database.pending.put([item("yes"), item("no")])
    await database.history.append([intent()])
    async with opened(database_url) as other:
        presses = [port.spend(token) for port in (database.pending, other.pending) for token in ("yes", "no")]
        assert sorted(await asyncio.gather(*presses)) == [False, False, False, True]
    assert await database.pending.get("no") == replace(item("no"), spent=True)
    assert not await database.pending.spend("unknown")


async def test_which_event_answered_a_question_is_known_to_others_too(database: Database, database_url: str) -> None:
    await database.pending.put([item("yes"), item("no"), item("other", "another")])
    await database.history.append([intent()])
    async with opened(database_url) as other:
        assert await database.pending.spend("yes", "discord:1")
        assert not await other.pending.spend("yes", "discord:1")
        assert not await other.pending.spend("no", "discord:2")
        assert await other.pending.spend("other")
        for port in (database.pending, other.pending):
            assert await port.spent_by("yes", "discord:1")
            assert not await port.spent_by("yes", "discord:2")
            assert not await port.spent_by("no", "discord:2")
            assert not await port.spent_by("other", "discord:1")


async def test_an_event_that_answered_a_question_can_still_write_into_the_history(database: Database) -> None:
    await database.pending.put([item("yes")])
    assert await database.pending.spend("yes", "discord:1")
    assert await database.history.append([intent()], "discord:1")


async def test_a_button_without_a_question_may_be_pressed_again(database: Database) -> None:
    await database.pending.put([item("page 2", group="")])
    assert await database.pending.spend("page 2")
    assert await database.pending.spend("page 2")


LATER = START + timedelta(minutes=5)


def question(token: str, group: str = "question", owner: str = "console:alice", channel: str = "here") -> PendingItem:
    return PendingItem(token, owner, channel, '{"command": "kick"}', LATER, group)


async def test_what_waits_for_a_person_in_a_channel_is_found_at_once_and_by_others(
    database: Database, database_url: str
) -> None:
    asked = (question("yes"), question("no"), question("one", "another"))
    elsewhere = (question("theirs", "b", owner="console:bob"), question("there", "c", channel="there"))
    await database.pending.put([*asked, *elsewhere, question("entry of a menu", group="")])
    expected = tuple(sorted(asked, key=lambda one: (one.group, one.token)))
    assert await database.pending.waiting("console:alice", "here") == expected
    await database.history.append([intent()])
    assert await database.pending.waiting("console:alice", "here") == expected
    async with opened(database_url, clock=ManualClock()) as other:
        assert await other.pending.waiting("console:alice", "here") == expected
        assert await other.pending.waiting("console:bob", "there") == ()


async def test_nothing_waits_that_is_spent_or_has_expired(database: Database, clock: ManualClock) -> None:
    await database.pending.put([question("yes"), question("no"), replace(question("late", "l"), expires=START)])
    assert await database.pending.waiting("console:alice", "here") == (question("no"), question("yes"))
    await database.pending.spend("no")
    assert await database.pending.waiting("console:alice", "here") == ()
    await database.pending.put([question("again", "new")])
    clock.advance(300)
    assert await database.pending.waiting("console:alice", "here") == ()


@pytest.mark.parametrize("written", [True, False])
async def test_a_question_that_waits_longer_does_so_for_everybody(
    database: Database, database_url: str, written: bool
) -> None:
    await database.pending.put([question("yes"), question("no"), question("other", "another")])
    if written:
        await database.history.append([intent()])
    until = LATER + timedelta(minutes=1)
    assert await database.pending.prolong("question", until)
    async with opened(database_url) as other:
        for port in (database.pending, other.pending):
            assert await port.get("yes") == replace(question("yes"), expires=until)
            assert await port.get("no") == replace(question("no"), expires=until)
            assert await port.get("other") == question("other", "another")


async def test_a_question_that_is_answered_or_unknown_or_none_cannot_wait_longer(database: Database) -> None:
    await database.pending.put([question("yes"), question("no"), question("entry", group="")])
    await database.pending.spend("yes")
    assert not await database.pending.prolong("question", LATER + timedelta(minutes=1))
    assert not await database.pending.prolong("unknown", LATER)
    assert not await database.pending.prolong("", LATER)
    assert await database.pending.get("no") == replace(question("no"), spent=True)
    assert await database.pending.get("entry") == question("entry", group="")


async def test_owners_and_channels_are_found_as_they_are_stored(database: Database) -> None:
    odd = question("odd", owner="console:\0\ud800", channel="c\0")
    await database.pending.put([odd])
    assert [one.token for one in await database.pending.waiting("console:\0\ud800", "c\0")] == ["odd"]
    await database.history.append([intent()])
    assert [one.token for one in await database.pending.waiting("console:\0\ud800", "c\0")] == ["odd"]


async def test_what_expired_long_ago_is_forgotten(database: Database, clock: ManualClock) -> None:
    await database.pending.put([item("old"), replace(item("new"), expires=START + timedelta(days=5))])
    await database.history.append([intent()], event_key="event")
    clock.advance(3 * 86400)
    await database.pending.prune()
    assert await database.pending.get("old") is None
    assert await database.pending.get("new") is not None
    with pytest.raises(AlreadyHandled):
        await database.history.append([intent()], event_key="event")


async def test_what_was_registered_is_known_of_each_place_of_each_application(
    database: Database, database_url: str
) -> None:
    assert await database.registrations.known("100") == {}
    await database.registrations.keep("100", {"1": "digest a", "2": "digest a", "": "digest b"})
    await database.registrations.keep("101", {"1": "digest c"})
    await database.registrations.keep("100", {"1": "digest d", "2": None, "unknown": None})
    await database.registrations.keep("100", {})
    async with opened(database_url, server="another livekit") as other:
        for port in (database.registrations, other.registrations):
            assert await port.known("100") == {"1": "digest d", "": "digest b"}
            assert await port.known("101") == {"1": "digest c"}


async def test_of_two_processes_that_register_the_last_one_is_remembered(database: Database, database_url: str) -> None:
    async with opened(database_url, patience=30.0) as other:
        at_once = [
            port.registrations.keep("100", {place: f"digest {number}", "gone": None})
            for number in range(20)
            for port in (database, other)
            for place in ("1", "2")
        ]
        await asyncio.gather(*at_once)
        assert {*await database.registrations.known("100")} == {"1", "2"}
        await database.registrations.keep("100", {"1": "of the first"})
        await other.registrations.keep("100", {"1": "of the second"})
        assert (await database.registrations.known("100"))["1"] == "of the second"


async def test_what_was_registered_is_kept_with_the_time(database: Database, clock: ManualClock) -> None:
    at = select(registrations.c.at).where(registrations.c.application == "100")
    for seconds in (0, 300):
        clock.advance(seconds)
        await database.registrations.keep("100", {"1": "digest"})
        found = await database._readers.run(lambda connection: connection.scalars(at).all())
        assert [datetime.fromisoformat(one) for one in found] == [clock.now()]


async def test_one_person_is_changed_by_one_at_a_time(database: Database, database_url: str) -> None:
    inside, most = 0, 0

    async def change(who: Database) -> None:
        nonlocal inside, most
        async with who.locks.hold(("stage", "bob"), ("stage", "ann")):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1

    async with opened(database_url) as other:
        await asyncio.gather(*(change(who) for who in (database, other) * 5))
    assert most == 1


async def test_different_people_are_changed_at_the_same_time(database: Database) -> None:
    async with database.locks.hold(("stage", "bob")), database.locks.hold(("stage", "ann")):
        pass


@pytest.mark.parametrize("same_process", [True, False])
async def test_waiting_for_a_person_ends_with_an_answer(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, same_process: bool
) -> None:
    async with opened(database_url, patience=30.0) as other:
        holder = other if same_process else database
        async with holder.locks.hold(("stage", "bob")):
            with monkeypatch.context() as hurried:
                hurried.setattr(other.locks, "_patience", 0.05)
                with pytest.raises(BotError, match="Somebody else is changing this person") as caught:
                    async with other.locks.hold(("stage", "ann"), ("stage", "bob")):
                        pass
            assert caught.value.code == "busy"
        async with other.locks.hold(("stage", "ann"), ("stage", "bob")):
            pass


async def test_a_holder_that_fails_or_is_cancelled_lets_go(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.locks.hold(("stage", "bob")):
            raise ZeroDivisionError
    async with database.locks.hold(("stage", "bob")):
        waiting = asyncio.create_task(database.locks.hold(("stage", "bob")).__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with database.locks.hold(("stage", "bob")):
        pass
