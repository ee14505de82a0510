"""`usher run` with adapters of the test's own: who is started and why not, and how all of it ends."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from adapters import running
from adapters.admitting import ADMISSION_PATH
from adapters.chat import Adapter, Candidate, Way
from adapters.endpoints import NO_API
from adapters.http import HttpServer
from adapters.reporting import REPORTS_PATH
from adapters.running import ADAPTERS, run
from adapters.settings import Settings, SettingsError, load
from adapters.wiring import House
from bot.errors import BotError, HistoryError
from bot.reply import Reply, Tone, say
from tests.clocks import eventually
from tests.database_fixtures import opened, url_of

TOKEN, SIGNING, APP = "xoxb-1-t0ken", "s1gning", "xapp-1-t0ken"
STOPPING = "Stopping: what is under way is finished first"


@dataclass(slots=True, eq=False)
class Fake:
    """An adapter that serves until it is stopped; `work` is done first, each time that it is begun."""

    name: str
    work: Callable[[], Any] = lambda: None
    ending: Callable[[], Any] = lambda: None
    ready: bool = False
    events: list[str] = field(default_factory=list)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self) -> None:
        self.events.append("serve")
        self.work()
        self.ready = True
        await self.stopped.wait()
        self.events.append("served")

    async def tell(self, room: str, line: Reply) -> bool:
        self.events.append(f"told of {room}")
        return True

    async def stop(self, seconds: float) -> None:
        self.events.append("stop")
        self.stopped.set()
        self.ending()


def candidate(fake: Fake, *needs: str) -> Candidate:
    return Candidate(fake.name, (Way("by hand", needs),), lambda settings, house, http: fake)


def given(tmp_path: Path, **more: str) -> Settings:
    return load(
        {
            "LIVEKIT_URL": "ws://127.0.0.1:1",
            "LIVEKIT_API_KEY": "APIrunning",
            "LIVEKIT_API_SECRET": "s3cret-s3cret-s3cret-s3cret-s3cret",
            "DATABASE_URL": url_of(tmp_path / "usher.db"),
            "USHER_HTTP": "127.0.0.1:0",
            **more,
        }
    )


@asynccontextmanager
async def running_with(
    tmp_path: Path, *candidates: Candidate, started: int = 1, **more: str
) -> AsyncIterator[tuple[list[str], asyncio.Task[int]]]:
    """The lines that it has said, once so many are started, and its task. In the end it is asked to stop."""
    out = io.StringIO()
    task = asyncio.create_task(run(given(tmp_path, **more), out, candidates))
    lines: list[str] = []

    async def begun() -> bool:
        lines[:] = said_in(out)
        return task.done() or sum(": started" in line for line in lines) == started

    await eventually(begun)
    try:
        yield lines, task
    finally:
        if STOPPING not in out.getvalue() and not task.done():  # a second signal would end the tests
            os.kill(os.getpid(), signal.SIGTERM)
        assert await task == 0
        lines[:] = said_in(out)


def said_in(out: io.StringIO) -> list[str]:
    """Its lines, those about the HTTP server aside."""
    return [line for line in out.getvalue().splitlines() if not line.startswith("HTTP: ")]


async def once(condition: Callable[[], bool]) -> None:
    async def look() -> bool:
        return condition()

    await eventually(look)


async def test_those_whose_credentials_are_set_are_started_and_the_others_named(tmp_path: Path) -> None:
    one, two = Fake("One"), Fake("Two")
    table = (candidate(one, "SLACK_APP_TOKEN"), candidate(two, "SLACK_SIGNING_SECRET"))
    async with running_with(tmp_path, *table, SLACK_SIGNING_SECRET=SIGNING) as (lines, _):
        await once(lambda: two.ready)
        assert lines == ["One: not started: SLACK_APP_TOKEN is not set", "Two: started, by hand", running.ENFORCED]
    assert lines[3:] == [STOPPING]
    assert (one.events, two.events) == ([], ["serve", "stop", "served"])


@pytest.mark.parametrize(
    ("settings", "how", "missing"),
    [
        ({}, None, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_APP_TOKEN": APP, "SLACK_SIGNING_SECRET": SIGNING}, None, "SLACK_BOT_TOKEN is not set"),
        (
            {"SLACK_BOT_TOKEN": TOKEN},
            None,
            "it needs SLACK_APP_TOKEN (for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP mode) too",
        ),
        ({"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": APP}, "Socket Mode", ""),
        ({"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SIGNING}, "HTTP mode", ""),
        (
            {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": APP, "SLACK_SIGNING_SECRET": SIGNING},
            "Socket Mode",
            "",
        ),
    ],
)
def test_the_credentials_choose_how_slack_is_served(
    tmp_path: Path, settings: dict[str, str], how: str | None, missing: str
) -> None:
    slack = next(one for one in ADAPTERS if one.name == "Slack")
    found = slack.way(given(tmp_path, **settings))
    assert (found.how if found else None) == how
    if found is None:
        assert slack.missing(given(tmp_path, **settings)) == missing


def test_more_than_one_thing_that_every_way_needs_is_named_together(tmp_path: Path) -> None:
    both = candidate(Fake("One"), "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
    assert both.missing(given(tmp_path)) == "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are not set"


async def test_where_no_chat_can_be_started_it_says_so_and_serves_the_rest(tmp_path: Path) -> None:
    out = io.StringIO()
    running_ = asyncio.create_task(run(given(tmp_path), out))
    await once(lambda: running.ENFORCED in out.getvalue() and (tmp_path / "usher.db").exists())
    assert said_in(out) == [
        "Slack: not started: SLACK_BOT_TOKEN is not set",
        "Discord: not started: DISCORD_TOKEN is not set",
        running.NO_CHAT,
        running.ENFORCED,
    ]
    os.kill(os.getpid(), signal.SIGTERM)
    assert await running_ == 0
    assert out.getvalue().splitlines()[-1] == STOPPING


async def test_the_chats_that_are_started_are_told_what_nobody_asked_for(tmp_path: Path) -> None:
    houses: list[House] = []
    fake = Fake("One")

    def make(settings: Settings, house: House, http: HttpServer) -> Adapter:
        houses.append(house)
        return fake

    async with running_with(tmp_path, Candidate("One", (Way("by hand", ()),), make)):
        assert await houses[0].channels.tell("stage", Reply(Tone.INFO, say("x")))
    assert fake.events[:2] == ["serve", "told of stage"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("LIVEKIT_URL", "localhost"), ("SLACK_BOT_TOKEN", APP), ("USHER_HTTP", "x"), ("USHER_ROLES", "x")],
)
async def test_any_setting_that_is_wrong_ends_it_before_anything_is_opened(
    tmp_path: Path, name: str, value: str
) -> None:
    out = io.StringIO()
    with pytest.raises(SettingsError, match=f"^{name} "):
        await run(given(tmp_path, **{name: value}), out, [candidate(Fake("One"))])
    assert (out.getvalue(), list(tmp_path.iterdir())) == ("", [])


async def test_a_second_run_on_the_same_history_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    fake = Fake("One")
    async with opened(tmp_path / "usher.db") as other:
        other.claim_run()
        with pytest.raises(HistoryError, match="Usher is running on this history already"):
            await run(given(tmp_path), io.StringIO(), [candidate(fake)])
    assert fake.events == []
    async with running_with(tmp_path, candidate(fake)):
        await once(lambda: fake.ready)


async def test_a_console_beside_it_is_not_refused(tmp_path: Path) -> None:
    async with running_with(tmp_path, candidate(Fake("One"))), opened(tmp_path / "usher.db") as database:
        assert [entry async for entry in database.history.entries()] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_either_signal_asks_it_to_end_and_its_handlers_are_put_back(
    tmp_path: Path, number: signal.Signals
) -> None:
    before = [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)]
    one, two = Fake("One"), Fake("Two")
    async with running_with(tmp_path, candidate(one), candidate(two), started=2) as (_, task):
        await once(lambda: one.ready and two.ready)
        os.kill(os.getpid(), number)
        assert await task == 0
    assert [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)] == before
    assert one.events == two.events == ["serve", "stop", "served"]
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


async def test_a_signal_that_comes_while_it_starts_ends_it_as_well(tmp_path: Path) -> None:
    fake = Fake("One")

    def make(settings: Settings, house: House, http: HttpServer) -> Adapter:
        http.add("GET", "/", lost)
        os.kill(os.getpid(), signal.SIGTERM)
        return fake

    out = io.StringIO()
    assert await run(given(tmp_path), out, [Candidate("One", (Way("by hand", ()),), make)]) == 0
    assert fake.events in ([], ["serve", "stop", "served"])
    assert out.getvalue().splitlines()[-1] == STOPPING


async def lost(request: web.Request) -> web.Response:
    return web.Response(text="here")


async def test_one_that_fails_is_tried_again_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("adapters.supervisor.FIRST_WAIT", 0.001)

    def down() -> None:
        raise RuntimeError("xoxb-with-a-s3cret")

    good, bad = Fake("Good"), Fake("Bad", work=down)
    with caplog.at_level(logging.DEBUG):
        async with running_with(tmp_path, candidate(bad), candidate(good), started=2):
            await once(lambda: len(bad.events) > 2 and good.ready)
            assert good.events == ["serve"]
    assert "The loop 'Bad' failed (RuntimeError); it starts again in" in caplog.text
    assert "s3cret" not in caplog.text
    assert bad.events[-1] == "stop"


async def test_what_an_adapter_means_for_everybody_stands_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def refused() -> None:
        raise BotError("Slack refused the bot token.")

    async with running_with(tmp_path, candidate(Fake("Bad", work=refused))):
        await once(lambda: "(BotError: Slack refused the bot token.)" in caplog.text)


async def test_one_that_ends_without_being_asked_is_started_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fake = Fake("One")
    fake.stopped.set()
    async with running_with(tmp_path, candidate(fake)):
        await once(lambda: fake.events.count("serve") > 1)
    assert "It ended, although nobody had asked it to." in caplog.text


async def test_one_that_fails_while_it_stops_is_not_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.supervisor.FIRST_WAIT", 0.0)
    fake = Fake("One")

    class Broken(Fake):
        async def serve(self) -> None:
            self.events.append("serve")
            await self.stopped.wait()
            raise ConnectionError

        async def stop(self, seconds: float) -> None:
            self.stopped.set()
            await asyncio.sleep(0.05)  # room for another beginning

    fake = Broken("One")
    async with running_with(tmp_path, candidate(fake)):
        await once(lambda: bool(fake.events))
    assert fake.events == ["serve"]


async def test_one_that_stops_badly_or_not_at_all_is_named_and_the_others_are_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, "STOP_SECONDS", 0.05)
    monkeypatch.setattr(running, "MORE_SECONDS", 0.05)

    class Deaf(Fake):
        async def stop(self, seconds: float) -> None:
            self.events.append(f"stop within {seconds}")
            await asyncio.Event().wait()

    def failing() -> None:
        raise RuntimeError("with a s3cret")

    deaf, bad, good = Deaf("Deaf"), Fake("Bad", ending=failing), Fake("Good")
    table = [candidate(one) for one in (deaf, bad, good)]
    async with running_with(tmp_path, *table, started=3):
        await once(lambda: deaf.ready and bad.ready and good.ready)
    assert good.events == ["serve", "stop", "served"]
    assert deaf.events == ["serve", "stop within 0.05"]
    assert "Deaf did not stop in time; what it had under way is cut off." in caplog.text
    assert "Bad did not stop as it should (RuntimeError)." in caplog.text
    assert "s3cret" not in caplog.text


@dataclass(slots=True, eq=False)
class Hooked:
    """An adapter behind the HTTP server: an answer takes until `go`, and stopping waits for nothing."""

    fake: Fake
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.set()
        await self.go.wait()
        return web.Response(text="done")

    def candidate(self) -> Candidate:
        def make(settings: Settings, house: House, http: HttpServer) -> Adapter:
            http.add("GET", "/events", self.answer)
            return self.fake

        return Candidate("Hooked", (Way("HTTP mode", (), "/events"),), make)


async def test_who_is_reached_over_http_is_named_with_the_address_and_finishes_its_answers(tmp_path: Path) -> None:
    hooked = Hooked(Fake("Hooked"))
    async with running_with(tmp_path, hooked.candidate()) as (lines, _), aiohttp.ClientSession() as client:
        url = lines[0].removeprefix("Hooked: started, HTTP mode on ")
        assert url.startswith("http://127.0.0.1:")
        assert url.endswith("/events")
        asked = asyncio.create_task(fetched(client, url))
        await hooked.asked.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await once(lambda: "stop" in hooked.fake.events)
        hooked.go.set()
        assert await asked == "done"


async def fetched(client: aiohttp.ClientSession, url: str) -> str:
    async with client.get(url) as answer:
        return await answer.text()


async def test_webhooks_are_received_where_it_says_whether_or_not_a_chat_is_served(tmp_path: Path) -> None:
    out = io.StringIO()
    task = asyncio.create_task(run(given(tmp_path), out, ()))
    await once(lambda: NO_API in out.getvalue())
    [line, _] = [line for line in out.getvalue().splitlines() if line.startswith("HTTP: ")]
    url, _, paths = line.removeprefix("HTTP: ").partition(" serves ")
    assert "/webhooks/livekit" in paths.split(", ")
    async with aiohttp.ClientSession() as client, client.post(f"{url}/webhooks/livekit", data=b"{}") as answer:
        assert answer.status == 401
    os.kill(os.getpid(), signal.SIGTERM)
    assert await task == 0


@pytest.mark.parametrize("token", ["", "a-long-random-text-of-our-own"])
async def test_services_of_the_application_are_answered_where_there_is_a_token(tmp_path: Path, token: str) -> None:
    out = io.StringIO()
    task = asyncio.create_task(run(given(tmp_path, USHER_API_TOKEN=token), out, ()))
    await once(lambda: NO_API in out.getvalue() or REPORTS_PATH in out.getvalue())
    assert (NO_API in out.getvalue()) is not bool(token)
    url = out.getvalue().partition("HTTP: ")[2].partition(" ")[0]
    about = {"room": "a", "identity": "b"}
    async with aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {token}"}) as client:
        async with client.get(ADMISSION_PATH, params=about) as answer:
            assert answer.status == (200 if token else 404)
        async with client.post(REPORTS_PATH, json=about) as answer:
            assert answer.status == (503 if token else 404)
    os.kill(os.getpid(), signal.SIGTERM)
    assert await task == 0


async def test_an_address_that_is_taken_ends_it_before_anybody_is_served(tmp_path: Path) -> None:
    hooked = Hooked(Fake("Hooked"))
    async with await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        settings = given(tmp_path, USHER_HTTP=f"127.0.0.1:{port}")
        with pytest.raises(BotError, match=f"cannot listen on 127.0.0.1:{port}"):
            await run(settings, io.StringIO(), [hooked.candidate()])
    assert hooked.fake.events == []


async def test_an_adapter_that_cannot_be_put_together_ends_it(tmp_path: Path) -> None:
    def make(settings: Settings, house: House, http: HttpServer) -> Adapter:
        raise SettingsError("USHER_CA_FILE holds no certificate.")

    fake = Fake("One")
    table = [candidate(fake), Candidate("Two", (Way("by hand", ()),), make)]
    with pytest.raises(SettingsError, match="holds no certificate"):
        await run(given(tmp_path), io.StringIO(), table)
    assert fake.events == []
