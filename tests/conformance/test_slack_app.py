"""Every payload that Slack is known to send goes through Bolt's real app, as each transport brings it.

Whoever sends them here is an admin, so that nothing but what they ask for keeps a room from being changed.
"""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import Clock

from adapters.clock import SystemClock
from adapters.livekit.simulator.lively import lively_rooms
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.slack.announcing import Announcer
from adapters.slack.app import Account, Ack, Front, bolt_app
from adapters.slack.delivery import Delivery
from adapters.slack.desk import Desk
from adapters.slack.groups import Groups
from adapters.slack.limits import ACKNOWLEDGE_SECONDS
from adapters.slack.membership import Members
from adapters.slack.names import SlashNames
from adapters.slack.web import Web
from adapters.wiring import Plan, assembled
from bot.policy import Policy
from bot.registry import load
from bot.suggest import Suggestions
from tests.conformance import slack_data
from tests.conformance.slack_data import data, names, present
from tests.fresh import fresh
from tests.slack_stand_in import Kind, SlackStandIn
from tests.slack_stand_in.deliveries import EVENT, INTERACTIVE, SLASH
from tests.slack_stand_in.signed import Post, encoded, signed
from tests.slack_stand_in.world import Channel, User

pytestmark = present

HOMES = ("E111", "T111", "T1DC2JH3J", "X111")
PEOPLE = ("W111", "W222", "U111", "U222", "U2CERLKJA", "X111")
ANSWERED = frozenset({"users.info", "chat.postEphemeral"})
SHAPES = "payload-shapes/app-backend"
TRANSPORTS = ("socket", "http")


@dataclass(frozen=True, slots=True)
class Sent:
    """A payload as Slack sends it, and what it may call on the Web API. A broken one lacks what Slack always sends."""

    name: str
    payload: dict[str, Any] = field(repr=False)
    calls: frozenset[str] = frozenset()
    broken: bool = False

    @property
    def kind(self) -> str:
        if "command" in self.payload:
            return SLASH
        return EVENT if self.payload.get("type") == "event_callback" else INTERACTIVE

    @property
    def carried(self) -> str:
        """What its acknowledgement carries: a message, options, or nothing."""
        if self.broken:
            return ""
        return {"block_suggestion": "options"}.get(self.payload.get("type", ""), "text" if self.kind == SLASH else "")


def everything() -> list[Sent]:
    """All that there is; nothing where the data is not here."""
    return [*_recorded(), *_shapes(), *_events()] if slack_data.FOLDER.is_dir() else []


def _recorded() -> list[Sent]:
    """What Slack sent once. Their buttons, shortcuts and views are other apps'."""
    calls = {"slash_command": frozenset({"users.info"}), "event.app_mention": ANSWERED}
    frames = ("recorded/request_signature.vector.json", *names("recorded/socket_mode"))
    found = []
    for path in names("recorded"):
        name = path.removeprefix("recorded/").removesuffix(".json")
        if not name.startswith("socket_mode.") and path not in frames:
            found.append(Sent(name, data(path), calls.get(name, frozenset())))
    for number, envelope in enumerate(data("recorded/socket_mode.envelopes.json")):
        asked = frozenset({"users.info"}) if envelope["type"] == "slash_commands" else frozenset()
        found.append(Sent(f"envelope {number}", envelope["payload"], asked))
    form = data("recorded/request_signature.vector.json")["body"]
    found.append(Sent("signed form", dict(parse_qsl(form, keep_blank_values=True)), frozenset({"users.info"})))
    return found


def _shapes() -> list[Sent]:
    """The published field names, with blank values and with ids."""
    found = []
    for path in names(SHAPES):
        name, blank = path.rpartition("/")[2].removesuffix(".json"), data(path)
        asked = frozenset({"users.info"}) if "command" in blank else frozenset()
        found.append(Sent(f"{name}, blank", blank, broken=blank.get("type") != "view_closed"))
        found.append(Sent(f"{name}, with ids", _filled(blank), asked))
    return found


