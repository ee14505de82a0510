"""Writing a difference: each changed field has its one RoomService call."""

from __future__ import annotations

from bot.errors import RoomError
from bot.model import Participant, Track
from bot.ports import RoomService
from bot.state import ATTRIBUTE, MUTED, PERMISSION, TRACK, Difference, PersonState, RoomState
from bot.tasks import gather_bounded

TRACKS_AT_ONCE = 8


async def write_person(
    service: RoomService, before: PersonState, wanted: PersonState, changes: Difference, revoke_token_ts: int | None
) -> Participant | None:
    """Carry out the changes of one person.

    The answer is the person as UpdateParticipant or MutePublishedTrack showed them, where that is the whole change
    (UpdateParticipant's answer already shows the result, removed tracks included); otherwise None: look again.
    Raises the first `RoomError`, after every call has been made.
    """
    person = before.participant
    if person is None:
        return None
    if changes.get("session"):
        await service.remove_participant(before.room, person.identity, revoke_token_ts)
        return None
    if (move := changes.get("room")) is not None:
        await service.move_participant(before.room, person.identity, move.after)
        return None
    muted = [c for c in changes.starting(TRACK) if c.field.endswith(MUTED) and c.after is not None]
    updated = await _update(service, before.room, person.identity, wanted, changes)
    if muted:
        await _mute_all(service, before.room, person.identity, {_sid(c.field): bool(c.after) for c in muted})
        return None
    return updated


async def _update(
    service: RoomService, room: str, identity: str, wanted: PersonState, changes: Difference
) -> Participant | None:
    person = wanted.participant
    attributes = {c.field.removeprefix(ATTRIBUTE): c.after or "" for c in changes.starting(ATTRIBUTE)}
    permission, metadata, name = changes.starting(PERMISSION), changes.get("metadata"), changes.get("name")
    if person is None or not (permission or metadata or name or attributes):
        return None
    return await service.update_participant(
        room,
        identity,
        permission=person.permission if permission else None,
        metadata=metadata.after if metadata else None,
        name=name.after if name else None,
        attributes=attributes or None,
    )


async def _mute_all(service: RoomService, room: str, identity: str, tracks: dict[str, bool]) -> None:
    async def one(item: tuple[str, bool]) -> Track | None:
        return await service.mute_published_track(room, identity, item[0], item[1])

    answers = await gather_bounded(one, list(tracks.items()), TRACKS_AT_ONCE, RoomError)
    for answer in answers:
        if isinstance(answer, RoomError):
            raise answer


def _sid(field: str) -> str:
    return field.removeprefix(TRACK).removesuffix(MUTED)


async def write_room(service: RoomService, before: RoomState, changes: Difference) -> None:
    """Carry out the changes of one room."""
    if changes.get("open"):
        await service.delete_room(before.name)
    if (metadata := changes.get("room.metadata")) is not None:
        await service.update_room_metadata(before.name, metadata.after or "")
