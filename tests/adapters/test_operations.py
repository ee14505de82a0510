"""What operators ask: does it live, is all there that it needs, and what do the numbers say."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from adapters import health
from adapters.health import HEALTH_PATH, KEPT_SECONDS, READY_PATH, Health
from adapters.http import HttpServer
from adapters.livekit.simulator.lively import lively_rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.metrics import METRICS_PATH, Metrics
from adapters.values import HostPort
from adapters.wiring import House, Plan, assembled
from bot.command import Invocation
from bot.people import ChatUser
from bot.policy import Policy
from bot.reply import Reply
from tests.core.faults import UNREACHABLE, failing
from tests.core.histories import FULL
from tests.house import SteppedClock

ALICE = ChatUser("console:alice", "alice")


@dataclass(slots=True, eq=False)
class Fake:
    name: str = "Slack"
    ready: bool = True

    async def tell(self, room: str, line: Reply) -> bool:
        return True


@dataclass
class Served:
    """The endpoints over real sockets, of a house whose clock the test turns."""

    house: House
    service: SimulatedRoomService
    clock: SteppedClock
    chat: Fake = field(default_factory=Fake)
    stopping: bool = False
    webhooks: Counter[str] = field(default_factory=Counter)
    client: aiohttp.ClientSession = field(init=False)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Served]:
        server = HttpServer(HostPort("127.0.0.1", 0))
        asked = Health(self.house, [self.chat], lambda: self.stopping)
        server.add("GET", HEALTH_PATH, asked.live)
        server.add("GET", READY_PATH, asked.ready)
        server.add("GET", METRICS_PATH, Metrics(self.house, [self.chat], self.webhooks).answer)
        await server.start()
        async with aiohttp.ClientSession(server.url) as self.client:
            try:
                yield self
            finally:
                await server.aclose(0)

    async def ready(self) -> tuple[int, dict[str, Any]]:
        async with self.client.get(READY_PATH) as answer:
            return answer.status, await answer.json()

    async def numbers(self) -> dict[str, float]:
        """Each sample under its name with its labels; what Prometheus' own parser does not take is an error."""
        async with self.client.get(METRICS_PATH) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"].startswith("text/plain; version=")
            text = await answer.text()
        found = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
                found[f"{sample.name}{{{labels}}}"] = sample.value
        return found

    async def say(self, line: str) -> Reply:
        return await self.house.dispatcher.handle(Invocation(ALICE, "c", line, room="standup"))


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    clock = SteppedClock()
    service = SimulatedRoomService(lively_rooms(clock.now), clock=clock, wait_seconds=0)
    plan = Plan(service, f"sqlite:///{tmp_path}/usher.db", Policy(admins=(ALICE.subject,)), clock=clock)
    async with assembled(plan) as house, Served(house, service, clock).serving() as served:
        yield served


async def test_a_process_that_answers_lives(served: Served) -> None:
    async with served.client.get(HEALTH_PATH) as answer:
        assert (answer.status, await answer.text()) == (200, "ok\n")


async def test_with_all_that_it_needs_it_is_ready(served: Served) -> None:
    assert await served.ready() == (200, {"ready": True, "not_ready": {}})


