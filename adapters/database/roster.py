"""The port `Roster`: the grants and channel defaults of one LiveKit server, as the history left them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Text, func, select
from sqlalchemy import bindparam as bind

from adapters.database.readers import Readers
from adapters.database.rows import storable
from adapters.database.schema import defaults, grants
from bot.people import Grant, Role

_GRANTS = (
    select(grants.c.subject, grants.c.role, grants.c.rooms, grants.c.server, grants.c.granted_by, grants.c.at)
    .where(grants.c.server == bind("of_server"))
    .order_by(grants.c.subject)
)
_OF_SUBJECT = _GRANTS.where(grants.c.subject == bind("of_subject"))
_DEFAULT = select(defaults.c.room).where(
    defaults.c.server == bind("of_server"), defaults.c.channel == bind("of_channel")
)
_CHANNELS = select(defaults.c.channel, defaults.c.room).where(
    defaults.c.server == bind("of_server"),
    func.substr(defaults.c.channel, 1, func.length(bind("of_prefix", type_=Text))) == bind("of_prefix"),
)


class DatabaseRoster:
    def __init__(self, readers: Readers, server: str) -> None:
        self._readers = readers
        self._server = server

    async def grants(self, subjects: Sequence[str] | None = None) -> tuple[Grant, ...]:
        mine = {"of_server": self._server}
        if subjects is None:
            rows = await self._readers.rows(_GRANTS, [mine])
        else:
            asked = [{**mine, "of_subject": subject} for subject in sorted({storable(one) for one in subjects})]
            rows = await self._readers.rows(_OF_SUBJECT, asked)
        return tuple(
            Grant(subject, Role(role), tuple(json.loads(rooms)), server, by, datetime.fromisoformat(at))
            for subject, role, rooms, server, by, at in rows
        )

    async def default_room(self, channel: str) -> str | None:
        asked = {"of_server": self._server, "of_channel": storable(channel)}
        return await self._readers.run(lambda connection: connection.scalar(_DEFAULT, asked))

    async def channels(self, prefix: str) -> Mapping[str, str]:
        rows = await self._readers.rows(_CHANNELS, [{"of_server": self._server, "of_prefix": storable(prefix)}])
        return dict(map(tuple, rows))