def _filled(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _filled(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, key) for inner in value]
    return "X111" if value == "" and re.fullmatch(r"id|\w+_id", key) else value


def _events() -> list[Sent]:
    """The examples of the wrapper around events, and an event of every type there is."""
    found = [
        Sent(f"wrapper {n}", one) for n, one in enumerate(data("slack_common_event_wrapper_schema.json")["examples"])
    ]
    heard = {"app_mention": ANSWERED, "app_home_opened": frozenset({"users.info", "views.publish"})}
    for topic in data("slack_events_api_async_v1.json")["topics"]:
        kind = topic.replace(".", "_")
        inside = {"type": kind, "user": "W111", "channel": "C111", "text": "help", "tab": "home", "event_ts": "1.2"}
        outside = {"team_id": "T111", "enterprise_id": "E111", "event_id": f"Ev{kind}", "type": "event_callback"}
        about_group = {"subteam_id": "S111", "subteam": {"id": "S111"}} if kind.startswith("subteam_") else {}
        found.append(Sent(kind, {**outside, "event": {**inside, **about_group}}, heard.get(kind, frozenset())))
    return found


class WatchedFront(Front):
    """Says when something has gone through it: Bolt acknowledges events before."""

    def __init__(self, desk: Desk, account: Account) -> None:
        super().__init__(desk, account)
        self.through = asyncio.Event()

    async def arrived(self, body: Mapping[str, Any], ack: Ack) -> None:
        await super().arrived(body, ack)
        self.through.set()


@dataclass(frozen=True, slots=True)
class Stage:
    """Bolt's app between this Slack and simulated rooms."""

    app: AsyncApp
    front: WatchedFront
    desk: Desk
    slack: SlackStandIn
    service: SimulatedRoomService

    async def take(self, sent: Sent, transport: str) -> BoltResponse:
        """What the app answers, in the time that Slack gives it."""
        async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
            answer: BoltResponse = await self.app.async_dispatch(self._request(sent, transport))
            await self.front.through.wait()
        return answer

    async def over(self) -> bool:
        """Whether everything that was begun came to its end."""
        return await self.desk.under_way.settle(5)

    def _request(self, sent: Sent, transport: str) -> AsyncBoltRequest:
        if transport == "socket":
            return AsyncBoltRequest(mode="socket_mode", body=sent.payload)
        body, content_type = encoded(sent.kind, sent.payload)
        return AsyncBoltRequest(
            body=body.decode(), headers={**signed(body, content_type, Post(self.slack.app.signing_secret))}
        )


@pytest.fixture
async def stage(slack: SlackStandIn, tmp_path: Path) -> AsyncIterator[Stage]:
    async with _staged(slack, tmp_path, slack.app.signing_secret) as stage:
        yield stage


