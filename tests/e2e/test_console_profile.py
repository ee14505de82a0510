"""Metadata, names, attributes, permissions and room metadata: what participants hear is what was typed."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.model import Permissions, Source
from tests.e2e.console import Console
from tests.e2e.scene import Scene, event

MIC = Source.MICROPHONE

pytestmark = [pytest.mark.real, pytest.mark.participants]


async def test_metadata_is_taken_verbatim(alice: Console, scene: Scene) -> None:
    listener, bob = await scene.join("listener"), await scene.join(JoinGrant("bob", metadata="old"), MIC)
    text = '{"table": 4,  "note": "it\'s “here” -- in:nowhere lock", "e": "\\u00e9 נועה 🎧"} '
    answer = await alice.say(f"/metadata bob {text}")
    assert (answer.command, answer.tone, answer.outcome) == ("metadata", "ok", "done"), answer.text
    for person in (listener, bob):
        await person.hears(event("metadata_changed", "bob", text))
    assert (await scene.seen("bob")).metadata == text
    assert (await alice.say(f"/metadata bob {text}")).outcome == "already"
    assert (await alice.say("/undo")).outcome == "done"
    assert (await scene.seen("bob")).metadata == "old"


async def test_what_livekit_cannot_clear_or_take_is_said_before_anything_is_done(alice: Console, scene: Scene) -> None:
    bob = await scene.join(JoinGrant("bob", "Bob"), MIC)
    for line in (
        "/metadata bob",
        "/metadata bob " + "x" * (512 * 1024 + 1),
        "/name bob " + "x" * 257,
        "/attribute bob big=" + "x" * (64 * 1024),
        "/attribute bob =1",
        "/permissions bob can_publish_sources=",
        "/permissions bob can_publish_sources=microfone",
        "/permissions bob can_pubish=no",
    ):
        answer = await alice.say(line)
        assert (answer.tone, answer.outcome, answer.case) == ("error", None, None), answer.text[:300]
    assert bob.heard == []
    cleared = await alice.say("/metadata bob {}")
    assert cleared.outcome == "done", cleared.text
    assert (await alice.say("/undo")).outcome is None
    undone = await alice.say(f"/undo {cleared.case}")
    assert (undone.tone, undone.outcome) == ("warn", None), undone.text
    assert "LiveKit cannot clear a metadata" in undone.text
    assert (await scene.seen("bob")).metadata == "{}"


async def test_a_name_is_changed_for_everybody(alice: Console, scene: Scene) -> None:
    listener, _ = await scene.join("listener"), await scene.join(JoinGrant("bob", "Bob"), MIC)
    answer = await alice.say('/name bob Bob "the host" Stone')
    assert (answer.tone, answer.outcome) == ("ok", "done"), answer.text
    await listener.hears(event("name_changed", "bob", 'Bob "the host" Stone'))
    assert (await scene.seen("bob")).name == 'Bob "the host" Stone'
    assert (await alice.say("/undo")).outcome == "done"
    assert (await scene.seen("bob")).name == "Bob"


async def test_attributes_are_merged_and_an_empty_value_deletes(alice: Console, scene: Scene) -> None:
    listener = await scene.join("listener")
    bob = await scene.join(JoinGrant("bob", attributes={"vip": "yes", "team": "red"}), MIC)
    answer = await alice.say('/attribute bob table=4 vip= note="speaks second"')
    assert (answer.command, answer.tone, answer.outcome) == ("attribute", "ok", "done"), answer.text
    assert "vip deleted" in answer.title
    for person in (listener, bob):
        await person.hears(event("attributes_changed", "bob"))
    expected = {"team": "red", "table": "4", "note": "speaks second"}
    assert dict((await scene.seen("bob")).attributes) == expected
    assert dict(bob.room.local_participant.attributes) == expected
    assert (await alice.say("/undo")).outcome == "done"
    assert dict((await scene.seen("bob")).attributes) == {"vip": "yes", "team": "red"}


async def test_an_undo_asks_about_what_somebody_changed_since(alice: Console, scene: Scene) -> None:
    grant = JoinGrant("bob", attributes={"a": "1", "b": "1"}, permission=Permissions(can_update_metadata=True))
    bob = await scene.join(grant, MIC)
    await alice.say("/attribute bob a=2 b=2")
    await bob.set_attributes({"b": "3"})
    await scene.until("bob", lambda person: person.attributes["b"] == "3")
    asked = await alice.say("/undo")
    assert asked.tone == "warn"
    assert "somebody has changed this since" in asked.title
    number = 1 + [button["label"] for button in asked.buttons].index("Only the rest")
    assert (await alice.say(str(number))).outcome == "done"
    assert dict((await scene.seen("bob")).attributes) == {"a": "1", "b": "3"}


async def test_permissions_change_what_is_named_and_keep_the_rest(alice: Console, scene: Scene) -> None:
    before = Permissions(can_update_metadata=True)
    listener, bob = await scene.join("listener"), await scene.join(JoinGrant("bob", permission=before), MIC)
    answer = await alice.say("/permissions bob can_publish_data=no can_publish_sources=microphone,camera")
    assert (answer.command, answer.tone, answer.outcome) == ("permissions", "ok", "done"), answer.text
    for person in (listener, bob):
        await person.hears(event("permission_changed", "bob"))
    two = frozenset({Source.MICROPHONE, Source.CAMERA})
    expected = Permissions(can_update_metadata=True, can_publish_data=False, can_publish_sources=two)
    assert (await scene.seen("bob")).permission == expected
    assert await scene.refused(bob, Source.SCREEN_SHARE)
    assert (await alice.say("/undo")).outcome == "done"
    assert (await scene.seen("bob")).permission == before


async def test_room_metadata_is_replaced_cleared_and_undone(alice: Console, scene: Scene) -> None:
    listener = await scene.join("listener")
    text = '{"title": "Town hall",  "x": [1]}'
    answer = await alice.say(f"/room-metadata {text}")
    assert (answer.command, answer.tone, answer.outcome) == ("room-metadata", "ok", "done"), answer.text
    await listener.hears(event("room_metadata_changed", "", text))
    assert [row[1] for row in (await alice.say(f"/rooms {scene.room}")).rows()] == ["Town hall"]
    cleared = await alice.sure("/room-metadata")
    assert cleared.outcome == "done", cleared.text
    await listener.hears(event("room_metadata_changed", "", ""))
    assert (await scene.service.list_rooms([scene.room]))[0].metadata == ""
    assert (await alice.sure(f"/undo {cleared.case}")).outcome == "done"
    assert (await scene.service.list_rooms([scene.room]))[0].metadata == text
