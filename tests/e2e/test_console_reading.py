"""What the console shows of rooms and people agrees with what ListParticipants shows."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.model import Permissions, Source
from bot.registry import load
from tests.e2e.console import Console
from tests.e2e.scene import Scene

pytestmark = [pytest.mark.real, pytest.mark.participants]

MIC, CAMERA = Source.MICROPHONE, Source.CAMERA


async def test_rooms_show_exact_counts_and_who_can_be_heard(alice: Console, scene: Scene) -> None:
    await scene.join("anna", MIC)
    await scene.join("bob", CAMERA)
    await scene.join("cleo", room=f"{scene.room}-side")
    await alice.say(f'/room-metadata in:{scene.room} {{"title": "Town hall"}}')
    answer = await alice.say(f"/rooms {scene.room}")
    assert (answer.command, answer.tone, answer.outcome, answer.case) == ("rooms", "info", None, None), answer.text
    assert [row[:4] for row in answer.rows()] == [
        [scene.room, "Town hall", "2", "1"],
        [f"{scene.room}-side", "", "1", "0"],
    ]
    people = await alice.say(f"/participants {scene.room}-side")
    assert [row[:2] for row in people.rows()] == [["cleo", "cleo"]]


async def test_participants_come_with_open_microphones_first_then_hands(alice: Console, scene: Scene) -> None:
    audience = Permissions(can_publish=False)
    await scene.join(JoinGrant("zoe", "Zoë"), MIC, CAMERA)
    await scene.join(JoinGrant("anna", "Anna", audience))
    await scene.join(JoinGrant("hana", "Hana", audience, attributes={"handRaisedAt": "2026-01-02T03:04:05Z"}))
    await scene.join(JoinGrant("bob", "Bob"), MIC)
    await alice.say("/mute bob")
    await alice.say("/mute bob camera lock")
    answer = await alice.say("/participants")
    assert answer.title == f"{scene.room}: 4 people, 1 with an open microphone or sound"
    assert [row[:4] for row in answer.rows()] == [
        ["Zoë", "zoe", "stage", "microphone open, camera open"],
        ["Hana", "hana", "audience", "nothing published"],
        ["Bob", "bob", "stage", "microphone muted"],
        ["Anna", "anna", "audience", "nothing published"],
    ]
    notes = {row[1]: row[5] for row in answer.rows()}
    assert "hand raised" in notes["hana"]
    assert notes["bob"] == "camera locked"
    assert answer.buttons[0]["label"] == "Quiet the room"
    assert [row[1] for row in (await alice.say("/participants audience")).rows()] == ["hana", "anna"]
    assert [row[1] for row in (await alice.say("/participants zo")).rows()] == ["zoe"]
    asked = await alice.say("/participants")
    assert asked.buttons[0]["label"] == "Quiet the room"
    assert (await alice.say("1")).title == f"Mute 1 person in {scene.room}?"


async def test_a_participant_is_shown_with_permissions_tracks_attributes_and_past_cases(
    alice: Console, scene: Scene
) -> None:
    grant = JoinGrant("bob", "Bob Stone", Permissions(can_publish_data=False), '{"k": 1}', {"team": "red"})
    await scene.join(grant, MIC)
    number = (await alice.say("/mute bob noise")).case
    person = await scene.seen("bob")
    answer = await alice.say("/participant bob")
    (track,) = person.tracks
    shown = {field["label"]: field["value"] for field in answer.parts[0]["fields"]}
    assert shown["identity"] == "bob"
    assert shown["session"] == person.sid
    assert f"microphone {track.sid} (microphone)" in shown["tracks"]
    assert shown["tracks"].endswith("muted")
    assert shown["may"].split(", ") == ["can_subscribe", "can_publish"]
    assert shown["attributes"] == "team=red"
    assert shown["metadata"] == '{"k": 1}'
    assert f"{number} mute Bob Stone (bob) in {scene.room}: done" in answer.text
    assert [button["label"] for button in answer.buttons] == [
        "Mute",
        "Keep muted",
        "Move to audience",
        "Remove",
        "Keep out",
    ]


async def test_find_looks_into_every_room(alice: Console, scene: Scene) -> None:
    await scene.join(JoinGrant(f"{scene.room}-one", "Zoë Ångström"))
    await scene.join(JoinGrant("two", f"The {scene.room} host"), room=f"{scene.room}-side")
    answer = await alice.say(f"/find {scene.room}")
    found = [(row[1], row[2]) for row in answer.rows()]
    assert sorted(found) == [(f"{scene.room}-one", scene.room), ("two", f"{scene.room}-side")]
    folded = await alice.say("/find ZOE angstr")
    assert [row[1] for row in folded.rows()] == [f"{scene.room}-one"]
    assert (await alice.say("/find nobody-of-that-name")).title.startswith("0 people in")


async def test_a_button_of_a_participant_acts_on_the_session_that_was_shown(alice: Console, scene: Scene) -> None:
    bob = await scene.join("bob", MIC)
    await alice.say("/participant bob")
    back = await scene.join("bob", MIC, token=bob.token)
    answer = await alice.say("1")
    assert answer.tone == "error"
    assert "new session" in answer.text
    assert await scene.open_tracks("bob") == {MIC}
    await alice.say("/participant bob")
    assert (await alice.say("1")).outcome == "done"
    assert await scene.open_tracks("bob") == set()
    assert (await scene.seen("bob")).sid == back.sid


async def test_whoami_and_help_say_what_this_person_may(shared_console: Console) -> None:
    me = await shared_console.say("/whoami")
    assert me.title == "alice: admin"
    assert "console:alice" in me.text
    everything = await shared_console.say("/help")
    offered = {row[0].split()[0] for row in everything.rows()}
    assert offered == {f"/{command.name}" for command in load()}
    for command in sorted(offered):
        one = await shared_console.say(f"/help {command}")
        assert (one.tone, one.command) == ("info", "help")
        assert one.title.startswith(command)
