"""Kick, move and close: who is in the room afterwards, what they were told, and what the answer says of it."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.model import Kind, Permissions, Source
from tests.clocks import eventually
from tests.e2e.console import Console
from tests.e2e.scene import Scene, event

pytestmark = [pytest.mark.real, pytest.mark.participants]

MIC = Source.MICROPHONE


async def test_kick_asks_first_and_yes_removes(alice: Console, scene: Scene) -> None:
    listener, bob = await scene.join("listener"), await scene.join(JoinGrant("bob", "Bob Stone"), MIC)
    asked = await alice.say("/kick bob spamming")
    assert (asked.command, asked.tone, asked.outcome, asked.case) == ("kick", "warn", None, None), asked.text
    assert asked.title == f"Remove Bob Stone (bob) from {scene.room}?"
    assert [button["label"] for button in asked.buttons] == ["Remove", "No, leave it"]
    assert "Reason: spamming" in asked.text
    assert (await alice.say("no")).tone == "info"
    assert (await alice.say("yes")).text == "Nothing is pending. Nothing was done."
    assert await scene.see("bob") is not None
    gone = await alice.sure("/kick bob spamming")
    assert (gone.command, gone.tone, gone.outcome) == ("kick", "ok", "done"), gone.text
    assert gone.title == f"Removed Bob Stone from {scene.room}."
    assert "Their join token stays valid" in gone.text
    await bob.hears(event("disconnected", "bob", "PARTICIPANT_REMOVED"))
    await listener.hears(event("left", "bob"))
    assert await scene.see("bob") is None


async def test_kicking_somebody_who_is_gone_is_already_and_a_stranger_is_nobody(alice: Console, scene: Scene) -> None:
    await scene.join("listener")
    await scene.join("bob", MIC)
    assert (await alice.sure("/kick bob")).outcome == "done"
    again = await alice.say("/kick bob")
    assert (again.tone, again.outcome) == ("info", "already"), again.text
    never = await alice.say("/kick mallory")
    assert (never.tone, never.outcome, never.case) == ("error", None, None), never.text
    assert "Nobody in" in never.text


async def test_kicking_somebody_who_left_by_themselves_is_already(alice: Console, scene: Scene) -> None:
    await scene.join("listener")
    bob = await scene.join("bob", MIC)
    await alice.say("/participants")
    asked = await alice.say("/kick bob")
    assert asked.tone == "warn"
    await bob.leave()

    async def left() -> bool:
        return await scene.see("bob") is None

    await eventually(left)
    assert (await alice.say("yes")).outcome == "already"


async def test_a_confirmation_never_reaches_a_session_that_came_since(alice: Console, scene: Scene) -> None:
    await scene.join("listener")
    bob = await scene.join("bob", MIC)
    await alice.say("/kick bob")
    back = await scene.join("bob", MIC, token=bob.token)
    answer = await alice.say("yes")
    assert (answer.tone, answer.outcome) == ("error", None), answer.text
    assert "new session" in answer.text
    assert (await scene.seen("bob")).sid == back.sid
    assert not any(heard.what == "disconnected" for heard in back.heard)


async def test_on_a_self_hosted_server_a_removed_person_can_come_back_as_the_answer_says(
    alice: Console, scene: Scene
) -> None:
    await scene.join("listener")
    bob = await scene.join("bob", MIC)
    assert "they can come back with it at once" in (await alice.sure("/kick bob")).text
    back = await scene.join("bob", MIC, token=bob.token)
    assert (await scene.seen("bob")).sid == back.sid


async def test_an_unsupported_move_is_said_and_leaves_the_person_where_they_are(alice: Console, scene: Scene) -> None:
    await scene.join("listener")
    bob = await scene.join("bob", MIC)
    before = await scene.seen("bob")
    answer = await alice.sure("/move bob backstage")
    assert (answer.command, answer.tone, answer.outcome) == ("move", "error", "failed"), answer.text
    assert "not implemented" not in answer.text
    assert f"bob is still in {scene.room}." in answer.text
    assert await scene.seen("bob") == before
    assert await scene.see("bob", "backstage") is None
    assert bob.heard == []


async def test_close_asks_with_the_number_of_people_and_ends_the_room_for_everyone(
    alice: Console, scene: Scene
) -> None:
    anna, bob = await scene.join("anna"), await scene.join("bob", MIC)
    asked = await alice.say(f"/close {scene.room} it is late")
    assert asked.title == f"End {scene.room} for everyone? 2 people are in it."
    assert await scene.see("anna") is not None
    answer = await alice.say("yes")
    assert (answer.command, answer.tone, answer.outcome) == ("close", "ok", "done"), answer.text
    for person in (anna, bob):
        await person.hears(event("disconnected", person.identity, "ROOM_DELETED"))
    assert await scene.service.list_rooms([scene.room]) == ()
    again = await alice.say(f"/close {scene.room}")
    assert again.outcome is None
    assert "No live room is called" in again.text


async def test_a_hidden_recorder_is_left_alone_unless_it_is_forced(alice: Console, scene: Scene) -> None:
    await scene.join("bob", MIC)
    hidden = Permissions(can_publish=False, hidden=True, recorder=True)
    recorder = await scene.join(JoinGrant("EG_recorder", permission=hidden, kind=Kind.EGRESS))
    for line in ("/kick EG_recorder", "/demote EG_recorder", "/mute EG_recorder lock", "/attribute EG_recorder a=b"):
        answer = await alice.say(line)
        assert (answer.tone, answer.outcome) == ("error", "refused"), answer
        assert "egress" in answer.text
        assert "--force" in answer.text
    assert (await scene.seen("EG_recorder")).permission == hidden
    assert recorder.heard == []
    forced = await alice.say("/kick EG_recorder --force the recording is over")
    assert forced.tone == "warn"
    assert "EG_recorder is egress" in forced.text
    assert (await alice.say("yes")).outcome == "done"
    await recorder.hears(event("disconnected", "EG_recorder", "PARTICIPANT_REMOVED"))
    assert await scene.see("EG_recorder") is None


async def test_a_caller_is_protected_from_removal_and_not_from_a_mute(alice: Console, scene: Scene) -> None:
    await scene.join(JoinGrant("sip_+15550100", kind=Kind.SIP), MIC)
    kicked = await alice.say("/kick sip_+15550100")
    assert (kicked.tone, kicked.outcome) == ("error", "refused"), kicked.text
    assert (await alice.say("/mute sip_+15550100")).outcome == "done"
    assert await scene.open_tracks("sip_+15550100") == set()


async def test_oneself_is_asked_about(alice: Console, scene: Scene) -> None:
    await scene.join("alice", MIC)
    asked = await alice.say("/mute alice")
    assert asked.tone == "warn"
    assert "This is you." in asked.text
    assert await scene.open_tracks("alice") == {MIC}
    assert (await alice.say("yes")).outcome == "done"
    assert await scene.open_tracks("alice") == set()