@asynccontextmanager
async def _staged(slack: SlackStandIn, where: Path, secret: str) -> AsyncIterator[Stage]:
    world = slack.world
    for account in PEOPLE:
        world.users[account] = User(account, account.lower(), Kind.MEMBER, "T111", "E111")
    world.channels["C111"] = Channel("C111", "recorded", members={*PEOPLE, world.app.user})
    clock = SystemClock()
    service = SimulatedRoomService(lively_rooms(clock.now), clock=clock, wait_seconds=0)
    admins = tuple(f"slack:{home}/{account}" for home in HOMES for account in PEOPLE)
    web = Web(slack.app.bot_token, base_url=slack.api_url)
    async with assembled(Plan(service, fresh(where), Policy(admins=admins))) as house:
        services = house.services

        async def granted(_: str) -> tuple[str, ...]:
            return ()

        desk = Desk(
            house.dispatcher, Suggestions(house.dispatcher), web, Members(web, clock), Groups(web, clock, granted),
            Delivery(web), Announcer(web, services.roster, clock), SlashNames.read([one.name for one in load()]),
        )  # fmt: skip
        us = Account(world.team, "", world.app.user, world.app.bot)
        front = WatchedFront(desk, us)
        yield Stage(bolt_app(web.client, us, front, secret), front, desk, slack, service)
        await desk.under_way.aclose()
    await web.aclose()


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("sent", everything(), ids=lambda sent: sent.name)
async def test_a_payload_is_acknowledged_in_time_and_changes_no_room(
    stage: Stage, sent: Sent, transport: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    answer = await stage.take(sent, transport)
    assert await stage.over()
    assert answer.status == 200
    assert set(json.loads(answer.body or "{}")) & {"text", "options"} == ({sent.carried} if sent.carried else set())
    assert bool(answer.body) is bool(sent.carried)
    assert {call.method for call in stage.slack.calls} == sent.calls
    assert [call.method for call in stage.service.calls if not call.reads] == []
    said = [record.getMessage() for record in caplog.records]
    assert all("was not understood" in line for line in said)
    assert len(said) == sent.broken


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_the_same_payload_again_is_acknowledged_and_answered_no_second_time(
    stage: Stage, transport: str, caplog: pytest.LogCaptureFixture
) -> None:
    sent = next(one for one in everything() if one.name == "slash_command")
    first = await stage.take(sent, transport)
    again = await stage.take(sent, transport)
    assert (first.status, again.status) == (200, 200)
    assert first.body
    assert again.body == ""
    assert caplog.records == []


async def test_the_documented_signature_is_taken_at_its_time(
    slack: SlackStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vector = data("recorded/request_signature.vector.json")
    monkeypatch.setattr(Clock, "now", lambda _: float(vector["timestamp"]) + 299)
    async with _staged(slack, tmp_path, vector["signing_secret"]) as stage:
        answer = await stage.app.async_dispatch(_vector(vector))
    assert answer.status == 200
    assert "webhook-collect" in json.loads(answer.body)["text"]


@pytest.mark.parametrize("changed", ["nothing", "body", "timestamp", "signature", "signing_secret"])
async def test_the_documented_signature_is_refused_when_it_is_old_or_anything_differs(
    slack: SlackStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    vector = dict(data("recorded/request_signature.vector.json"))
    at = float(vector["timestamp"]) + (301 if changed == "nothing" else 1)
    monkeypatch.setattr(Clock, "now", lambda _: at)
    if changed != "nothing":
        vector[changed] = vector[changed][:-1] + ("0" if vector[changed][-1] != "0" else "1")
    async with _staged(slack, tmp_path, vector["signing_secret"]) as stage:
        answer = await stage.app.async_dispatch(_vector(vector))
    assert answer.status == 401
    assert slack.calls == []


def _vector(vector: Mapping[str, str]) -> AsyncBoltRequest:
    headers: dict[str, str | Sequence[str]] = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": vector["timestamp"],
        "x-slack-signature": vector["signature"],
    }
    return AsyncBoltRequest(body=vector["body"], headers=headers)


SPOILT: tuple[Any, ...] = (None, 0, True, "", "\ud800\x00", [], ["x"], {}, {"id": 3})


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where there is anything in it."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*at, key)
        yield from _places(inner, (*at, key))


def _spoilt(payload: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    found = copy.deepcopy(payload)
    holder: Any = found
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    return found


@pytest.mark.parametrize("sent", _recorded() if slack_data.FOLDER.is_dir() else [], ids=lambda sent: sent.name)
async def test_a_payload_with_any_field_spoilt_is_acknowledged_once_and_is_no_bug(
    stage: Stage, sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    """Bolt itself fails over some, so they go past it."""
    number = 0
    for place in _places(sent.payload):
        for value in SPOILT:
            number += 1
            payload = _spoilt(sent.payload | {"trigger_id": f"1.{number}", "event_id": f"Ev{number}"}, place, value)
            acknowledged: list[Any] = []

            async def ack(carried: list[Any] = acknowledged, **body: Any) -> None:
                carried.append(body)

            await stage.front.arrived(payload, ack)
            assert len(acknowledged) == 1
    assert await stage.over()
    assert [call.method for call in stage.service.calls if not call.reads] == []
    assert "Bug " not in caplog.text
