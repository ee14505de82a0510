"""The whole house put together from settings: what runs beside the commands, and how it is closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.clock import SystemClock
from adapters.livekit.simulator.http import RoomServiceApp, serving
from adapters.livekit.simulator.lively import lively_rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.livekit.tokens import Credentials
from adapters.settings import SettingsError, load
from adapters.wiring import Plan, assembled, from_settings, room_service
from bot.command import Invocation
from bot.errors import HistoryError, Rejected
from bot.history import EntryKind, Outcome
from bot.people import ChatUser
from bot.policy import Policy
from bot.reply import Reply
from tests.database_fixtures import intent, opened, url_of

KEY, SECRET = "APIwiring", "s3cret-s3cret-s3cret-s3cret-s3cret"
ALICE = ChatUser("console:alice", "alice")


@pytest.fixture
async def url() -> AsyncIterator[str]:
    rooms = lively_rooms(SystemClock().now)
    async with serving(RoomServiceApp(rooms, Credentials(KEY, SECRET), wait_seconds=0)) as url:
        yield url


def given(tmp_path: Path, url: str, **more: str) -> dict[str, str]:
    return {
        "LIVEKIT_URL": url,
        "LIVEKIT_API_KEY": KEY,
        "LIVEKIT_API_SECRET": SECRET,
        "DATABASE_URL": url_of(tmp_path / "usher.db"),
        "USHER_ADMINS": "console:alice",
        **more,
    }


def plan(tmp_path: Path, **more: Any) -> Plan:
    clock = SystemClock()
    service = SimulatedRoomService(lively_rooms(clock.now), clock=clock, server="main", wait_seconds=0)
    return Plan(service, url_of(tmp_path / "usher.db"), Policy(admins=("console:alice",)), **more)


def said(line: str) -> Invocation:
    return Invocation(ALICE, "c", line, "", "standup")


async def test_the_house_of_the_settings_mutes_and_remembers(tmp_path: Path, url: str) -> None:
    environment = given(tmp_path, url, USHER_SERVER="stage")
    async with from_settings(load(environment)) as house:
        reply = await house.dispatcher.handle(said("/mute bob"))
        assert reply.outcome is Outcome.DONE
    async with from_settings(load(environment)) as house:
        assert reply.case is not None
        case = await house.services.history.case(reply.case)
    assert case is not None
    assert [(entry.kind, entry.server) for entry in case.entries] == [
        (EntryKind.INTENT, "stage"),
        (EntryKind.OUTCOME, "stage"),
    ]


async def test_settings_that_are_not_complete_open_nothing(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="USHER_PAGE_SIZE must be a number"):
        async with from_settings(load(given(tmp_path, url, USHER_PAGE_SIZE="4"))):
            raise AssertionError
    assert list(tmp_path.iterdir()) == []


async def test_a_history_that_cannot_be_opened_leaves_nothing_behind(tmp_path: Path, url: str) -> None:
    environment = given(tmp_path, url, DATABASE_URL=url_of(tmp_path / "missing" / "usher.db"))
    with pytest.raises(HistoryError, match="There is no directory"):
        async with from_settings(load(environment)):
            raise AssertionError


@pytest.mark.parametrize(
    ("edition", "address", "cloud"),
    [
        ("auto", "wss://a.livekit.cloud", True),
        ("auto", "ws://localhost", False),
        ("cloud", "ws://localhost", True),
        ("self-hosted", "wss://a.livekit.cloud", False),
    ],
)
async def test_the_edition_is_what_the_settings_say_or_the_address_shows(
    tmp_path: Path, edition: str, address: str, cloud: bool
) -> None:
    service = room_service(load(given(tmp_path, address, USHER_LIVEKIT_EDITION=edition, USHER_SERVER="x")))
    assert (service.cloud, service.server) == (cloud, "x")
    await service.aclose()


async def test_certificates_that_are_none_are_a_setting_that_is_wrong(tmp_path: Path, url: str) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    settings = load(given(tmp_path, url, USHER_CA_FILE=str(tmp_path / "ca.pem"), USHER_PROXY="http://127.0.0.1:1"))
    with pytest.raises(SettingsError, match="cannot be set up"):
        room_service(settings)


async def test_a_secret_in_a_file_is_read_again_when_it_is_refused(tmp_path: Path, url: str) -> None:
    path = tmp_path / "secret"
    path.write_text("the-old-secret-the-old-secret-the-old-secret")
    environment = given(tmp_path, url, LIVEKIT_API_SECRET_FILE=str(path))
    del environment["LIVEKIT_API_SECRET"]
    service = room_service(load(environment))
    try:
        with pytest.raises(Rejected):
            await service.list_rooms()
        path.write_text(SECRET + "\n")
        assert len(await service.list_rooms()) == 2
    finally:
        await service.aclose()


async def test_what_a_dead_worker_left_open_is_closed_in_the_background(tmp_path: Path) -> None:
    async with opened(tmp_path / "usher.db", server="main") as database:
        (left,) = await database.history.append([intent(room="standup", difference='[["name","a","b"]]')])
    async with assembled(plan(tmp_path)) as house:
        pass  # closing waits for it a moment
    async with opened(tmp_path / "usher.db", server="main") as database:
        case = await database.history.case(left.case)
    assert house.supervisor.failing == set()
    assert case is not None
    assert [entry.kind for entry in case.entries] == [EntryKind.INTENT, EntryKind.RECONCILED]


async def test_loops_of_the_plan_run_until_the_house_is_closed(tmp_path: Path) -> None:
    events: list[str] = []

    async def loop() -> None:
        events.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            events.append("ended")

    async with assembled(plan(tmp_path, loops={"loop": loop})):
        while not events:
            await asyncio.sleep(0)
        assert events == ["begun"]
    assert events == ["begun", "ended"]


async def test_what_was_owed_is_written_when_the_house_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with assembled(plan(tmp_path)) as house:
        history = type(house.database.history)
        append = history.append

        async def full(*given: Any) -> Any:
            if any(draft.kind is EntryKind.OUTCOME for draft in given[1]):
                raise HistoryError("The disk is full.")
            return await append(*given)

        with monkeypatch.context() as patched:
            patched.setattr(history, "append", full)
            reply: Reply = await house.dispatcher.handle(said("/mute bob"))
    assert reply.case is not None
    async with opened(tmp_path / "usher.db", server="main") as database:
        case = await database.history.case(reply.case)
    assert case is not None
    assert [entry.kind for entry in case.entries] == [EntryKind.INTENT, EntryKind.OUTCOME]


async def test_a_loop_that_failed_closes_like_any_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def failing() -> None:
        raise RuntimeError

    async with assembled(plan(tmp_path, loops={"bad": failing})) as house:
        while not house.supervisor.failing:
            await asyncio.sleep(0)
        assert (await house.dispatcher.handle(said("/rooms"))).title
    assert "The loop 'bad' failed" in caplog.text