async def test_what_is_missing_is_named_and_nothing_more(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(channel: str) -> str | None:
        raise FULL

    served.chat.ready, served.stopping = False, True
    served.service.around = failing(UNREACHABLE, "ListRooms", after=False)
    monkeypatch.setattr(served.house.services.roster, "default_room", full)
    status, found = await served.ready()
    assert status == 503
    assert found == {
        "ready": False,
        "not_ready": {
            "LiveKit": f"does not answer as it should ({UNREACHABLE.code})",
            "the history": f"does not answer as it should ({FULL.code})",
            "Slack": "is not connected",
            "Usher": "is stopping",
        },
    }


async def test_what_is_looked_up_is_looked_up_once_for_all_who_ask_within_some_seconds(served: Served) -> None:
    calls = len(served.service.calls)
    assert {status for status, _ in await asyncio.gather(*(served.ready() for _ in range(5)))} == {200}
    assert len(served.service.calls) == calls + 1
    served.service.around = failing(UNREACHABLE, "ListRooms", after=False)
    assert (await served.ready())[0] == 200
    served.clock.advance(KEPT_SECONDS)
    assert (await served.ready())[0] == 503
    served.service.around = None
    served.clock.advance(KEPT_SECONDS)
    assert (await served.ready())[0] == 200


async def test_what_does_not_answer_is_not_waited_for(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(channel: str) -> str | None:
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr(health, "CHECK_SECONDS", 0.01)
    monkeypatch.setattr(served.house.services.roster, "default_room", never)
    _, found = await served.ready()
    assert found["not_ready"]["the history"] == "does not answer"


async def test_a_loop_that_failed_is_named_until_it_has_been_well_for_a_while(served: Served) -> None:
    failed: set[str] = set()

    async def fails_once(name: str) -> None:
        if name not in failed:
            failed.add(name)
            raise RuntimeError("with a s3cret")
        await asyncio.Event().wait()

    served.house.supervisor.start("feed", lambda: fails_once("feed"))
    served.house.supervisor.start("Slack", lambda: fails_once("Slack"))
    while len(served.house.supervisor.failing) < 2:
        await asyncio.sleep(0)
    assert await served.ready() == (
        503, {"ready": False, "not_ready": {"the loop feed": "failed, and is started again"}}
    )  # fmt: skip
    assert (await served.numbers())["usher_loops_failing{}"] == 2
    served.clock.advance(60)
    assert (await served.ready())[0] == 200


async def test_commands_are_counted_by_what_became_of_them_and_never_by_what_was_typed(served: Served) -> None:
    await served.say("/mute bob")
    await served.say("/mute bob")
    await served.say("/kick omar")
    await served.say("/rooms")
    await served.say("/s3cret omar")
    await served.say("/mute nobody-of-that-name")
    found = await served.numbers()
    counts = {
        name.partition("{")[2].rstrip("}"): value
        for name, value in found.items()
        if name.startswith("usher_command_seconds_count")
    }
    assert counts == {
        "command=mute,outcome=done": 1,
        "command=mute,outcome=already": 1,
        "command=kick,outcome=asked": 1,
        "command=rooms,outcome=answered": 1,
        "command=other,outcome=error": 1,
        "command=mute,outcome=error": 1,
    }


async def test_a_press_is_counted_as_the_command_that_it_carries_out(served: Served) -> None:
    question = await served.say("/kick omar")
    await served.house.dispatcher.press(ALICE, "c", question.buttons[0].token)
    assert (await served.numbers())["usher_command_seconds_count{command=kick,outcome=done}"] == 1


async def test_calls_of_the_room_service_are_counted_by_their_result(served: Served) -> None:
    await served.say("/mute bob")
    served.service.around = failing(UNREACHABLE, "ListRooms", after=False)
    await served.say("/rooms")
    found = await served.numbers()
    assert found["usher_room_service_seconds_count{method=MutePublishedTrack,result=ok}"] == 1
    assert found["usher_room_service_seconds_count{method=ListRooms,result=other}"] >= 1


async def test_it_shows_how_enforcement_is_doing(served: Served) -> None:
    before = await served.numbers()
    assert before["usher_enforcing{}"] == 0
    assert str(before["usher_webhook_age_seconds{}"]) == "nan"
    pulse, now = served.house.services.pulse, served.clock.monotonic()
    pulse.begun, pulse.webhook, pulse.swept = now, now, now
    pulse.orders, pulse.due, pulse.interval, pulse.stuck = 7, 3, 60.0, frozenset({1, 2})
    pulse.delayed(0.07)
    served.webhooks["genuine"] = 5
    served.chat.ready = False
    served.clock.advance(4)
    found = await served.numbers()
    expected = {
        "usher_enforcing{}": 1,
        "usher_orders_in_force{}": 7,
        "usher_orders_stuck{}": 2,
        "usher_rooms_due{}": 3,
        "usher_sweep_interval_seconds{}": 60,
        "usher_sweep_age_seconds{}": 4,
        "usher_webhook_age_seconds{}": 4,
        "usher_webhooks_total{result=genuine}": 5,
        "usher_webhooks_total{result=refused}": 0,
        "usher_adapter_up{adapter=Slack}": 0,
        "usher_enforcement_delay_seconds_count{}": 1,
        "usher_enforcement_delay_seconds_bucket{le=0.05}": 0,
        "usher_enforcement_delay_seconds_bucket{le=0.1}": 1,
    }
    assert {name: found[name] for name in expected} == expected
    assert found["process_resident_memory_bytes{}"] > 0


async def test_no_name_that_somebody_chose_is_in_the_numbers(served: Served) -> None:
    await served.say("/mute bob shouting")
    async with served.client.get(METRICS_PATH) as answer:
        text = await answer.text()
    assert not any(name in text for name in ("standup", "bob", "alice", "shouting"))


async def test_the_page_names_each_number(served: Served) -> None:
    page = (Path(__file__).parents[2] / "docs" / "http.md").read_text(encoding="utf-8")
    async with served.client.get(METRICS_PATH) as answer:
        text = await answer.text()
    families = {name for name in re.findall(r"^# TYPE (\w+)", text, re.MULTILINE) if name.startswith("usher_")}
    assert families == set(re.findall(r"`(usher_\w+)`", page))
