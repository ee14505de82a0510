"""Mute, lock, unmute, promote, demote and quiet: the answer, the participants and the room all say the same."""

from __future__ import annotations

import pytest

from adapters.livekit.simulator.people import JoinGrant
from bot.model import ALL_SOURCES, Permissions, Source
from tests.clocks import eventually
from tests.e2e.console import Console
from tests.e2e.scene import Scene, event
from tests.people import Person

pytestmark = [pytest.mark.real, pytest.mark.participants]

MIC, CAMERA = Source.MICROPHONE, Source.CAMERA
AUDIENCE = Permissions(can_publish=False)


async def has_confirmed_the_mute(person: Person) -> bool:
    """An app hears of a mute, carries it out, and says so: an unmute before that would be overtaken by it."""
    return sum(heard.what == "track_muted" for heard in person.heard) == 2


async def test_mute_without_a_source_mutes_what_is_heard_and_says_which_track(alice: Console, scene: Scene) -> None:
    listener, bob = await scene.join("listener"), await scene.join("bob", MIC, CAMERA)
    answer = await alice.say("/mute bob shouting at people")
    assert (answer.command, answer.tone, answer.outcome) == ("mute", "ok", "done"), answer.text
    (track,) = [track for track in (await scene.seen("bob")).tracks if track.source is MIC]
    assert answer.title == f"Muted bob in {scene.room}: microphone {track.sid}."
    assert "They can unmute themselves." in answer.text
    assert "Reason: shouting at people" in answer.text
    assert [button["label"] for button in answer.buttons] == ["Keep muted"]
    await listener.hears(event("track_muted", "bob", "microphone"))
    await bob.hears(event("track_muted", "bob", "microphone"))
    assert await scene.open_tracks("bob") == {CAMERA}
    again = await alice.say("/mute bob")
    assert (again.tone, again.outcome) == ("info", "already"), again.text
    await bob.set_muted(track.sid, False)
    await listener.hears(event("track_unmuted", "bob", "microphone"))


async def test_mute_takes_each_source_that_is_named(alice: Console, scene: Scene) -> None:
    sources = (MIC, CAMERA, Source.SCREEN_SHARE, Source.SCREEN_SHARE_AUDIO)
    listener, _ = await scene.join("listener"), await scene.join("bob", *sources)
    assert (await alice.say("/mute bob camera")).outcome == "done"
    await listener.hears(event("track_muted", "bob", "camera"))
    assert await scene.open_tracks("bob") == set(sources) - {CAMERA}
    heard = await alice.say("/mute bob")
    assert "microphone" in heard.title
    assert "screen sound" in heard.title
    assert await scene.open_tracks("bob") == {Source.SCREEN_SHARE}
    assert (await alice.say("/mute bob all")).outcome == "done"
    assert await scene.open_tracks("bob") == set()
    await listener.hears(event("track_muted", "bob", "screen_share"))


async def test_mute_reaches_audio_that_its_publisher_gave_no_source(alice: Console, scene: Scene) -> None:
    listener, _ = await scene.join("listener"), await scene.join("bob", Source.UNKNOWN)
    answer = await alice.say("/mute bob")
    assert answer.outcome == "done", answer.text
    assert "audio of unknown source" in answer.title
    await listener.hears(event("track_muted", "bob", "unknown"))
    assert await scene.open_tracks("bob") == set()


async def test_a_silent_listener_has_nothing_to_mute(alice: Console, scene: Scene) -> None:
    await scene.join("listener")
    answer = await alice.say("/mute listener")
    assert (answer.tone, answer.outcome, answer.case) == ("warn", None, None), answer.text
    assert "nothing to mute" in answer.text
    assert [button["label"] for button in answer.buttons] == ["Keep muted"]


async def test_a_lock_unpublishes_and_the_source_cannot_be_published_again(alice: Console, scene: Scene) -> None:
    listener, bob = await scene.join("listener"), await scene.join("bob", MIC, CAMERA)
    (sid,) = [track.sid for track in (await scene.seen("bob")).tracks if track.source is MIC]
    answer = await alice.say("/mute bob microphone lock")
    assert (answer.tone, answer.outcome) == ("ok", "done"), answer.text
    assert f"Unpublished: microphone {sid}." in answer.text
    assert "It stays when they rejoin" in answer.text
    await bob.hears(event("permission_changed", "bob"))
    await listener.hears(event("track_unpublished", "bob", "microphone"))
    assert await scene.refused(bob, MIC)
    person = await scene.seen("bob")
    assert person.permission.can_publish_sources == ALL_SOURCES - {MIC}
    assert {track.source for track in person.tracks} == {CAMERA}
    back = await alice.say("/unmute bob")
    assert (back.tone, back.outcome) == ("ok", "done"), back.text
    assert "Nothing was opened" in back.text
    person = await scene.seen("bob")
    assert person.permission == Permissions()
    assert {track.source for track in person.tracks} == {CAMERA}
    await bob.publish(MIC)
    await listener.hears(event("track_published", "bob", "microphone"))


async def test_locking_the_last_source_revokes_publishing_and_never_gives_all(alice: Console, scene: Scene) -> None:
    only = Permissions(can_publish_sources=frozenset({MIC}))
    listener, _ = await scene.join("listener"), await scene.join(JoinGrant("bob", permission=only), MIC)
    assert (await alice.say("/mute bob lock")).outcome == "done"
    person = await scene.seen("bob")
    assert (person.permission.can_publish, person.tracks) == (False, ())
    await listener.hears(event("track_unpublished", "bob", "microphone"))
    assert (await alice.say("/undo")).outcome == "done"
    assert (await scene.seen("bob")).permission == only


