"""Real participants: they join through LiveKit's own Python client, publish, and record what they hear.

What is heard has the form of the simulator's, `Heard(what, about, detail)`, so that tests can ask either. The
RoomService shows a join or a track a moment after the client knows of it: wait with `tests.clocks.eventually`. Likewise
others hear of somebody's leaving only if they had heard of their joining.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from livekit import rtc
from livekit.rtc._ffi_client import FfiClient  # what the client offers for trying reconnections has no public name yet
from livekit.rtc._proto import ffi_pb2, room_pb2

from adapters.livekit.simulator.people import Heard, JoinGrant
from adapters.livekit.tokens import Credentials
from bot.model import ALL_SOURCES, Permissions, Source
from bot.ports import RoomService
from tests.clocks import PATIENCE

_TRACK_SOURCES = {
    Source.MICROPHONE: rtc.TrackSource.SOURCE_MICROPHONE,
    Source.CAMERA: rtc.TrackSource.SOURCE_CAMERA,
    Source.SCREEN_SHARE: rtc.TrackSource.SOURCE_SCREENSHARE,
    Source.SCREEN_SHARE_AUDIO: rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO,
    Source.UNKNOWN: rtc.TrackSource.SOURCE_UNKNOWN,
}
_SOURCE_WORDS = {number: source.value for source, number in _TRACK_SOURCES.items()}


def join_token(credentials: Credentials, room: str, grant: JoinGrant, ttl: timedelta = timedelta(hours=1)) -> str:
    """The token that an application would give this person."""
    now = datetime.now(UTC)
    claims: dict[str, Any] = {
        "iss": credentials.api_key,
        "sub": grant.identity,
        "nbf": now - timedelta(seconds=5),
        "exp": now + ttl,
        "name": grant.name,
        "metadata": grant.metadata,
        "attributes": dict(grant.attributes),
        "kind": grant.kind.value,
        "video": {"roomJoin": True, "room": room, **_video(grant.permission)},
    }
    return jwt.encode(claims, credentials.api_secret, algorithm="HS256")


def _video(permission: Permissions) -> dict[str, object]:
    sources = permission.can_publish_sources
    return {
        "canSubscribe": permission.can_subscribe,
        "canPublish": permission.can_publish,
        "canPublishData": permission.can_publish_data,
        "canPublishSources": [] if sources == ALL_SOURCES else sorted(source.value for source in sources),
        "canUpdateOwnMetadata": permission.can_update_metadata,
        "hidden": permission.hidden,
        "recorder": permission.recorder,
        "agent": permission.agent,
    }


class Person:
    """One real participant. `heard` grows while they are in the room."""

    def __init__(self, url: str, token: str, identity: str) -> None:
        self.identity = identity
        self.token = token
        self.heard: list[Heard] = []
        self.room = rtc.Room()
        self._url = url
        self._news = asyncio.Event()
        self._tracks: dict[str, rtc.LocalAudioTrack | rtc.LocalVideoTrack] = {}
        self._sources: list[rtc.AudioSource | rtc.VideoSource] = []
        self._listen()

    @classmethod
    async def join(
        cls, url: str, credentials: Credentials, room: str, grant: JoinGrant | str, token: str | None = None
    ) -> Person:
        """Join with a grant (or an identity that may do everything), or once more with an old token."""
        who = JoinGrant(grant) if isinstance(grant, str) else grant
        person = cls(url, token or join_token(credentials, room, who), who.identity)
        await asyncio.wait_for(person.room.connect(url, person.token), PATIENCE)
        return person

    @property
    def sid(self) -> str:
        return self.room.local_participant.sid

    async def publish(self, source: Source = Source.MICROPHONE) -> str:
        """Publish a silent or black track of this source; its sid."""
        options = rtc.TrackPublishOptions(source=_TRACK_SOURCES[source])
        track = self._make_track(source)
        publication = await asyncio.wait_for(self.room.local_participant.publish_track(track, options), PATIENCE)
        self._tracks[publication.sid] = track
        return publication.sid

    async def unpublish(self, sid: str) -> None:
        await self.room.local_participant.unpublish_track(sid)

    async def set_muted(self, sid: str, muted: bool) -> None:
        """As when they press their own microphone button."""
        track = self._tracks[sid]
        (track.mute if muted else track.unmute)()

    async def set_attributes(self, attributes: Mapping[str, str]) -> None:
        """As their app does it, e.g. to raise a hand; needs `can_update_metadata`."""
        await self.room.local_participant.set_attributes(dict(attributes))

    def reconnect(self) -> None:
        """Lose the connection for good: the client makes another one by itself, with the token it was given last."""
        assert self.room._ffi_handle is not None
        asked = ffi_pb2.FfiRequest()
        asked.simulate_scenario.room_handle = self.room._ffi_handle.handle
        asked.simulate_scenario.scenario = room_pb2.SIMULATE_FULL_RECONNECT
        FfiClient.instance.request(asked)

    async def leave(self) -> None:
        await self.room.disconnect()
        for source in self._sources:
            await source.aclose()
        self._sources.clear()

    async def hears(self, wanted: Callable[[Heard], bool], seconds: float = PATIENCE) -> Heard:
        """The first thing heard that is wanted, waiting for it; AssertionError when it does not come."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    self._news.clear()
                    for heard in self.heard:
                        if wanted(heard):
                            return heard
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{self.identity} heard only {self.heard}") from None

    def _make_track(self, source: Source) -> rtc.LocalAudioTrack | rtc.LocalVideoTrack:
        if source in {Source.CAMERA, Source.SCREEN_SHARE}:
            video = rtc.VideoSource(320, 180)
            self._sources.append(video)
            return rtc.LocalVideoTrack.create_video_track(source.value, video)
        audio = rtc.AudioSource(48000, 1)
        self._sources.append(audio)
        return rtc.LocalAudioTrack.create_audio_track(source.value, audio)

    def _note(self, what: str, about: str, detail: str = "") -> None:
        self.heard.append(Heard(what, about, detail))
        self._news.set()

    def _listen(self) -> None:
        on = self.room.on
        on("participant_permissions_changed", lambda who, _: self._note("permission_changed", who.identity))
        on("participant_metadata_changed", lambda who, _, new: self._note("metadata_changed", who.identity, new))
        on("participant_name_changed", lambda who, _, new: self._note("name_changed", who.identity, new))
        on("participant_attributes_changed", lambda _, who: self._note("attributes_changed", who.identity))
        on("participant_connected", lambda who: self._note("joined", who.identity))
        on("participant_disconnected", lambda who: self._note("left", who.identity, _reason(who.disconnect_reason)))
        on("track_muted", lambda who, track: self._note("track_muted", who.identity, _source(track)))
        on("track_unmuted", lambda who, track: self._note("track_unmuted", who.identity, _source(track)))
        on("track_published", lambda track, who: self._note("track_published", who.identity, _source(track)))
        on("track_unpublished", lambda track, who: self._note("track_unpublished", who.identity, _source(track)))
        on("local_track_unpublished", lambda track: self._note("track_unpublished", self.identity, _source(track)))
        on("room_metadata_changed", lambda _, new: self._note("room_metadata_changed", "", new))
        on("data_received", lambda data: self._note("data_received", data.topic or "", data.data.decode()))
        on("disconnected", lambda reason: self._note("disconnected", self.identity, _reason(reason)))


def _source(track: rtc.TrackPublication) -> str:
    return _SOURCE_WORDS.get(track.source, "unknown")


async def delete_rooms(service: RoomService, names: Iterable[str]) -> None:
    """Delete these rooms until they are listed no more.

    LiveKit writes down what changes in a room a moment later: when that crosses its end, the room is listed for good.
    """
    while rooms := await service.list_rooms(sorted(names)):
        for room in rooms:
            await service.delete_room(room.name)


def _reason(reason: rtc.DisconnectReason.ValueType | None) -> str:
    return rtc.DisconnectReason.Name(reason) if reason is not None else ""
