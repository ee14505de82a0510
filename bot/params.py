"""The arguments that commands share, declared once."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from bot.command import Kind, Param, Target
from bot.lasting import Lasting

Who: TypeAlias = Annotated[Target, Param(Kind.WHO, "identity, name or session of one participant", required=True)]
Reason: TypeAlias = Annotated[str, Param(Kind.REASON, "why; kept in the history")]
RoomName: TypeAlias = Annotated[str, Param(Kind.ROOM, "the room; without it the default or the only live one")]
For: TypeAlias = Annotated[
    Lasting | None,
    Param(Kind.DURATION, "for how long: 10m, 2h, or until 18:00; without it until it is ended", name="for"),
]
Page: TypeAlias = Annotated[int, Param(Kind.PAGE, "page number, from 1")]
Filter: TypeAlias = Annotated[str, Param(Kind.FILTER, "a part of a name, or a word such as open, muted, stage, hands")]

STAGE_SOURCES = ("microphone", "camera", "screen")
TRACK_SOURCES = (*STAGE_SOURCES, "all")
LOCK_SOURCES = (*TRACK_SOURCES, "chat")