async def test_the_chat_can_be_locked_and_given_back(alice: Console, scene: Scene) -> None:
    bob = await scene.join("bob", MIC)
    refused = await alice.say("/mute bob chat")
    assert (refused.tone, refused.outcome) == ("error", None), refused.text
    assert (await alice.say("/mute bob chat lock")).outcome == "done"
    await bob.hears(event("permission_changed", "bob"))
    assert (await scene.seen("bob")).permission == Permissions(can_publish_data=False)
    assert (await alice.say("/unmute bob chat")).outcome == "done"
    assert (await scene.seen("bob")).permission == Permissions()


async def test_a_refused_remote_unmute_is_explained(alice: Console, scene: Scene) -> None:
    bob = await scene.join("bob", MIC)
    await alice.say("/mute bob")
    answer = await alice.say("/unmute bob")
    assert (answer.tone, answer.outcome) == ("error", "failed"), answer.text
    assert "room.enable_remote_unmute: true" in answer.text
    assert "ask the person to unmute themselves" in answer.text
    assert "twirp" not in answer.text
    assert await scene.open_tracks("bob") == set()
    assert not any(heard.what == "track_unmuted" for heard in bob.heard)


async def test_a_server_that_allows_it_really_opens_the_microphone(
    shared_console_with_unmute: Console, unmuting_scene: Scene
) -> None:
    alice, scene = shared_console_with_unmute, unmuting_scene
    listener, bob = await scene.join("listener"), await scene.join("bob", MIC)
    assert (await alice.say(f"/mute bob in:{scene.room}")).outcome == "done"
    await listener.hears(event("track_muted", "bob", "microphone"))
    await eventually(lambda: has_confirmed_the_mute(bob))
    answer = await alice.say(f"/unmute bob in:{scene.room}")
    assert (answer.tone, answer.outcome) == ("ok", "done"), answer.text
    await listener.hears(event("track_unmuted", "bob", "microphone"))
    await bob.hears(event("track_unmuted", "bob", "microphone"))
    assert await scene.open_tracks("bob") == {MIC}


async def test_promote_and_demote_go_there_and_back_and_can_be_undone(alice: Console, scene: Scene) -> None:
    grant = JoinGrant("bob", "Bob Stone", Permissions(can_publish=False, can_update_metadata=True))
    listener, bob = await scene.join("listener"), await scene.join(grant)
    up = await alice.say("/promote bob his turn")
    assert (up.tone, up.outcome) == ("ok", "done"), up.text
    assert "The app may open the microphone at once." in up.text
    await bob.hears(event("permission_changed", "bob"))
    assert (await scene.seen("bob")).permission == Permissions(can_update_metadata=True)
    sid = await bob.publish(MIC)
    await scene.until("bob", lambda person: bool(person.tracks))
    down = await alice.say("/demote bob")
    assert (down.tone, down.outcome) == ("ok", "done"), down.text
    assert f"Unpublished: microphone {sid}." in down.text
    await listener.hears(event("track_unpublished", "bob", "microphone"))
    assert (await scene.seen("bob")).permission == grant.permission
    assert (await scene.seen("bob")).tracks == ()
    undone = await alice.say("/undo")
    assert (undone.tone, undone.outcome) == ("ok", "done"), undone.text
    assert (await scene.seen("bob")).permission == Permissions(can_update_metadata=True)
    assert (await alice.say("/promote bob")).outcome == "already"


async def test_promote_gives_only_the_sources_that_are_named(alice: Console, scene: Scene) -> None:
    bob = await scene.join(JoinGrant("bob", permission=AUDIENCE))
    assert (await alice.say("/promote bob microphone")).outcome == "done"
    assert (await scene.seen("bob")).permission == Permissions(can_publish_sources=frozenset({MIC}))
    await bob.publish(MIC)
    assert await scene.refused(bob, CAMERA)


async def test_a_dry_run_changes_nothing(alice: Console, scene: Scene) -> None:
    bob = await scene.join("bob", MIC)
    before = await scene.seen("bob")
    for line in ("/mute bob --dry-run", "/mute bob lock --dry-run", "/demote bob —dry-run", "/quiet --dry-run"):
        answer = await alice.say(line)
        assert (answer.tone, answer.outcome, answer.case) == ("info", None, None), answer
        assert "Dry run: nothing was done." in answer.text
    assert await scene.seen("bob") == before
    assert bob.heard == []


async def test_quiet_asks_then_mutes_everybody_but_the_excepted(alice: Console, scene: Scene) -> None:
    listener = await scene.join("listener")
    for identity in ("anna", "bob", "cleo"):
        await scene.join(identity, MIC, CAMERA)
    asked = await alice.say("/quiet except cleo")
    assert (asked.tone, asked.outcome) == ("warn", None), asked.text
    assert asked.title == f"Mute 2 people in {scene.room}?"
    assert "cleo (is excepted)" in asked.text
    assert await scene.open_tracks("anna") == {MIC, CAMERA}
    answer = await alice.say("yes")
    assert (answer.command, answer.tone, answer.outcome) == ("quiet", "ok", "done"), answer.text
    assert [row[:2] for row in answer.rows()] == [["anna", "muted"], ["bob", "muted"]]
    for identity in ("anna", "bob"):
        await listener.hears(event("track_muted", identity, "microphone"))
        assert await scene.open_tracks(identity) == {CAMERA}
    assert await scene.open_tracks("cleo") == {MIC, CAMERA}
    case = await alice.say(f"/case {answer.case}")
    assert case.text.count("outcome done") == 2
