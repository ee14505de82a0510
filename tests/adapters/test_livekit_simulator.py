"""What the simulator has beyond the contract: Cloud, hearing, tokens over HTTP, interference, the demo."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import jwt
import pytest

from adapters.livekit.calls import Call
from adapters.livekit.client import LiveKitRoomService
from adapters.livekit.simulator.http import RoomServiceApp, serving
from adapters.livekit.simulator.lively import BACKSTAGE, STANDUP, Life, live, lively_rooms
from adapters.livekit.simulator.people import Heard, JoinGrant
from adapters.livekit.simulator.rooms import NotPermitted, Rooms
from adapters.livekit.simulator.rpc import answer
from adapters.livekit.simulator.service import SimulatedRoomService
from adapters.livekit.tokens import Credentials
from adapters.livekit.wire import Json
from bot.errors import Rejected, Unavailable
from bot.model import Kind, Permissions, Source
from tests.clocks import ManualClock, WallClock

KEY = Credentials("APIkey", "a-secret-of-at-least-thirty-two-letters")


def simulated(clock: ManualClock | None = None, **options: bool) -> SimulatedRoomService:
    clock = clock or ManualClock()
    return SimulatedRoomService(Rooms(clock.now, **options), clock=clock)


# --- rooms ---------------------------------------------------------------------------------------


async def test_on_cloud_a_person_is_moved_and_keeps_the_session() -> None:
    service = simulated(cloud=True)
    sid = service.rooms.join("r", "bob")
    service.rooms.join("r", "ann")
    service.rooms.join("q", "bob")
    await service.move_participant("r", "bob", "q")
    assert service.cloud
    assert [person.identity for person in await service.list_participants("r")] == ["ann"]
    assert (await service.get_participant("q", "bob")).sid == sid
    assert Heard("disconnected", "bob", "DUPLICATE_IDENTITY") in service.rooms.heard("q", "bob")
    assert Heard("left", "bob") in service.rooms.heard("r", "ann")


async def test_looking_for_somebody_who_is_not_there_takes_three_seconds() -> None:
    clock = ManualClock()
    service = simulated(clock)
    with pytest.raises(Unavailable):
        await service.mute_published_track("r", "nobody", "TR_x", True)
    assert clock.slept == [3.0]


async def test_counts_leave_out_agents_and_recorders() -> None:
    service = simulated()
    service.rooms.join("r", JoinGrant("bob"))
    service.rooms.publish("r", "bob")
    service.rooms.join("r", JoinGrant("agent", kind=Kind.AGENT))
    service.rooms.join("r", JoinGrant("egress", permission=Permissions(recorder=True, hidden=True)))
    (room,) = await service.list_rooms()
    assert (room.num_participants, room.num_publishers, room.active_recording) == (1, 1, True)
    assert len(await service.list_participants("r")) == 3


def test_clients_hear_nothing_of_hidden_people() -> None:
    rooms = Rooms(ManualClock().now)
    rooms.join("r", "ann")
    rooms.join("r", JoinGrant("ghost", permission=Permissions(hidden=True)))
    rooms.publish("r", "ghost")
    rooms.leave("r", "ghost")
    assert rooms.heard("r", "ann") == ()
    assert [heard.what for heard in rooms.heard("r", "ghost")] == ["track_published", "disconnected"]


def test_who_may_not_publish_or_change_attributes_cannot() -> None:
    rooms = Rooms(ManualClock().now)
    rooms.join("r", JoinGrant("bob", permission=Permissions(can_publish_sources=frozenset({Source.CAMERA}))))
    rooms.publish("r", "bob", Source.CAMERA)
    with pytest.raises(NotPermitted):
        rooms.publish("r", "bob", Source.MICROPHONE)
    with pytest.raises(NotPermitted):
        rooms.raise_hand("r", "bob")


def test_a_room_stays_until_its_timeout_and_then_has_another_sid() -> None:
    rooms = Rooms(ManualClock().now)
    rooms.join("r", "bob")
    rooms.leave("r", "bob")
    first = rooms.rooms["r"].sid
    rooms.close_empty()
    assert rooms.rooms == {}
    assert rooms.open("r").sid != first


def test_lists_come_in_another_order_each_time() -> None:
    rooms = lively_rooms(ManualClock().now)
    grants = {"roomAdmin": True, "room": STANDUP}
    lists = [answer(rooms, "ListParticipants", {"room": STANDUP}, grants)["participants"] for _ in range(10)]
    assert len({tuple(person["identity"] for person in people) for people in lists}) > 1


# --- a test's own interference ---------------------------------------------------------------------


async def test_a_test_can_lie_or_fail_after_carrying_out_and_ask_what_was_called() -> None:
    service = simulated()
    service.rooms.join("r", "bob")

    async def lie(call: Call, carry_out: Callable[[], Awaitable[Json]]) -> Json:
        return {} if call.method == "RemoveParticipant" else await carry_out()

    service.around = lie
    await service.remove_participant("r", "bob")
    assert (await service.get_participant("r", "bob")).identity == "bob"

    async def fail_afterwards(call: Call, carry_out: Callable[[], Awaitable[Json]]) -> Json:
        await carry_out()
        raise Rejected("LiveKit failed.", "internal", certain=False)

    service.around = fail_afterwards
    with pytest.raises(Rejected):
        await service.remove_participant("r", "bob")
    assert service.rooms.rooms["r"].people == {}
    assert [call.method for call in service.calls] == ["RemoveParticipant", "GetParticipant", "RemoveParticipant"]
    await service.aclose()


# --- over HTTP -------------------------------------------------------------------------------------


async def post(url: str, headers: dict[str, str], method: str = "ListRooms", body: bytes = b"{}") -> httpx.Response:
    async with httpx.AsyncClient() as http:
        return await http.post(f"{url}/twirp/livekit.RoomService/{method}", headers=headers, content=body)


async def test_tokens_are_refused_as_the_server_refuses_them() -> None:
    clock = ManualClock()
    now = WallClock().now().timestamp()
    expired = jwt.encode({"iss": "APIkey", "exp": now - 61, "video": {"roomList": True}}, KEY.api_secret)
    lenient = jwt.encode({"iss": "APIkey", "exp": now - 50, "video": {"roomList": True}}, KEY.api_secret)
    stranger = jwt.encode({"iss": "another", "exp": now + 60}, KEY.api_secret)
    async with serving(RoomServiceApp(Rooms(clock.now), KEY)) as url:
        answers = {
            name: await post(url, {"Content-Type": "application/json", **headers})
            for name, headers in {
                "none": {},
                "basic": {"Authorization": "Basic x"},
                "garbage": {"Authorization": "Bearer x"},
                "expired": {"Authorization": f"Bearer {expired}"},
                "stranger": {"Authorization": f"Bearer {stranger}"},
                "lenient": {"Authorization": f"Bearer {lenient}"},
            }.items()
        }
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "none": 401,
        "basic": 401,
        "garbage": 401,
        "expired": 401,
        "stranger": 401,
        "lenient": 200,
    }
    assert answers["none"].json()["code"] == "unauthenticated"
    assert answers["expired"].headers["content-type"].startswith("text/plain")
    assert expired in answers["expired"].text


async def test_the_echo_of_the_token_can_be_switched_off() -> None:
    token = jwt.encode({"iss": "APIkey", "exp": 1}, KEY.api_secret)
    async with serving(RoomServiceApp(Rooms(ManualClock().now), KEY, echo_token=False)) as url:
        answer = await post(url, {"Authorization": f"Bearer {token}"})
    assert token not in answer.text


async def test_a_wrong_way_of_asking_is_a_bad_route_or_malformed() -> None:
    async with serving(RoomServiceApp(Rooms(ManualClock().now), KEY)) as url, httpx.AsyncClient() as http:
        assert (await post(url, {"Content-Type": "text/plain"})).json()["code"] == "bad_route"
        assert (await http.get(f"{url}/twirp/livekit.RoomService/ListRooms")).json()["code"] == "bad_route"
        answer = await post(url, {"Content-Type": "application/json"}, body=b"{")
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
        for body in (b'{"names": 3}', b'{"names": [null]}', b"[]"):
            assert (await post(url, {"Content-Type": "application/json"}, body=body)).json()["code"] == "malformed"


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("SendData", {"data": "%%%"}),
        ("SendData", {"data": 3}),
        ("RemoveParticipant", {"revoke_token_ts": "soon"}),
        ("RemoveParticipant", {"revoke_token_ts": True}),
        ("MutePublishedTrack", {"muted": "true"}),
        ("UpdateParticipant", {"attributes": []}),
        ("UpdateParticipant", {"permission": []}),
        ("UpdateParticipant", {"permission": {"can_publish_sources": [True]}}),
    ],
)
async def test_each_kind_of_field_refuses_what_it_is_not(method: str, body: Json) -> None:
    async with serving(RoomServiceApp(Rooms(ManualClock().now), KEY)) as url:
        answer = await post(url, {"Content-Type": "application/json"}, method, json.dumps(body).encode())
    assert answer.json()["code"] == "malformed"


async def test_the_client_speaks_with_the_simulator_on_cloud() -> None:
    rooms = Rooms(WallClock().now, cloud=True)
    rooms.join("r", "bob")
    async with serving(RoomServiceApp(rooms, KEY)) as url:
        service = LiveKitRoomService(url, KEY, server="s", clock=WallClock(), cloud=True)
        await service.move_participant("r", "bob", "q")
        await service.send_data("q", b"hi", topic="t", destination_identities=["bob", "nobody"])
        await service.aclose()
    assert rooms.heard("q", "bob")[-1] == Heard("data_received", "t", "hi")


# --- the demo --------------------------------------------------------------------------------------


async def test_the_demo_shows_every_kind_of_person() -> None:
    clock = ManualClock()
    service = SimulatedRoomService(lively_rooms(clock.now), clock=clock)
    assert [room.name for room in await service.list_rooms()] == [BACKSTAGE, STANDUP]
    people = {person.identity: person for person in await service.list_participants(STANDUP)}
    bob = people["bob"]
    assert bob.name == "Bob Stone"
    assert {track.source for track in bob.tracks if track.open} == {Source.MICROPHONE, Source.CAMERA}
    assert {person.kind for person in people.values()} == {Kind.STANDARD, Kind.SIP, Kind.AGENT, Kind.EGRESS}
    assert {person.name for person in people.values()} >= {"Anna", "Anna Berg"}
    assert people["noa"].attributes["handRaisedAt"] == clock.now().isoformat()
    assert people["EG_recorder"].permission.hidden
    assert bob.joined_at == clock.now() - timedelta(minutes=35)


async def test_the_same_seed_tells_the_same_story_and_leaves_bob_alone() -> None:
    stories = []
    for _ in range(2):
        clock = ManualClock()
        service = SimulatedRoomService(lively_rooms(clock.now), clock=clock)
        bob = await service.get_participant(STANDUP, "bob")
        life = Life(service.rooms, seed=3)
        stories.append([life.step() for _ in range(60)])
        assert await service.get_participant(STANDUP, "bob") == bob
    assert stories[0] == stories[1]
    words = " ".join(stories[0])
    assert all(word in words for word in ("joined", "left", "unmuted", "raised a hand"))
    assert all(stories[0])


def test_life_stops_where_there_is_no_room_and_nobody() -> None:
    rooms = lively_rooms(ManualClock().now)
    life = Life(rooms)
    rooms.delete(STANDUP)
    assert life.step() == ""


async def test_life_goes_on_until_it_is_cancelled() -> None:
    clock = ManualClock()
    rooms = lively_rooms(clock.now)
    before = len(rooms.heard(STANDUP, "bob"))
    task = asyncio.create_task(live(Life(rooms), clock))
    while len(clock.slept) < 5:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(rooms.heard(STANDUP, "bob")) > before
