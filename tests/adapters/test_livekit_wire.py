"""Model and Twirp JSON: what is read, what is written, and that nothing becomes "all" on the way."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.livekit import wire
from bot.errors import Rejected
from bot.model import ALL_SOURCES, Kind, Participant, ParticipantState, Permissions, Room, Source, Track, TrackType

_flags = st.booleans()
_permissions = st.builds(
    Permissions,
    can_subscribe=_flags,
    can_publish=_flags,
    can_publish_data=_flags,
    can_publish_sources=st.frozensets(st.sampled_from(sorted(ALL_SOURCES))),
    can_update_metadata=_flags,
    hidden=_flags,
    recorder=_flags,
    agent=_flags,
    can_subscribe_metrics=_flags,
    can_manage_agent_session=_flags,
)

INFO = {
    "sid": "PA_F3jSinTFH8K7",
    "identity": "bob",
    "state": "ACTIVE",
    "tracks": [
        {
            "sid": "TR_VCxHhUcDpXjtLS",
            "type": "VIDEO",
            "name": "camera",
            "muted": True,
            "width": 320,
            "height": 180,
            "source": "CAMERA",
            "mime_type": "video/VP8",
            "version": {"unix_micro": "1795364200459826", "ticks": 0},
        }
    ],
    "metadata": "m",
    "joined_at": "1795364200",
    "joined_at_ms": "1795364200305",
    "name": "Bob",
    "version": 10,
    "permission": {
        "can_subscribe": True,
        "can_publish": True,
        "can_publish_data": False,
        "can_publish_sources": ["CAMERA"],
        "hidden": False,
        "recorder": False,
        "can_update_metadata": False,
        "agent": False,
        "can_subscribe_metrics": False,
        "can_manage_agent_session": False,
    },
    "region": "",
    "is_publisher": True,
    "kind": "STANDARD",
    "attributes": {"a": "b"},
    "disconnect_reason": "UNKNOWN_REASON",
    "kind_details": [],
    "data_tracks": [],
    "client_protocol": 2,
    "capabilities": ["CAP_PACKET_TRAILER"],
}
"""As answered by livekit-server v1.13.5."""


def test_a_participant_is_read_as_the_server_sends_it() -> None:
    assert wire.read_participant(INFO) == Participant(
        identity="bob",
        sid="PA_F3jSinTFH8K7",
        name="Bob",
        metadata="m",
        attributes={"a": "b"},
        permission=Permissions(can_publish_data=False, can_publish_sources=frozenset({Source.CAMERA})),
        tracks=(Track("TR_VCxHhUcDpXjtLS", TrackType.VIDEO, Source.CAMERA, "camera", True, "video/VP8", 320, 180),),
        joined_at=datetime(2026, 11, 22, 16, 16, 40, 305000, tzinfo=UTC),
        is_publisher=True,
        version=10,
    )


def test_what_is_missing_or_null_is_the_default_of_the_wire() -> None:
    bare = wire.read_participant({"identity": "bob", "tracks": None, "permission": None, "attributes": None})
    nothing = Permissions(can_subscribe=False, can_publish=False, can_publish_data=False)
    assert bare == Participant("bob", "", state=ParticipantState.JOINING, permission=nothing)
    assert wire.read_track({}) == Track("", TrackType.AUDIO, Source.UNKNOWN)
    assert wire.read_room({"name": "r", "creation_time": "0"}) == Room("r")


def test_names_newer_than_ours_are_read_and_harm_nothing() -> None:
    person = wire.read_participant({"identity": "x", "kind": "HOLOGRAM", "state": "DREAMING", "kind_details": ["NEW"]})
    assert (person.kind, person.state, person.kind_details) == (Kind.OTHER, ParticipantState.ACTIVE, ("NEW",))
    track = wire.read_track({"type": "HAPTIC", "source": "GLOVE"})
    assert (track.type, track.source, track.audible) == (TrackType.DATA, Source.UNKNOWN, False)


@pytest.mark.parametrize("joined", ["nonsense", "-5", None, True, "99999999999999999999", 1.5])
def test_a_time_that_makes_no_sense_is_no_time(joined: object) -> None:
    assert wire.read_participant({"joined_at": joined}).joined_at is None


def test_seconds_serve_where_there_are_no_milliseconds() -> None:
    room = wire.read_room({"creation_time": "1795364200", "turn_password": "hush"})
    assert room.created_at == datetime(2026, 11, 22, 16, 16, 40, tzinfo=UTC)
    assert "hush" not in repr(room)


@pytest.mark.parametrize("nonsense", [None, [], "text", 3, {"rooms": {}}, {"participants": [None, 3]}])
def test_nonsense_is_read_without_a_crash(nonsense: object) -> None:
    assert wire.read_rooms(nonsense) == ()
    assert all(person.identity == "" for person in wire.read_participants(nonsense))


def test_people_and_rooms_are_sorted() -> None:
    people = wire.read_participants({"participants": [{"identity": "b"}, {"identity": "a"}]})
    assert [person.identity for person in people] == ["a", "b"]
    assert [room.name for room in wire.read_rooms({"rooms": [{"name": "b"}, {"name": "a"}]})] == ["a", "b"]


@given(_permissions)
def test_a_written_permission_reads_back_as_what_it_allows(permission: Permissions) -> None:
    back = wire.read_permission(wire.write_permission(permission))
    assert back.effective_sources == permission.effective_sources
    if permission.can_publish_sources:
        assert back == permission
    else:
        assert not back.can_publish


@given(_permissions)
def test_what_was_read_from_the_wire_is_written_as_it_was(permission: Permissions) -> None:
    written = wire.write_permission(permission)
    assert wire.write_permission(wire.read_permission(written)) == written


@given(st.lists(st.sampled_from([*(source.name for source in Source), "GLOVE", "microphone"]), max_size=5))
def test_only_an_empty_list_is_read_as_all(names: list[str]) -> None:
    allowed = wire.read_permission({"can_publish": True, "can_publish_sources": names}).effective_sources
    assert allowed == (ALL_SOURCES if not names else {source for source in ALL_SOURCES if source.name in names})


def test_sources_are_written_in_upper_case_and_all_of_them_as_the_empty_list() -> None:
    some = Permissions(can_publish_sources=frozenset({Source.SCREEN_SHARE_AUDIO, Source.MICROPHONE}))
    assert wire.write_permission(some)["can_publish_sources"] == ["MICROPHONE", "SCREEN_SHARE_AUDIO"]
    assert wire.write_permission(Permissions())["can_publish_sources"] == []
    assert len(wire.write_permission(some)) == 10


def test_a_source_without_a_name_on_the_wire_is_refused_before_sending() -> None:
    with pytest.raises(Rejected) as refused:
        wire.write_permission(replace(Permissions(), can_publish_sources=frozenset({Source.UNKNOWN})))
    assert (refused.value.code, refused.value.certain) == ("invalid_argument", True)


def test_an_update_holds_only_what_is_to_change() -> None:
    assert wire.participant_update("r", "bob", None, None, None, {"a": ""}) == {
        "room": "r",
        "identity": "bob",
        "attributes": {"a": ""},
    }
    assert set(wire.participant_update("r", "bob", Permissions(), "m", "n", None)) == {
        "room",
        "identity",
        "permission",
        "metadata",
        "name",
    }


def test_data_is_base64_and_reliable_and_times_are_strings() -> None:
    message = wire.data_message("r", b"\x00\xff", "t", ["bob"])
    assert (base64.b64decode(message["data"]), message["kind"]) == (b"\x00\xff", "RELIABLE")
    assert wire.removal("r", "bob", 5) == {"room": "r", "identity": "bob", "revoke_token_ts": "5"}
    assert "revoke_token_ts" not in wire.removal("r", "bob", None)
