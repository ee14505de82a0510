"""What Usher relies on at LiveKit's RoomService, asked of the simulator and of the real server.

Where they differ, the simulator is wrong.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from adapters.livekit.calls import Call
from adapters.livekit.simulator.people import JoinGrant
from adapters.livekit.tokens import Credentials, Grant, Tokens, list_grant, room_grant
from adapters.livekit.wire import Json, read_participant
from bot.errors import NotFound, Rejected, Unavailable, Unsupported
from bot.model import ALL_SOURCES, Kind, Participant, ParticipantState, Permissions, Source, TrackType
from tests.clocks import WallClock, eventually
from tests.contract.stage import Stage
from tests.livekit_server import API_KEY

_AUDIENCE = Permissions(can_publish=False, can_publish_data=False)


async def person(stage: Stage, identity: str) -> Participant:
    return await stage.service.get_participant(stage.room, identity)


# --- looking -------------------------------------------------------------------------------------


async def test_a_person_is_listed_with_what_their_token_said(stage: Stage) -> None:
    grant = JoinGrant("bob", "Bob Stone", metadata="m", attributes={"a": "b"}, kind=Kind.SIP)
    sid = await stage.join(grant)
    (bob,) = await stage.service.list_participants(stage.room)
    assert (bob.identity, bob.sid, bob.name, bob.metadata) == ("bob", sid, "Bob Stone", "m")
    assert (bob.attributes, bob.kind, bob.state) == ({"a": "b"}, Kind.SIP, ParticipantState.ACTIVE)
    assert bob.permission == Permissions()
    assert bob.joined_at is not None


async def test_people_are_sorted_by_identity_and_hidden_ones_are_listed(stage: Stage) -> None:
    for identity in ("zoe", "ann", "émile", "Bob 🎤 \u202etxt"):
        await stage.join(JoinGrant(identity, permission=Permissions(hidden=identity == "zoe")))
    people = await stage.service.list_participants(stage.room)
    assert [someone.identity for someone in people] == sorted(["zoe", "ann", "émile", "Bob 🎤 \u202etxt"])
    assert [someone.identity for someone in people if someone.permission.hidden] == ["zoe"]


async def test_an_unknown_room_looks_like_an_empty_one(stage: Stage) -> None:
    assert await stage.service.list_participants("no-such-room") == ()
    assert await stage.service.list_rooms(["no-such-room"]) == ()


async def test_rooms_are_listed_and_can_be_asked_for_by_name(stage: Stage) -> None:
    await stage.join("bob")
    assert stage.room in [room.name for room in await stage.service.list_rooms()]
    (room,) = await stage.service.list_rooms([stage.room])
    assert room.name == stage.room
    assert room.sid.startswith("RM_")
    assert room.created_at is not None


async def test_a_person_who_is_not_there_is_not_found(stage: Stage) -> None:
    await stage.join("bob")
    for room, identity in ((stage.room, "nobody"), (stage.room, "Bob"), ("no-such-room", "bob")):
        with pytest.raises(NotFound):
            await stage.service.get_participant(room, identity)
        with pytest.raises(NotFound):
            await stage.service.update_participant(room, identity, name="x")
        with pytest.raises(NotFound):
            await stage.service.remove_participant(room, identity)


async def test_a_track_tells_its_type_source_and_whether_it_is_open(stage: Stage) -> None:
    await stage.join("bob")
    sids = {source: await stage.publish("bob", source) for source in Source}
    tracks = {track.source: track for track in (await person(stage, "bob")).tracks}
    assert {source: track.sid for source, track in tracks.items()} == sids
    assert all(track.open for track in tracks.values())
    video = {source for source, track in tracks.items() if track.type is TrackType.VIDEO}
    assert video == {Source.CAMERA, Source.SCREEN_SHARE}
    assert tracks[Source.UNKNOWN].audible


# --- permission ----------------------------------------------------------------------------------


async def test_an_update_answers_with_the_state_after_it(stage: Stage) -> None:
    await stage.join("bob")
    before = await person(stage, "bob")
    after = await stage.service.update_participant(
        stage.room,
        "bob",
        permission=replace(before.permission, can_publish_sources=frozenset({Source.CAMERA})),
        metadata="m",
        name="n",
        attributes={"a": "1"},
    )
    assert after.permission.can_publish_sources == {Source.CAMERA}
    assert (after.metadata, after.name, after.attributes) == ("m", "n", {"a": "1"})
    assert after.version > before.version
    assert await person(stage, "bob") == after


async def test_writing_what_was_read_changes_nothing(stage: Stage) -> None:
    await stage.join(JoinGrant("bob", permission=Permissions(can_publish_sources=frozenset({Source.MICROPHONE}))))
    await stage.join("ann")
    for identity in ("bob", "ann"):
        before = await person(stage, identity)
        after = await stage.service.update_participant(stage.room, identity, permission=before.permission)
        assert after == before


async def test_a_permission_replaces_the_whole_of_it(stage: Stage) -> None:
    await stage.join(JoinGrant("bob", permission=Permissions(can_update_metadata=True)))
    nothing = Permissions(can_subscribe=False, can_publish=False, can_publish_data=False)
    after = await stage.service.update_participant(stage.room, "bob", permission=nothing)
    assert after.permission == nothing


async def test_taking_a_source_away_unpublishes_only_its_tracks_and_the_others_hear_it(stage: Stage) -> None:
    await stage.join("ann")
    await stage.join("bob")
    await stage.publish("bob", Source.MICROPHONE)
    camera = await stage.publish("bob", Source.CAMERA)
    permission = replace((await person(stage, "bob")).permission, can_publish_sources=frozenset({Source.CAMERA}))
    after = await stage.service.update_participant(stage.room, "bob", permission=permission)
    assert [track.sid for track in after.tracks] == [camera]
    await stage.hears("bob", lambda heard: heard.what == "permission_changed" and heard.about == "bob")
    await stage.hears("ann", lambda heard: (heard.what, heard.detail) == ("track_unpublished", "microphone"))


async def test_taking_the_last_source_away_never_means_all(stage: Stage) -> None:
    await stage.join("bob")
    await stage.publish("bob")
    permission = Permissions(can_publish_sources=frozenset())
    after = await stage.service.update_participant(stage.room, "bob", permission=permission)
    assert after.permission.effective_sources == frozenset()
    assert not after.permission.can_publish
    assert after.tracks == ()


async def test_taking_publishing_away_keeps_the_source_list(stage: Stage) -> None:
    sources = frozenset({Source.MICROPHONE, Source.CAMERA})
    await stage.join(JoinGrant("bob", permission=Permissions(can_publish_sources=sources)))
    permission = replace((await person(stage, "bob")).permission, can_publish=False)
    after = await stage.service.update_participant(stage.room, "bob", permission=permission)
    assert after.permission.can_publish_sources == sources
    assert after.permission.effective_sources == frozenset()


async def test_a_track_of_unknown_source_stands_only_while_no_source_is_withheld(stage: Stage) -> None:
    await stage.join("bob")
    await stage.publish("bob", Source.UNKNOWN)
    allowed = ALL_SOURCES - {Source.SCREEN_SHARE}
    permission = replace((await person(stage, "bob")).permission, can_publish_sources=allowed)
    after = await stage.service.update_participant(stage.room, "bob", permission=permission)
    assert after.tracks == ()


async def test_a_demoted_person_is_a_speaker_again_after_rejoining_with_the_old_token(stage: Stage) -> None:
    first = await stage.join("bob")
    await stage.service.update_participant(stage.room, "bob", permission=_AUDIENCE)
    await stage.leave("bob")
    second = await stage.rejoin("bob")
    assert second != first
    assert (await person(stage, "bob")).permission == Permissions()


async def test_the_same_identity_twice_replaces_the_first_session(stage: Stage) -> None:
    await stage.join("ann")
    first = await stage.join("bob")
    second = await stage.join("bob")
    assert (await person(stage, "bob")).sid == second != first


# --- profile -------------------------------------------------------------------------------------


async def test_empty_metadata_and_name_mean_unchanged(stage: Stage) -> None:
    await stage.join(JoinGrant("bob", "Bob", metadata="m"))
    after = await stage.service.update_participant(stage.room, "bob", metadata="", name="")
    assert (after.metadata, after.name) == ("m", "Bob")


async def test_an_empty_attribute_of_the_token_stays_unless_it_is_deleted(stage: Stage) -> None:
    await stage.join(JoinGrant("bob", attributes={"raised": "", "a": "1"}))
    after = await stage.service.update_participant(stage.room, "bob", name="n", attributes={"a": "2"})
    assert after.attributes == {"raised": "", "a": "2"}
    after = await stage.service.update_participant(stage.room, "bob", attributes={"raised": ""})
    assert after.attributes == {"a": "2"}


async def test_attributes_merge_by_key_and_empty_deletes(stage: Stage) -> None:
    await stage.join(JoinGrant("bob", attributes={"keep": "1", "drop": "1", "change": "1"}))
    wanted = {"drop": "", "change": "2", "new": "3"}
    after = await stage.service.update_participant(stage.room, "bob", attributes=wanted)
    assert after.attributes == {"keep": "1", "change": "2", "new": "3"}
    after = await stage.service.update_participant(stage.room, "bob", attributes={})
    assert after.attributes == {"keep": "1", "change": "2", "new": "3"}


async def test_people_hear_of_profile_changes(stage: Stage) -> None:
    await stage.join("bob")
    await stage.service.update_participant(stage.room, "bob", metadata="m", name="n", attributes={"a": "b"})
    for what in ("metadata_changed", "name_changed", "attributes_changed"):
        await stage.hears("bob", lambda heard, what=what: heard.what == what and heard.about == "bob")  # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"name": "é" * 129}, "name length"),
        ({"metadata": "x" * (512 * 1024 + 1)}, "metadata size"),
        ({"attributes": {"k": "x" * (64 * 1024)}}, "attribute size"),
    ],
    ids=["name", "metadata", "attributes"],
)
async def test_what_is_too_long_is_refused_and_nothing_of_it_is_applied(
    stage: Stage, change: dict[str, str], word: str
) -> None:
    await stage.join("bob")
    before = await person(stage, "bob")
    with pytest.raises(Rejected, match=word) as refused:
        await stage.service.update_participant(stage.room, "bob", permission=_AUDIENCE, **change)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.certain) == ("invalid_argument", True)
    assert "twirp error" not in refused.value.user_text
    assert (await person(stage, "bob")).permission == before.permission


async def test_what_just_fits_is_taken(stage: Stage) -> None:
    await stage.join("bob")
    after = await stage.service.update_participant(
        stage.room, "bob", name="é" * 128, attributes={"k": "x" * (64 * 1024 - 1)}
    )
    assert (len(after.name), len(after.attributes["k"])) == (128, 64 * 1024 - 1)


async def test_own_attributes_reach_the_server(stage: Stage) -> None:
    await stage.join(JoinGrant("bob", permission=Permissions(can_update_metadata=True)))
    await stage.set_attributes("bob", {"handRaisedAt": "2026-01-02T03:04:05+00:00"})

    async def raised() -> bool:
        return "handRaisedAt" in (await person(stage, "bob")).attributes

    await eventually(raised)


# --- mute ----------------------------------------------------------------------------------------


async def test_a_muted_track_is_answered_as_muted_and_the_person_hears_it(stage: Stage) -> None:
    await stage.join("bob")
    sid = await stage.publish("bob")
    for _ in range(2):  # muting a muted track is no error
        track = await stage.service.mute_published_track(stage.room, "bob", sid, True)
        assert track is not None
        assert (track.sid, track.muted) == (sid, True)
    await stage.hears("bob", lambda heard: heard.what == "track_muted")
    assert (await person(stage, "bob")).open_audio == ()


async def test_a_mute_is_no_lock(stage: Stage) -> None:
    await stage.join("bob")
    sid = await stage.publish("bob")
    await stage.service.mute_published_track(stage.room, "bob", sid, True)
    await stage.hears("bob", lambda heard: heard.what == "track_muted")
    await stage.set_muted("bob", sid, False)

    async def open_again() -> bool:
        return bool((await person(stage, "bob")).open_audio)

    await eventually(open_again)


@pytest.mark.parametrize("sid", ["TR_nonsense", ""])
async def test_a_wrong_track_sid_is_a_null_track_and_no_error(stage: Stage, sid: str) -> None:
    await stage.join("bob")
    await stage.publish("bob")
    assert await stage.service.mute_published_track(stage.room, "bob", sid, True) is None
    assert len((await person(stage, "bob")).open_audio) == 1


async def test_a_foreign_track_sid_mutes_nobody(stage: Stage) -> None:
    await stage.join("ann")
    await stage.join("bob")
    sid = await stage.publish("bob")
    assert await stage.service.mute_published_track(stage.room, "ann", sid, True) is None
    assert len((await person(stage, "bob")).open_audio) == 1


async def test_remote_unmute_is_refused_by_default_whatever_the_sid(stage: Stage) -> None:
    await stage.join("bob")
    sid = await stage.publish("bob")
    await stage.service.mute_published_track(stage.room, "bob", sid, True)
    for track_sid in (sid, "TR_nonsense"):
        with pytest.raises(Rejected, match="remote unmute not enabled") as refused:
            await stage.service.mute_published_track(stage.room, "bob", track_sid, False)
        assert (refused.value.code, refused.value.certain) == ("failed_precondition", True)
        assert "twirp error" not in refused.value.user_text


async def test_remote_unmute_opens_the_microphone_where_it_is_enabled(unmuting_stage: Stage) -> None:
    stage = unmuting_stage
    await stage.join("bob")
    sid = await stage.publish("bob")
    await stage.service.mute_published_track(stage.room, "bob", sid, True)
    await stage.hears("bob", lambda heard: heard.what == "track_muted")

    async def opens() -> bool:
        """An app that was muted confirms it, and a late confirmation can overtake the unmute (seen once in dozens)."""
        track = await stage.service.mute_published_track(stage.room, "bob", sid, False)
        return track is not None and track.open

    await eventually(opens)
    await stage.hears("bob", lambda heard: heard.what == "track_unmuted")


async def test_muting_or_moving_somebody_who_is_not_there_gets_no_answer(stage: Stage) -> None:
    await stage.join("bob")
    with pytest.raises(Unavailable) as silent:
        await stage.service.mute_published_track(stage.room, "nobody", "TR_x", True)
    assert silent.value.sent
    with pytest.raises(Unavailable):
        await stage.service.move_participant(stage.room, "nobody", "elsewhere")


# --- presence ------------------------------------------------------------------------------------


async def test_a_removed_person_is_gone_at_once_and_hears_why(stage: Stage) -> None:
    await stage.join("ann")
    await stage.join("bob")
    await stage.hears("ann", lambda heard: (heard.what, heard.about) == ("joined", "bob"))
    await stage.service.remove_participant(stage.room, "bob", revoke_token_ts=1_900_000_000)
    assert [someone.identity for someone in await stage.service.list_participants(stage.room)] == ["ann"]
    await stage.hears("bob", lambda heard: (heard.what, heard.detail) == ("disconnected", "PARTICIPANT_REMOVED"))
    await stage.hears("ann", lambda heard: (heard.what, heard.about) == ("left", "bob"))
    with pytest.raises(NotFound):
        await stage.service.remove_participant(stage.room, "bob")


async def test_a_removed_person_is_back_with_the_old_token_in_a_new_session(stage: Stage) -> None:
    first = await stage.join("bob")
    await stage.service.remove_participant(stage.room, "bob", revoke_token_ts=1_900_000_000)
    second = await stage.rejoin("bob")
    assert (await person(stage, "bob")).sid == second != first


@pytest.mark.parametrize("kind", [Kind.AGENT, Kind.EGRESS])
async def test_the_api_protects_nobody(stage: Stage, kind: Kind) -> None:
    await stage.join(JoinGrant("machine", kind=kind))
    await stage.service.remove_participant(stage.room, "machine")
    assert await stage.service.list_participants(stage.room) == ()


async def test_move_is_unsupported_here(stage: Stage) -> None:
    await stage.join("bob")
    with pytest.raises(Unsupported, match="cannot move people"):
        await stage.service.move_participant(stage.room, "bob", "elsewhere")
    assert (await person(stage, "bob")).identity == "bob"


async def test_move_to_the_same_room_is_refused(stage: Stage) -> None:
    await stage.join("bob")
    with pytest.raises(Rejected, match="destination room cannot be the same"):
        await stage.service.move_participant(stage.room, "bob", stage.room)


# --- room ----------------------------------------------------------------------------------------


async def test_room_metadata_is_replaced_and_cleared_and_heard(stage: Stage) -> None:
    await stage.join("bob")
    assert (await stage.service.update_room_metadata(stage.room, "m")).metadata == "m"
    await stage.hears("bob", lambda heard: (heard.what, heard.detail) == ("room_metadata_changed", "m"))
    assert (await stage.service.update_room_metadata(stage.room, "")).metadata == ""


async def test_a_room_that_does_not_exist_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound, match="room does not exist"):
        await stage.service.update_room_metadata("no-such-room", "m")
    with pytest.raises(NotFound, match="room does not exist"):
        await stage.service.delete_room("no-such-room")


async def test_a_deleted_room_is_gone_and_everybody_hears_why(stage: Stage) -> None:
    await stage.join("bob")
    await stage.service.delete_room(stage.room)
    assert await stage.service.list_rooms([stage.room]) == ()
    await stage.hears("bob", lambda heard: (heard.what, heard.detail) == ("disconnected", "ROOM_DELETED"))


async def test_data_reaches_everybody_or_the_named(stage: Stage) -> None:
    await stage.join("ann")
    await stage.join("bob")
    await stage.service.send_data(stage.room, b"hello", topic="t", destination_identities=["bob"])
    await stage.service.send_data(stage.room, b"all", topic="t")
    await stage.hears("bob", lambda heard: (heard.what, heard.about, heard.detail) == ("data_received", "t", "hello"))
    await stage.hears("ann", lambda heard: (heard.what, heard.detail) == ("data_received", "all"))


async def test_data_into_a_room_that_does_not_exist_gets_no_answer(stage: Stage) -> None:
    with pytest.raises(Unavailable):
        await stage.service.send_data("no-such-room", b"x")


# --- what only a request of one's own making can ask ---------------------------------------------


async def ask(stage: Stage, method: str, body: object) -> dict[str, Any]:
    """The bare answer, for requests that our own client would never send."""
    assert stage.raw is not None
    return await stage.raw._answer(Call(method, {"room": stage.room, **cast("Json", body)}, room_grant(stage.room)))


@pytest.mark.parametrize("names", [["microphone"], ["2"], ["NO_SUCH_SOURCE"]], ids=["lower", "number", "unknown"])
async def test_misspelt_sources_are_dropped_and_the_empty_list_means_all(http_stage: Stage, names: list[str]) -> None:
    await http_stage.join("bob")
    permission = {"can_publish": True, "can_subscribe": True, "can_publish_sources": names}
    info = await ask(http_stage, "UpdateParticipant", {"identity": "bob", "permission": permission})
    assert info["permission"]["can_publish_sources"] == []
    assert read_participant(info).permission.effective_sources == ALL_SOURCES


async def test_an_empty_permission_strips_everything(http_stage: Stage) -> None:
    await http_stage.join("bob")
    info = await ask(http_stage, "UpdateParticipant", {"identity": "bob", "permission": {}})
    assert not any(info["permission"].values())


async def test_a_mute_request_without_muted_is_an_unmute_request(http_stage: Stage) -> None:
    await http_stage.join("bob")
    sid = await http_stage.publish("bob")
    with pytest.raises(Rejected) as refused:
        await ask(http_stage, "MutePublishedTrack", {"identity": "bob", "track_sid": sid})
    assert refused.value.code == "failed_precondition"


async def test_a_misspelt_field_is_ignored_without_a_word(http_stage: Stage) -> None:
    await http_stage.join(JoinGrant("bob", metadata="m"))
    info = await ask(http_stage, "UpdateParticipant", {"identity": "bob", "metdata": "x"})
    assert info["metadata"] == "m"


@pytest.mark.parametrize(
    "change",
    [{"metadata": {}}, {"permission": {"can_publish": "true"}}, {"attributes": {"a": 1}}, {"attributes": {"a": None}}],
    ids=["object", "text for a flag", "number in a map", "null in a map"],
)
async def test_a_value_of_the_wrong_type_is_malformed(http_stage: Stage, change: object) -> None:
    await http_stage.join("bob")
    with pytest.raises(Rejected) as refused:
        await ask(http_stage, "UpdateParticipant", {"identity": "bob", **cast("Json", change)})
    assert (refused.value.code, refused.value.certain) == ("malformed", True)


async def test_camel_case_and_numbers_of_enums_are_read_too(http_stage: Stage) -> None:
    await http_stage.join("bob")
    permission = {"canPublish": True, "canPublishSources": [2, 99]}
    info = await ask(http_stage, "UpdateParticipant", {"identity": "bob", "permission": permission})
    assert info["permission"]["can_publish_sources"] == ["MICROPHONE", "UNKNOWN"]


async def test_the_rooms_json_carries_what_must_not_be_shown_and_the_model_does_not(http_stage: Stage) -> None:
    await http_stage.join("bob")
    info = await ask(http_stage, "UpdateRoomMetadata", {"metadata": "m"})
    assert info["turn_password"]
    room = await http_stage.service.update_room_metadata(http_stage.room, "n")
    assert info["turn_password"] not in repr(room)


async def test_a_wrong_method_is_a_bad_route(http_stage: Stage) -> None:
    with pytest.raises(Rejected) as refused:
        await ask(http_stage, "NoSuchMethod", {})
    assert refused.value.code == "bad_route"


@pytest.mark.parametrize(
    ("method", "grant"),
    [
        ("ListRooms", room_grant("r")),
        ("ListParticipants", list_grant()),
        ("ListParticipants", room_grant("another")),
        ("DeleteRoom", room_grant("r")),
        ("MoveParticipant", room_grant("r")),
    ],
)
async def test_a_token_without_the_grant_is_unauthenticated(http_stage: Stage, method: str, grant: Grant) -> None:
    assert http_stage.raw is not None
    body = {"room": "r", "identity": "bob", "destination_room": "q"}
    with pytest.raises(Rejected, match="LiveKit refused Usher's key, nothing was changed") as refused:
        await http_stage.raw._answer(Call(method, body, grant))
    assert (refused.value.code, refused.value.certain) == ("unauthenticated", True)


async def test_a_401_that_echoes_the_token_is_not_repeated(http_stage: Stage) -> None:
    assert http_stage.raw is not None
    right = http_stage.raw._tokens
    http_stage.raw._tokens = Tokens(Credentials(API_KEY, "the-wrong-secret-of-at-least-32-letters"), WallClock().now)
    token = http_stage.raw._tokens.token(list_grant())
    with pytest.raises(Rejected) as refused:
        await http_stage.service.list_rooms()
    http_stage.raw._tokens = right
    assert token.split(".")[1] not in refused.value.user_text
